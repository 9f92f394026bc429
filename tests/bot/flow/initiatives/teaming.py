"""A team on the square: its shifts, who came, where they are, what they photographed."""

from datetime import timedelta
from typing import Any

from bot.flow.initiatives import shift_check_in, shifts
from bot.model.initiative import Initiative
from bot.model.team import Seat, Shift
from bot.ports.media import MediaState
from bot.ports.storage import Tx
from channels.message import (
    Attachment,
    AttachmentKind,
    Datum,
    InboundMessage,
    Position,
    PositionSource,
)
from tests.bot.flow.initiatives.square import RULES, Square
from tests.fakes.clock import FakeClock

HERE = (31.2304, 121.4737)


def person(square: Square, who: str) -> int:
    return square.people[who]


async def on(square: Square, who: str, clock: FakeClock, *, seats: int = 5, **at: Any) -> Shift:
    """A shift of two hours that begins in an hour."""
    one = await square.in_progress() if "one" not in at else at.pop("one")
    begins = clock.now() + timedelta(hours=1)
    shift: Shift = await square.do(
        shifts.add_shift, person(square, who), one.id, begins, begins + timedelta(hours=2),
        "3号楼门口", seats, **at,
    )  # fmt: skip
    return shift


async def came(square: Square, who: str, shift: Shift, shower: str = "a") -> Seat | None:
    code = await square.do(shift_check_in.show_code, RULES, person(square, shower), shift.id)
    seat: Seat | None = await square.do(
        shift_check_in.by_code, person(square, who), shift.id, code.digits
    )
    return seat


async def one_of(square: Square, shift: Shift) -> Initiative:
    found = await square.storage.read(lambda views: views.initiatives.find(shift.initiative_id))
    assert found is not None
    return found


def position(clock: FakeClock, east: float = 0.0) -> Position:
    return Position(
        latitude=HERE[0], longitude=HERE[1] + east, datum=Datum.WGS84,
        source=PositionSource.BROWSER, at=clock.now(), accuracy_m=10.0,
    )  # fmt: skip


async def photo(square: Square, who: str, number: int = 1) -> Any:
    def unit(tx: Tx) -> Any:
        contact = tx.people.contacts_of(person(square, who))[0]
        picture = Attachment(kind=AttachmentKind.PHOTO, media_type="image/jpeg", content=b"photo")
        message = InboundMessage(
            channel="web", address=who, external_id=f"photo:{who}:{number}", text="",
            sent_at=tx.now, attachments=(picture,),
        )  # fmt: skip
        stored = tx.inbox.store(contact.id, message)
        assert stored is not None
        media_id = tx.media.add(stored, contact.id, picture)
        tx.media.settle(media_id, MediaState.KEPT, "")
        return tx.media.get(media_id)

    return await square.storage.write(unit)
