"""Staff look at an initiative: published, returned with a reason, decided, seen to be done."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.flow.initiatives.contributions import WORDED, contributions, credit, people_of
from bot.flow.initiatives.give_back import give_back
from bot.flow.initiatives.initiatives import got, moved, tell_author
from bot.flow.initiatives.pledging import join_into
from bot.flow.initiatives.remarks_of_merged import follow
from bot.flow.initiatives.resting import go_on
from bot.flow.initiatives.result import show_photos
from bot.flow.initiatives.rewriting import keep_text, tell_writers
from bot.flow.initiatives.team import tell_stopped
from bot.flow.telling.inform import write_to
from bot.model.case import RefusedError
from bot.model.initiative import (
    By,
    Initiative,
    InitiativeState,
    Move,
    PledgeKind,
    PledgeState,
    next_initiative_state,
)
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.bell import DESK, INITIATIVES
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from channels.message import Button
from credits.claims import ClaimError, Concerned, check_judge

_WORDS_LEAST = 2
_WORDS_MOST = 500


def take(tx: Tx, initiative_id: int, staff: Staff) -> Initiative:
    """Begin to look at it, or go on where a colleague began."""
    return moved(tx, _judged(tx, initiative_id, staff), Move.TAKE, By.STAFF, f"staff:{staff.id}")


def publish(tx: Tx, rules: Rules, initiative_id: int, staff: Staff, *, version: int) -> Initiative:
    """Let everybody see and back it, for as long as the rules say."""
    found = _seen(tx, initiative_id, staff, version)
    until = tx.now + timedelta(days=rules.policy.initiatives.gather_days)
    open_now = replace(found, look_by=None, gather_until=until)
    published = moved(tx, open_now, Move.PUBLISH, By.STAFF, f"staff:{staff.id}")
    keep_text(tx, published)
    tell_author(tx, rules, published, "published", days=rules.policy.initiatives.gather_days)
    return published


def send_back(
    tx: Tx, rules: Rules, initiative_id: int, staff: Staff, words: str, *, version: int
) -> Initiative:
    """Say no, with a reason; what neighbours gave goes back to them.

    She can change it and send it in again, or ask that somebody else look.
    """
    words = _checked(words)
    found = _seen(tx, initiative_id, staff, version)
    backed = found.state is not InitiativeState.IN_REVIEW
    tx.initiatives.reports_seen(found.id)
    rested = replace(found, look_by=None, gather_until=None, gather_left_seconds=None, hidden=False)
    back = moved(tx, rested, Move.RETURN, By.STAFF, f"staff:{staff.id}", words)
    if backed:
        give_back(tx, rules, back, f"staff:{staff.id}", why="returned")
        tell_stopped(tx, rules, back)
    say = rules.texts.say
    change = Button(say("initiatives.button.change"), f"idea_change:{back.id}")
    again = Button(say("initiatives.button.appeal"), f"idea_appeal:{back.id}")
    buttons = (change,) if back.appealed else (change, again)
    tell_author(
        tx, rules, back, "returned_last" if back.appealed else "returned", *buttons, why=words
    )
    return back


def show_again(
    tx: Tx, rules: Rules, initiative_id: int, staff: Staff, *, version: int
) -> Initiative:
    """Find nothing wrong with it: everybody sees it again, and what was said counts no more."""
    found = _seen(tx, initiative_id, staff, version)
    if not found.hidden:
        raise RefusedError("initiative_not_now")
    tx.initiatives.reports_seen(found.id)
    tx.ring(INITIATIVES)
    shown = tx.initiatives.save(replace(go_on(tx, rules, found), hidden=False, look_by=None))
    tell_author(tx, rules, shown, "shown")
    return shown


def decide(
    tx: Tx, rules: Rules, initiative_id: int, staff: Staff, words: str, *, version: int
) -> Initiative:
    """Agree that it is done as it came together; `words` say what was agreed on."""
    words = _checked(words)
    found = _seen(tx, initiative_id, staff, version)
    tx.ring(DESK)
    decided = moved(tx, found, Move.DECIDE, By.STAFF, f"staff:{staff.id}", words)
    begin = Button(rules.texts.say("initiatives.button.begin"), f"idea_begin:{decided.id}")
    tell_author(tx, rules, decided, "decided", begin, words=words)
    _tell_decided(tx, rules, decided, words)
    return decided


def finish(  # noqa: PLR0913 -- what staff saw is this much, each by keyword
    tx: Tx,
    rules: Rules,
    initiative_id: int,
    staff: Staff,
    helped: Collection[int],
    *,
    version: int,
    seats: Collection[int] = (),
    tasks: Collection[int] = (),
    photos: Collection[int] = (),
) -> int:
    """See that it is done: who carried it, who came, and who gave is credited, each by the rules.

    `helped` are pledges of hours and things that were kept, `seats` the times at shifts and
    `tasks` what was done that are believed, `photos` those that everybody may see. Whoever confirms
    is none of those who earn, and lives with none. Return the points.
    """
    before = tx.initiatives.find(initiative_id)
    if before is None:
        raise RefusedError("initiative_unknown")
    given = [one for one in tx.initiatives.pledges(before.id) if one.state is PledgeState.GIVEN]
    came = [one for one in given if one.id in helped and one.kind is not PledgeKind.POINTS]
    done_by = contributions(tx, rules, before, came, given, seats, tasks)
    for person_id in people_of(done_by):
        tx.people.hold(person_id)
    found = _seen(tx, initiative_id, staff, version)
    if not found.result:
        raise RefusedError("initiative_no_result")
    people, done_by = people_of(done_by), contributions(tx, rules, found, came, given, seats, tasks)
    if people_of(done_by) != people:  # it changed before it was locked
        raise RefusedError("initiative_changed")
    _check(tx, staff, people)
    done = moved(tx, found, Move.FINISH, By.STAFF, f"staff:{staff.id}", found.result)
    tx.initiatives.settle([one.id for one in came], PledgeState.HELPED)
    show_photos(tx, done.id, photos)
    earned = credit(tx, rules, done, done_by, staff)
    tell_author(tx, rules, done, "done", points=earned[done.author_id])
    supporters = {one.person_id for one in given} | {
        one.person_id for one in done_by if one.activity != WORDED
    }
    _tell_supporters(tx, rules, done, supporters, earned)
    tell_writers(tx, rules, done, supporters, earned)
    return sum(earned.values())


def merge(
    tx: Tx, rules: Rules, initiative_id: int, into: int, staff: Staff, *, version: int
) -> Initiative:
    """Let one be the same as another: everything that was pledged for it stands for that one."""
    if initiative_id == into:
        raise RefusedError("initiative_itself")
    for one in sorted((initiative_id, into)):
        _judged(tx, one, staff)
    found, main = _seen(tx, initiative_id, staff, version), got(tx, into)
    # Refused, before anything moves, where the other doesn't gather.
    next_initiative_state(main.state, Move.MERGE, By.STAFF)
    gone = moved(tx, replace(found, merged_into=main.id), Move.MERGE, By.STAFF, f"staff:{staff.id}")
    people = {one.person_id for one in tx.initiatives.pledges(gone.id)
              if one.state is PledgeState.OPEN}  # fmt: skip
    join_into(tx, rules, gone, main)
    follow(tx, rules, gone, main, staff)
    tell_author(tx, rules, gone, "merged", main=main.id, other=main.wish.title)
    for person_id in sorted(people - {gone.author_id}):
        values = {"number": gone.id, "title": gone.wish.title, "main": main.id}
        text = rules.texts.say("initiatives.told.merged", **values, other=main.wish.title)
        write_to(tx, rules, person_id, key=f"initiative:{gone.id}:merged:{person_id}", text=text)
    return gone


def begin(tx: Tx, rules: Rules, initiative_id: int, staff: Staff, *, version: int) -> Initiative:
    """Note that it has begun; whoever leads it hears how to say that it is done."""
    found = _seen(tx, initiative_id, staff, version)
    begun = moved(tx, found, Move.BEGIN, By.STAFF, f"staff:{staff.id}")
    done = Button(rules.texts.say("initiatives.button.result"), f"idea_result:{begun.id}")
    tell_author(tx, rules, begun, "begun", done)
    return begun


def declare_kin(tx: Tx, initiative_id: int, staff: Staff) -> None:
    """Whose idea it is is the member herself, or lives with her: only others decide from now on."""
    if not may(staff.role, Right.REVIEW_INITIATIVES):
        raise RefusedError("not_allowed")
    for contact in tx.people.contacts_of(got(tx, initiative_id).author_id)[:1]:
        tx.claims.acquaint(staff.id, contact.id, staff.id)


def barred(views: Views | Tx, initiative: Initiative, staff: Staff) -> str:
    """Return the reason why the member may not decide about it; '' if she may."""
    try:
        _check(views, staff, [initiative.author_id], _returned_by(views, initiative))
    except RefusedError as refused:
        return refused.reason
    return ""


def _judged(tx: Tx, initiative_id: int, staff: Staff) -> Initiative:
    """Return it, locked, if it is this member's to decide about."""
    if not may(staff.role, Right.REVIEW_INITIATIVES):
        raise RefusedError("not_allowed")
    found = got(tx, initiative_id)
    _check(tx, staff, [found.author_id], _returned_by(tx, found))
    return found


