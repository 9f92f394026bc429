"""Words heard as others of the same sound: what staff put right, and which pairs count."""

import json
from collections.abc import Sequence

import sqlalchemy as sa

from bot.ports.bell import WORDS
from bot.ports.homophones import Agreed, Misheard
from bot.store import tables as t
from bot.store.ground.unit import Unit
from nlp.text.homophones import Homophone


class SqlHomophones:
    """See `bot.ports.homophones.HomophoneBook`.

    A pair is known by a keyed hash: one that was refused may hold a name, and is kept as no more.
    """

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def misheard(self, limit: int) -> Sequence[Misheard]:
        """Return the newest, the last correction of each recording."""
        right, media = t.media_correction, t.media
        newest = sa.select(sa.func.max(right.c.id)).group_by(right.c.media_id)
        query = (
            sa.select(media.c.words.label("heard"), right.c.words, right.c.staff_id)
            .join(media, media.c.id == right.c.media_id)
            .where(right.c.id.in_(newest), media.c.words != "", right.c.words != "")
            .order_by(right.c.id.desc())
            .limit(limit)
        )
        opened = self._unit.personal.open
        return [
            Misheard(
                heard="".join(word[0] for word in json.loads(opened("media.words", row.heard))),
                right=opened("media_correction.words", row.words),
                staff_id=row.staff_id,
            )
            for row in self._unit.run(query)
        ]

    def agreed(self) -> Sequence[Agreed]:
        """Return those whose last row counts."""
        newest = sa.select(sa.func.max(t.homophone.c.id)).group_by(t.homophone.c.mark)
        query = sa.select(t.homophone).where(t.homophone.c.id.in_(newest), t.homophone.c.counts)
        return [
            Agreed(pair=Homophone(row.heard, row.meant), staff_id=row.staff_id, at=row.at)
            for row in self._unit.run(query.order_by(t.homophone.c.heard, t.homophone.c.id))
        ]

    def undecided(self, pairs: Sequence[Homophone]) -> Sequence[Homophone]:
        """Return those without a row."""
        marks = {self._mark(pair): pair for pair in pairs}
        query = sa.select(t.homophone.c.mark).where(t.homophone.c.mark.in_(list(marks)))
        decided = set(self._unit.run(query).scalars())
        return [pair for mark, pair in marks.items() if mark not in decided]

    def decide(self, pair: Homophone, staff_id: int, *, counts: bool) -> None:
        """Insert a row, and ring."""
        self._unit.insert(
            t.homophone,
            {
                "mark": self._mark(pair),
                "heard": pair.heard if counts else "",
                "meant": pair.meant if counts else "",
                "counts": counts,
                "staff_id": staff_id,
                "at": self._unit.now,
            },
        )
        self._unit.topics.add(WORDS)

    def _mark(self, pair: Homophone) -> str:
        return self._unit.personal.fingerprint("homophone", f"{pair.heard}\0{pair.meant}")
