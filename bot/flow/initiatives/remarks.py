"""What others add to an initiative: a question, other words for it, what an office can do.

Words are held back while they have a telephone number, a room, or a full name in them: everybody
reads them, and no member of staff has read them before.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bot.flow.initiatives.initiatives import check_wish, got, tell_author
from bot.flow.telling.inform import write_to
from bot.model.case import RefusedError
from bot.model.initiative import OPEN_FOR_PLEDGES, PUBLIC, Initiative
from bot.model.remark import Remark, RemarkKind, RemarkState, Statement, Wording
from bot.model.staff import Staff
from bot.oversight.disclosure import find_personal
from bot.oversight.permissions import Right, Service, may, served
from bot.ports.bell import DESK, INITIATIVES
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from channels.message import Button

AUTHOR: Final = "author"
WORDS_MOST: Final = 300
_WORDS_LEAST: Final = 2
_A_DAY_MOST: Final = 5
_OPEN_MOST: Final = 20
_OWN_MOST: Final = 20
_OPEN_OF_STRANGERS: Final = 10
"""Browsers are many and cost nothing: the rest is for who is known."""


def ask(tx: Tx, rules: Rules, person_id: int, initiative_id: int, words: str) -> Remark:
    """Ask about it; everybody who wrote to us may. It is shown once it is answered."""
    tx.people.hold(person_id)
    found = public(tx, initiative_id)
    words = _checked(words, known_words(found))
    before = _same(tx, found, person_id, words, None)
    if before is not None:
        return before
    _check_room(tx, person_id, found, RemarkKind.QUESTION)
    remark = _made(tx, found, person_id, RemarkKind.QUESTION, words)
    answer = Button(rules.texts.say("remarks.button.answer"), f"remark_answer:{remark.id}")
    if person_id != found.author_id:
        tell_author(tx, rules, found, "asked", answer, once=f"{remark.id}", words=words)
    return remark


def propose(
    tx: Tx, rules: Rules, person_id: int, initiative_id: int, wording: Wording, why: str
) -> Remark:
    """Propose another text while it gathers, as who could give something for it."""
    found = to_change(tx, person_id, initiative_id)
    changed = changes(rules, found, wording)
    why = _checked(why, known_words(found))
    before = _same(tx, found, person_id, why, wording)
    if before is not None:
        return before
    _check_room(tx, person_id, found, RemarkKind.CHANGE)
    base = len(tx.remarks.texts(found.id))
    remark = _made(tx, found, person_id, RemarkKind.CHANGE, why, wording, base)
    if person_id != found.author_id:
        say = rules.texts.say
        take = Button(say("remarks.button.take"), f"remark_take:{remark.id}")
        decline = Button(say("remarks.button.decline"), f"remark_decline:{remark.id}")
        parts = "、".join(say(f"remarks.part.{name}") for name in changed)
        tell_author(
            tx, rules, found, "proposed", take, decline, once=f"{remark.id}", words=why, parts=parts
        )
    return remark


def to_change(tx: Tx, person_id: int, initiative_id: int) -> Initiative:
    """Return it, locked, if she may propose another text for it now."""
    tx.people.hold(person_id)
    found = public(tx, initiative_id)
    if found.state not in OPEN_FOR_PLEDGES:
        raise RefusedError("initiative_not_now")
    if not served(tx.people.person(person_id).verification, Service.PLEDGE):
        raise RefusedError("pledge_stranger")
    return found


def changes(rules: Rules, found: Initiative, wording: Wording) -> tuple[str, ...]:
    """Return the names of the parts that it changes, if it is fit to be shown."""
    changed = Wording.of(found.wish).changes(wording)
    if not changed:
        raise RefusedError("remark_same")
    check_wish(rules, wording.put_into(found.wish))
    for name in changed:
        hold_back(getattr(wording, name), known_words(found))
    return changed


def waiting(tx: Tx, person_id: int) -> list[tuple[Remark, Initiative]]:
    """Return what waits for whose idea it is, with the initiative, the oldest first."""
    return [
        (remark, one)
        for one in reversed(tx.initiatives.of_author(person_id, _OWN_MOST))
        if one.state in PUBLIC and not one.hidden
        for remark in tx.remarks.of_initiative(one.id)
        if remark.state is RemarkState.OPEN and remark.words and not remark.hidden
    ]


def answer(tx: Tx, rules: Rules, person_id: int, remark_id: int, words: str) -> Remark:
    """Whose idea it is answers a question."""
    remark, found = of_author(tx, person_id, remark_id, RemarkKind.QUESTION)
    return _answered(tx, rules, found, remark, AUTHOR, words)


def answer_as_staff(tx: Tx, rules: Rules, staff: Staff, remark_id: int, words: str) -> Remark:
    """A member answers a question, for the office."""
    _check_staff(staff)
    remark, found = _with_initiative(tx, remark_id)
    if remark.kind is not RemarkKind.QUESTION:
        raise RefusedError("remark_unknown")
    return _answered(tx, rules, found, remark, f"staff:{staff.id}", words)


def decline(tx: Tx, rules: Rules, person_id: int, remark_id: int, words: str) -> Remark:
    """Whose idea it is does not take a proposal over, and says why."""
    remark, found = of_author(tx, person_id, remark_id, RemarkKind.CHANGE)
    words = _checked(words, known_words(found))
    settled = settle(tx, remark, RemarkState.DECLINED, AUTHOR, words)
    tell_helper(tx, rules, found, settled, "declined", why=words)
    return settled


def object_to(tx: Tx, rules: Rules, person_id: int, remark_id: int) -> Remark:
    """She finds it unfit to be shown; enough neighbours hide it until staff have looked."""
    tx.people.hold(person_id)
    if not served(tx.people.person(person_id).verification, Service.PLEDGE):
        raise RefusedError("pledge_stranger")
    remark, _ = _with_initiative(tx, remark_id)
    count = tx.remarks.report(remark.id, person_id)
    if remark.hidden or count < rules.policy.initiatives.reports_hide:
        return remark
    tx.ring(INITIATIVES)
    tx.ring(DESK)
    return tx.remarks.save(replace(remark, hidden=True))


def show_again(tx: Tx, staff: Staff, remark_id: int) -> Remark:
    """A member finds nothing wrong with it, also where its initiative has ended meanwhile."""
    _check_staff(staff)
    remark = tx.remarks.find(remark_id)
    if remark is None:
        raise RefusedError("remark_unknown")
    got(tx, remark.initiative_id)
    remark = tx.remarks.find(remark_id) or remark
    tx.remarks.reports_seen(remark.id)
    tx.ring(INITIATIVES)
    tx.ring(DESK)
    return tx.remarks.save(replace(remark, hidden=False))


def state(tx: Tx, staff: Staff, initiative_id: int, words: str) -> Statement:
    """A member says for the office what it can do about it, and what it can't."""
    _check_staff(staff)
    found = public(tx, initiative_id)
    office = tx.places.organisation_of(staff).name
    said = Statement(
        initiative_id=found.id,
        staff_id=staff.id,
        office=office,
        words=_checked(words, (*known_words(found), office)),
        at=tx.now,
    )
    tx.remarks.state(said)
    tx.ring(INITIATIVES)
    return said


