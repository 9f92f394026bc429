"""A position, or the code on a checkpoint's plate, becomes a check-in 打卡."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from math import floor
from types import MappingProxyType
from typing import Final

from bot.model.evidence import (
    Doubt,
    Evidence,
    Means,
    Point,
    Trail,
    from_elsewhere,
    go_on,
    grade,
    is_moving,
    is_trusted,
    weighed,
)
from bot.model.people import Contact
from bot.oversight.permissions import Service, served
from bot.ports.positions import CheckIn, Mark, Plate, Presence, Spot
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from channels.datum import in_wgs84
from channels.message import Position, PositionSource
from credits.earning import earn
from credits.ledger import resident
from credits.posting import post

FOLLOWING: Final = "following"
"""The purpose of the consent to keep a track."""

ACTIVITY: Final = "checkpoint_visit"
_AGAIN: Final = timedelta(minutes=30)
_CELL_DEGREES: Final = 0.005

_STREAMS: Final = frozenset({PositionSource.LIVE, PositionSource.DEVICE})
_HERE: Final = _STREAMS | {PositionSource.BROWSER, PositionSource.CODE}
"""Sources that tell where somebody is; a pin may be set anywhere."""

_TELLS_WHERE: Final = frozenset({PositionSource.PIN, PositionSource.VENUE, PositionSource.BROWSER})
"""Sources that are sent on purpose, and so may answer a question."""

_MEANS: Final = MappingProxyType(
    {
        PositionSource.LIVE: Means.STILL,
        PositionSource.DEVICE: Means.DEVICE,
        PositionSource.BROWSER: Means.DEVICE,
        PositionSource.CODE: Means.DEVICE,
        PositionSource.PIN: Means.PIN,
        PositionSource.VENUE: Means.HEARSAY,
        PositionSource.FORWARDED: Means.HEARSAY,
    }
)


class NoPoints(StrEnum):
    """Why a check-in earned nothing."""

    NOT_SURE = "not_sure"
    ALREADY = "already"
    CAP = "cap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it. `aloud` when the person is to hear of it, `fresh` when a share began."""

    spot: Spot
    pair: tuple[float, float]
    evidence: Evidence
    check_in_id: int | None = None
    points: int = 0
    no_points: NoPoints | None = None
    aloud: bool = True
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class _Heard:
    """A position as it is reckoned, with what was known before."""

    position: Position
    point: Point
    presence: Presence | None
    same_share: bool
    trusted: bool
    trail: Trail


def check_in_by_code(tx: Tx, rules: Rules, contact: Contact, plate: Plate) -> Outcome:
    """Somebody typed the code of a plate, and showed nothing else."""
    mark = plate.mark
    spot = replace(tx.grids.locate(mark.latitude, mark.longitude, None), mark=mark)
    evidence = weighed(Means.CHANGING_CODE if plate.changing else Means.CODE_ALONE)
    check_in_id = tx.positions.check_in(
        CheckIn(
            contact_id=contact.id,
            source=PositionSource.CODE.value,
            datum="",
            pair="",
            at=tx.now,
            accuracy_m=None,
            cell=_cell(mark.latitude, mark.longitude),
            spot=spot,
            evidence=evidence,
        )
    )
    points, no_points = _thank(tx, rules, contact, mark, evidence)
    return Outcome(
        spot=spot,
        pair=(mark.latitude, mark.longitude),
        evidence=evidence,
        check_in_id=check_in_id,
        points=points,
        no_points=no_points,
    )


def check_in(
    tx: Tx, rules: Rules, contact: Contact, position: Position, plate: Plate | None = None
) -> Outcome:
    """Somebody sent a position, perhaps with the code of a plate."""
    heard = _hear(tx, contact, position)
    spot = tx.grids.locate(heard.point.latitude, heard.point.longitude, position.accuracy_m)
    evidence = _weigh(tx, heard, spot, plate)
    spot = spot if plate is None else replace(spot, mark=plate.mark)
    if evidence.means is Means.HEARSAY:
        return _outcome(heard, replace(spot, mark=None), evidence)
    record = _record(contact, heard, spot, evidence)
    check_in_id, outcome = _keep(tx, contact, heard, spot, record, asked=plate is not None)
    if position.source in _STREAMS and tx.consents.given(contact.person_id, FOLLOWING):
        tx.positions.follow(record)
    if position.source in _HERE:
        _remember(tx, contact, heard, spot.mark, check_in_id)
    if spot.mark is None or check_in_id is None:
        return outcome
    points, no_points = _thank(tx, rules, contact, spot.mark, evidence)
    return replace(outcome, points=points, no_points=no_points)


def answers_where(tx: Tx, contact: Contact, position: Position) -> bool:
    """Say whether she means it as an answer: what a running share goes on to tell is none."""
    if position.source is not PositionSource.LIVE:
        return position.source in _TELLS_WHERE
    presence = tx.positions.presence(contact.id)
    return presence is None or presence.share != position.share


def note_place(tx: Tx, contact: Contact, position: Position, case_id: int) -> Spot:
    """Somebody says by a position where her case is: it is kept with the case."""
    heard = _hear(tx, contact, position)
    spot = tx.grids.locate(heard.point.latitude, heard.point.longitude, position.accuracy_m)
    record = _record(contact, heard, spot, _weigh(tx, heard, spot, None))
    if spot.grid_id is not None:
        tx.positions.check_in(replace(record, spot=replace(spot, mark=None), case_id=case_id))
    if position.source in _HERE:
        _remember(tx, contact, heard, None, None)
    return spot


