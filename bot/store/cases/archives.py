"""Archives of cases, gathered from a visible list of tables."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bot.model.archive import Archived, digest_of
from bot.model.number import case_number
from bot.store import tables as t
from bot.store.ground.unit import Unit

_CASE: Final = sa.bindparam("about", type_=sa.BigInteger)
_MEDIA: Final = sa.select(t.media.c.id).where(t.media.c.case_id == _CASE)
_REFERRALS: Final = sa.select(t.referral.c.id).where(t.referral.c.case_id == _CASE)
_THANKS: Final = sa.literal("case:").concat(sa.cast(_CASE, sa.Text)).concat(":confirmed")
_OF_THANKS: Final = (_THANKS, *(_THANKS.concat(f":{ledger}") for ledger in ("credit", "vote")))


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table that belong to a case; of all columns, or of those that are named."""

    table: sa.Table
    of_case: sa.ColumnElement[bool]
    columns: tuple[str, ...] = ()

    @property
    def query(self) -> sa.Select[Any]:
        """Return the rows in the order of their keys."""
        columns = [c for c in self.table.c if not self.columns or c.name in self.columns]
        kept = [c for c in columns if f"{self.table.name}.{c.name}" not in SECRET]
        return sa.select(*kept).where(self.of_case).order_by(*self.table.primary_key)


SECRET: Final = frozenset({"case_file.token", "referral.salt", "referral.token_hash"})
"""What opens doors is no part of an archive."""

FILES: Final = frozenset({"media_content.content", "referral_evidence.content"})
"""Of files the archive has the SHA-256; a proof has it as a column of its own."""

_ALERT: Final = ("staff_id", "kind", "at", "seen_at")
_MESSAGE: Final = ("key", "contact_id", "delivery", "created_at", "done_at")

GATHERED: Final = (
    Part(t.case_file, t.case_file.c.id == _CASE),
    Part(t.case_event, t.case_event.c.case_id == _CASE),
    Part(t.timer, t.timer.c.case_id == _CASE, ("kind", "due_at")),
    Part(t.case_clock, t.case_clock.c.case_id == _CASE),
    Part(t.decision, t.decision.c.case_id == _CASE),
    Part(t.case_meant, t.case_meant.c.case_id == _CASE),
    Part(t.filing, t.filing.c.case_id == _CASE),
    Part(t.lesson, t.lesson.c.case_id == _CASE),
    Part(t.misroute, t.misroute.c.case_id == _CASE),
    Part(t.case_barred, t.case_barred.c.case_id == _CASE),
    Part(t.referral, t.referral.c.case_id == _CASE),
    Part(t.referral_photo, t.referral_photo.c.referral_id.in_(_REFERRALS)),
    Part(t.referral_evidence, t.referral_evidence.c.referral_id.in_(_REFERRALS)),
    Part(t.case_link, (t.case_link.c.case_id == _CASE) | (t.case_link.c.other_id == _CASE)),
    Part(t.follower, t.follower.c.case_id == _CASE),
    Part(t.awaited, t.awaited.c.case_id == _CASE),
    Part(t.media, t.media.c.case_id == _CASE),
    Part(t.media_content, t.media_content.c.media_id.in_(_MEDIA)),
    Part(t.media_correction, t.media_correction.c.media_id.in_(_MEDIA)),
    Part(t.proof, t.proof.c.case_id == _CASE),
    Part(t.rating, t.rating.c.case_id == _CASE),
    Part(t.visit, t.visit.c.case_id == _CASE),
    Part(t.alert, t.alert.c.case_id == _CASE, _ALERT),
    Part(t.outbox, t.outbox.c.case_id == _CASE, _MESSAGE),
    Part(t.transfer, t.transfer.c.key.in_(_OF_THANKS)),
)
"""All that an archive is made of, one line a table."""

LEFT_OUT: Final = frozenset({t.archive, t.card, t.case_word, t.check_in, t.inbox, t.onlooker})
"""Tables that name a case and are no part of it: the archives themselves, the address of the
status card, the index of the search, positions of people, who looks at it now, and messages, whose
words stand in the history."""

_QUERIES: Final = tuple((part.table.name, part.query) for part in GATHERED)
_ALL: Final = sa.select(t.archive).order_by(t.archive.c.id)


class SqlArchives:
    """See `bot.ports.archives.Archives`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def keep(self, case_id: int, rules: Mapping[str, object]) -> None:
        """Gather and keep."""
        content = canonical(
            {
                "number": case_number(case_id),
                "at": self._unit.now,
                "rules": rules,
                "tables": {name: self._rows(name, query, case_id) for name, query in _QUERIES},
            }
        )
        row = {"case_id": case_id, "at": self._unit.now, "content": content}
        self._unit.insert(t.archive, row | {"digest": digest_of(content)})

    def of_case(self, case_id: int) -> Sequence[Archived]:
        """Return all archives of the case, the oldest first."""
        return self._some(t.archive.c.case_id == case_id)

    def get(self, archive_id: int) -> Archived | None:
        """Return it, if there is one."""
        return next(iter(self._some(t.archive.c.id == archive_id)), None)

    def _some(self, condition: sa.ColumnElement[bool]) -> Sequence[Archived]:
        return [Archived(**row) for row in self._unit.run(_ALL.where(condition)).mappings()]

    def _rows(self, table: str, query: sa.Select[Any], case_id: int) -> list[dict[str, Any]]:
        rows = self._unit.run(query, about=case_id).mappings()
        return [{name: self._shown(f"{table}.{name}", row[name]) for name in row} for row in rows]

    def _shown(self, field: str, value: Any) -> Any:
        """Return a keyed mark for what is personal; what was blanked stays blank."""
        personal = self._unit.personal
        if field not in personal.register or not value:
            return value
        if field in FILES:
            return hashlib.sha256(personal.open_bytes(field, value)).hexdigest()
        return "mark:" + personal.fingerprint(f"archive {field}", personal.open(field, value))


def canonical(content: object) -> str:
    """Return the one JSON text for the content: the same on every machine and engine."""
    return json.dumps(
        content, default=_plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no place in an archive")
