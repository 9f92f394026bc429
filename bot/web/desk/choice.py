"""What somebody chose to see of all cases: an address that can be sent to a colleague."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from bot.model.case import OPEN_STATES, State
from bot.ports.board import Sieve
from bot.ports.rules import Rules
from nlp.text.search import pieces_sought

EVERYTHING: Final = "all"
_OPEN: Final = "open"
STAGES: Final = MappingProxyType(
    {
        _OPEN: tuple(sorted(OPEN_STATES)),
        "waiting": (State.FOUND, State.REOPENED),
        "assigned": (State.ASSIGNED,),
        "on_site": (State.ON_SITE,),
        "follow_up": (State.FOLLOW_UP,),
        "archived": (State.ARCHIVED,),
        "elsewhere": (State.OUT_OF_SCOPE, State.MERGED, State.WITHDRAWN),
        EVERYTHING: (),
    }
)
COLUMNS: Final = ("waiting", "assigned", "on_site", "follow_up")
_FIELDS: Final = ("q", "stage", "group", "grid", "handler", "agency", "from", "until", "view")
_TICKS: Final = ("late", "urgent")
ME: Final = "me"
_WORDS_MOST: Final = 60
_DIGITS_MOST: Final = 15
BOARD: Final = "board"


@dataclass(frozen=True, slots=True)
class Choice:
    """The filters as they stand in the address; what is wrong there is not in `given`."""

    given: Mapping[str, str]
    before: int | None

    @property
    def stage(self) -> str:
        """Return the chosen stage: who looks for words looks everywhere."""
        return self.given.get("stage") or (EVERYTHING if self.words else _OPEN)

    @property
    def words(self) -> str:
        """Return what is looked for."""
        return self.given.get("q", "")

    @property
    def board(self) -> bool:
        """Whether columns are asked for instead of a list."""
        return self.given.get("view") == BOARD

    @property
    def narrowed(self) -> bool:
        """Whether anything but the stage is chosen."""
        return any(name not in {"stage", "view"} for name in self.given)

    @property
    def mine(self) -> bool:
        """Whether only one's own cases are asked for."""
        return self.given.get("handler") == ME

    def link(self, **changes: str) -> str:
        """Return the address with these fields changed; an empty one is left out."""
        fields = {name: value for name, value in {**self.given, **changes}.items() if value}
        return f"/desk/all?{urlencode(fields)}" if fields else "/desk/all"

    def has(self, name: str) -> bool:
        """Say whether a filter is on."""
        return name in self.given

    def sieve(self, rules: Rules, staff_id: int, states: tuple[State, ...]) -> Sieve:
        """Return what cases have to be."""
        handler = str(staff_id) if self.mine else self.given.get("handler", "")
        day = timedelta(days=1)
        until = _day(self.given.get("until", ""), rules)
        return Sieve(
            states=states,
            services=tuple(
                service.code
                for service in rules.services.services
                if service.group == self.given.get("group")
            ),
            agency=self.given.get("agency", ""),
            grid_id=_number(self.given.get("grid", "")),
            handler_id=_number(handler),
            late=self.has("late"),
            urgent=self.has("urgent"),
            since=_day(self.given.get("from", ""), rules),
            until=until + day if until is not None else None,
            words=pieces_sought(self.words),
        )


def choice_of(query: Mapping[str, str], rules: Rules) -> Choice:
    """Read the address; what means nothing is passed over."""
    given = {name: query.get(name, "").strip()[:_WORDS_MOST] for name in _FIELDS}
    known = {
        "q": True,
        "stage": given["stage"] in STAGES,
        "group": any(group.code == given["group"] for group in rules.services.groups),
        "grid": _number(given["grid"]) is not None,
        "handler": given["handler"] == ME or _number(given["handler"]) is not None,
        "agency": any(service.agency == given["agency"] for service in rules.services.services),
        "from": _day(given["from"], rules) is not None,
        "until": _day(given["until"], rules) is not None,
        "view": given["view"] == BOARD,
    }
    kept = {name: given[name] for name in _FIELDS if given[name] and known[name]}
    ticks = {name: "1" for name in _TICKS if query.get(name) == "1"}
    return Choice(MappingProxyType(kept | ticks), _number(query.get("before", "")))


def _number(text: str) -> int | None:
    fits = text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MOST
    return int(text) if fits else None


def _day(text: str, rules: Rules) -> datetime | None:
    try:
        day = datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007  the zone is the community's
    except ValueError:
        return None
    return datetime.combine(day, time.min, rules.hours.zone)
