"""What the table of services learns: corrections, words that are held, versions."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from bot.model.case import State
from bot.ports.bell import WORDS
from bot.ports.learning import (
    HELD_EVERY,
    Confirmed,
    HeldWord,
    Lesson,
    LessonState,
    Trial,
    WordRule,
    WordVersion,
)
from bot.store import tables as t
from bot.store.ground.unit import Unit

_LESSONS: Final = sa.select(t.lesson, t.case_file.c.description).join(
    t.case_file, t.case_file.c.id == t.lesson.c.case_id
)


class SqlLearning:
    """See `bot.ports.learning.Learning`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def lessons(self, state: LessonState, limit: int) -> Sequence[Lesson]:
        """Return those in that state."""
        query = _LESSONS.where(t.lesson.c.state == state.value, t.case_file.c.description != "")
        return [
            self._lesson(row) for row in self._unit.run(query.order_by(t.lesson.c.id).limit(limit))
        ]

    def released(self, versions: Sequence[int]) -> Sequence[Lesson]:
        """Return those with one of these versions."""
        of_these = t.lesson.c.version_id.in_(list(versions))
        query = _LESSONS.where(of_these, t.case_file.c.description != "")
        return [self._lesson(row) for row in self._unit.run(query.order_by(t.lesson.c.id))]

    def lesson(self, lesson_id: int) -> Lesson | None:
        """Return it, locked."""
        query = _LESSONS.where(t.lesson.c.id == lesson_id).with_for_update(of=t.lesson)
        row = self._unit.run(query).first()
        return None if row is None else self._lesson(row)

    def held(self) -> Sequence[HeldWord]:
        """Return what the last rule of each word says, but for free ones."""
        newest = sa.select(sa.func.max(t.word_rule.c.id)).group_by(t.word_rule.c.word)
        query = sa.select(t.word_rule).where(
            t.word_rule.c.id.in_(newest), t.word_rule.c.rule != WordRule.FREE.value
        )
        return [
            HeldWord(
                word=row.word,
                rule=WordRule(row.rule),
                reason=row.reason,
                staff_id=row.staff_id,
                at=row.at,
            )
            for row in self._unit.run(query.order_by(t.word_rule.c.word))
        ]

    def versions(self, limit: int) -> Sequence[WordVersion]:
        """Return the newest."""
        query = sa.select(t.word_version).order_by(t.word_version.c.id.desc()).limit(limit)
        return [
            WordVersion(
                id=row.id,
                changes=row.changes,
                banned=row.banned,
                trial=Trial(row.tried, row.right_before, row.right_after),
                back_to=row.back_to,
                staff_id=row.staff_id,
                at=row.at,
                automatic=row.automatic,
            )
            for row in self._unit.run(query)
        ]

    def confirmed(self, limit: int) -> Sequence[Confirmed]:
        """Return the newest that are archived and held out."""
        case = t.case_file.c
        query = sa.select(case.description, case.service_code).where(
            case.state == State.ARCHIVED.value,
            case.description != "",
            case.id % HELD_EVERY == 0,
        )
        opened = self._unit.personal.open
        return [
            Confirmed(opened("case_file.description", row.description), row.service_code)
            for row in self._unit.run(query.order_by(case.id.desc()).limit(limit))
        ]

    def corrected(self, case_id: int, wrong: str, service_code: str, staff_id: int) -> None:
        """Insert it in place of one that waits."""
        if case_id % HELD_EVERY == 0:
            return
        waits = (t.lesson.c.case_id == case_id) & (t.lesson.c.state == LessonState.WAITING.value)
        first = self._unit.run(sa.select(t.lesson.c.wrong).where(waits)).scalar()
        self._unit.run(t.lesson.delete().where(waits))
        wrong = wrong if first is None else first
        if wrong == service_code:
            return
        self._unit.insert(
            t.lesson,
            {
                "case_id": case_id,
                "wrong": wrong,
                "service_code": service_code,
                "staff_id": staff_id,
                "at": self._unit.now,
                "state": LessonState.WAITING.value,
            },
        )

    def decide(self, lesson_id: int, state: LessonState, staff_id: int) -> None:
        """Set the state."""
        values = {"state": state.value, "decided_by": staff_id, "decided_at": self._unit.now}
        self._unit.run(t.lesson.update().where(t.lesson.c.id == lesson_id).values(**values))

    def hold(self, word: str, rule: WordRule, reason: str, staff_id: int) -> None:
        """Insert a rule; the last one counts."""
        row = {"rule": rule.value, "reason": reason, "staff_id": staff_id, "at": self._unit.now}
        self._unit.insert(t.word_rule, {"word": word} | row)

    def release(self, version: WordVersion, lessons: Sequence[int]) -> int:
        """Insert the version, and ring."""
        number = self._unit.insert(
            t.word_version,
            {
                "changes": version.changes,
                "banned": version.banned,
                "tried": version.trial.tried,
                "right_before": version.trial.before,
                "right_after": version.trial.after,
                "back_to": version.back_to,
                "staff_id": version.staff_id,
                "at": self._unit.now,
                "automatic": version.automatic,
            },
        )
        values = {"state": LessonState.RELEASED.value, "version_id": number}
        chosen = t.lesson.c.id.in_(list(lessons))
        self._unit.run(t.lesson.update().where(chosen).values(**values))
        self._unit.topics.add(WORDS)
        return number

    def _lesson(self, row: sa.Row[Any]) -> Lesson:
        return Lesson(
            id=row.id,
            case_id=row.case_id,
            wrong=row.wrong,
            service_code=row.service_code,
            staff_id=row.staff_id,
            at=row.at,
            state=LessonState(row.state),
            words=self._unit.personal.open("case_file.description", row.description),
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )
