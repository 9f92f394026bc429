"""All cases: by filters that are addresses, as a list or as a board, and by number or words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from aiohttp import web

from bot.model.case import OPEN_STATES, State
from bot.model.number import case_id, spoken_case_id
from bot.model.place import Organisation
from bot.model.staff import Staff
from bot.ports.board import Slice, Tally
from bot.ports.rules import Rules
from bot.ports.storage import Views
from bot.web.cases import Card, agency_name, card
from bot.web.desk.choice import BOARD, COLUMNS, STAGES, Choice, choice_of
from bot.web.desk.queue import urgency
from bot.web.desk.session import SEAT, desk_page
from bot.web.site import see, site_of
from nlp.text.search import pieces_sought

_PAGE: Final = 50
_COLUMN: Final = 20
_NUMBER_MOST: Final = 12


@dataclass(frozen=True, slots=True)
class Column:
    """One stage of the board; `more` when it holds others that are not shown."""

    name: str
    cards: Sequence[Card]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The page's content: `cards` of a list, or `columns` of a board."""

    cards: Sequence[Card]
    columns: Sequence[Column]
    older: int | None
    cut: bool
    counts: Mapping[str, Tally]
    grids: Sequence[Organisation]
    members: Sequence[Staff]
    agencies: Mapping[str, str]


async def show(request: web.Request) -> web.Response:
    """Show the cases of a choice, or go to the case with a number."""
    site, staff = site_of(request), request[SEAT].staff
    choice = choice_of(request.query, site.rules)
    if choice.words:
        found = await site.storage.read(partial(_numbered, choice.words))
        if found is not None:
            raise see(f"/desk/cases/{found}")
    listing = await site.storage.read(partial(_look, site.rules, choice, staff))
    return desk_page(
        request,
        "all.html",
        listing=listing,
        choice=choice,
        stages=tuple(STAGES),
        groups=site.rules.services.groups,
        board=BOARD,
    )


def _numbered(words: str, views: Views) -> int | None:
    """Return the case whose number is in the words, if it has the other words too."""
    alone = _existing("".join(words.split()), views)
    if alone is not None:
        return alone
    for part in words.split():
        found = _existing(part, views)
        rest = pieces_sought(" ".join(other for other in words.split() if other != part))
        if found is not None and views.board.matches(found, rest):
            return found
    return None


def _existing(text: str, views: Views) -> int | None:
    """Read a number as it is written, or as the telephone says it."""
    if len(text) > _NUMBER_MOST:
        return None
    read = (case_id(text.upper()), spoken_case_id(text))
    return next((one for one in read if one and views.cases.page(one) is not None), None)


def _look(rules: Rules, choice: Choice, staff: Staff, views: Views) -> Listing:
    nothing = bool(choice.words) and not pieces_sought(choice.words)
    columns: Sequence[Column] = []
    part = Slice([], None, cut=False)
    if not nothing and choice.board:
        columns = [_column(rules, choice, staff, views, name) for name in COLUMNS]
    elif not nothing:
        sieve = choice.sieve(rules, staff.id, STAGES[choice.stage])
        part = views.board.slice(sieve, before=choice.before, limit=_PAGE)
    counts = {} if nothing else _counts(rules, choice, staff, views)
    agencies = dict.fromkeys(service.agency for service in rules.services.services)
    return Listing(
        cards=_cards(rules, part, views),
        columns=columns,
        older=part.older,
        cut=part.cut,
        counts=counts,
        grids=views.places.grids(),
        members=views.staff.all(),
        agencies={code: agency_name(rules, views, code) for code in agencies},
    )


def _counts(rules: Rules, choice: Choice, staff: Staff, views: Views) -> dict[str, Tally]:
    tallies = views.board.tallies(choice.sieve(rules, staff.id, ()))
    counts = {}
    for name, states in STAGES.items():
        found = [tallies[state] for state in states or State]
        counts[name] = Tally(sum(one.count for one in found), any(one.more for one in found))
    return counts


def _column(rules: Rules, choice: Choice, staff: Staff, views: Views, name: str) -> Column:
    states = STAGES[name]
    sieve = choice.sieve(rules, staff.id, states)
    if OPEN_STATES.issuperset(states):
        part = views.board.first_due(sieve, limit=_COLUMN)
        return Column(name, sorted(_cards(rules, part, views), key=urgency), part.cut)
    part = views.board.slice(sieve, before=None, limit=_COLUMN)
    return Column(name, _cards(rules, part, views), part.older is not None)


def _cards(rules: Rules, part: Slice, views: Views) -> list[Card]:
    asked = views.relations.asked([row.case.id for row in part.rows])
    return [
        card(rules, row, views.now, asked=row.case.id in asked, side="desk") for row in part.rows
    ]
