"""A member of staff writes down what they heard in a recording."""

import asyncio
from functools import partial

from aiohttp import web

from bot.flow.cases.listen import WORDS_MOST
from bot.flow.cases.listen import listen as put_to_case
from bot.model.staff import Staff
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from bot.web.desk.steps import do_step
from bot.web.site import Form, form_of, number_of, site_of
from nlp.meaning import Meaning


async def listen(request: web.Request) -> web.Response:
    """Understand the words, then put them to the case."""
    words = (await form_of(request)).get("words", "")
    interpreter = site_of(request).interpreter
    meaning = await asyncio.to_thread(interpreter.interpret, words.strip()[:WORDS_MOST])
    return await do_step("listen", partial(_step, meaning), request)


def _step(meaning: Meaning, tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    words, version = form.get("words", ""), number_of(form, "version")
    put_to_case(tx, rules, case_id, staff, words, meaning, version=version)
