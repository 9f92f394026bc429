"""News that people tell by telephone."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from bot.ports.by_hand import ToTell
from bot.ports.outbox import ANSWER, Delivery
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.messages.outbox import read_buttons
from channels.call import PHONE
from channels.phone.call_back import NO_NUMBER

_GIVEN_UP: Final = "given_up"
_CONFIRM: Final = "confirm:"
_TRIES: Final = (
    sa.select(sa.func.count())
    .where(t.call.c.about_id == t.outbox.c.id, t.call.c.began_at.is_(None))
    .scalar_subquery()
)
_NUMBER: Final = sa.and_(
    t.contact.c.id == t.outbox.c.contact_id, t.contact.c.channel == PHONE, t.contact.c.address != ""
)
_MINE: Final = sa.and_(
    t.outbox_doubtful,
    t.outbox.c.error.not_in((NO_NUMBER, _GIVEN_UP)),
    t.outbox.c.text != "",
    ~t.outbox.c.key.startswith(ANSWER),
)
_HAS_NUMBER: Final = sa.exists().where(_NUMBER).correlate(t.outbox)
"""No join: that would have SQLite look at all contacts first, however few are in doubt."""

_ADDRESS: Final = sa.select(t.contact.c.address).where(_NUMBER).scalar_subquery()
_ALL: Final = sa.select(t.outbox, _ADDRESS.label("address"), _TRIES.label("tries")).where(
    _MINE, _HAS_NUMBER
)
_WAITING: Final = _ALL.order_by(t.outbox.c.id).limit(sa.bindparam("most"))
_ONE: Final = _ALL.where(t.outbox.c.id == sa.bindparam("message"))
_COUNT: Final = sa.select(sa.func.count()).select_from(t.outbox).where(_MINE, _HAS_NUMBER)


class SqlByHand:
    """See `bot.ports.by_hand.ByHand`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def waiting(self, limit: int) -> Sequence[ToTell]:
        """Return the messages, the oldest first."""
        return [self._opened(row) for row in self._unit.run(_WAITING, most=limit)]

    def count(self) -> int:
        """Return how many there are."""
        return int(self._unit.run(_COUNT).scalar_one())

    def get(self, message_id: int) -> ToTell | None:
        """Return the message while it is still to be told."""
        row = self._unit.run(_ONE, message=message_id).first()
        return None if row is None else self._opened(row)

    def told(self, message_id: int) -> None:
        """Let it count as sent."""
        sent = {"delivery": Delivery.SENT.value, "done_at": self._unit.now, "error": ""}
        self._unit.run(t.outbox.update().where(t.outbox.c.id == message_id).values(sent))

    def give_up(self, message_id: int) -> None:
        """Let it count as failed, for good."""
        failed = {"delivery": Delivery.FAILED.value, "done_at": self._unit.now, "error": _GIVEN_UP}
        self._unit.run(t.outbox.update().where(t.outbox.c.id == message_id).values(failed))

    def _opened(self, row: sa.Row[tuple[Any, ...]]) -> ToTell:
        choices = [button.choice for button in read_buttons(row.buttons)]
        asked = next((choice for choice in choices if choice.startswith(_CONFIRM)), "")
        return ToTell(
            id=row.id,
            key=row.key,
            contact_id=row.contact_id,
            case_id=row.case_id,
            number=self._unit.personal.open("contact.address", row.address),
            text=self._unit.personal.open("outbox.text", row.text),
            asks_about=int(asked.removeprefix(_CONFIRM)) if asked else None,
            delivery=Delivery(row.delivery),
            error=row.error,
            at=row.done_at,
            tries=row.tries,
        )
