"""Neighbours back an initiative: hours, points, things; enough makes it ready, time ends it.

Points lie in the ledger as holds and nowhere else: posted when it is ready, voided when it is not
to be. Locks are taken in one order everywhere: person, initiative, balances.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.flow.credit.posting import post_all
from bot.flow.initiatives.give_back import give_back, take_points
from bot.flow.initiatives.initiatives import got, moved, tell_author
from bot.flow.telling.inform import write_to
from bot.model.case import RefusedError
from bot.model.initiative import (
    AGREED,
    OPEN_FOR_PLEDGES,
    By,
    Initiative,
    InitiativeState,
    Move,
    Pledge,
    PledgeKind,
    PledgeState,
    progress_of,
)
from bot.oversight.permissions import Service, served
from bot.ports.bell import DESK, INITIATIVES
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from credits.ledger import Kind, Overdrawn, Posting, Transfer, resident, treasury
from credits.moves import SYSTEM, void
from credits.posting import post

PLEDGE: Final = "pledge"
"""The move of the policy under which points are given."""

_AT_ONCE: Final = 20
_THINGS_MOST: Final = 5
_THING_MOST: Final = 60


def pledge(
    tx: Tx,
    rules: Rules,
    person_id: int,
    initiative_id: int,
    kind: PledgeKind,
    amount: int,
    *,
    key: str,
    words: str = "",
) -> Pledge:
    """Set something aside; asked again with the same key it gives the same pledge.

    Hours and points are pledged once: to give more, what is there is taken back first. A thing that
    is asked for can be brought after enough came together, too; it is given at once. Raises
    RefusedError when she isn't known well enough, when it's too much, or when it is over.
    """
    key = f"{person_id}:{key}"
    tx.people.hold(person_id)
    before = tx.initiatives.by_key(key)
    if before is not None:
        return before
    if not served(tx.people.person(person_id).verification, Service.PLEDGE):
        raise RefusedError("pledge_stranger")
    found = got(tx, initiative_id)
    if found.hidden:
        raise RefusedError("initiative_hidden")
    brought = kind is PledgeKind.THING and bool(found.wish.things) and found.state in AGREED
    until = tx.now if brought else _open_until(tx, found)
    state = PledgeState.GIVEN if brought else PledgeState.OPEN
    _check(tx, rules, found, person_id, kind, amount, words, state)
    hold_id = ""
    if kind is PledgeKind.POINTS:
        hold_id = _hold(tx, rules, person_id, found, amount, key, until).id
    made = tx.initiatives.pledge(
        key,
        Pledge(
            id=0,
            initiative_id=found.id,
            person_id=person_id,
            kind=kind,
            amount=amount,
            words=words.strip(),
            hold_id=hold_id,
            state=state,
            at=tx.now,
        ),
    )
    tx.ring(INITIATIVES)
    if not brought:
        _go_on(tx, rules, found)
    return made


def take_back(tx: Tx, person_id: int, initiative_id: int) -> int:
    """She takes back all that she set aside for it; return how many points that frees."""
    tx.people.hold(person_id)
    found = got(tx, initiative_id)
    if found.gather_left_seconds is None:  # while it is hidden, the clock of the support rests
        _open_until(tx, found)
    mine = [one for one in _standing(tx, found) if one.person_id == person_id]
    if not mine:
        raise RefusedError("pledge_none")
    holds = tx.journal.by_ids([one.hold_id for one in mine if one.hold_id])
    post_all(tx, [[void(hold, actor=f"resident:{person_id}")] for hold in holds.values()])
    tx.initiatives.settle([one.id for one in mine], PledgeState.BACK)
    tx.ring(INITIATIVES)
    return sum(hold.amount for hold in holds.values())


def take_back_all(tx: Tx, person_id: int, *, points_only: bool = False) -> int:
    """Take back what she set aside anywhere; return of how many pledges that was."""
    waiting = {
        one.initiative_id
        for one in tx.initiatives.pledges_of(person_id)
        if one.state is PledgeState.OPEN and (one.hold_id or not points_only)
    }
    count = 0
    for initiative_id in sorted(waiting):
        try:
            take_back(tx, person_id, initiative_id)
        except RefusedError:  # its time is up: the clock gives it back
            continue
        count += 1
    return count


def lapse_due(tx: Tx, rules: Rules) -> int:
    """End what did not come together in its time; return how many there were."""
    due = tx.initiatives.lapsed(_AT_ONCE)
    for initiative_id in due:
        found = tx.initiatives.get(initiative_id)
        if not _over(tx, found):
            continue
        ended = moved(tx, found, Move.LAPSE, By.SYSTEM, SYSTEM)
        give_back(tx, rules, ended, SYSTEM, why="lapsed")
        tell_author(tx, rules, ended, "lapsed")
    return len(due)


def go_on_rested(tx: Tx, rules: Rules) -> int:
    """Go on with those whose changed text has rested; return how many there were."""
    rested = tx.initiatives.rested(_AT_ONCE)
    for initiative_id in rested:
        found = tx.initiatives.get(initiative_id)
        if found.hidden or found.state not in OPEN_FOR_PLEDGES:  # since just now
            continue
        _go_on(tx, rules, tx.initiatives.save(replace(found, rests_until=None)))
    return len(rested)


def tell_late(tx: Tx, rules: Rules) -> int:
    """Tell authors that staff are late with looking; return how many there were."""
    late = tx.initiatives.late(_AT_ONCE)
    for initiative_id in late:
        found = tx.initiatives.save(replace(tx.initiatives.get(initiative_id), late_told=True))
        tell_author(tx, rules, found, "late")
        tx.ring(DESK)
    return len(late)


def join_into(tx: Tx, rules: Rules, gone: Initiative, main: Initiative) -> None:
    """Let all that stands for one stand for the other; held points are never free between."""
    until = _open_until(tx, main)
    for one in _standing(tx, gone):
        key = f"merge:{one.id}:{main.id}"
        hold_id = hold_anew(tx, rules, one, main, until, key=key) if one.hold_id else ""
        tx.initiatives.carry_over(one.id, main.id, hold_id)
    _go_on(tx, rules, main)


def hold_anew(
    tx: Tx, rules: Rules, pledge: Pledge, found: Initiative, until: datetime, *, key: str
) -> str:
    """Hold the pledged points until then instead, never free between; return the new hold's id."""
    old = tx.journal.by_ids([pledge.hold_id])[pledge.hold_id]
    wish = _wish(rules, pledge.person_id, found, pledge.amount, key, until)
    anew = wish._replace(acted_at=tx.now)
    post_all(tx, [[void(old, actor=SYSTEM), anew]])
    return tx.journal.by_keys([anew.key])[anew.key].id