def of_author(
    tx: Tx, person_id: int, remark_id: int, kind: RemarkKind
) -> tuple[Remark, Initiative]:
    """Return an open one of the kind, if its initiative is hers; others learn nothing of it."""
    remark, found = _with_initiative(tx, remark_id)
    if found.author_id != person_id or remark.kind is not kind or remark.hidden:
        raise RefusedError("remark_unknown")
    if remark.state is not RemarkState.OPEN:
        raise RefusedError("remark_settled")
    return remark, found


def settle(tx: Tx, remark: Remark, to: RemarkState, by: str, words: str = "") -> Remark:
    """Write down what became of it."""
    tx.ring(INITIATIVES)
    settled = replace(remark, state=to, answered_by=by, answer=words, answered_at=tx.now)
    return tx.remarks.save(settled)


def tell_helper(
    tx: Tx, rules: Rules, found: Initiative, remark: Remark, key: str, **values: object
) -> None:
    """Tell whoever made it what became of it, in her own channel."""
    text = rules.texts.say(f"remarks.told.{key}", number=found.id, title=found.wish.title, **values)
    once = f"remark:{remark.id}:{remark.state.value}"
    link = f"{rules.public_url}/initiatives/{found.id}"
    write_to(tx, rules, remark.person_id, key=once, text=text, link=link)


def _checked(words: str, known: Iterable[str]) -> str:
    """Return the words, fit to be shown; what is `known` already is no secret."""
    words = words.strip()
    if not _WORDS_LEAST <= len(words) <= WORDS_MOST:
        raise RefusedError("remark_words")
    hold_back(words, known)
    return words


def hold_back(words: str, known: Iterable[str]) -> None:
    """Raise RefusedError for words that tell everybody something personal."""
    if find_personal(words, own=known):
        raise RefusedError("remark_personal")


def _answered(
    tx: Tx, rules: Rules, found: Initiative, remark: Remark, by: str, words: str
) -> Remark:
    if remark.state is not RemarkState.OPEN:
        raise RefusedError("remark_settled")
    words = _checked(words, known_words(found))
    settled = settle(tx, remark, RemarkState.ANSWERED, by, words)
    tell_helper(tx, rules, found, settled, "answered", asked=remark.words, words=words)
    return settled


def _same(
    tx: Tx, found: Initiative, person_id: int, words: str, wording: Wording | None
) -> Remark | None:
    """Return what she said already and nobody has answered: a form that is sent twice."""
    said = (person_id, words, wording, RemarkState.OPEN)
    for one in tx.remarks.of_initiative(found.id):
        if (one.person_id, one.words, one.wording, one.state) == said:
            return one
    return None


def _made(
    tx: Tx,
    found: Initiative,
    person_id: int,
    kind: RemarkKind,
    words: str,
    wording: Wording | None = None,
    base: int = 0,
) -> Remark:
    tx.ring(INITIATIVES)
    return tx.remarks.make(
        Remark(
            id=0,
            initiative_id=found.id,
            person_id=person_id,
            kind=kind,
            words=words,
            wording=wording,
            base=base,
            at=tx.now,
        )
    )


def public(tx: Tx, initiative_id: int) -> Initiative:
    """Return it, locked, if everybody may see it."""
    found = got(tx, initiative_id)
    if found.state not in PUBLIC:
        raise RefusedError("initiative_not_now")
    if found.hidden:
        raise RefusedError("initiative_hidden")
    return found


def _with_initiative(tx: Tx, remark_id: int) -> tuple[Remark, Initiative]:
    """Return it and its initiative, which is locked: then it is read anew."""
    remark = tx.remarks.find(remark_id)
    if remark is None:
        raise RefusedError("remark_unknown")
    found = public(tx, remark.initiative_id)
    return tx.remarks.find(remark_id) or remark, found


def _check_room(tx: Tx, person_id: int, found: Initiative, kind: RemarkKind) -> None:
    if tx.remarks.lately(person_id) >= _A_DAY_MOST:
        raise RefusedError("remark_many")
    known = served(tx.people.person(person_id).verification, Service.PLEDGE)
    most = _OPEN_MOST if known else _OPEN_OF_STRANGERS
    if tx.remarks.open_count(found.id, kind) >= most:
        raise RefusedError("remark_full")


def _check_staff(staff: Staff) -> None:
    if not may(staff.role, Right.REVIEW_INITIATIVES):
        raise RefusedError("not_allowed")


def known_words(found: Initiative) -> tuple[str, ...]:
    """What staff have read already: whoever repeats it tells nobody anything."""
    wish = found.wish
    return wish.title, wish.place, wish.reason, wish.things
