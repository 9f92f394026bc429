"""Followers of a case, cases merged and split, and whose words are waited for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.model.relation import Audience, Await, Awaited, Follower, Joined, Link


class RelationReads(Protocol):
    """What pages and flows look at."""

    def followers(self, case_id: int) -> Sequence[Follower]:
        """Who follows the case or one that is merged into it now, each person once."""
        ...

    def followed_by(self, person_id: int) -> Sequence[int]:
        """The cases that the person follows, the newest first."""
        ...

    def main_of(self, case_id: int) -> Link | None:
        """The link to the case it was merged into, if it is."""
        ...

    def joined(self, case_id: int) -> Sequence[Joined]:
        """The cases that are merged into it now."""
        ...

    def audience(self, case_id: int) -> Audience:
        """Who hears of the case, in one look."""
        ...

    def splits(self, case_id: int) -> Sequence[int]:
        """The cases it was split from, and those that were split from it."""
        ...

    def alike(self, case_id: int, service_code: str, limit: int) -> Sequence[int]:
        """Other open cases of the service that are no part of another, the newest first."""
        ...

    def asked(self, case_ids: Sequence[int]) -> frozenset[int]:
        """Those of the cases whose reporter was asked."""
        ...

    def awaited(self, case_id: int) -> Awaited | None: ...

    def awaited_of(self, person_id: int) -> Sequence[Awaited]:
        """Whatever waits for words of the person, the newest first."""
        ...


class Relations(RelationReads, Protocol):
    """Changes. A unit locks the cases first: their locks are those of their relations too."""

    def follow(self, case_id: int, follower: Follower) -> bool:
        """Return false when the person follows it already."""
        ...

    def unfollow(self, case_id: int, person_id: int) -> bool:
        """Return false when the person did not follow it."""
        ...

    def absorb(self, *, old: int, into: int) -> None:
        """Give what `old` follows to `into`."""
        ...

    def link(self, link: Link) -> None: ...

    def separate(self, case_id: int) -> None:
        """The case is merged no longer."""
        ...

    def wait_for(self, case_id: int, kind: Await) -> None:
        """Wait for her words anew; an answer never takes the place of an open question."""
        ...

    def reminded(self, case_id: int, at: datetime) -> None: ...

    def heard(self, case_id: int) -> None:
        """Nothing is waited for any more."""
        ...
