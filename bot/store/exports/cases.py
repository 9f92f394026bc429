"""Cases with their history and archives, a JSON object a line, oldest first."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TextIO

import sqlalchemy as sa

from bot.model.archive import Archived
from bot.model.number import case_number
from bot.store import tables as t
from bot.store.ground.personal import PersonalData

_PLAIN: Final = (
    "state", "service_code", "urgent", "agency", "opened_at", "answer_due", "solve_due",
    "answered_at", "solved_at", "closed_at", "times_reopened",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exported:
    """How many cases were written, and the numbers of those with an archive that was changed."""

    count: int
    spoilt: list[str]


def export_cases(
    engine: sa.Engine, personal: PersonalData, target: TextIO, *, with_words: bool
) -> Exported:
    """Write all cases. Words of people only when they are asked for."""
    count, spoilt = 0, []
    with engine.connect() as reading, engine.connect() as events:
        cases = reading.execution_options(yield_per=500).execute(
            sa.select(t.case_file).order_by(t.case_file.c.id)
        )
        for row in cases.mappings():
            line: dict[str, Any] = {"number": case_number(row["id"])}
            line |= {name: _value(row[name]) for name in _PLAIN}
            if with_words:
                for name in ("description", "place"):
                    line[name] = personal.open(f"case_file.{name}", row[name])
            line["events"] = _events(events, personal, row["id"], with_words=with_words)
            archives = _archives(events, row["id"])
            line["archives"] = [
                {"at": _value(one.at), "sha256": one.digest, "content": one.content}
                for one in archives
            ]
            if not all(one.sound for one in archives):
                spoilt.append(line["number"])
            target.write(json.dumps(line, ensure_ascii=False) + "\n")
            count += 1
    return Exported(count, spoilt)


def _archives(connection: sa.Connection, case_id: int) -> list[Archived]:
    rows = connection.execute(
        sa.select(t.archive).where(t.archive.c.case_id == case_id).order_by(t.archive.c.id)
    )
    return [Archived(**row) for row in rows.mappings()]


def _events(
    connection: sa.Connection, personal: PersonalData, case_id: int, *, with_words: bool
) -> list[dict[str, Any]]:
    rows = connection.execute(
        sa.select(t.case_event).where(t.case_event.c.case_id == case_id).order_by(t.case_event.c.id)
    )
    events = []
    for row in rows:
        event = {"at": _value(row.at), "kind": row.kind, "trigger": row.trigger, "state": row.state}
        event["by"] = row.actor.partition(":")[0]
        if with_words:
            event["words"] = personal.open("case_event.words", row.words)
        events.append(event)
    return events


def _value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
