"""Staff: who there is."""

from collections.abc import Sequence
from typing import Protocol

from bot.model.staff import Role, Staff


class StaffBook(Protocol):
    """The people who serve."""

    def add(
        self,
        *,
        login: str,
        name: str,
        role: Role,
        organisation_id: int,
        agency: str,
        capacity: int,
        password_hash: str,
    ) -> int: ...

    def serve_grid(self, staff_id: int, grid_id: int, *, lead: bool = False) -> None:
        """Let the member care for a grid; its lead hears of what is late there."""
        ...

    def get(self, staff_id: int) -> Staff: ...

    def all(self) -> Sequence[Staff]: ...

    def by_login(self, login: str) -> tuple[Staff, str] | None:
        """Return the member and the password hash."""
        ...

    def set_password(self, staff_id: int, password_hash: str) -> None: ...

    def set_duty(self, staff_id: int, *, on_duty: bool) -> None: ...
