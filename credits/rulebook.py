"""Reading the rules from `policy.toml`, beside this file; a mistake is named in one sentence."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from importlib import resources
from types import MappingProxyType
from typing import Any, Final, TypeVar

from credits.policy import (
    Activity,
    Band,
    Confirmer,
    CreditRules,
    Evidence,
    InitiativeRules,
    Level,
    Levels,
    Moderation,
    Move,
    Policy,
    PolicyError,
    Season,
    VoteRules,
)

_NEEDED: Final = {"version", "activities"}
_OPTIONAL: Final = {"moves", "season", "credit", "levels", "vote", "moderation", "initiatives"}
_LEAP_YEAR: Final = 2028
_PERCENT: Final = 100

Choice = TypeVar("Choice", bound=StrEnum)


def packaged_text() -> str:
    """Return the `policy.toml` beside this file."""
    return resources.files("credits").joinpath("policy.toml").read_text("utf-8")


def load_policy(text: str | None = None) -> Policy:
    """Read a policy from TOML, by default the `policy.toml` beside this file.

    Sections that a file of one's own leaves out, and moves it has no words for, are those of the
    packaged one. Raises PolicyError, whose one sentence names the entry.
    """
    packaged = tomllib.loads(packaged_text())
    try:
        table = packaged if text is None else tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"The policy is not TOML: {error}.") from error
    _Entry("", table, required=_NEEDED, optional=_OPTIONAL)
    top = _Entry("", packaged | table, required=_NEEDED | _OPTIONAL)
    activities = {code: _activity(code, entry) for code, entry in _tables(table, "activities")}
    moves = {code: _move(code, entry) for code, entry in _tables(table, "moves")}
    for code in activities.keys() & moves.keys():
        raise PolicyError(f"moves.{code} is an activity already.")
    for code, entry in _tables(packaged, "moves"):
        if code not in activities:
            moves.setdefault(code, _move(code, entry))
    return Policy(
        version=top.whole("version"),
        activities=MappingProxyType(activities),
        moves=MappingProxyType(moves),
        season=_season(top.part("season", {"ends", "kept", "notice_days"})),
        credit=_credit(top),
        levels=_levels(top.part("levels", {"window_days", "grace_days", "steps"})),
        vote=_vote(top.part("vote", {"base", "bonus_cap"})),
        moderation=Moderation(**_whole_numbers(top, "moderation", Moderation)),
        initiatives=InitiativeRules(**_whole_numbers(top, "initiatives", InitiativeRules)),
    )


class _Entry:
    """A table of the policy with its name; each look says what is wrong by that name."""

    def __init__(
        self, at: str, table: object, *, required: set[str], optional: set[str] | None = None
    ) -> None:
        if not isinstance(table, Mapping):
            raise PolicyError(f"{at.rstrip('.')} is not a table.")
        for name in sorted(required - table.keys()):
            raise PolicyError(f"{at}{name} is missing.")
        for name in sorted(table.keys() - required - (optional or set())):
            raise PolicyError(f"{at}{name} is not known.")
        self._at = at
        self._table = table

    def part(self, name: str, required: set[str]) -> "_Entry":
        return _Entry(f"{self._at}{name}.", self._table[name], required=required)

    def parts(self, name: str, required: set[str]) -> list["_Entry"]:
        """Return the tables of a list that is not empty."""
        rows = self._table[name]
        if not isinstance(rows, list) or not rows:
            raise PolicyError(f"{self._at}{name} is not a list of tables.")
        return [
            _Entry(f"{self._at}{name}.{number}.", row, required=required)
            for number, row in enumerate(rows)
        ]

    def whole(self, name: str, *, least: int = 1, most: int | None = None) -> int:
        """Return a whole number; one that may be left out is then `least`."""
        value = self._table.get(name, least)
        if type(value) is not int or value < least:
            raise PolicyError(f"{self._at}{name} is not a whole number of at least {least}.")
        if most is not None and value > most:
            raise PolicyError(f"{self._at}{name} is more than {most}.")
        return value

    def text(self, name: str) -> str:
        value = self._table[name]
        if not isinstance(value, str) or not value.strip():
            raise PolicyError(f"{self._at}{name} is not a text.")
        return value

    def choice(self, name: str, kind: type[Choice], default: Choice) -> Choice:
        value = self._table.get(name, default.value)
        if value not in list(kind):
            raise PolicyError(f"{self._at}{name} is none of {', '.join(kind)}.")
        return kind(value)

    def day(self, name: str) -> date | None:
        value = self._table.get(name)
        if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
            raise PolicyError(f"{self._at}{name} is not a day like 2027-06-30.")
        return value

    def days_of_year(self, name: str) -> tuple[tuple[int, int], ...]:
        """Return (month, day) from texts like "06-30", which must rise."""
        rows = self._table[name]
        if not isinstance(rows, list) or not rows:
            raise PolicyError(f"{self._at}{name} is not a list of days.")
        try:
            days = [date.fromisoformat(f"{_LEAP_YEAR}-{row}") for row in rows]
        except ValueError as error:
            raise PolicyError(f"{self._at}{name} are not days like 06-30.") from error
        if any(day.month == 2 and day.day == 29 for day in days):  # noqa: PLR2004
            raise PolicyError(f"{self._at}{name} has a day that not every year has.")
        if days != sorted(set(days)):
            raise PolicyError(f"{self._at}{name} are not in the order of the year.")
        return tuple((day.month, day.day) for day in days)

    def refuse(self, sentence: str) -> PolicyError:
        return PolicyError(f"{self._at}{sentence}")


def _activity(code: str, table: Mapping[str, Any]) -> Activity:
    entry = _Entry(
        f"activities.{code}.",
        table,
        required={"name", "words", "points", "daily_cap", "monthly_cap"},
        optional={
            "credit", "vote", "evidence", "confirmed_by", "cooldown_minutes", "full_acts", "until"
        },
    )  # fmt: skip
    activity = Activity(
        code=code,
        name=entry.text("name"),
        words=entry.text("words"),
        points=entry.whole("points"),
        daily_cap=entry.whole("daily_cap"),
        monthly_cap=entry.whole("monthly_cap"),
        credit=entry.whole("credit", least=0),
        vote=entry.whole("vote", least=0),
        evidence=entry.choice("evidence", Evidence, Evidence.RECORD),
        confirmed_by=entry.choice("confirmed_by", Confirmer, Confirmer.SYSTEM),
        cooldown_minutes=entry.whole("cooldown_minutes", least=0),
        full_acts=entry.whole("full_acts", least=0),
        until=entry.day("until"),
    )
    if activity.daily_cap < activity.points:
        raise entry.refuse("daily_cap is less than the points of one act.")
    if activity.monthly_cap < activity.daily_cap:
        raise entry.refuse("monthly_cap is less than daily_cap.")
    return activity


def _move(code: str, table: Mapping[str, Any]) -> Move:
    entry = _Entry(f"moves.{code}.", table, required={"name", "words"})
    return Move(code=code, name=entry.text("name"), words=entry.text("words"))


def _season(entry: _Entry) -> Season:
    return Season(
        ends=entry.days_of_year("ends"),
        kept=entry.whole("kept", least=0),
        notice_days=entry.whole("notice_days"),
    )


def _credit(top: _Entry) -> CreditRules:
    entry = top.part("credit", {"prior_confirmed", "prior_rejected", "fades_days", "bands"})
    bands = tuple(
        Band(
            from_percent=band.whole("from_percent", least=0, most=_PERCENT),
            name=band.text("name"),
            audited_percent=band.whole("audited_percent", most=_PERCENT),
            weight=band.whole("weight"),
        )
        for band in entry.parts("bands", {"from_percent", "name", "audited_percent", "weight"})
    )
    _check_steps(entry, "bands", "from_percent", [band.from_percent for band in bands])
    return CreditRules(
        prior_confirmed=entry.whole("prior_confirmed"),
        prior_rejected=entry.whole("prior_rejected", least=0),
        fades_days=entry.whole("fades_days"),
        bands=bands,
    )


def _levels(entry: _Entry) -> Levels:
    steps = tuple(
        Level(
            code=step.text("code"),
            name=step.text("name"),
            points=step.whole("points", least=0),
            opens=step.text("opens"),
            words=step.text("words"),
        )
        for step in entry.parts("steps", {"code", "name", "points", "opens", "words"})
    )
    _check_steps(entry, "steps", "points", [step.points for step in steps])
    return Levels(
        window_days=entry.whole("window_days"),
        grace_days=entry.whole("grace_days", least=0),
        steps=steps,
    )


def _vote(entry: _Entry) -> VoteRules:
    return VoteRules(base=entry.whole("base"), bonus_cap=entry.whole("bonus_cap", least=0))


def _whole_numbers(
    top: _Entry, section: str, rules: type[Moderation] | type[InitiativeRules]
) -> dict[str, int]:
    """Return the section that has a whole number for each field of its rules."""
    names = [field.name for field in fields(rules)]
    entry = top.part(section, set(names))
    return {name: entry.whole(name) for name in names}


def _check_steps(entry: _Entry, name: str, field: str, values: list[int]) -> None:
    if values[0] != 0:
        raise entry.refuse(f"{name}.0.{field} is not 0: everybody begins there.")
    if values != sorted(set(values)):
        raise entry.refuse(f"{name} do not rise in {field}.")


def _tables(table: Mapping[str, Any], name: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    section = table.get(name, {})
    if not isinstance(section, dict):
        raise PolicyError(f"{name} is not a table.")
    for code, entry in section.items():
        if not isinstance(entry, dict):
            raise PolicyError(f"{name}.{code} is not a table.")
        yield code, entry
