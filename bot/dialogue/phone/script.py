"""The states of a call, read from `phone.toml` and checked."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, TypeVar

from channels.call import After, Heard, Listening

KEYS: Final = "0123456789*#"
STAYS: Final = "."
"""As a target: the state in which it was heard."""

Known = TypeVar("Known", bound=StrEnum)

EVENTS: Final = frozenset({*Heard, "digits", "danger"} - {Heard.BEGAN, Heard.KEY, Heard.HUNG_UP})
"""Names of ways that need neither phrase nor key. `danger` are words that tell of an emergency."""

_STATE: Final = frozenset(
    {"prompt", "listen", "after", "wait_seconds", "silence_seconds", "most_seconds", "ways"}
)
_WAY: Final = frozenset({"phrases", "key", "does", "to"})


class ScriptError(Exception):
    """`phone.toml` is wrong; the message names the entry and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What may be heard in a state, what handles it, and the states to which that may lead."""

    name: str
    does: str
    to: tuple[str, ...]
    phrases: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a call may stand: what is asked, how it is listened, and the ways on."""

    name: str
    prompt: str
    listening: Listening
    after: After
    wait_seconds: float
    silence_seconds: float
    most_seconds: float
    ways: Mapping[str, Way]

    @property
    def phrases(self) -> tuple[str, ...]:
        """All that may be said where one of some phrases is expected."""
        return tuple(phrase for way in self.ways.values() for phrase in way.phrases)

    @property
    def keys(self) -> str:
        """All keys that mean something."""
        return "".join(way.key for way in self.ways.values())

    def by_key(self, key: str) -> Way | None:
        """Return the way of a key."""
        return next((way for way in self.ways.values() if way.key == key), None)

    def by_phrase(self, words: str) -> Way | None:
        """Return the way of words that are exactly one of its phrases."""
        return next((way for way in self.ways.values() if words in way.phrases), None)


@dataclass(frozen=True, slots=True)
class Script:
    """All states; `begins` where we are called, `calls` where we call, `ends` where it is over."""

    begins: str
    calls: str
    ends: str
    states: Mapping[str, State]

    def edges(self) -> Iterator[tuple[str, str, str]]:
        """Return every (state, way, next state)."""
        for state in self.states.values():
            for way in state.ways.values():
                yield from ((state.name, way.name, to) for to in way.to)


@cache
def the_script() -> Script:
    """Return the packaged script."""
    return read_script(files("bot.dialogue").joinpath("phone.toml").read_text(encoding="utf-8"))


def read_script(text: str) -> Script:
    """Read a script; ScriptError on any mistake."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScriptError(f"phone.toml is not valid TOML: {error}") from error
    always = table.get("always", {})
    states = {name: _state(name, entry, always) for name, entry in table.get("state", {}).items()}
    script = Script(
        begins=str(table.get("begins")),
        calls=str(table.get("calls")),
        ends=str(table.get("ends")),
        states=MappingProxyType(states),
    )
    _check(script)
    return script


def _state(name: str, entry: Mapping[str, Any], always: Mapping[str, Any]) -> State:
    _only(f"state '{name}'", entry, _STATE)
    listening = _one_of(name, Listening, entry.get("listen", "nothing"))
    own = {key: _way(name, key, way) for key, way in entry.get("ways", {}).items()}
    taken = {way.key for way in own.values()}
    common = [_way(name, key, way) for key, way in always.items() if key not in own]
    if listening in {Listening.NOTHING, Listening.KEYS}:
        common = []
    ways = own | {way.name: _without_key(way, taken, listening) for way in common}
    return State(
        name=name,
        prompt=str(entry.get("prompt", "")),
        listening=listening,
        after=_one_of(name, After, entry.get("after", "listen")),
        wait_seconds=_seconds(name, entry, "wait_seconds", 8.0),
        silence_seconds=_seconds(name, entry, "silence_seconds", 1.5),
        most_seconds=_seconds(name, entry, "most_seconds", 15.0),
        ways=MappingProxyType(ways),
    )


def _one_of(state: str, kind: type[Known], value: str) -> Known:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(kind)
        raise ScriptError(f"state '{state}': '{value}' must be one of: {known}") from None


def _way(state: str, name: str, entry: Mapping[str, Any]) -> Way:
    label = f"way '{name}' of state '{state}'"
    _only(label, entry, _WAY)
    to = tuple(state if target == STAYS else target for target in entry.get("to", ()))
    way = Way(
        name=name,
        does=str(entry.get("does", "")),
        to=tuple(dict.fromkeys(to)),
        phrases=tuple(entry.get("phrases", ())),
        key=str(entry.get("key", "")),
    )
    if not way.does or not way.to:
        raise ScriptError(f"{label}: say what it `does` and where it may lead `to`")
    if way.key and (len(way.key) != 1 or way.key not in KEYS):
        raise ScriptError(f"{label}: '{way.key}' is no key of a telephone")
    if name not in EVENTS and not (way.phrases or way.key):
        raise ScriptError(f"{label}: give it `phrases` or a `key`, or name it as one of {EVENTS}")
    return way


def _without_key(way: Way, taken: set[str], listening: Listening) -> Way:
    """A key that the state itself uses, or that may be a digit, does not mean the usual."""
    digits = listening is Listening.DIGITS and way.key.isdecimal()
    key = "" if digits or way.key in taken else way.key
    return Way(name=way.name, does=way.does, to=way.to, phrases=way.phrases, key=key)


def _seconds(state: str, entry: Mapping[str, Any], name: str, usual: float) -> float:
    value = entry.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise ScriptError(f"state '{state}': '{name}' must be a number of seconds above 0")
    return float(value)


def _only(label: str, entry: Mapping[str, Any], names: frozenset[str]) -> None:
    unknown = sorted(set(entry) - names)
    if unknown:
        known = ", ".join(sorted(names))
        raise ScriptError(f"{label}: unknown field '{unknown[0]}', use one of: {known}")


def _check(script: Script) -> None:
    known = set(script.states)
    for name in (script.begins, script.calls, script.ends):
        if name not in known:
            raise ScriptError(f"phone.toml begins, calls or ends with '{name}', which is no state")
    for state, way, target in script.edges():
        if target not in known:
            raise ScriptError(f"way '{way}' of state '{state}' leads to '{target}', no state")
    for one in script.states.values():
        _check_heard(one)
    lost = sorted(known - _reached(script))
    if lost:
        raise ScriptError(f"no way leads to state '{lost[0]}'")


def _check_heard(state: State) -> None:
    said, keys = state.phrases, state.keys
    if len(set(said)) < len(said) or len(set(keys)) < len(keys):
        raise ScriptError(f"state '{state.name}': a phrase or a key means two things")
    alone = state.listening is Listening.KEYS
    missing = ({Heard.RETURNED} if alone else {Heard.SILENCE, Heard.UNCLEAR}) - set(state.ways)
    if state.listening is not Listening.NOTHING and missing:
        raise ScriptError(f"state '{state.name}': say what comes of {min(missing)}")


def _reached(script: Script) -> set[str]:
    reached: set[str] = set()
    waiting: Sequence[str] = [script.begins, script.calls]
    while waiting:
        reached |= set(waiting)
        ways = (way for name in waiting for way in script.states[name].ways.values())
        waiting = [to for to in {to for way in ways for to in way.to} if to not in reached]
    return reached