def _hear(tx: Tx, contact: Contact, position: Position) -> _Heard:
    point = Point(*in_wgs84(position), position.at, position.accuracy_m)
    presence = tx.positions.presence(contact.id)
    same = presence is not None and bool(position.share) and presence.share == position.share
    last = tx.positions.last_point(contact.person_id)
    trusted = is_trusted(last, point, tx.now)
    trail = Trail(points=1)
    if same and presence is not None:
        trail = go_on(presence.trail, presence.point, point, trusted=trusted)
    trail = from_elsewhere(trail, last, point)
    return _Heard(position, point, presence, same, trusted, trail)


def _remember(
    tx: Tx, contact: Contact, heard: _Heard, mark: Mark | None, check_in_id: int | None
) -> None:
    """Keep the present; a point that is not trusted leaves the one before in its place."""
    before = heard.presence
    point, received_at = (before.point, before.received_at) if before else (None, tx.now)
    if heard.trusted:
        point, received_at = heard.point, tx.now
    tx.positions.remember(
        Presence(
            contact_id=contact.id,
            share=heard.position.share,
            point=point,
            received_at=received_at,
            trail=heard.trail,
            mark_id=mark.id if mark else None,
            check_in_id=check_in_id,
        )
    )


def _weigh(tx: Tx, heard: _Heard, spot: Spot, plate: Plate | None) -> Evidence:
    means = _MEANS[heard.position.source]
    if heard.position.source in _STREAMS and is_moving(heard.trail):
        means = Means.MOVING
    if plate is None:
        return grade(means, heard.point, tx.now, heard.trail)
    there = spot.mark is not None and spot.mark.id == plate.mark.id and means is not Means.HEARSAY
    if plate.changing:
        means = Means.CHANGING_CODE
    else:
        means = Means.CODE_AND_PLACE if there else Means.CODE_ALONE
    evidence = grade(means, heard.point, tx.now, heard.trail)
    return evidence if there else weighed(means, (*evidence.doubts, Doubt.ELSEWHERE))


def _keep(
    tx: Tx, contact: Contact, heard: _Heard, spot: Spot, record: CheckIn, *, asked: bool
) -> tuple[int | None, Outcome]:
    """Keep a new check-in, or weigh the present one again; return which it is."""
    outcome = _outcome(heard, spot, record.evidence)
    if asked or heard.position.source not in _STREAMS:
        made = tx.positions.check_in(record)
        return made, replace(outcome, check_in_id=made)
    begins = heard.position.source is PositionSource.LIVE and not heard.same_share
    present = None if begins else _present(tx, contact, heard, spot)
    if present is not None:
        tx.positions.weigh_again(present, record.evidence)
        return present, replace(outcome, aloud=False)
    if not begins and spot.mark is None:
        return None, replace(outcome, aloud=False)
    made = tx.positions.check_in(record)
    return made, replace(outcome, check_in_id=made, fresh=begins)


def _present(tx: Tx, contact: Contact, heard: _Heard, spot: Spot) -> int | None:
    """Return the check-in that this point only adds to: she is still there, or there again."""
    if spot.mark is not None:
        visit = tx.positions.last_visit(contact.person_id, tx.now - _AGAIN, spot.mark.id)
        if visit is not None:
            return visit.id
    before = heard.presence
    if (
        before is None
        or not heard.same_share
        or before.mark_id is not None
        or spot.mark is not None
    ):
        return None
    return before.check_in_id


def _record(contact: Contact, heard: _Heard, spot: Spot, evidence: Evidence) -> CheckIn:
    position = heard.position
    return CheckIn(
        contact_id=contact.id,
        source=position.source.value,
        datum=position.datum.value,
        pair=f"{position.latitude!r} {position.longitude!r}",
        at=position.at,
        accuracy_m=position.accuracy_m,
        cell=_cell(heard.point.latitude, heard.point.longitude),
        spot=spot,
        evidence=evidence,
    )


def _outcome(heard: _Heard, spot: Spot, evidence: Evidence) -> Outcome:
    pair = heard.point.latitude, heard.point.longitude
    return Outcome(spot=spot, pair=pair, evidence=evidence)


def _thank(
    tx: Tx, rules: Rules, contact: Contact, mark: Mark, evidence: Evidence
) -> tuple[int, NoPoints | None]:
    """Post the points of a visit, once for a checkpoint and day."""
    person_id = contact.person_id
    if not evidence.counts:
        return 0, NoPoints.NOT_SURE
    tx.people.hold(person_id)
    if not served(tx.people.person(person_id).verification, Service.EARN_POINTS):
        return 0, NoPoints.NOT_SURE
    today = tx.now.astimezone(rules.texts.zone).date()
    key = f"visit:{person_id}:{mark.code}:{today.isoformat()}"
    if tx.journal.by_keys([key]):
        return 0, NoPoints.ALREADY
    earned = earn(
        rules.policy,
        ACTIVITY,
        person_id=person_id,
        subject=f"checkpoint:{mark.code}",
        key=key,
        acted_at=tx.now,
        actor=f"resident:{person_id}",
        history=tx.journal.entries(resident(person_id)),
        zone=rules.texts.zone,
    )
    if not earned.chain:
        return 0, NoPoints.CAP
    post(tx.journal, *earned.chain, now=tx.now, new_id=tx.new_transfer_id)
    return earned.points, None


def _cell(latitude: float, longitude: float) -> str:
    """Return the half kilometre in which the pair lies."""
    return f"{floor(latitude / _CELL_DEGREES)}:{floor(longitude / _CELL_DEGREES)}"
