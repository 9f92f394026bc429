"""The team of an initiative in the chat: join, take a task or a shift, check in, show the code."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from bot.dialogue.initiative_words import is_fresh
from bot.dialogue.turn import Reply, Turn
from bot.flow.cards.initiative_card import title
from bot.flow.initiatives import shift_check_in, shifts, team
from bot.model.case import RefusedError
from bot.model.initiative import Initiative
from bot.model.team import JOINABLE, Seat, Shift
from channels.message import Button, PositionSource

_Offer = tuple[str, list[Button]]

STEP: Final = "shift"
_NUMBER: Final = re.compile(r"[0-9]{1,15}")  # fits the database
_DIGITS: Final = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")
_CHOICES: Final = 3
_LABEL_MOST: Final = 12
_HERE: Final = frozenset({PositionSource.BROWSER, PositionSource.LIVE, PositionSource.DEVICE})


def show(turn: Turn, number: str) -> Reply:
    """Say what is to be done and when, with what she can take."""
    return _guarded(turn, lambda: _shown(turn, int(number)), number)


def join(turn: Turn, number: str) -> Reply:
    """She wants to help."""

    def joined() -> Reply:
        found = team.join(turn.tx, turn.contact.person_id, int(number))
        reply = _shown(turn, found.id)
        text = _say(turn, "joined", title=title(turn.rules, found))
        return Reply(text=f"{text}\n{reply.text}", buttons=reply.buttons, link=reply.link)

    return _guarded(turn, joined, number)


def take_task(turn: Turn, number: str, task: str) -> Reply:
    """She does it."""

    def taken() -> Reply:
        made = team.take_task(turn.tx, turn.contact.person_id, int(number), int(task))
        return Reply(text=_say(turn, "task_taken", words=made.words))

    return _guarded(turn, taken, number, task)


def take_seat(turn: Turn, number: str) -> Reply:
    """She comes to the shift."""

    def taken() -> Reply:
        seat = shifts.take_seat(turn.tx, turn.contact.person_id, int(number))
        shift = turn.tx.teams.shift(seat.shift_id)
        text = _say(turn, "seat_taken", when=_when(turn, shift), place=shift.place if shift else "")
        return Reply(text=text, buttons=(_button(turn, "leave_seat", f"shift_leave:{number}"),))

    return _guarded(turn, taken, number)


def leave_seat(turn: Turn, number: str) -> Reply:
    """She can't come."""

    def left() -> Reply:
        shifts.leave_seat(turn.tx, turn.contact.person_id, int(number))
        return Reply(text=_say(turn, "seat_left"))

    return _guarded(turn, left, number)


def here(turn: Turn, number: str) -> Reply:
    """She is there: ask for the code that is shown to her, or a position."""
    notes = {"shift": number, "asked_at": turn.tx.now.isoformat()}
    return Reply(text=_say(turn, "ask_code"), step=STEP, notes=notes)


def code(turn: Turn) -> Reply:
    """She types the code; a wrong one is asked for again."""
    number = turn.state.notes.get("shift", "")
    digits = _DIGITS.search(turn.meaning.text or turn.words)

    def checked() -> Reply:
        typed = digits[0] if digits else ""
        seat = shift_check_in.by_code(turn.tx, turn.contact.person_id, int(number), typed)
        if seat is None:
            return Reply(text=_say(turn, "wrong_code"), step=STEP, notes=turn.state.notes)
        return _came(turn, seat)

    return _guarded(turn, checked, number)


def may_be_meant(turn: Turn) -> bool:
    """Say whether her words are the code that was asked for just now."""
    return is_fresh(turn) and _DIGITS.search(turn.meaning.text or turn.words) is not None


def position(turn: Turn) -> Reply | None:
    """Her position answers where she is for the shift; None when nobody asked."""
    at = turn.message.position
    if at is None or turn.state.step != STEP or not is_fresh(turn) or at.source not in _HERE:
        return None
    number = turn.state.notes.get("shift", "")

    def checked() -> Reply:
        found = shift_check_in.by_position(turn.tx, turn.rules, turn.contact, int(number), at)
        return _came(turn, found[0])

    return _guarded(turn, checked, number)


def show_code(turn: Turn, number: str) -> Reply:
    """Give who leads, or stands in for her, six digits to show."""

    def shown() -> Reply:
        person_id = turn.contact.person_id
        made = shift_check_in.show_code(turn.tx, turn.rules, person_id, int(number))
        text = _say(turn, "code", digits=made.digits)
        return Reply(text=text, buttons=(_button(turn, "show_code", f"shift_code:{number}"),))

    return _guarded(turn, shown, number)


