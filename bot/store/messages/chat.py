"""Both sides of a conversation, from inbox and outbox."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa

from bot.ports.media import Media, MediaState
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.messages.extras import read_extras
from bot.store.messages.media import SqlMedia
from bot.store.messages.outbox import read_buttons
from channels.message import AttachedState, ChatLine, ShownAttachment

_NUMBER: Final = re.compile(r"[0-9]{1,18}")  # fits the database
_STATES: Final = MappingProxyType(
    {
        MediaState.WANTED: AttachedState.COMING,
        MediaState.UNHEARD: AttachedState.COMING,
        MediaState.LOST: AttachedState.LOST,
    }
)


class SqlChat:
    """See `bot.ports.chat.ChatViews`. The cursor is the last id of either table."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def lines(self, contact_id: int, *, after: str | None, limit: int) -> Sequence[ChatLine]:
        """Return what came after the cursor; without one, the newest lines."""
        heard_after, said_after = _read_cursor(after)
        newest = after is None
        heard = self._heard(contact_id, heard_after, limit, newest=newest)
        said = self._said(contact_id, said_after, limit, newest=newest)
        merged = sorted(heard + said, key=lambda item: (item[1].at, not item[1].own, item[0][1]))
        lines = []
        for (table, identifier), line in merged:
            if table == "inbox":
                heard_after = max(heard_after, identifier)
            else:
                said_after = max(said_after, identifier)
            lines.append(replace(line, cursor=f"{heard_after}.{said_after}"))
        return lines[-limit:] if newest else lines

    def _heard(
        self, contact_id: int, after: int, limit: int, *, newest: bool
    ) -> list[tuple[tuple[str, int], ChatLine]]:
        rows = self._some(t.inbox, contact_id, after, limit, newest=newest)
        attached = self._attached([row["id"] for row in rows])
        return [
            (
                ("inbox", row["id"]),
                ChatLine(
                    cursor="",
                    own=True,
                    text=self._unit.personal.open("inbox.text", row["text"]),
                    at=row["received_at"],
                    external_id=row["external_id"],
                    attached=attached.get(row["id"], ()),
                    position=self._has_position(row["extras"]),
                ),
            )
            for row in rows
        ]

    def _said(
        self, contact_id: int, after: int, limit: int, *, newest: bool
    ) -> list[tuple[tuple[str, int], ChatLine]]:
        rows = self._some(t.outbox, contact_id, after, limit, newest=newest)
        return [
            (
                ("outbox", row["id"]),
                ChatLine(
                    cursor="",
                    own=False,
                    text=self._unit.personal.open("outbox.text", row["text"]),
                    at=row["created_at"],
                    buttons=read_buttons(row["buttons"]),
                    link=row["link"],
                ),
            )
            for row in rows
        ]

    def _attached(self, message_ids: Sequence[int]) -> Mapping[int, tuple[ShownAttachment, ...]]:
        found: defaultdict[int, tuple[ShownAttachment, ...]] = defaultdict(tuple)
        if message_ids:
            for media in SqlMedia(self._unit).of_messages(message_ids):
                found[media.inbox_id] += (_shown(media),)
        return found

    def _has_position(self, extras: str) -> bool:
        stored = self._unit.personal.open("inbox.extras", extras)
        return "position" in read_extras(stored).values

    def _some(
        self, table: sa.Table, contact_id: int, after: int, limit: int, *, newest: bool
    ) -> Sequence[sa.RowMapping]:
        order = table.c.id.desc() if newest else table.c.id
        query: sa.Select[Any] = (
            sa.select(table)
            .where(table.c.contact_id == contact_id, table.c.id > after)
            .order_by(order)
            .limit(limit)
        )
        return self._unit.run(query).mappings().all()


def _shown(media: Media) -> ShownAttachment:
    return ShownAttachment(
        id=media.id,
        kind=media.kind,
        state=_STATES.get(media.state, AttachedState.THERE),
        seconds=media.seconds,
        words=media.transcript.marked,
    )


def _read_cursor(cursor: str | None) -> tuple[int, int]:
    if cursor is None:
        return 0, 0
    heard, _, said = cursor.partition(".")
    if not (_NUMBER.fullmatch(heard) and _NUMBER.fullmatch(said)):
        raise ValueError("a cursor is two numbers with a dot between them")
    return int(heard), int(said)
