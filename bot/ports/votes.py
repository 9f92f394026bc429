"""Votes 投票: the question, who may vote, and ballots that nobody can be found by."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from bot.model.people import Verification
from credits.ballots import Method, Paper
from credits.bands import Band
from credits.policy import VoteRules
from credits.tally import Tally
from credits.vote_file import Ballot, Header
from credits.voting import VoteState


class Scope(StrEnum):
    """Whose vote it is: of all confirmed residents, or of those of a grid or a building."""

    COMMUNITY = "community"
    GRID = "grid"
    BUILDING = "building"


class Way(StrEnum):
    """Who brought a ballot in: herself on a page or by telephone, staff from paper, her helper."""

    OWN = "own"
    PHONE = "phone"
    PAPER = "paper"
    HELPER = "helper"


@dataclass(frozen=True, slots=True)
class PaperEntry:
    """What one of two has entered from paper."""

    choice: str
    entered_by: int
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Helped:
    """Somebody who has a helper, and the name by which staff address her."""

    person_id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Helping:
    """Who votes for whom on record, since when, and the member who recorded it, by name."""

    id: int
    person_id: int
    person_name: str
    helper_id: int
    helper_name: str
    recorded_by: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """Somebody's number for voting by telephone, as far as it is known.

    `second_by` is None as long as there is only its first half; `wrong` counts wrong ones that
    were keyed in a row.
    """

    first_by: int
    second_by: int | None
    wrong: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is voted on, by whom, until when; `quorum` is a percentage of those who may vote.

    `scope_id` is the grid or the building. `subject` names what it is about, such as
    `initiative:7`; empty for a vote that stands alone. Who is known as well as `level` says may
    vote. `weighted` shows a second count beside the equal one, which decides nothing.
    """

    title: str
    words: str = ""
    options: tuple[str, ...]
    method: Method
    most: int = 1
    scope: Scope = Scope.COMMUNITY
    scope_id: int | None = None
    quorum: int = 0
    ends_at: datetime
    subject: str = ""
    level: Verification = Verification.RESIDENT_CONFIRMED
    weighted: bool = False

    @property
    def paper(self) -> Paper:
        """What a ballot has to look like."""
        return Paper(self.method, len(self.options), self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """A vote; `roll` is how many may vote, fixed when it opened.

    `veil` is what ballots are hidden with; it is destroyed when they are counted. `signed` is the
    note over question and ballots, under `key`; `reason` why it was cancelled. `again_at` is when
    counting is tried again, after it failed; `bands` are the ballots by weight, where that is told.
    """

    id: int
    question: Question
    state: VoteState
    made_by: int
    offered_by: int | None = None
    opened_by: int | None = None
    opened_at: datetime | None = None
    roll: int = 0
    veil: str = ""
    reason: str = ""
    result: Tally | None = None
    signed: str = ""
    key: str = ""
    again_at: datetime | None = None
    bands: tuple[Band, ...] = ()

    def header(self, ballots: int) -> Header:
        """Return what is published of it, and signed with so many ballots."""
        question = self.question
        return Header(
            vote=self.id,
            title=question.title,
            options=question.options,
            method=question.method,
            most=question.most,
            roll=self.roll,
            quorum=question.quorum,
            opened=_microseconds(self.opened_at or question.ends_at),
            ended=_microseconds(question.ends_at),
            ballots=ballots,
        )


def _microseconds(moment: datetime) -> int:
    """Return whole seconds since 1970, in microseconds."""
    return int(moment.timestamp()) * 1_000_000


class VoteViews(Protocol):
    """What pages and sentences look at."""

    def find(self, vote_id: int) -> Vote | None: ...

    def in_states(self, states: Collection[VoteState], limit: int) -> Sequence[Vote]:
        """Return votes in these states, the newest first."""
        ...

    def about(self, subject: str) -> Sequence[Vote]:
        """Return the votes about it that everybody may see, the newest first."""
        ...

    def has_voted(self, vote_id: int, person_id: int) -> bool | None:
        """Say whether the person has voted; None if she isn't on the roll."""
        ...

    def voted_in(self, vote_ids: Collection[int], person_id: int) -> Mapping[int, bool]:
        """Say of those of these votes on whose roll the person is whether she has voted."""
        ...

    def way(self, vote_id: int, person_id: int) -> Way | Literal[""] | None:
        """Return by which way the person has voted; '' if she hasn't, None if she may not."""
        ...

    def helped_by(self, helper_id: int) -> Sequence[Helped]:
        """Return for whom the person votes."""
        ...

    def helping(self, record_id: int) -> Helping | None: ...

    def helpings_of(self, person_id: int) -> Sequence[Helping]:
        """Return on record who votes for the person, then for whom the person does."""
        ...

    def helpings(self, before: int | None, limit: int) -> Sequence[Helping]:
        """Return what is on record, the newest first, of those with a lower number."""
        ...

    def pin(self, person_id: int) -> Pin | None:
        """Return what is known of the person's number for the telephone."""
        ...

    def papers(self, vote_id: int) -> Sequence[PaperEntry]:
        """Return the entries that wait for a second, without what they say."""
        ...

    def own(self, vote: Vote, person_id: int, *, helper_id: int | None = None) -> Ballot | None:
        """Return the person's own ballot, until it is counted.

        With a helper it is returned only if that helper entered it.
        """
        ...

    def turnouts(self, vote_ids: Collection[int]) -> Mapping[int, int]:
        """Return how many have voted in each of these; those in which nobody has are left out."""
        ...

    def turnout(self, vote_id: int) -> int:
        """Return how many have voted."""
        ...

    def ways(self, vote_id: int) -> Mapping[Way, int]:
        """Return how many have voted by which way; 0 where nobody did."""
        ...

    def counted(self, vote_id: int) -> Sequence[Ballot]:
        """Return the published ballots, in the order of their codes."""
        ...

    def due(self) -> int | None:
        """Return a vote that has to be closed or counted."""
        ...

    def place(self, question: Question) -> str | None:
        """Return the name of the grid or building; None if there is no such."""
        ...


class Votes(VoteViews, Protocol):
    """All of them. Locks: persons before votes."""

    def make(self, question: Question, made_by: int) -> int: ...

    def hold(self, vote_id: int, *, share: bool = False) -> Vote:
        """Return the vote, and let nobody change it until the unit ends.

        With `share` others may hold it so at the same time. Raises KeyError.
        """
        ...

    def save(self, vote: Vote) -> None: ...

    def put_off(self, vote_id: int, until: datetime) -> None:
        """Let others be closed and counted before it."""
        ...

    def fix_roll(self, vote: Vote, rules: VoteRules) -> int:
        """Put everybody on the roll who may vote now, with her weight; return how many."""
        ...

    def set_helper(self, person_id: int, helper_id: int, staff_id: int) -> int:
        """Let the helper vote for her, in place of an earlier one; return the record's number."""

    def drop_helper(self, record: Helping) -> bool:
        """Let nobody vote for her; false if it has changed since it was read."""

    def begin_pin(self, person_id: int, half: str, staff_id: int) -> None:
        """Keep the first half of a new number, in place of an earlier number."""
        ...

    def complete_pin(self, person_id: int, half: str, staff_id: int) -> None:
        """Keep the second half."""
        ...

    def is_pin(self, person_id: int, halves: tuple[str, str]) -> bool:
        """Say whether these are the halves of the person's number."""
        ...

    def count_wrong_pin(self, person_id: int, wrong: int) -> None: ...

    def drop_pin(self, person_id: int) -> bool:
        """Let her not vote by telephone; false if she couldn't."""
        ...

    def paper(self, vote_id: int, person_id: int) -> PaperEntry | None:
        """Return what was entered from the person's paper by one, and by no second yet."""
        ...

    def keep_paper(self, vote_id: int, person_id: int, choice: str, staff_id: int) -> None:
        """Keep an entry, in place of an earlier one."""
        ...

    def drop_paper(self, vote_id: int, person_id: int) -> None: ...

    def cast(
        self, vote: Vote, person_id: int, choice: str, way: Way, *, helper_id: int | None = None
    ) -> Ballot:
        """Keep the person's ballot, in place of her earlier one; its code is new.

        `helper_id` is who entered it for her.
        """
        ...

    def absorb(self, *, old: int, into: int) -> None:
        """Two accounts of one person become one: she keeps one place and one ballot."""
        ...

    def open_ballots(self, vote: Vote) -> Sequence[tuple[Ballot, int]]:
        """Return all ballots with their weights, in the order of their codes."""
        ...

    def publish(self, vote: Vote, ballots: Sequence[Ballot]) -> None:
        """Keep the ballots without whose they were, and destroy what hid them."""
        ...

    def destroy(self, vote: Vote) -> None:
        """Destroy all ballots unread."""
        ...


@dataclass(frozen=True, slots=True)
class Voted:
    """Somebody who voted in a vote that is counted."""

    vote_id: int
    person_id: int
    ended_at: datetime


class VoteNews(Protocol):
    """Who is to be told of votes. Locks: the address that is written to before her places."""

    def untold(
        self, since: datetime, *, soon: datetime, ends_after: datetime, limit: int
    ) -> Sequence[int]:
        """Return people who may vote and were not told so.

        Who was told of another vote after `since` waits, unless this one ends before `soon`.
        """
        ...

    def tell_opened(self, person_id: int, *, ends_after: datetime) -> list[Vote]:
        """Return the open votes of which she was not told, and note that she is."""
        ...

    def end_untold(self, limit: int) -> Sequence[int]:
        """Return people who were told of an opening, and not yet how it ended."""
        ...

    def tell_ended(self, person_id: int) -> list[Vote]:
        """Return the ended votes of which she was told the opening only, and note that she is."""
        ...

    def unthanked(self, limit: int) -> Sequence[Voted]:
        """Return who voted in votes that are counted and was not thanked, in order of people."""
        ...

    def note_thanked(self, one: Voted) -> bool:
        """Note that she is thanked; False if she was already."""
        ...