def _seen(tx: Tx, initiative_id: int, staff: Staff, version: int) -> Initiative:
    found = _judged(tx, initiative_id, staff)
    if found.version != version:
        raise RefusedError("initiative_changed")
    return found


def _returned_by(views: Views | Tx, initiative: Initiative) -> frozenset[int]:
    """Return who may not look again: those who returned what was appealed about."""
    if not initiative.appealed:
        return frozenset()
    events = views.initiatives.events(initiative.id)
    returned = (one.staff_id for one in events if one.move is Move.RETURN)
    return frozenset(one for one in returned if one is not None)


def _check(
    views: Views | Tx,
    staff: Staff,
    people: Collection[int],
    decided_by: Collection[int] = (),
) -> None:
    judge = views.claims.judge(staff.id)
    concerned = [_concerned(views, person_id) for person_id in people]
    try:
        check_judge(judge, concerned, submitted_by="", decided_by=decided_by)
    except ClaimError as refused:
        raise RefusedError(f"initiative_{refused.reason}") from None


def _concerned(views: Views | Tx, person_id: int) -> Concerned:
    return Concerned(person_id, views.people.person(person_id).household_id)


def _tell_decided(tx: Tx, rules: Rules, decided: Initiative, words: str) -> None:
    """Tell who gave something or joined where there is something to take on."""
    people = {one.person_id for one in tx.initiatives.pledges(decided.id)
              if one.state is PledgeState.GIVEN}  # fmt: skip
    people |= set(tx.teams.members(decided.id))
    values = {"number": decided.id, "title": decided.wish.title, "words": words}
    text = rules.texts.say("initiatives.told.decided", **values)
    link = f"{rules.public_url}/initiatives/{decided.id}/team"
    for person_id in sorted(people - {decided.author_id}):
        key = f"initiative:{decided.id}:decided:{person_id}"
        write_to(tx, rules, person_id, key=key, text=text, link=link)


def _tell_supporters(
    tx: Tx,
    rules: Rules,
    done: Initiative,
    supporters: Collection[int],
    earned: Mapping[int, int],
) -> None:
    for person_id in sorted(set(supporters) - {done.author_id}):
        points = earned.get(person_id, 0)
        values = {"number": done.id, "title": done.wish.title, "result": done.result}
        text = rules.texts.say(
            "initiatives.told.done_points" if points else "initiatives.told.done",
            **values,
            points=points,
        )
        key = f"initiative:{done.id}:done:{person_id}"
        write_to(tx, rules, person_id, key=key, text=text)


def _checked(words: str) -> str:
    words = words.strip()
    if len(words) < _WORDS_LEAST:
        raise RefusedError("reason_missing")
    if len(words) > _WORDS_MOST:
        raise RefusedError("too_long")
    return words
