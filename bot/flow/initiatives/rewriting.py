"""The text of an initiative changes in the open: no version is lost, who gave is told.

A changed text rests: until then it isn't ready, however much is given, so that who gave for other
words has the time to take it back.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.flow.initiatives.remarks import AUTHOR, of_author, settle, tell_helper
from bot.flow.telling.inform import write_to
from bot.model.case import RefusedError
from bot.model.initiative import OPEN_FOR_PLEDGES, Initiative, PledgeState
from bot.model.remark import Remark, RemarkKind, RemarkState, TextVersion, Wording
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from channels.message import Button
from credits.claims import ClaimError, Concerned, check_witness

RESTS: Final = timedelta(days=2)
BRINGS_LEAST: Final = 5
"""So many letters a helper has brought to the text who is credited for it."""

WRITERS_MOST: Final = 3
"""So many are credited for one text: those who brought the most."""


def keep_text(tx: Tx, found: Initiative, remark_id: int | None = None) -> int:
    """Keep what it says as a version, unless the newest says the same; return its number."""
    texts = tx.remarks.texts(found.id)
    wording = Wording.of(found.wish)
    if texts and texts[-1].wording == wording:
        return len(texts)
    version = TextVersion(
        initiative_id=found.id,
        number=len(texts) + 1,
        wording=wording,
        remark_id=remark_id,
        at=tx.now,
    )
    tx.remarks.keep_text(version)
    return version.number


def take_over(tx: Tx, rules: Rules, person_id: int, remark_id: int) -> Initiative:
    """Whose idea it is takes a proposal over; RefusedError where the text has changed since."""
    remark, found = of_author(tx, person_id, remark_id, RemarkKind.CHANGE)
    rests_until = tx.now + RESTS
    if found.state not in OPEN_FOR_PLEDGES:
        raise RefusedError("initiative_not_now")
    if found.gather_until is None or found.gather_until <= rests_until:
        raise RefusedError("remark_late")
    keep_text(tx, found)  # what it says from before texts were kept, too
    wording = _merged(tx, found, remark)
    wish = wording.put_into(found.wish)
    changed = tx.initiatives.save(replace(found, wish=wish, rests_until=rests_until))
    number = keep_text(tx, changed, remark.id)
    settled = settle(tx, remark, RemarkState.TAKEN, AUTHOR)
    if remark.person_id != person_id:
        tell_helper(tx, rules, changed, settled, "taken")
    _tell_supporters(tx, rules, changed, number)
    return changed


def writers(views: Views | Tx, found: Initiative) -> list[int]:
    """Return who brought words that were taken over and still stand: the few who brought most.

    None is the author, or of the author's household.
    """
    author = _concerned(views, found.author_id)
    texts, at_last = views.remarks.texts(found.id), Wording.of(found.wish)
    brought = Counter[int]()
    for one in views.remarks.of_initiative(found.id):
        if one.state is RemarkState.TAKEN:
            brought[one.person_id] += one.brings(texts, at_last)
    others = (one for one in sorted(brought) if _is_other(author, _concerned(views, one)))
    enough = [one for one in others if brought[one] >= BRINGS_LEAST]
    return sorted(sorted(enough, key=lambda one: -brought[one])[:WRITERS_MOST])


def tell_writers(
    tx: Tx, rules: Rules, done: Initiative, told: Collection[int], earned: Mapping[int, int]
) -> None:
    """Tell those what they earned who helped with words alone; who did more is `told` anyway."""
    for person_id in writers(tx, done):
        points = earned.get(person_id, 0)
        if person_id in told or not points:
            continue
        say, title = rules.texts.say, done.wish.title
        text = say("remarks.told.credited", number=done.id, title=title, points=points)
        write_to(tx, rules, person_id, key=f"initiative:{done.id}:text:{person_id}", text=text)


def _is_other(author: Concerned, helper: Concerned) -> bool:
    try:
        check_witness(author, helper)
    except ClaimError:
        return False
    return True


def _merged(tx: Tx, found: Initiative, remark: Remark) -> Wording:
    """Return the text with what the proposal changes in the version that it was made for."""
    now = Wording.of(found.wish)
    texts = tx.remarks.texts(found.id)
    merged = (
        None
        if remark.wording is None
        else now.merged(remark.base_of(texts).wording, remark.wording)
    )
    if merged is None or merged == now:
        raise RefusedError("remark_overtaken")
    return merged


def _tell_supporters(tx: Tx, rules: Rules, changed: Initiative, number: int) -> None:
    """Whoever gave something hears that it says something else now, and can take it back."""
    gave = {
        one.person_id for one in tx.initiatives.pledges(changed.id) if one.state is PledgeState.OPEN
    }
    back = Button(rules.texts.say("initiatives.button.take_back"), f"pledge_back:{changed.id}")
    for person_id in sorted(gave - {changed.author_id}):
        text = rules.texts.say("remarks.told.changed", number=changed.id, title=changed.wish.title)
        write_to(
            tx,
            rules,
            person_id,
            key=f"initiative:{changed.id}:text:{number}:{person_id}",
            text=text,
            buttons=(back,),
            link=f"{rules.public_url}/initiatives/{changed.id}/texts",
        )


def _concerned(views: Views | Tx, person_id: int) -> Concerned:
    return Concerned(person_id, views.people.person(person_id).household_id)
