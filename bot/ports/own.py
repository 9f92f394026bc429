"""All that is kept about one person, for herself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from credits.ledger import Transfer


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is kept: rows by table in clear, with moments aware; and her entries of the ledger.

    Tables in which nothing stands about her are there as well, empty.
    """

    tables: Mapping[str, Sequence[Mapping[str, object]]]
    transfers: Sequence[Transfer]


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A photo or a recording; `id` names it in the row of its table."""

    id: int
    table: str
    media_type: str


class Own(Protocol):
    """What somebody who asks is given."""

    def gather(self, person_id: int) -> Holdings: ...

    def files(self, person_id: int) -> Sequence[OwnFile]:
        """Her photos and recordings, the oldest first."""
        ...

    def content(self, file: OwnFile) -> bytes: ...
