"""The community: organisations, buildings, checkpoints."""

from collections.abc import Sequence
from typing import Protocol

from bot.model.place import Building, Checkpoint, Organisation, OrganisationKind
from bot.model.staff import Staff


class Places(Protocol):
    """Reads and fills the map of the community."""

    def estates(self) -> Sequence[str]:
        """Names of all estates."""
        ...

    def building(self, estate: str | None, number: str) -> Building | None:
        """Return the building; without an estate only when just one has that number."""
        ...

    def add_organisation(
        self,
        code: str,
        name: str,
        kind: OrganisationKind,
        parent_id: int | None,
        *,
        phone: str = "",
    ) -> int: ...

    def grids(self) -> Sequence[Organisation]: ...

    def organisations(self) -> Sequence[Organisation]:
        """All but grids: those that somebody can work for."""
        ...

    def helpers(self) -> Sequence[Organisation]:
        """Organisations that may be asked to help with a case, by kind and name."""
        ...

    def organisation_of(self, staff: Staff) -> Organisation:
        """The organisation that a member works for."""
        ...

    def set_phone(self, organisation_id: int, phone: str) -> None: ...

    def organisation(self, code: str) -> int | None: ...

    def organisation_name(self, code: str) -> str:
        """Name of the organisation, or the code itself where there is none."""
        ...

    def buildings(self, grid_id: int) -> Sequence[Building]:
        """The buildings that the grid cares for."""
        ...

    def add_building(
        self, estate: str, number: str, grid_id: int, at: tuple[float, float] | None = None
    ) -> int:
        """Add a building, with where it stands in WGS-84 when that is known."""
        ...

    def put_building(self, estate: str, number: str, grid_id: int, at: tuple[float, float]) -> bool:
        """Add the building, or change whose it is and where it stands; true when it is new."""
        ...

    def add_checkpoint(self, checkpoint: Checkpoint, grid_id: int) -> None: ...
