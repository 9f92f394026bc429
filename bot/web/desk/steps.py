"""What staff do with a case: each step a form, a unit, and back to the case."""

from collections.abc import Callable
from functools import partial
from typing import Any

from aiohttp import web

from bot.flow.cases.ask import ask
from bot.flow.cases.assign import assign_to, recategorise
from bot.flow.cases.call_back import call_back
from bot.flow.cases.handle import answer, arrive, hand_over, redirect, resolve, take
from bot.flow.cases.misroute import send_back
from bot.flow.cases.split import Parts, split
from bot.flow.cases.together import merge, separate
from bot.flow.cases.visit import mark, visit
from bot.flow.people.recognise import confirm_resident
from bot.model.staff import Staff
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from bot.web.desk.case import case_id_of, case_page
from bot.web.desk.doubt import check
from bot.web.desk.once import Step, take_step
from bot.web.desk.referrals import phone_step, recall_step, refer_step, remind_step
from bot.web.site import Form, form_of, number_of, see, service_code_of, site_of


def step_handler(name: str) -> Callable[[web.Request], Any]:
    """Return the handler of the step with that name."""
    return partial(do_step, name, _STEPS[name])


async def do_step(name: str, step: Step, request: web.Request) -> web.Response:
    """Run the step's unit with the form; a refusal shows the page again with what was typed."""
    case_id, form = case_id_of(request), await form_of(request)
    doubt = await check(site_of(request), case_id, name, form)
    if doubt is not None:
        return await case_page(request, case_id, step=name, typed=form, doubt=doubt, status=409)
    problem = await take_step(request, step, case_id)
    if problem:
        return await case_page(request, case_id, problem=problem, step=name, typed=form, status=409)
    raise see(f"/desk/cases/{case_id}")


def _take(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    take(tx, rules, case_id, staff, version=number_of(form, "version"))


def _arrive(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    arrive(tx, rules, case_id, staff, version=number_of(form, "version"))


def _answer(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    answer(tx, rules, case_id, staff, form.get("words", ""))


def _call_back(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    del form
    call_back(tx, rules, case_id, staff)


def _resolve(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    note = form.get("note", "")
    resolve(tx, rules, case_id, staff, note, version=number_of(form, "version"))


def _hand_over(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    to_staff, why = number_of(form, "to_staff"), form.get("why", "")
    hand_over(tx, rules, case_id, staff, to_staff, why, version=number_of(form, "version"))


def _return(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    send_back(tx, rules, case_id, staff, form.get("why", ""), version=number_of(form, "version"))


def _redirect(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    where, why = form.get("where", ""), form.get("why", "")
    redirect(tx, rules, case_id, staff, where, why, version=number_of(form, "version"))


def _assign(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    to_staff, why = number_of(form, "to_staff"), form.get("why", "")
    assign_to(tx, rules, case_id, staff, to_staff, why, version=number_of(form, "version"))


def _service(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    code = service_code_of(rules, form)
    recategorise(tx, rules, case_id, staff, code, version=number_of(form, "version"))


def _known(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    del rules
    confirm_resident(tx, case_id, staff, form.get("name", ""))


def _ask(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    ask(tx, rules, case_id, staff, form.get("words", ""), version=number_of(form, "version"))


def _merge(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    number = form.get("number", "").strip() or form.get("alike", "")
    merge(tx, rules, case_id, staff, number, version=number_of(form, "version"))


def _separate(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    separate(tx, rules, case_id, staff, version=number_of(form, "version"))


def _split(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    parts = Parts(
        stays=form.get("stays", ""),
        goes=form.get("goes", ""),
        service_code=service_code_of(rules, form),
    )
    split(tx, rules, case_id, staff, parts, version=number_of(form, "version"))


def _visit(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    if form.get("solved") not in {"yes", "no"}:
        raise web.HTTPBadRequest
    words, solved = form.get("words", ""), form["solved"] == "yes"
    version = number_of(form, "version")
    visit(tx, rules, case_id, staff, words, solved=solved, version=version)


def _to_visit(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    reason = form.get("reason", "")
    mark(tx, rules, case_id, staff, reason, version=number_of(form, "version"))


_STEPS: dict[str, Step] = {
    "take": _take,
    "arrive": _arrive,
    "answer": _answer,
    "call-back": _call_back,
    "resolve": _resolve,
    "hand-over": _hand_over,
    "return": _return,
    "redirect": _redirect,
    "refer": refer_step,
    "remind": remind_step,
    "recall": recall_step,
    "phone": phone_step,
    "assign": _assign,
    "service": _service,
    "known": _known,
    "ask": _ask,
    "merge": _merge,
    "separate": _separate,
    "split": _split,
    "visit": _visit,
    "to-visit": _to_visit,
}
