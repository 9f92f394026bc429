"""Who took a place on a shift hears of it once more before it begins, in her own channel.

From six o'clock of the evening before, by day, and not within six hours after she took the place:
then she knows. What was called off, hidden, or is not gone on with reminds nobody.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final

from bot.flow.cards.initiative_card import title
from bot.flow.initiatives.initiatives import got
from bot.flow.telling.inform import hold_address, write_to
from bot.model.case import RefusedError
from bot.model.initiative import Initiative
from bot.model.team import WORKING, Seat, Shift
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from channels.message import Button

EVENING: Final = time(18)
KNOWS: Final = timedelta(hours=6)
"""So long after she took a place nobody has to remind her of it."""

_AT_ONCE: Final = 20
_DAY: Final = timedelta(days=1)


def to_remind(views: Views | Tx, rules: Rules) -> Sequence[Seat]:
    """Return places whose people are to be reminded now, the first to begin first."""
    now = views.now
    if rules.hours.when_awake(now) != now:
        return []
    begins_before = _told_until(now.astimezone(rules.texts.zone))
    return views.teams.unreminded(begins_before, taken_before=now - KNOWS, limit=_AT_ONCE)


def remind(tx: Tx, rules: Rules) -> None:
    """Remind the next of them, each once."""
    for seat in to_remind(tx, rules):
        hold_address(tx, seat.person_id)  # before the initiative, as whoever is answered there
        found = _still_on(tx, seat)
        if found is None:
            continue
        initiative, shift, mine = found
        tx.teams.save_seat(replace(mine, reminded=True))
        _tell(tx, rules, initiative, shift, mine)


def _told_until(local: datetime) -> datetime:
    """Return the end of the day of which she is told now: from the evening on, of tomorrow."""
    last = local.date() + _DAY * (2 if local.time() >= EVENING else 1)
    return datetime.combine(last, time(), local.tzinfo)


def _still_on(tx: Tx, seat: Seat) -> tuple[Initiative, Shift, Seat] | None:
    """Return it all as it is now that the initiative is locked, if she still has to come."""
    shift = tx.teams.shift(seat.shift_id)
    if shift is None:
        return None
    try:
        initiative = got(tx, shift.initiative_id)
    except RefusedError:
        return None
    shift = tx.teams.shift(shift.id) or shift
    mine = next((one for one in tx.teams.seats(shift.id) if one.id == seat.id), None)
    open_ = initiative.state in WORKING and not initiative.hidden and not shift.called_off
    if not open_ or mine is None or mine.reminded or mine.came_at is not None:
        return None
    return initiative, shift, mine


def _tell(tx: Tx, rules: Rules, initiative: Initiative, shift: Shift, seat: Seat) -> None:
    say = rules.texts.say
    text = say(
        "team.told.soon",
        when=rules.texts.moment(shift.starts_at, tx.now),
        title=title(rules, initiative),
        number=initiative.id,
        place=shift.place,
    )
    write_to(
        tx,
        rules,
        seat.person_id,
        key=f"shift:{shift.id}:soon:{seat.person_id}",
        text=text,
        buttons=(Button(say("team.button.leave_seat"), f"shift_leave:{shift.id}"),),
        link=f"{rules.public_url}/initiatives/{initiative.id}/team",
    )
