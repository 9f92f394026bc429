"""Everybody who serves or has served, with all that an administrator decides about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.model.staff import Post, Staff, WeekTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member with their post and what they carry now.

    `active` is false of who was taken off; `at_work` says whether they are switched on and in a
    shift. `enters` says whether they have a password of their own.
    """

    staff: Staff
    post: Post
    organisation: str
    active: bool
    at_work: bool
    enters: bool
    cases: int
    weight: int


class DirectoryViews(Protocol):
    """What the pages of the administrator show."""

    def everybody(self, at: WeekTime) -> Sequence[Member]:
        """All members, those who were taken off last."""
        ...

    def member(self, staff_id: int, at: WeekTime) -> Member | None: ...


class Directory(DirectoryViews, Protocol):
    """Changes to who serves as what."""

    def is_taken(self, login: str) -> bool:
        """Say whether somebody has the login, or had it and was taken off."""
        ...

    def appoint(self, staff_id: int, post: Post) -> None:
        """Let the member serve in this post, and in no other."""
        ...

    def switch(self, staff_id: int, *, active: bool) -> None:
        """Take the member off, or bring them back; nobody who is off logs in or is given cases."""
        ...

    def administrators(self) -> frozenset[int]:
        """The active administrators; who they are stays so until the unit ends."""
        ...
