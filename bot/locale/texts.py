"""Sentences by key, filled in; and times as people say them."""

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

PARTS: Final = (
    "talk", "case", "chat", "places", "pages", "guest", "desk", "console", "telegram", "answers",
    "phone", "points", "claims", "initiatives", "team", "remarks", "votes",
)  # fmt: skip

ANSWER_FIELDS: Final = frozenset({"place", "time", "name"})
"""What a template for an answer of staff is filled with."""


class TextError(Exception):
    """A locale file is wrong; the message names the key and what to do."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The sentences of one language, by dotted key."""

    sentences: Mapping[str, str] = field(repr=False)
    zone: tzinfo

    def say(self, key: str, /, **values: object) -> str:
        """Return the sentence with its values; a missing key is a mistake of ours."""
        try:
            return self.sentences[key].format_map(values)
        except KeyError as missing:
            raise TextError(f"the locale has no text or value {missing} for {key!r}") from missing

    def has(self, key: str) -> bool:
        """Say whether there is such a sentence."""
        return key in self.sentences

    def answers(self, **values: str) -> dict[str, str]:
        """Return the templates for answers of staff, filled in, by their titles."""
        heads = [key for key in self.sentences if key.startswith("answers.")]
        names = dict.fromkeys(key.rsplit(".", 1)[0] for key in heads)
        return {self.say(f"{name}.title"): self.say(f"{name}.text", **values) for name in names}

    def moment(self, when: datetime, now: datetime) -> str:
        """Say a time as people do: 今天下午4点, 明天上午9点半, 12月3日上午10点."""
        local, today = when.astimezone(self.zone), now.astimezone(self.zone).date()
        day, hour = _as_said(local)
        return self._day(day, today) + self._part(hour) + self._clock(hour, local.minute)

    def span(self, first: datetime, last: datetime, now: datetime) -> str:
        """Say from when to when, what both have in common once: 今天下午4点到5点半."""
        ends = last.astimezone(self.zone)
        (day, hour), (last_day, last_hour) = _as_said(first.astimezone(self.zone)), _as_said(ends)
        until = self._clock(last_hour, ends.minute)
        if day != last_day:
            until = self.moment(last, now)
        elif self._part(hour) != self._part(last_hour):
            until = self._part(last_hour) + until
        return self.say("case.time.span", first=self.moment(first, now), last=until)

    def day(self, when: datetime, now: datetime) -> str:
        """Say the day alone."""
        return self._day(when.astimezone(self.zone).date(), now.astimezone(self.zone).date())

    def _day(self, day: date, today: date) -> str:
        near = {0: "today", 1: "tomorrow", 2: "after_tomorrow", -1: "yesterday"}
        name = near.get((day - today).days)
        if name:
            return self.say(f"case.time.{name}")
        key = "case.time.date" if day.year == today.year else "case.time.full_date"
        return self.say(key, year=day.year, month=day.month, day=day.day)

    def _part(self, hour: int) -> str:
        """Return the part of the day: noon is the hour after twelve, 11:30 is still morning."""
        bounds = ((5, "night"), (8, "early"), (12, "morning"), (13, "noon"), (18, "afternoon"))
        part = next((name for end, name in bounds if hour < end), "evening")
        return self.say(f"case.time.{part}")

    def _clock(self, hour: int, minute: int) -> str:
        said = hour - 12 if hour > 12 else hour  # noqa: PLR2004  twelve-hour clock
        key = {0: "hour", 30: "half"}.get(minute, "minutes")
        return self.say(f"case.time.{key}", hour=said, minutes=f"{minute:02d}")


def _as_said(local: datetime) -> tuple[date, int]:
    """Return the day and hour that people name: midnight is twelve of the evening that ends."""
    if local.hour == local.minute == 0:
        return local.date() - timedelta(days=1), 24
    return local.date(), local.hour


def load_texts(
    zone: tzinfo, language: str = "zh-CN", own: Mapping[str, str] | None = None
) -> Texts:
    """Read the language's files; `own` maps a part to the text of an operator's file."""
    sentences: dict[str, str] = {}
    for part in PARTS:
        sentences |= _packaged(language, part)
        if own and part in own:
            sentences |= _part(part, own[part])
    return Texts(sentences, zone)


@cache
def _packaged(language: str, part: str) -> Mapping[str, str]:
    file = files("bot.locale").joinpath(language, f"{part}.toml")
    return MappingProxyType(_part(part, file.read_text(encoding="utf-8")))


def _part(part: str, text: str) -> dict[str, str]:
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TextError(f"locale file {part}.toml is not valid TOML: {error}") from error
    return dict(_flatten(part, tree))


def _flatten(prefix: str, tree: Mapping[str, Any]) -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for name, value in tree.items():
        key = f"{prefix}.{name}"
        if isinstance(value, Mapping):
            flat += _flatten(key, value)
        elif isinstance(value, str):
            _check(key, value)
            flat.append((key, value))
        else:
            raise TextError(f"locale text {key} must be a string in quotes")
    return flat


def _check(key: str, value: str) -> None:
    try:
        fields = {name for _, name, _, _ in string.Formatter().parse(value) if name is not None}
    except ValueError as error:
        raise TextError(f"locale text {key} has a brace that does not match: {error}") from error
    if key.startswith("answers.") and not fields <= ANSWER_FIELDS:
        known = ", ".join(sorted(ANSWER_FIELDS))
        raise TextError(f"locale text {key} may only have these in braces: {known}")
