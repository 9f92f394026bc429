"""Several people, one matter: cases are merged and separated, and neighbours follow."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.flow.cases.ask import is_asked
from bot.flow.cases.assign import assign_next
from bot.flow.cases.move import move, note
from bot.flow.telling.alerts import alarm, handler_and
from bot.flow.telling.news import EVERYBODY, tell
from bot.model.case import (
    OPEN_STATES,
    SYSTEM,
    Actor,
    Case,
    EventKind,
    Party,
    RefusedError,
    State,
    Trigger,
)
from bot.model.number import case_id as id_of
from bot.model.people import Contact
from bot.model.relation import Follower, Joined, Link, LinkKind
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.alerts import AlertKind
from bot.ports.bell import case_topic
from bot.ports.relations import RelationReads
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from nlp.matter.services import Priority, ServiceCatalogue

_GOES_ON: Final = OPEN_STATES | {State.FOLLOW_UP}
_PRIVATE_GROUPS: Final = frozenset({"care", "papers"})


def standing(tx: Tx, case: Case) -> Case:
    """Return the case that tells how it stands: the main one, where it was merged."""
    link = tx.relations.main_of(case.id)
    return case if link is None else tx.cases.get(link.other_id)


def others(relations: RelationReads, case: Case) -> int:
    """Count who else met with it: followers, and reporters of cases handled together."""
    joined = relations.joined(case.id)
    people = {one.person_id for one in relations.followers(case.id)}
    people |= {one.reporter_id for one in joined}
    return len(people - {case.reporter_id})


def follow(tx: Tx, rules: Rules, case_id: int, contact: Contact) -> Case:
    """我也遇到了: from now on this contact hears of the case, and stays anonymous."""
    case = _known(tx, case_id)
    if case.reporter_id == contact.person_id:
        raise RefusedError("follow_own")
    if not may_follow(rules, case):
        raise RefusedError("follow_private")
    if standing(tx, case).state not in _GOES_ON:
        raise RefusedError("follow_ended")
    if tx.relations.follow(case.id, Follower(contact.person_id, contact.id)):
        _ring(tx, case)
    return case


def can_follow(rules: Rules, case: Case) -> bool:
    """Say whether it goes on, perhaps within another, and can concern neighbours."""
    return case.state in _GOES_ON | {State.MERGED} and may_follow(rules, case)


def may_follow(rules: Rules, case: Case) -> bool:
    """Say whether it can concern neighbours: not somebody's care, papers or own danger."""
    service = rules.service(case.service_code)
    own_danger = case.urgent and service.priority is not Priority.URGENT
    return service.group not in _PRIVATE_GROUPS and not own_danger


def unfollow(tx: Tx, case_id: int, contact: Contact) -> bool:
    """Tell this person no more, of it or what is handled with it; false when nobody did."""
    case = _known(tx, case_id)
    ids = [case.id, *_ids(tx.relations.joined(case.id))]
    stopped = [tx.relations.unfollow(one, contact.person_id) for one in ids]
    if any(stopped):
        _ring(tx, case)
    return any(stopped)


def merge(tx: Tx, rules: Rules, case_id: int, staff: Staff, number: str, *, version: int) -> Case:
    """Handle the case together with the one of that number; everybody goes on hearing of it."""
    actor = _dispatcher(staff)
    main_id = id_of(number.strip().upper())
    if main_id is None:
        raise RefusedError("no_such_case")
    case, main = _both(tx, case_id, main_id)
    if case.version != version:
        raise RefusedError("changed_meanwhile")
    main = _one_with(tx, rules, case, main, actor)
    text = rules.texts.say("case.news.merged", number=case.number, main=main.number)
    tell(tx, rules, case, key=f"merged:{case.version + 1}", text=text, to=EVERYBODY)
    return main


def join(tx: Tx, rules: Rules, case: Case, main: Case, actor: Actor) -> Case:
    """Its reporter says that her case is the same matter as another, which she was offered."""
    case, main = _both(tx, case.id, main.id)
    if not may_join(tx, rules, case, main):
        raise RefusedError("merge_ended")
    return _one_with(tx, rules, case, main, actor)


def may_join(tx: Tx, rules: Rules, case: Case, main: Case) -> bool:
    """Say whether the reporter of one may be offered the other: both concern neighbours."""
    return (
        case.service_code == main.service_code != ServiceCatalogue.OTHER
        and case.reporter_id != main.reporter_id
        and case.state in OPEN_STATES
        and main.state in OPEN_STATES
        and may_follow(rules, case)
        and may_follow(rules, main)
        and _hindrance(tx, case, main) is None
    )


