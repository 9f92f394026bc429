"""教分类: what staff put right is proposed, agreed to by another, released, and taken back."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.model.case import RefusedError
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.learning import (
    Confirmed,
    HeldWord,
    Lesson,
    LessonState,
    Trial,
    WordRule,
    WordVersion,
)
from bot.ports.storage import Tx, Views
from nlp.learning.adapting import (
    Change,
    as_rows,
    correction,
    from_rows,
    learned,
    reverted,
    together,
)
from nlp.matter.classifier import Classification
from nlp.meaning import Interpreter
from nlp.tables.weighing import parse_weights, written_weights
from nlp.tables.wording import anywhere

LESSONS_MOST: Final = 50
"""So many corrections make up a release at the most: a person is to read them all."""

CASES_LEAST: Final = 300
"""On fewer held-out cases a trial says little: whoever releases is told so, and nothing is
released without somebody."""

ALONE_AFTER: Final = timedelta(days=1)
"""So long after the last agreement a release waits for a person before it needs none."""

_CASES_MOST: Final = 1_000
_VERSIONS_MOST: Final = 20
_WORD: Final = re.compile(r"[^\s#]{1,4}")
_WHY_LEAST: Final = 2
_WHY_MOST: Final = 500
_NO_TRIAL: Final = Trial(0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """All that a release is made of, as it stands in the tables."""

    waiting: Sequence[Lesson]
    accepted: Sequence[Lesson]
    held: Sequence[HeldWord]
    versions: Sequence[WordVersion]
    confirmed: Sequence[Confirmed]

    @property
    def banned(self) -> list[str]:
        """Words that are to say nothing."""
        return [one.word for one in self.held if one.rule is WordRule.BANNED]

    @property
    def fixed(self) -> frozenset[str]:
        """Words that no correction changes, wherever they stand."""
        return frozenset(piece for one in self.held for piece in anywhere(one.word))

    @property
    def alone_at(self) -> datetime | None:
        """From when on what was agreed to needs no person any more; None without anything."""
        decided = [one.decided_at for one in self.accepted if one.decided_at is not None]
        return max(decided) + ALONE_AFTER if decided else None

    @property
    def in_force(self) -> WordVersion | None:
        """The version that counts; None for the packaged words."""
        return self.versions[0] if self.versions else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A release as it would be: `changes` are the new ones, `all` those beside the package."""

    after: int
    lessons: Sequence[int]
    changes: Sequence[Change]
    all: Sequence[Change]
    banned: Sequence[str]
    newly_banned: Sequence[str]
    freed: Sequence[str]
    trial: Trial

    @property
    def empty(self) -> bool:
        """Whether nothing would change."""
        return not (self.changes or self.newly_banned or self.freed or self.lessons)

    @property
    def worse(self) -> bool:
        """Whether fewer held-out cases would come out right."""
        return self.trial.after < self.trial.before

    @property
    def proven(self) -> bool:
        """Whether it learned something, and was tried on enough not to need a person."""
        return bool(self.lessons) and not self.worse and self.trial.tried >= CASES_LEAST


def sources(views: Views) -> Sources:
    """Read what there is."""
    return Sources(
        waiting=views.learning.lessons(LessonState.WAITING, LESSONS_MOST),
        accepted=views.learning.lessons(LessonState.ACCEPTED, LESSONS_MOST),
        held=views.learning.held(),
        versions=views.learning.versions(_VERSIONS_MOST),
        confirmed=views.learning.confirmed(_CASES_MOST),
    )


def proposed(interpreter: Interpreter, found: Sources, lesson: Lesson) -> Sequence[Change]:
    """Return what one correction would change in the words that count now."""
    return correction(
        interpreter.weights,
        interpreter.spoken(lesson.words),
        wrong=lesson.wrong,
        right=lesson.service_code,
        fixed=found.fixed,
    )


def draft(interpreter: Interpreter, found: Sources) -> Draft:
    """Work the release out and try it. It takes a second or two: nothing for a unit."""
    kept, banned_now = _kept(found.in_force)
    before = interpreter.taught(kept, banned_now)
    lessons = [(before.spoken(one.words), one.wrong, one.service_code) for one in found.accepted]
    changes = learned(before.weights, lessons, fixed=found.fixed)
    everything = together([*kept, *changes])
    after = interpreter.taught(everything, found.banned)
    made = Draft(
        after=0 if found.in_force is None else found.in_force.id,
        lessons=[one.id for one in found.accepted],
        changes=changes,
        all=everything,
        banned=found.banned,
        newly_banned=sorted(set(found.banned) - set(banned_now)),
        freed=sorted(set(banned_now) - set(found.banned)),
        trial=_NO_TRIAL,
    )
    if made.empty:
        return made
    right = [_right(one.matter, found.confirmed) for one in (before, after)]
    return replace(made, trial=Trial(len(found.confirmed), *right))


def steps(versions: Sequence[WordVersion]) -> list[tuple[WordVersion, Sequence[Change]]]:
    """Return versions, the newest first, each with what it changed of the one before."""
    all_of = [from_rows(parse_weights(one.changes)) for one in versions]
    before = [*all_of[1:], []] if len(versions) < _VERSIONS_MOST else all_of[1:]
    return [
        (version, together([*now, *reverted(then)]))
        for version, now, then in zip(versions, all_of, before, strict=False)
    ]


