"""What neighbours add to an initiative: questions, and other words for its text 共创."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from bot.model.initiative import Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What of an initiative is words.

    How many hours and points it needs is none of it: neighbours gave towards those.
    """

    title: str
    place: str
    reason: str
    things: str

    @classmethod
    def of(cls, wish: Wish) -> Self:
        """Return the words of the wish."""
        return cls(title=wish.title, place=wish.place, reason=wish.reason, things=wish.things)

    def put_into(self, wish: Wish) -> Wish:
        """Return the wish in these words."""
        return replace(wish, **asdict(self))

    def changes(self, other: Self) -> tuple[str, ...]:
        """Return the names of the parts in which the other differs."""
        names = (field.name for field in fields(self))
        return tuple(name for name in names if getattr(self, name) != getattr(other, name))

    def letters(self) -> frozenset[str]:
        """Return which letters and digits it has anywhere."""
        return frozenset(filter(str.isalnum, "".join(asdict(self).values())))

    def merged(self, base: Self, changed: Self) -> Self | None:
        """Return these words with what was changed since `base`; None where both changed it."""
        names = base.changes(changed)
        if any(getattr(self, name) != getattr(base, name) for name in names):
            return None
        return replace(self, **{name: getattr(changed, name) for name in names})


@dataclass(frozen=True, slots=True, kw_only=True)
class TextVersion:
    """One text of an initiative, as everybody could read it: written once, never changed.

    `remark_id` is the proposal of a neighbour that it was taken from, None of the author's own.
    """

    initiative_id: int
    number: int
    wording: Wording
    remark_id: int | None
    at: datetime


class RemarkKind(StrEnum):
    """What a neighbour adds."""

    QUESTION = "question"
    CHANGE = "change"


class RemarkState(StrEnum):
    """A question is open or answered; a proposal is open, taken over, or declined."""

    OPEN = "open"
    ANSWERED = "answered"
    TAKEN = "taken"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A question, or a proposal to change the text. Who made it nobody is shown.

    `words` are the question, or why it should be changed. A proposal has the whole `wording` and
    the number of the version that it changes, `base`. `answered_by` is `author` or `staff:7`.
    What is `hidden` was reported so often that nobody sees it until staff have looked.
    """

    id: int
    initiative_id: int
    person_id: int
    kind: RemarkKind
    words: str
    wording: Wording | None = None
    base: int = 0
    state: RemarkState = RemarkState.OPEN
    at: datetime
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None
    hidden: bool = False

    def brings(self, texts: Sequence[TextVersion], at_last: Wording) -> int:
        """Return how many letters came with it: none stood anywhere before, all stand at last.

        Who repeats, moves, or takes away what is there brings nothing.
        """
        if self.wording is None or not texts:
            return 0
        before = self.base_of(texts).wording.letters()
        return len((self.wording.letters() - before) & at_last.letters())

    def base_of(self, texts: Sequence[TextVersion]) -> TextVersion:
        """Return which of all versions it changes: the first, if none was kept when it was made."""
        return texts[max(1, self.base) - 1]

    @property
    def for_staff(self) -> bool:
        """Say whether staff have to look, or can answer."""
        asked = self.kind is RemarkKind.QUESTION and self.state is RemarkState.OPEN
        return self.hidden or asked

    @property
    def by_staff(self) -> bool:
        """Say whether a member of staff answered it."""
        return self.answered_by.startswith("staff:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What an office says about an initiative: what it can do, and what it can't."""

    initiative_id: int
    staff_id: int
    office: str
    words: str
    at: datetime
