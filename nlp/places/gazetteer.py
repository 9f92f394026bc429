"""The names of one community: estates, roads, shops, and what else people call them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from nlp.tables.reading import entries, read_table
from nlp.text.normal import normalise

EXAMPLE: Final = "gazetteer_example.toml"
_KINDS: Final = ("estate", "road", "spot")
_FIELDS: Final = frozenset({"name", "also"})


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """What people say → the name; a name stands for itself."""

    estates: Mapping[str, str] = field(default_factory=dict)
    roads: Mapping[str, str] = field(default_factory=dict)
    spots: Mapping[str, str] = field(default_factory=dict)


NO_NAMES: Final = Gazetteer()


def read_gazetteer(text: str | None = None) -> Gazetteer:
    """Read an operator's file, or the packaged example; LexiconError says what is wrong in it."""
    table = read_table(EXAMPLE, text)
    kinds: dict[str, dict[str, str]] = {kind: {} for kind in _KINDS}
    for kind in (one for one in _KINDS if one in table):
        for entry in entries(table, kind, label=kind):
            entry.allow_only(_FIELDS)
            name = entry.string("name")
            for said in (name, *entry.strings("also")):
                kinds[kind].setdefault(normalise(said), name)
    return Gazetteer(kinds["estate"], kinds["road"], kinds["spot"])
