"""Positions, check-ins at checkpoints, what one sees there, phones that report by themselves."""

import re
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from bot.dialogue.reports import received as case_received
from bot.dialogue.turn import Reply, Turn
from bot.flow.cases.move import note
from bot.flow.cases.open import open_case
from bot.flow.cases.place import settle_place
from bot.flow.check_in import (
    FOLLOWING,
    NoPoints,
    Outcome,
    answers_where,
    check_in,
    check_in_by_code,
    note_place,
)
from bot.flow.telling.news import send, status_link
from bot.model.case import Case, EventKind, State
from bot.model.number import ALPHABET
from bot.ports.outbox import Outgoing
from bot.ports.positions import DEVICES, Plate
from channels.message import Button, Position, PositionSource
from nlp.matter.classifier import Candidate, Classification
from nlp.matter.kinds import Kind
from nlp.meaning import Meaning
from nlp.places.grammar import Place

HERE: Final = ("manhole", "stalls", "street_light", "garbage")
"""Services that can be reported from a checkpoint by one tap."""

_CODE: Final = re.compile(
    rf"(?<![A-Za-z0-9])([{ALPHABET}]{{5}}(?:[ -]?[{ALPHABET}]{{4}})?)(?![A-Za-z0-9])", re.IGNORECASE
)
_SEEN_FOR: Final = timedelta(hours=2)
_CERTAIN: Final = 100
_DEVICES_MOST: Final = 3
_WINDOW: Final = timedelta(minutes=15)
_TRIES_EACH: Final = 5
_TRIES_ALL: Final = 120


def received(turn: Turn) -> Reply | None:
    """A position came; points of a share that change nothing are not answered."""
    position = turn.message.position
    if position is None:
        return ask(turn)
    case = turn.current_case()
    if turn.state.step == "where" and case is not None:
        if position.source is PositionSource.FORWARDED:
            return Reply(text=_say(turn, "where_forwarded"), case_id=case.id, step="where")
        if answers_where(turn.tx, turn.contact, position):
            return _where(turn, position, case)
    plate, complaint = _plate(turn)
    outcome = check_in(turn.tx, turn.rules, turn.contact, position, plate)
    if not outcome.aloud:
        return None
    reply = _reply(turn, outcome, position.source)
    if complaint:
        reply = replace(reply, text=f"{complaint}\n{reply.text}")
    owner_id = turn.tx.devices.owner_of(turn.contact.id)
    if owner_id is None:
        return reply
    _tell_owner(turn, owner_id, outcome, reply)
    return None


def ask(turn: Turn) -> Reply:
    """打卡: take the code she typed, or say how one checks in."""
    plate, complaint = _plate(turn)
    if plate is None:
        return _menu(turn, complaint)
    return _reply(turn, check_in_by_code(turn.tx, turn.rules, turn.contact, plate), None)


def seen_here(turn: Turn, code: str) -> Reply:
    """One tap at a checkpoint: a case whose place is known already."""
    visit = turn.tx.positions.last_visit(turn.contact.person_id, turn.tx.now - _SEEN_FOR)
    marks = turn.tx.grids.marks()
    mark = next((mark for mark in marks if visit and mark.id == visit.mark_id), None)
    if code not in HERE or mark is None or visit is None:
        return Reply(text=_say(turn, "here.too_late"))
    words = _say(turn, "here.words", place=mark.name, what=_say(turn, f"here.{code}"))
    grid_id = turn.tx.grids.locate(mark.latitude, mark.longitude, None).grid_id
    meaning = _meaning(words, code, mark.name)
    case = open_case(turn.tx, turn.rules, turn.contact, meaning, words=words, grid_id=grid_id)
    how_sure = _say(
        turn, "here.evidence", place=mark.name, confidence=visit.confidence,
        because=_because(turn, visit.reasons),
    )  # fmt: skip
    note(turn.tx, case, EventKind.PLACE, turn.actor, how_sure)
    turn.tx.positions.led_to(visit.id, case.id)
    reply = case_received(turn, case)
    points = turn.rules.policy.activity("report_confirmed").points
    thanks = "" if case.state is State.OUT_OF_SCOPE else _say(turn, "here.thanks", points=points)
    return replace(reply, text=f"{reply.text}\n{thanks}".strip())


