"""The turns of a call, out of inbox, media and outbox."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from bot.ports.calls import KeptTurn
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.messages.media import SqlMedia
from channels.call import PHONE

_TURNS_MOST: Final = 400


def turns_of(unit: Unit, uuid: str) -> Sequence[KeptTurn]:
    """Return what was heard in the call and what was said to it, in order."""
    names = [f"{uuid}:{number}" for number in range(_TURNS_MOST)]
    heard = sa.select(t.inbox).where(t.inbox.c.channel == PHONE, t.inbox.c.external_id.in_(names))
    rows = unit.run(heard).all()
    said = _said(unit, [f"inbox:{row.id}" for row in rows])
    media = {one.inbox_id: one for one in SqlMedia(unit).of_messages([row.id for row in rows])}
    turns = [
        KeptTurn(
            number=int(row.external_id.rpartition(":")[2]),
            at=row.sent_at,
            text=unit.personal.open("inbox.text", row.text),
            choice=row.choice,
            media=media.get(row.id),
            said=said.get(f"inbox:{row.id}", ""),
        )
        for row in rows
    ]
    return sorted(turns, key=lambda turn: turn.number)


def _said(unit: Unit, keys: Sequence[str]) -> dict[str, str]:
    query = sa.select(t.outbox.c.key, t.outbox.c.text).where(t.outbox.c.key.in_(keys))
    return {row.key: unit.personal.open("outbox.text", row.text) for row in unit.run(query)}


def calls_of_case(unit: Unit, case_id: int) -> Sequence[str]:
    """Return the UUIDs of the calls whose recordings belong to the case."""
    query = (
        sa.select(t.inbox.c.external_id)
        .join(t.media, t.media.c.inbox_id == t.inbox.c.id)
        .where(t.media.c.case_id == case_id, t.inbox.c.channel == PHONE)
    )
    names = unit.run(query).scalars()
    return list(dict.fromkeys(name.rpartition(":")[0] for name in names))
