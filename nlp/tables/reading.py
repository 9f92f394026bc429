"""Reading the tables of `lexicon/`, with mistakes told so that an operator can mend them."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

_WEIGHT = re.compile("-?[1-9]")


class LexiconError(ValueError):
    """A table is wrong; the message is one sentence that names the entry and what to do."""


def read_table(file_name: str, text: str | None) -> Mapping[str, Any]:
    """Parse `text`, or the packaged table of that name when `text` is None."""
    if text is None:
        text = files("nlp").joinpath("lexicon", file_name).read_text(encoding="utf-8")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(f"{file_name}: not valid TOML, mend this: {error}.") from error


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a table; `label` names it in messages, such as `service 'water_off'`."""

    label: str
    values: Mapping[str, Any]

    def allow_only(self, names: frozenset[str]) -> None:
        """Refuse fields that nobody reads, because a misspelt field is silently lost."""
        unknown = sorted(set(self.values) - names)
        if unknown:
            known = ", ".join(sorted(names))
            raise self.mistake(f"unknown field '{unknown[0]}', use one of: {known}")

    def string(self, name: str) -> str:
        """Return a text that is not empty."""
        value = self.values.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.mistake(f"'{name}' is missing, write it as a text in quotes")
        return value.strip()

    def hours(self, name: str) -> float:
        """Return a number of hours above zero."""
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise self.mistake(f"'{name}' must be a number of hours above 0")
        return float(value)

    def flag(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.values.get(name, default)
        if not isinstance(value, bool):
            raise self.mistake(f"'{name}' must be true or false, without quotes")
        return value

    def count(self, name: str, *, default: int) -> int:
        """Return a whole number from 0 up."""
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.mistake(f"'{name}' must be a whole number from 0 up")
        return value

    def strings(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, empty when the field is absent."""
        value = self.values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise self.mistake(f'\'{name}\' must be a list of texts, such as ["电梯", "漏水"]')
        return tuple(value)

    def weights(self, name: str) -> dict[str, int]:
        """Read lists of words under their weight, -9 to 9 but not 0; return word to weight."""
        value = self.values.get(name, {})
        if not isinstance(value, dict):
            raise self.mistake(f"'{name}' must be a table of weights, each with a list of words")
        rows = Entry(f"{self.label}.{name}", value)
        weights: dict[str, int] = {}
        for key in value:
            weight = rows.weight(key)
            for word in rows.strings(key):
                if word in weights:
                    raise rows.mistake(f"'{word}' is listed twice, keep one of them")
                weights[word] = weight
        return weights

    def weight(self, key: str) -> int:
        """Read a key as a weight."""
        if not _WEIGHT.fullmatch(key):
            raise self.mistake(f"'{key}' is no weight, use a whole number from -9 to 9, not 0")
        return int(key)

    def table(self, name: str) -> "Entry | None":
        """Return the sub-table of that name, or None when it is absent."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.mistake(f"'{name}' must be a table")
        return Entry(f"{self.label}.{name}", value)

    def mistake(self, what: str) -> LexiconError:
        """Return the error for this entry."""
        return LexiconError(f"{self.label}: {what}.")


def entries(table: Mapping[str, Any], name: str, *, label: str) -> tuple[Entry, ...]:
    """Return the array of tables `[[name]]`, each labelled by its code or its position."""
    rows = table.get(name)
    if not isinstance(rows, list) or not rows:
        raise LexiconError(f"no [[{name}]] was found, write at least one.")
    found = []
    for position, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise LexiconError(f"{label} {position}: write it as a table [[{name}]].")
        found.append(Entry(f"{label} '{row.get('code', position)}'", row))
    return tuple(found)
