"""Forms of an initiative's page: a question, other words for it, what its author makes of them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from aiohttp import web

from bot.flow.initiatives import remarks, rewriting
from bot.model.remark import TextVersion, Wording
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from bot.web.initiative_talk import PARTS, compared
from bot.web.initiatives import Unit, address_in, done, person_at, sight_of
from bot.web.site import Form, form_of, number_in, site_of

_ONE: Final = "/initiatives/{number}"
_REMARK: Final = f"{_ONE}/remarks/{{remark}}"

Step = Callable[[Tx, Rules, int, int, Form], object]
"""What a form does: the person, what it is about, and what was typed."""


def routes() -> Sequence[web.AbstractRouteDef]:
    """Return the routes."""
    return [
        web.get(f"{_ONE}/texts", texts),
        web.post(f"{_ONE}/ask", partial(_step, _ask, about="number")),
        web.post(f"{_ONE}/propose", partial(_step, _propose, about="number")),
        *(
            web.post(f"{_REMARK}/{name}", partial(_step, step, about="remark"))
            for name, step in _STEPS.items()
        ),
    ]


async def texts(request: web.Request) -> web.Response:
    """Show two versions side by side: the two newest, unless others are asked for."""
    site, number = site_of(request), number_in(request, "number")
    sight = await sight_of(site, number)
    if sight.one.hidden:
        raise web.HTTPNotFound

    def look(views: Views) -> Sequence[TextVersion]:
        return views.remarks.texts(number)

    versions = await site.storage.read(look)
    new = _chosen(request, "new", len(versions), versions)
    old = _chosen(request, "old", max(1, len(versions) - 1), versions)
    return site.page(
        "initiative_texts.html",
        one=sight.one,
        versions=versions,
        old=old,
        new=new,
        parts=[] if old is None or new is None else compared(old.wording, new.wording),
    )


def _chosen(
    request: web.Request, name: str, otherwise: int, versions: Sequence[TextVersion]
) -> TextVersion | None:
    asked = request.query.get(name, str(otherwise))
    return next((one for one in versions if str(one.number) == asked), None)


async def _step(step: Step, request: web.Request, *, about: str) -> web.Response:
    rules, form = site_of(request).rules, await form_of(request)
    unit: Unit = partial(_do, step, rules, address_in(request), number_in(request, about), form)
    return await done(request, unit, form)


def _do(step: Step, rules: Rules, address: str | None, number: int, form: Form, tx: Tx) -> object:
    return step(tx, rules, person_at(tx, address), number, form)


def _ask(tx: Tx, rules: Rules, person_id: int, number: int, form: Form) -> object:
    return remarks.ask(tx, rules, person_id, number, form.get("words", ""))


def _propose(tx: Tx, rules: Rules, person_id: int, number: int, form: Form) -> object:
    wording = Wording(**{name: " ".join(form.get(name, "").split()) for name in PARTS})
    return remarks.propose(tx, rules, person_id, number, wording, form.get("words", ""))


def _answer(tx: Tx, rules: Rules, person_id: int, remark_id: int, form: Form) -> object:
    return remarks.answer(tx, rules, person_id, remark_id, form.get("words", ""))


def _take(tx: Tx, rules: Rules, person_id: int, remark_id: int, _: Form) -> object:
    return rewriting.take_over(tx, rules, person_id, remark_id)


def _decline(tx: Tx, rules: Rules, person_id: int, remark_id: int, form: Form) -> object:
    return remarks.decline(tx, rules, person_id, remark_id, form.get("words", ""))


def _object(tx: Tx, rules: Rules, person_id: int, remark_id: int, _: Form) -> object:
    return remarks.object_to(tx, rules, person_id, remark_id)


_STEPS: Final = {"answer": _answer, "take": _take, "decline": _decline, "object": _object}
"""What is done to a question or a proposal, by the last part of the address."""
