"""Work that one process at a time does, whatever their number."""

from datetime import datetime
from typing import Protocol


class Leases(Protocol):
    """One row a kind of work."""

    def take(self, name: str, holder: str, until: datetime) -> bool:
        """Take or prolong the lease; false while somebody else's runs."""
        ...

    def give_back(self, name: str, holder: str) -> None:
        """End it now, if it is the holder's."""
        ...