def _go_on(tx: Tx, rules: Rules, found: Initiative) -> None:
    """Move on by what was pledged: gathering with the first pledge, ready when it is enough."""
    standing = _standing(tx, found)
    if found.state is InitiativeState.PUBLISHED and standing:
        found = moved(tx, found, Move.GATHER, By.SYSTEM, SYSTEM)
    if found.rests_until is not None and found.rests_until > tx.now:
        return
    progress = progress_of(standing, found.author_id)
    if not progress.enough(found.wish, rules.policy.initiatives.supporters):
        return
    take_points(tx, standing, SYSTEM)
    tx.initiatives.settle([one.id for one in standing], PledgeState.GIVEN)
    ready = moved(tx, replace(found, gather_until=None), Move.FILL, By.SYSTEM, SYSTEM)
    tell_author(tx, rules, ready, "ready")
    tx.ring(DESK)
    for person_id in sorted({one.person_id for one in standing} - {ready.author_id}):
        text = rules.texts.say("initiatives.told.ready", number=ready.id, title=ready.wish.title)
        key = f"initiative:{ready.id}:{ready.version}:ready:{person_id}"
        write_to(tx, rules, person_id, key=key, text=text)


def _check(
    tx: Tx,
    rules: Rules,
    found: Initiative,
    person_id: int,
    kind: PledgeKind,
    amount: int,
    words: str,
    state: PledgeState,
) -> None:
    limits = rules.policy.initiatives
    most = {PledgeKind.HOURS: limits.hours_each, PledgeKind.POINTS: limits.points_each}
    if not 1 <= amount <= most.get(kind, 1):
        raise RefusedError("pledge_amount")
    if kind is PledgeKind.THING and not 1 <= len(words.strip()) <= _THING_MOST:
        raise RefusedError("pledge_thing")
    hers = [one for one in tx.initiatives.pledges(found.id) if one.person_id == person_id]
    same = [one for one in hers if one.kind is kind and one.state is state]
    if len(same) >= (_THINGS_MOST if kind is PledgeKind.THING else 1):
        raise RefusedError("pledge_already")


def _hold(
    tx: Tx,
    rules: Rules,
    person_id: int,
    found: Initiative,
    amount: int,
    key: str,
    until: datetime,
) -> Transfer:
    wish = _wish(rules, person_id, found, amount, key, until)._replace(acted_at=tx.now)
    try:
        return post(tx.journal, wish, now=tx.now, new_id=tx.new_transfer_id)
    except Overdrawn:
        raise RefusedError("pledge_few_points") from None


def _wish(
    rules: Rules, person_id: int, found: Initiative, amount: int, key: str, until: datetime
) -> Posting:
    """Return the hold; it lapses in the ledger at the moment in which the initiative does."""
    return Posting(
        key=f"pledge:{key}",
        debit=resident(person_id),
        credit=treasury(),
        amount=amount,
        activity=PLEDGE,
        subject=f"initiative:{found.id}",
        policy_version=rules.policy.version,
        acted_at=until,
        actor=f"resident:{person_id}",
        kind=Kind.HOLD,
        expires_at=until,
    )


def _open_until(tx: Tx, found: Initiative) -> datetime:
    """Return until when it gathers; RefusedError where it doesn't, or its time is up."""
    if found.state not in OPEN_FOR_PLEDGES or found.gather_until is None:
        raise RefusedError("pledge_closed")
    if found.gather_until <= tx.now:
        raise RefusedError("pledge_closed")
    return found.gather_until


def _over(tx: Tx, found: Initiative) -> bool:
    until = found.gather_until
    return found.state in OPEN_FOR_PLEDGES and until is not None and until <= tx.now


def _standing(tx: Tx, found: Initiative) -> list[Pledge]:
    pledges = tx.initiatives.pledges(found.id)
    return [one for one in pledges if one.state is PledgeState.OPEN]