def accept(tx: Tx, lesson_id: int, staff: Staff) -> None:
    """Take a correction into the next release; one's own is for somebody else to take."""
    lesson = _open(tx, lesson_id, staff)
    if lesson.staff_id == staff.id:
        raise RefusedError("lesson_own")
    if len(tx.learning.lessons(LessonState.ACCEPTED, LESSONS_MOST)) >= LESSONS_MOST:
        raise RefusedError("lessons_full")
    tx.learning.decide(lesson.id, LessonState.ACCEPTED, staff.id)


def refuse(tx: Tx, lesson_id: int, staff: Staff) -> None:
    """Leave a correction out, one that was taken already too."""
    lesson = _open(tx, lesson_id, staff)
    tx.learning.decide(lesson.id, LessonState.REFUSED, staff.id)


def hold(tx: Tx, staff: Staff, word: str, rule: WordRule, reason: str) -> None:
    """Pin, ban or free a word; it says why. What is banned counts from the next release on."""
    _may_teach(staff)
    word, reason = word.strip().lower(), reason.strip()
    if not _WORD.fullmatch(word):
        raise RefusedError("word_wrong")
    if len(reason) < _WHY_LEAST:
        raise RefusedError("too_short")
    if len(reason) > _WHY_MOST:
        raise RefusedError("too_long")
    tx.learning.hold(word, rule, reason, staff.id)


def release(tx: Tx, staff: Staff, made: Draft) -> int:
    """Let a draft count from now on: in every process, with the next ring of the bell.

    Refused when it would be worse, and when what it was made of has changed meanwhile.
    """
    _may_teach(staff)
    _as_drafted(tx, made)
    return _keep(tx, staff.id, made)


def release_alone(tx: Tx, made: Draft) -> int:
    """Let a draft count that nobody pressed for: a day later, and tried on enough cases.

    Each correction in it was agreed to by a person; who did so last stands for the release.
    """
    accepted = _as_drafted(tx, made)
    last = max(accepted, key=lambda one: (one.decided_at or one.at, one.id), default=None)
    if last is None or last.decided_by is None or not made.proven:
        raise RefusedError("words_unproven")
    if (last.decided_at or last.at) + ALONE_AFTER > tx.now:
        raise RefusedError("words_changed")
    return _keep(tx, last.decided_by, made, automatic=True)


def _as_drafted(tx: Tx, made: Draft) -> Sequence[Lesson]:
    """Return the corrections that were agreed to, if all is as it was when the draft was made."""
    if made.empty:
        raise RefusedError("words_same")
    if made.worse:
        raise RefusedError("words_worse")
    accepted = tx.learning.lessons(LessonState.ACCEPTED, LESSONS_MOST)
    banned = [one.word for one in tx.learning.held() if one.rule is WordRule.BANNED]
    newest = tx.learning.versions(1)
    same = (newest[0].id if newest else 0) == made.after and banned == list(made.banned)
    if not same or [one.id for one in accepted] != list(made.lessons):
        raise RefusedError("words_changed")
    return accepted


def go_back(tx: Tx, staff: Staff, version_id: int) -> int:
    """Let an earlier version count again; 0 is the packaged words. It is a version of its own."""
    _may_teach(staff)
    kept = tx.learning.versions(_VERSIONS_MOST)
    if not kept or version_id == kept[0].id:
        raise RefusedError("words_same")
    meant = next((one for one in kept if one.id == version_id), None)
    if meant is None and version_id != 0:
        raise RefusedError("words_gone")
    version = WordVersion(
        id=0,
        changes="" if meant is None else meant.changes,
        banned="" if meant is None else meant.banned,
        trial=_NO_TRIAL,
        back_to=version_id,
        staff_id=staff.id,
        at=tx.now,
    )
    return tx.learning.release(version, [])


def _keep(tx: Tx, staff_id: int, made: Draft, *, automatic: bool = False) -> int:
    version = WordVersion(
        id=0,
        changes=written_weights(as_rows(made.all)),
        banned="\n".join(made.banned),
        trial=made.trial,
        back_to=None,
        staff_id=staff_id,
        at=tx.now,
        automatic=automatic,
    )
    return tx.learning.release(version, made.lessons)


def _kept(version: WordVersion | None) -> tuple[Sequence[Change], Collection[str]]:
    if version is None:
        return [], []
    return from_rows(parse_weights(version.changes)), version.banned.splitlines()


def _right(matter: Callable[[str], Classification], confirmed: Sequence[Confirmed]) -> int:
    best = ((matter(one.words).best, one.service_code) for one in confirmed)
    return sum(found is not None and found.service_code == wanted for found, wanted in best)


def _open(tx: Tx, lesson_id: int, staff: Staff) -> Lesson:
    _may_teach(staff)
    lesson = tx.learning.lesson(lesson_id)
    if lesson is None:
        raise RefusedError("not_there")
    if lesson.state not in {LessonState.WAITING, LessonState.ACCEPTED}:
        raise RefusedError("lesson_over")
    return lesson


def _may_teach(staff: Staff) -> None:
    if not may(staff.role, Right.TEACH):
        raise RefusedError("not_allowed")
