"""An initiative 提议 as whoever had the idea carries it: thought up, sent in, taken back, told."""

from dataclasses import replace
from typing import Final

from bot.flow.initiatives.give_back import give_back
from bot.flow.telling.inform import write_to
from bot.model.case import RefusedError
from bot.model.initiative import (
    ENDED,
    By,
    Initiative,
    InitiativeEvent,
    InitiativeState,
    Move,
    Wish,
    next_initiative_state,
)
from bot.ports.bell import INITIATIVES
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from channels.message import Button

OPEN_MOST: Final = 3
TITLE_MOST: Final = 60
TITLE_LEAST: Final = 4
WORDS_MOST: Final = 500
_ALL: Final = 1000
_WITH_PAGE: Final = frozenset({"published", "ready", "shown", "done"})
"""News that lead to the page, for her to show it to neighbours."""


def draft_of(tx: Tx, person_id: int) -> Initiative | None:
    """Return what she began to think up and has not sent in."""
    mine = tx.initiatives.of_author(person_id, _ALL)
    return next((one for one in mine if one.state is InitiativeState.DRAFT), None)


def begin_draft(tx: Tx, person_id: int, title: str) -> Initiative:
    """Keep what she wants to do; the rest is asked for. Raises RefusedError when it's too much."""
    tx.people.hold(person_id)
    mine = tx.initiatives.of_author(person_id, _ALL)
    if sum(one.state not in ENDED for one in mine) >= OPEN_MOST:
        raise RefusedError("initiative_many")
    wish = Wish(title=_titled(title))
    draft = InitiativeState.DRAFT
    made = Initiative(id=0, author_id=person_id, wish=wish, state=draft, made_at=tx.now)
    return tx.initiatives.make(made)


def write_draft(tx: Tx, rules: Rules, initiative_id: int, person_id: int, wish: Wish) -> Initiative:
    """Change what it says, as long as nobody looks at it."""
    found = own(tx, initiative_id, person_id)
    if found.state not in {InitiativeState.DRAFT, InitiativeState.RETURNED}:
        raise RefusedError("initiative_not_now")
    check_wish(rules, wish)
    return tx.initiatives.save(replace(found, wish=wish))


def submit(tx: Tx, rules: Rules, initiative_id: int, person_id: int) -> Initiative:
    """Send it in: staff look at it within their time."""
    found = own(tx, initiative_id, person_id)
    if not (found.wish.title and found.wish.place and found.wish.reason):
        raise RefusedError("initiative_unfinished")
    return _sent_in(tx, rules, found, Move.SUBMIT)


def appeal(tx: Tx, rules: Rules, initiative_id: int, person_id: int, words: str = "") -> Initiative:
    """She does not agree that it was returned: somebody else looks, once."""
    found = own(tx, initiative_id, person_id)
    if found.appealed:
        raise RefusedError("initiative_appealed")
    return _sent_in(tx, rules, replace(found, appealed=True), Move.APPEAL, words)


def withdraw(tx: Tx, rules: Rules, initiative_id: int, person_id: int) -> Initiative:
    """She does not want it any more; what others pledged goes back, and they are told."""
    found = own(tx, initiative_id, person_id)
    moved_on = moved(tx, found, Move.WITHDRAW, By.AUTHOR, f"resident:{person_id}")
    give_back(tx, rules, moved_on, f"resident:{person_id}", why="withdrawn")
    return moved_on


def begin(tx: Tx, initiative_id: int, person_id: int) -> Initiative:
    """She begins with what was decided."""
    found = own(tx, initiative_id, person_id)
    return moved(tx, found, Move.BEGIN, By.AUTHOR, f"resident:{person_id}")


def tell_result(tx: Tx, initiative_id: int, person_id: int, words: str) -> Initiative:
    """She says what became of it; staff look whether it is so before it counts as done."""
    found = own(tx, initiative_id, person_id)
    if found.state is not InitiativeState.IN_PROGRESS:
        raise RefusedError("initiative_not_now")
    if not words.strip() or len(words) > WORDS_MOST:
        raise RefusedError("initiative_words")
    tx.ring(INITIATIVES)
    return tx.initiatives.save(replace(found, result=words.strip()))


def withdraw_all(tx: Tx, rules: Rules, person_id: int) -> None:
    """She goes: what has not been agreed on ends, the rest is the staff's to end."""
    for one in tx.initiatives.of_author(person_id, _ALL):
        try:
            withdraw(tx, rules, one.id, person_id)
        except RefusedError:
            continue


def own(tx: Tx, initiative_id: int, person_id: int) -> Initiative:
    """Return it, locked, if it is hers; others learn nothing of it."""
    found = got(tx, initiative_id)
    if found.author_id != person_id:
        raise RefusedError("initiative_unknown")
    return found


def got(tx: Tx, initiative_id: int) -> Initiative:
    """Return it, locked; RefusedError where there is none."""
    try:
        return tx.initiatives.get(initiative_id)
    except KeyError:
        raise RefusedError("initiative_unknown") from None


def moved(
    tx: Tx, initiative: Initiative, move: Move, by: By, actor: str, words: str = ""
) -> Initiative:
    """Take one step of the table, with its line of the history: the one gate to another state."""
    state = next_initiative_state(initiative.state, move, by)
    kept = tx.initiatives.save(replace(initiative, state=state))
    tx.initiatives.note(
        InitiativeEvent(
            initiative_id=kept.id, move=move, state=state, actor=actor, words=words, at=tx.now
        )
    )
    tx.ring(INITIATIVES)
    return kept


def tell_author(
    tx: Tx,
    rules: Rules,
    initiative: Initiative,
    key: str,
    *buttons: Button,
    once: str = "",
    **values: object,
) -> None:
    """Tell whoever had the idea, in her own channel; `once` names what happens many times."""
    wish = initiative.wish
    text = rules.texts.say(
        f"initiatives.news.{key}", number=initiative.id, title=wish.title, **values
    )
    once = f"initiative:{initiative.id}:{once or initiative.version}:{key}"
    page = f"{rules.public_url}/initiatives/{initiative.id}"
    link = page if key in _WITH_PAGE else None
    write_to(tx, rules, initiative.author_id, key=once, text=text, buttons=buttons, link=link)


def _sent_in(
    tx: Tx, rules: Rules, initiative: Initiative, move: Move, words: str = ""
) -> Initiative:
    look_by = rules.hours.after(tx.now, rules.policy.initiatives.look_hours)
    waiting = replace(initiative, look_by=look_by, late_told=False)
    actor = f"resident:{initiative.author_id}"
    return moved(tx, waiting, move, By.AUTHOR, actor, words[:WORDS_MOST])


def _titled(title: str) -> str:
    title = " ".join(title.split())
    if not TITLE_LEAST <= len(title) <= TITLE_MOST:
        raise RefusedError("initiative_title")
    return title


def check_wish(rules: Rules, wish: Wish) -> None:
    """Raise RefusedError where it is too long or asks for too much."""
    _titled(wish.title)
    limits = rules.policy.initiatives
    if any(len(text) > WORDS_MOST for text in (wish.place, wish.reason, wish.things)):
        raise RefusedError("initiative_words")
    if not (0 <= wish.hours <= limits.hours_most and 0 <= wish.points <= limits.points_most):
        raise RefusedError("initiative_numbers")