def _one_with(tx: Tx, rules: Rules, case: Case, main: Case, actor: Actor) -> Case:
    hindrance = _hindrance(tx, case, main)
    if hindrance is not None:
        raise RefusedError(hindrance)
    case = move(tx, case, Trigger.MERGE, actor, words=main.number, closed_at=tx.now)
    tx.relations.link(
        Link(kind=LinkKind.MERGED, case_id=case.id, other_id=main.id, handler_id=case.handler_id)
    )
    main = tx.cases.save(main)
    note(tx, main, EventKind.JOINED, actor, case.number)
    words = rules.texts.say("case.alarm.joined", number=case.number)
    alarm(tx, rules, main, AlertKind.NEWS, handler_and(main, ()), words)
    assign_next(tx, rules, case.agency)
    return main


def separate(tx: Tx, rules: Rules, case_id: int, staff: Staff, *, version: int) -> Case:
    """Undo a merge: the case has its own limits, followers and handler again."""
    actor = _dispatcher(staff)
    link = tx.relations.main_of(case_id)
    if link is None:
        raise RefusedError("not_now")
    case, main = _both(tx, case_id, link.other_id)
    if case.version != version:
        raise RefusedError("changed_meanwhile")
    return _apart(tx, rules, case, main, link, actor)


def part_all(tx: Tx, rules: Rules, main: Case) -> None:
    """The main case ends by its reporter's wish: the others go on by themselves."""
    for one in tx.relations.joined(main.id):
        link = tx.relations.main_of(one.case_id)
        if link is not None:
            main = tx.cases.get(main.id)
            _apart(tx, rules, tx.cases.get(one.case_id), main, link, SYSTEM)


def _apart(tx: Tx, rules: Rules, case: Case, main: Case, link: Link, actor: Actor) -> Case:
    tx.relations.separate(case.id)
    case = move(tx, replace(case, handler_id=None, closed_at=None), Trigger.SEPARATE, actor)
    if link.handler_id is not None and _still_handles(tx, link.handler_id):
        case = move(tx, case, Trigger.ASSIGN, actor, handler_id=link.handler_id)
    main = tx.cases.save(main)
    note(tx, main, EventKind.LEFT, actor, case.number)
    text = rules.texts.say("case.news.separated", number=case.number, main=main.number)
    tell(tx, rules, case, key=f"separated:{case.version}", text=text, to=EVERYBODY)
    words = rules.texts.say("case.alarm.separated", main=main.number)
    alarm(tx, rules, case, AlertKind.NEWS, handler_and(case, ()), words)
    return case


def _ring(tx: Tx, case: Case) -> None:
    """How many met with it is shown on the page of the case, and of the one it is part of."""
    tx.ring(case_topic(case.id))
    link = tx.relations.main_of(case.id)
    if link is not None:
        tx.ring(case_topic(link.other_id))


def _hindrance(tx: Tx, case: Case, main: Case) -> str | None:
    """Return why not. One level only, so that nobody has to guess where a case is handled."""
    for reason, wrong in (
        ("merge_self", case.id == main.id),
        ("merge_chain", main.state is State.MERGED),
        ("merge_ended", main.state not in _GOES_ON),
        ("merge_others", bool(tx.relations.joined(case.id))),
        ("merge_urgent", case.urgent and not main.urgent),
        ("merge_referred", tx.referrals.live_of(case.id) is not None),
        ("merge_asked", is_asked(tx, case)),
    ):
        if wrong:
            return reason
    return None


def _both(tx: Tx, case_id: int, main_id: int) -> tuple[Case, Case]:
    """Return both, locked in the order of their ids, so that two merges can't block each other."""
    locked = {one: _known(tx, one) for one in sorted({case_id, main_id})}
    return locked[case_id], locked[main_id]


def _known(tx: Tx, case_id: int) -> Case:
    try:
        return tx.cases.get(case_id)
    except KeyError:
        raise RefusedError("no_such_case") from None


def _dispatcher(staff: Staff) -> Actor:
    if not may(staff.role, Right.DISPATCH_CASE):
        raise RefusedError("not_allowed")
    return Actor(Party.DISPATCHER, f"staff:{staff.id}")


def _still_handles(tx: Tx, staff_id: int) -> bool:
    return any(
        member.id == staff_id and may(member.role, Right.HANDLE_CASE) for member in tx.staff.all()
    )


def _ids(joined: Sequence[Joined]) -> list[int]:
    return [one.case_id for one in joined]
