"""Who looks at the pages of a team, and the forms that she sends from them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from aiohttp import web

from bot.model.case import RefusedError
from bot.model.initiative import Initiative
from bot.model.people import Contact
from bot.model.team import JOINABLE, WORKING
from bot.oversight.permissions import Service, served
from bot.ports.bell import INITIATIVES
from bot.ports.positions import Mark
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from bot.web.check_in import WrongError, position_of
from bot.web.live import Fresh
from bot.web.site import Form, Site, form_of, number_of, see, site_of
from bot.web.visitor import CHANNEL, known_visitor
from channels.message import Position

TOPICS: Final = frozenset({INITIATIVES})
NOTHING: Final[Form] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Standing:
    """How a visitor stands to an initiative's team; `person_id` is None of a stranger.

    `people` is how many carry it out.
    """

    one: Initiative
    person_id: int | None
    known: bool
    belongs: bool
    people: int

    @property
    def leads(self) -> bool:
        """Say whether it is hers."""
        return self.person_id == self.one.author_id

    @property
    def works(self) -> bool:
        """Say whether tasks and shifts are made and taken."""
        return self.one.state in WORKING


@dataclass(frozen=True, slots=True)
class Sent:
    """A form of this browser's visitor, and the initiative or shift that it is about."""

    rules: Rules
    contact: Contact
    about: int
    form: Form
    now: datetime

    @property
    def person_id(self) -> int:
        """Who sent it."""
        return self.contact.person_id

    @property
    def item(self) -> int:
        """Which task or whose place."""
        return number_of(self.form, "item")

    @property
    def position(self) -> Position:
        """Where the browser says to be."""
        try:
            found = position_of(self.form, self.now)
        except WrongError:
            found = None
        if found is None:
            raise RefusedError("shift_doubtful")
        return found

    def mark(self, tx: Tx) -> Mark | None:
        """Return the checkpoint that was chosen."""
        chosen = number_of(self.form, "mark")
        return next((one for one in tx.grids.marks() if one.id == chosen), None)


Deed = Callable[[Tx, Sent], object]


def standing(views: Views, number: int, address: str | None) -> Standing | None:
    """Return how the visitor stands to it; None where there is no team to be shown."""
    one = views.initiatives.find(number)
    if one is None or one.state not in JOINABLE or one.hidden:
        return None
    contact = None if address is None else views.people.find(CHANNEL, address)
    person = None if contact is None else views.people.person(contact.person_id)
    team = {one.author_id, *views.teams.members(one.id)}
    return Standing(
        one=one,
        person_id=None if person is None else person.id,
        known=person is not None and served(person.verification, Service.PLEDGE),
        belongs=person is not None and person.id in team,
        people=len(team),
    )


async def send(
    request: web.Request, about: int, deeds: Mapping[str, Deed]
) -> tuple[Form, object | RefusedError]:
    """Do what the form says; return it with what came of it, or why it was refused."""
    site, form = site_of(request), await form_of(request)
    deed = deeds.get(form.get("do", ""))
    if deed is None:
        raise see(request.path)
    try:
        return form, await site.storage.write(
            lambda tx: deed(tx, Sent(site.rules, _visitor(tx, request), about, form, tx.now))
        )
    except RefusedError as refused:
        return form, refused


def missing(number: int) -> web.HTTPException:
    """Return the way to the page of the initiative, where it is said what became of it."""
    return see(f"/initiatives/{number}")


def gone(site: Site) -> Fresh:
    """Return what an open page shows once there is nothing to be shown any more."""
    return Fresh(site.pages.piece("team_gone.html", site.clock.now()), TOPICS)


def _visitor(tx: Tx, request: web.Request) -> Contact:
    address = known_visitor(request)
    contact = None if address is None else tx.people.find(CHANNEL, address)
    if contact is None:
        raise RefusedError("pledge_stranger")
    return contact