def follow(turn: Turn, how: str = "on") -> Reply:
    """She allows her way to be kept, or ends it: then what was kept is gone."""
    person_id = turn.contact.person_id
    if how == "on":
        if not turn.tx.consents.given(person_id, FOLLOWING):
            turn.tx.consents.give(turn.contact.id, FOLLOWING)
        return Reply(text=_say(turn, "follow.on"))
    ended = turn.tx.consents.withdraw(person_id, FOLLOWING)
    turn.tx.positions.erase_track(person_id)
    return Reply(text=_say(turn, "follow.off" if ended else "follow.was_off"))


def stop_following(turn: Turn) -> Reply:
    """'别跟着我'."""
    return follow(turn, "off")


def bind(turn: Turn) -> Reply:
    """Give a name and a secret for a phone that is to report by itself."""
    if turn.tx.devices.bound(turn.contact.person_id) >= _DEVICES_MOST:
        return Reply(text=_say(turn, "device.too_many", most=_DEVICES_MOST))
    name = "".join(secrets.choice(ALPHABET) for _ in range(8)).lower()
    secret = secrets.token_urlsafe(16)
    contact = turn.tx.people.meet(DEVICES, name)
    turn.tx.people.link(contact.id, turn.contact.person_id)
    turn.tx.devices.bind(contact.id, turn.contact.id, secret)
    address = f"{turn.rules.public_url}/checkin/owntracks"
    lines = [_say(turn, "device.bound", address=address, name=name, secret=secret)]
    return Reply(text="\n".join(lines + _question(turn)))


def unbind(turn: Turn) -> Reply:
    """None of her phones reports any more."""
    count = turn.tx.devices.unbind(turn.contact.person_id)
    return Reply(text=_say(turn, "device.unbound" if count else "device.none"))


def device(turn: Turn, how: str) -> Reply:
    """The buttons for both."""
    return bind(turn) if how == "bind" else unbind(turn)


def _menu(turn: Turn, complaint: str) -> Reply:
    person_id = turn.contact.person_id
    following = turn.tx.consents.given(person_id, FOLLOWING)
    bound = turn.tx.devices.bound(person_id) > 0
    return Reply(
        text=f"{complaint}\n{_say(turn, 'menu')}".strip(),
        buttons=(
            _button(turn, "follow_off", "follow:off") if following
            else _button(turn, "follow_on", "follow:on"),
            _button(turn, "unbind", "device:unbind") if bound
            else _button(turn, "bind", "device:bind"),
        ),
        link=_better(turn),
    )  # fmt: skip


def _where(turn: Turn, position: Position, case: Case) -> Reply:
    """The position answers the question for the place of a case."""
    spot = note_place(turn.tx, turn.contact, position, case.id)
    if spot.grid_id is None:
        return Reply(text=_say(turn, "where_outside"), case_id=case.id, step="where")
    place = _say(turn, "on_the_map", grid=spot.grid_name)
    case = settle_place(turn.tx, turn.rules, case, turn.actor, place, spot.grid_id)
    text = turn.say("placed", number=case.number, place=place)
    return Reply(text=text, case_id=case.id, link=status_link(turn.rules, case))


def _reply(turn: Turn, outcome: Outcome, source: PositionSource | None) -> Reply:
    lines = _there(turn, outcome) if outcome.spot.mark else _on_the_way(turn, outcome)
    if outcome.fresh or source is PositionSource.DEVICE:
        lines += _question(turn)
    return Reply(
        text="\n".join(lines),
        buttons=_sights(turn) if outcome.spot.mark else (),
        link=_better(turn) if outcome.no_points is NoPoints.NOT_SURE else None,
        step=turn.state.step,
        notes=turn.state.notes,
    )


def _better(turn: Turn) -> str:
    """Return the address of the page that takes code and position together."""
    return f"{turn.rules.public_url}/checkin"


