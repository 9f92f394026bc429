"""Satisfaction: a row that she was asked, a row for what she answered."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bot.model.rating import Rated, Score
from bot.store import tables as t
from bot.store.ground.unit import Unit

_ASKED: Final = "asked"
_SCORED: Final = "scored"
_WORDED: Final = "worded"


class SqlRatings:
    """See `bot.ports.ratings.Ratings`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def asked(self, case_id: int, round_: int) -> bool:
        """Note that she is asked, once."""
        return self._add(case_id, round_, _ASKED, "")

    def scored(self, case_id: int, round_: int, score: Score) -> bool:
        """Keep the answer, once."""
        return self._add(case_id, round_, _SCORED, score.value)

    def open_round(self, case_id: int) -> int | None:
        """Return the newest round that was asked about, if it was not answered."""
        rows = self._unit.run(
            sa.select(t.rating.c.round, t.rating.c.step)
            .where(t.rating.c.case_id == case_id)
            .order_by(t.rating.c.round.desc())
        ).all()
        if not rows:
            return None
        newest: int = rows[0].round
        return None if (newest, _SCORED) in {(row.round, row.step) for row in rows} else newest

    def score(self, case_id: int, round_: int) -> Score | None:
        """Return the answer, if there is one."""
        found = self._unit.run(
            sa.select(t.rating.c.score).where(
                t.rating.c.case_id == case_id,
                t.rating.c.round == round_,
                t.rating.c.step == _SCORED,
            )
        ).scalar()
        return Score(found) if found else None

    def wordless(self, case_id: int, since: datetime) -> Rated | None:
        """Return the newest rating since then that stands without a sentence."""
        rating = t.rating.c
        rows = self._unit.run(
            sa.select(rating.round, rating.step, rating.score)
            .where(
                rating.case_id == case_id,
                rating.step.in_((_SCORED, _WORDED)),
                rating.at >= since,
            )
            .order_by(rating.round.desc(), rating.id.desc())
        ).all()
        if not rows or rows[0].step == _WORDED:
            return None
        return Rated(rows[0].round, Score(rows[0].score))

    def worded(self, case_id: int, round_: int) -> bool:
        """Note that there is a sentence, once; the words stand in the history."""
        return self._add(case_id, round_, _WORDED, "")

    def _add(self, case_id: int, round_: int, step: str, score: str) -> bool:
        values = {
            "case_id": case_id,
            "round": round_,
            "step": step,
            "score": score,
            "at": self._unit.now,
        }
        return (
            self._unit.insert_if_absent(t.rating, ("case_id", "round", "step"), values) is not None
        )
