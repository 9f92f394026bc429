"""Which steps a member can take now with a case."""

from collections.abc import Sequence

from bot.model.case import OPEN_STATES, WORKING, Case, Party, State, Trigger
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.media import Media
from bot.ports.visits import Visit
from bot.web.cases import allowed
from bot.web.desk.referrals import Referrals
from nlp.matter.services import Evidence


def offers(
    case: Case,
    staff: Staff,
    recordings: Sequence[Media] = (),
    *,
    lacking: Evidence | None = None,
    asked: bool = False,
    referrals: Referrals | None = None,
    visit: Visit | None = None,
    reachable: bool = False,
) -> Sequence[str]:
    """Return the steps this member can take now, the most likely first."""
    handles, dispatches = may(staff.role, Right.HANDLE_CASE), may(staff.role, Right.DISPATCH_CASE)
    party = Party.DISPATCHER if dispatches else Party.HANDLER
    holds = case.handler_id == staff.id
    own = is_own(case, staff)
    free = case.handler_id is None
    unanswered = holds and case.answered_at is None and case.state is State.ASSIGNED
    visits = visit is not None and (dispatches or visit.staff_id == staff.id) and not holds
    possible = {
        "visit": visits and may(staff.role, Right.VISIT) and case.state is State.FOLLOW_UP,
        "take": handles and (free or unanswered) and allowed(case, Trigger.TAKE, party),
        "arrive": handles and own and allowed(case, Trigger.ARRIVE, party),
        "call-back": reachable and may(staff.role, Right.CALL),
        "resolve": handles and own and allowed(case, Trigger.RESOLVE, Party.HANDLER),
        "photo": handles and own and case.state in WORKING,
        "sign": handles and own and case.state in WORKING,
        "assign": dispatches and case.state in OPEN_STATES,
        "listen": handles and bool(recordings) and case.state in OPEN_STATES,
        "answer": handles and case.state in {*OPEN_STATES, State.FOLLOW_UP},
        "ask": handles and own and not free and not asked and case.state in OPEN_STATES,
        "hand-over": handles and holds and not dispatches and case.state in OPEN_STATES,
        "return": handles and holds and allowed(case, Trigger.RETURN, Party.HANDLER),
        "split": own and case.state in OPEN_STATES,
        "merge": dispatches and allowed(case, Trigger.MERGE, party),
        "separate": dispatches and allowed(case, Trigger.SEPARATE, party),
        "service": dispatches and case.state in OPEN_STATES,
        **(referrals.steps(case, own=own) if referrals else {}),
        "redirect": handles and (own or free) and allowed(case, Trigger.REDIRECT, party),
    }
    steps = [step for step, is_possible in possible.items() if is_possible]
    unheard = any(media.to_listen for media in recordings)
    likely = "listen" if unheard else _likely(case, holds=holds, dispatches=dispatches)
    if visit is not None and visit.staff_id == staff.id:
        likely = "visit"
    if likely == "resolve" and lacking is not None:
        likely = "photo" if lacking is Evidence.PHOTO else "sign"
    return sorted(steps, key=lambda step: step != likely)


def is_own(case: Case, staff: Staff) -> bool:
    """Say whether the case is this member's to act on: as its handler, or as a dispatcher."""
    return case.handler_id == staff.id or may(staff.role, Right.DISPATCH_CASE)


def _likely(case: Case, *, holds: bool, dispatches: bool) -> str:
    if case.handler_id is None:
        return "assign" if dispatches else "take"
    if not holds:
        return "answer"
    if case.answered_at is None and case.state is State.ASSIGNED:
        return "take"
    return "arrive" if case.state is State.ASSIGNED and not dispatches else "resolve"