def _there(turn: Turn, outcome: Outcome) -> list[str]:
    """She is at a checkpoint: what is here, what it earned, what she may tell."""
    mark = outcome.spot.mark
    if mark is None:
        return []
    key = "arrived" if mark.offers else "arrived_bare"
    lines = [_say(turn, key, name=mark.name, offers="、".join(mark.offers))]
    because = _because(turn, outcome.evidence.codes)
    if outcome.points:
        lines.append(_say(turn, "earned", points=outcome.points, because=because))
    elif outcome.no_points:
        lines.append(_say(turn, f"no_points.{outcome.no_points.value}", because=because))
    return [*lines, _say(turn, "here.ask")]


def _on_the_way(turn: Turn, outcome: Outcome) -> list[str]:
    grid = outcome.spot.grid_name
    first = _say(turn, "in_grid", grid=grid) if grid else _say(turn, "outside")
    lines = [first]
    if outcome.evidence.doubts or outcome.check_in_id is None:
        lines.append(_say(turn, "doubtful", because=_because(turn, outcome.evidence.codes)))
    near = turn.tx.grids.nearest(*outcome.pair) if grid else None
    if near is not None:
        lines.append(_say(turn, "nearest", name=near.mark.name, far=_far(turn, near.metres)))
    return lines


def _far(turn: Turn, metres: float) -> str:
    if metres < 950:  # noqa: PLR2004  from here on people say kilometres
        return _say(turn, "metres", count=max(10, 10 * round(metres / 10)))
    return _say(turn, "kilometres", count=f"{metres / 1000:.1f}")


def _question(turn: Turn) -> list[str]:
    """Ask once whether her way may be kept."""
    consents = turn.tx.consents
    if consents.asked(turn.contact.person_id, FOLLOWING):
        return []
    consents.ask(turn.contact.id, FOLLOWING)
    return [_say(turn, "follow.ask")]


def _tell_owner(turn: Turn, owner_id: int, outcome: Outcome, reply: Reply) -> None:
    """A phone has no chat: the answer goes to the chat in which it was bound."""
    key = f"check_in:{outcome.check_in_id}"
    outgoing = Outgoing(
        key=key, contact_id=owner_id, text=reply.text, buttons=reply.buttons, prompt=True
    )
    send(turn.tx, outgoing)


def _plate(turn: Turn) -> tuple[Plate | None, str]:
    """Return the plate whose code she typed, or what is to be said about the code."""
    found = _CODE.search(turn.words)
    if found is None:
        return None, ""
    since, sessions = turn.tx.now - _WINDOW, turn.tx.sessions
    mine, all_ = f"plate:{turn.contact.id}", "plate:all"
    if (
        sessions.failures(mine, since) >= _TRIES_EACH
        or sessions.failures(all_, since) >= _TRIES_ALL
    ):
        return None, _say(turn, "plate.too_often")
    plate = turn.tx.grids.read_plate(found[1])
    if plate is not None:
        return plate, ""
    for subject in (mine, all_):
        sessions.count_failure(subject, since)
    return None, _say(turn, "plate.wrong")


def _because(turn: Turn, reasons: tuple[str, ...]) -> str:
    return "；".join(_say(turn, f"reason.{reason}") for reason in reasons)


def _sights(turn: Turn) -> tuple[Button, ...]:
    return tuple(Button(_say(turn, f"here.{code}"), f"here:{code}") for code in HERE)


def _meaning(words: str, code: str, landmark: str) -> Meaning:
    """Return what the tap means: there is no doubt about the matter or the place."""
    best = Candidate(code, _CERTAIN, ((words, _CERTAIN),))
    return Meaning(
        text=words,
        kind=Kind.REPORT,
        classification=Classification((best,), _CERTAIN, doubtful=False),
        place=Place(landmark=landmark),
        emergency=None,
        case_number=None,
        code=None,
        wrong_place=Place(),
    )


def _button(turn: Turn, name: str, choice: str) -> Button:
    return Button(_say(turn, f"button.{name}"), choice)


def _say(turn: Turn, key: str, **values: Any) -> str:
    return turn.rules.texts.say(f"places.{key}", **values)
