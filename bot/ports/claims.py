"""Claims: what residents say to have done, with what speaks for and against it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.ports.moderation import Claim, ClaimEvent, Witness
from credits.claims import ClaimState, Concerned, Judge
from credits.signals import Decided, Fix, Likeness, Seen, Signal, Word


class ClaimViews(Protocol):
    """What pages look at."""

    def find(self, claim_id: int) -> Claim | None: ...

    def in_states(self, states: Collection[ClaimState], limit: int) -> Sequence[Claim]:
        """Return claims in these states, the riskiest first, then the first due."""
        ...

    def to_decide(self, *, due_before: datetime | None = None) -> int:
        """Return how many wait for a decision, or for one that was due before then."""
        ...

    def of_contact(self, contact_id: int, limit: int) -> Sequence[Claim]:
        """Return the claims of the person of the contact, the newest first."""
        ...

    def photos(self, claim_id: int) -> Sequence[int]:
        """Return the media that were sent with it."""
        ...

    def signals(self, claim_ids: Collection[int]) -> Sequence[tuple[int, Signal]]:
        """Return what is to be looked at, by claim, the heaviest first."""
        ...

    def events(self, claim_id: int) -> Sequence[ClaimEvent]:
        """Return what was done to it, in order."""
        ...

    def witnesses(self, claim_ids: Collection[int]) -> Sequence[tuple[int, Witness]]: ...

    def concerned(self, contact_id: int) -> Concerned:
        """Return the person of the contact, with her household."""
        ...

    def judge(self, staff_id: int) -> Judge:
        """Return the member with all that she must not decide about."""
        ...

    def decided(self, since: datetime) -> Sequence[Decided]:
        """Return what members decided since then."""
        ...

    def to_look_at(self, limit: int) -> Sequence[tuple[int, int]]:
        """Return (claim, media) of photos that nobody has compared yet."""
        ...

    def day_word(self, day: date) -> int:
        """Return a number for the day that nobody can foresee, to choose its word by."""
        ...


class Claims(ClaimViews, Protocol):
    """All claims."""

    def get(self, claim_id: int) -> Claim:
        """Return the claim, locked until the unit ends; KeyError if there is none."""
        ...

    def make(self, claim: Claim, media_ids: Sequence[int]) -> Claim:
        """Keep a new claim with its photos; its id is given here."""
        ...

    def save(self, claim: Claim) -> Claim:
        """Keep state, clock, risk and words; the version goes up by one."""
        ...

    def add_photos(self, claim_id: int, media_ids: Sequence[int]) -> None: ...

    def note(self, event: ClaimEvent) -> None: ...

    def signal(self, claim_id: int, signals: Sequence[Signal]) -> None:
        """Add to what is to be looked at; the same kind replaces the one before."""
        ...

    def made_since(self, person_id: int, since: datetime) -> Sequence[datetime]:
        """Return when the person made claims."""
        ...

    def first_seen(self, person_id: int) -> datetime: ...

    def fixes(self, person_id: int, since: datetime) -> Sequence[Fix]:
        """Return where the person checked in."""
        ...

    def looked(self, claim_id: int, media_id: int, likeness: Likeness | None) -> bool:
        """Keep the hashes of a photo; say whether all of the claim's were looked at."""
        ...

    def likenesses(self, claim_id: int) -> Sequence[Likeness]:
        """Return the hashes of the claim's photos."""
        ...

    def seen(self, claim: Claim, since: datetime, limit: int) -> Sequence[Seen]:
        """Return photos of claims before this one, the newest first."""
        ...

    def bear_witness(self, claim_id: int, witness: Witness) -> bool:
        """Keep a word; false when she gave it before."""
        ...

    def words_given(self, since: datetime) -> Sequence[Word]:
        """Return who gave her word for whom."""
        ...

    def acquaint(self, staff_id: int, contact_id: int, by_id: int) -> None:
        """The member is the person of the contact, or lives with her."""
        ...

    def settle_home(self, person_id: int, building_id: int, unit: str, room: str) -> None:
        """Note which door the person lives behind."""
        ...

    def reversed_by(self, actor: str, since: datetime) -> int:
        """Return how many points the member took back alone since then."""
        ...