def _shown(turn: Turn, number: int) -> Reply:
    found = team.shown(turn.tx, number)
    if found.state not in JOINABLE:
        raise RefusedError("initiative_not_now")
    people = len(turn.tx.teams.members(found.id)) + 1
    name = title(turn.rules, found)
    offers = [*_shifts(turn, found), *_tasks(turn, found)]
    lines = [_say(turn, "list", number=found.id, title=name, people=people)]
    lines += [line for line, _ in offers] or [_say(turn, "nothing")]
    buttons = [button for _, offered in offers for button in offered]
    if not team.belongs(turn.tx, found, turn.contact.person_id):
        buttons.insert(0, _button(turn, "join", f"team_join:{found.id}"))
    page = f"{turn.rules.public_url}/initiatives/{found.id}/team"
    return Reply(text="\n".join(lines), buttons=tuple(buttons[:_CHOICES]), link=page)


def _shifts(turn: Turn, found: Initiative) -> Iterable[_Offer]:
    """Return a line for each shift that is to come or on, with what she can do there."""
    for shift in turn.tx.teams.shifts(found.id):
        if shift.called_off or shift.ends_at <= turn.tx.now:
            continue
        seats = turn.tx.teams.seats(shift.id)
        mine = next((seat for seat in seats if seat.person_id == turn.contact.person_id), None)
        line = _shift_line(turn, shift, len(seats), mine)
        yield line, _shift_buttons(turn, found, shift, len(seats), mine)


def _tasks(turn: Turn, found: Initiative) -> Iterable[_Offer]:
    """Return a line for each task that is free, or hers to do."""
    for task in turn.tx.teams.tasks(found.id):
        if task.done_at is not None:
            continue
        if task.taken_by is None:
            label = _say(turn, "button.take_task", words=task.words[:_LABEL_MOST])
            button = Button(label, f"task_take:{found.id}:{task.id}")
            yield _say(turn, "task_open", words=task.words), [button]
        elif task.taken_by == turn.contact.person_id:
            yield _say(turn, "task_yours", words=task.words), []


def _shift_line(turn: Turn, shift: Shift, taken: int, mine: Seat | None) -> str:
    key = "shift_line" if mine is None else "shift_yours"
    when = _when(turn, shift)
    return _say(turn, key, when=when, place=shift.place, seats=shift.seats, taken=taken)


def _shift_buttons(
    turn: Turn, found: Initiative, shift: Shift, taken: int, mine: Seat | None
) -> list[Button]:
    """Return what she can do with it now: show the code, check in, or take a place."""
    now, buttons = shift.open_at(turn.tx.now), []
    person_id = turn.contact.person_id
    if now and shift_check_in.may_show(turn.tx, turn.rules, found, shift, person_id):
        buttons.append(_button(turn, "show_code", f"shift_code:{shift.id}"))
    if now and mine is not None and mine.came_at is None:
        buttons.append(_button(turn, "here", f"shift_here:{shift.id}"))
    if mine is None and taken < shift.seats:
        label = _say(turn, "button.take_seat", when=_when(turn, shift))
        buttons.append(Button(label, f"shift_take:{shift.id}"))
    return buttons


def _came(turn: Turn, seat: Seat) -> Reply:
    shift = turn.tx.teams.shift(seat.shift_id)
    found = None if shift is None else turn.tx.initiatives.find(shift.initiative_id)
    leads = found is not None and found.author_id == seat.person_id
    by_code = seat.came_by == "code"
    alone = not seat.vouched_by and (leads or by_code)
    when = turn.rules.texts.moment(seat.came_at or turn.tx.now, turn.tx.now)
    return Reply(text=_say(turn, "came_alone" if alone else "came", when=when))


def _guarded(turn: Turn, answer: Callable[[], Reply], *numbers: str) -> Reply:
    """Answer; numbers that are none are too late, and a refusal is a sentence."""
    if not all(_NUMBER.fullmatch(one) for one in numbers):
        return Reply(text=turn.say("too_late"))
    try:
        return answer()
    except RefusedError as refused:
        return Reply(text=turn.rules.texts.say(f"case.refused.{refused.reason}"))


def _when(turn: Turn, shift: Shift | None) -> str:
    return "" if shift is None else turn.rules.texts.moment(shift.starts_at, turn.tx.now)


def _button(turn: Turn, name: str, choice: str) -> Button:
    return Button(_say(turn, f"button.{name}"), choice)


def _say(turn: Turn, key: str, **values: object) -> str:
    return turn.rules.texts.say(f"team.{key}", **values)
