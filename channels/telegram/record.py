"""Reading JSON that may be anything: a field has the type it should have, or it is garbled."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from channels.words import storable

_ID_MOST: Final = 2**63


class GarbledError(ValueError):
    """Something is not as the Bot API describes it."""


class Record:
    """A JSON object. Fields that are asked for are checked; all others may be anything."""

    def __init__(self, raw: object) -> None:
        if not isinstance(raw, dict):
            raise GarbledError("an object was expected")
        self._raw: dict[str, Any] = raw

    def __contains__(self, key: str) -> bool:
        return self._raw.get(key) is not None

    def keys(self) -> frozenset[str]:
        """Return the names of the fields that are set."""
        return frozenset(key for key in self._raw if key in self)

    def flag(self, key: str) -> bool:
        """Return whether the field is true."""
        return self._raw.get(key) is True

    def text(self, key: str) -> str:
        """Return the text, empty if there is none."""
        value = self._raw.get(key, "")
        if not isinstance(value, str):
            raise GarbledError(f"{key} is no text")
        return storable(value)

    def whole(self, key: str) -> int:
        """Return a number that must be there, such as an id."""
        value = self._raw.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= _ID_MOST:
            raise GarbledError(f"{key} is no whole number")
        return value

    def number(self, key: str, *, most: float) -> float:
        """Return a number that must be there, at most so far from zero."""
        value = self._raw.get(key)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise GarbledError(f"{key} is no number")
        if not abs(value) <= most:  # so that "not a number" is refused as well
            raise GarbledError(f"{key} is out of bounds")
        return float(value)

    def moment(self, key: str) -> datetime:
        """Return a moment that must be there, told in seconds since 1970."""
        try:
            return datetime.fromtimestamp(self.whole(key), UTC)
        except (OverflowError, OSError, ValueError) as error:
            raise GarbledError(f"{key} is no moment") from error

    def record(self, key: str) -> "Record":
        """Return an object that must be there."""
        return Record(self._raw.get(key))

    def records(self, key: str) -> Sequence["Record"]:
        """Return a list of objects, empty if there is none."""
        return [Record(one) for one in self._list(key)]

    def rows(self, key: str) -> Sequence["Record"]:
        """Return the objects of a list of lists, one after the other."""
        rows = self._list(key)
        if not all(isinstance(row, list) for row in rows):
            raise GarbledError(f"{key} has no rows")
        return [Record(one) for row in rows for one in row]

    def _list(self, key: str) -> list[Any]:
        value = self._raw.get(key, [])
        if not isinstance(value, list):
            raise GarbledError(f"{key} is no list")
        return value
