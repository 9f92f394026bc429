"""抽查分类: cases that were filed without asking and drawn, for a person to say what they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from aiohttp import web

from bot.flow.cases.filing import DRAWN_PERCENT, judge
from bot.ports.filings import Filing
from bot.ports.storage import Views
from bot.web.desk.choices import Choice, choices
from bot.web.desk.once import do_once
from bot.web.desk.session import SEAT, desk_page
from bot.web.site import Site, form_of, number_in, see, service_code_of, site_of

_LIST: Final = "/desk/filings"
_MOST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A case that was drawn: what it was filed as, and what it may be by what is known now."""

    filing: Filing
    service: str
    choices: Sequence[Choice]


async def show_all(request: web.Request) -> web.Response:
    """Show what is to be judged."""
    return await _page(request)


async def judge_one(request: web.Request) -> web.Response:
    """Say what the case should have been filed as."""
    case_id, staff = number_in(request, "case_id"), request[SEAT].staff
    code = service_code_of(site_of(request).rules, await form_of(request))
    problem = await do_once(request, lambda tx: judge(tx, case_id, staff, code))
    if problem:
        return await _page(request, problem=problem)
    raise see(_LIST)


async def _page(request: web.Request, *, problem: str = "") -> web.Response:
    site = site_of(request)
    drawn, count = await site.storage.read(partial(_look, site))
    return desk_page(
        request,
        "filings.html",
        status=409 if problem else 200,
        drawn=drawn,
        count=count,
        groups=site.rules.services,
        percent=DRAWN_PERCENT,
        problem=problem,
    )


def _look(site: Site, views: Views) -> tuple[Sequence[Drawn], int]:
    found = views.filings.to_judge(_MOST)
    return [_drawn(site, one) for one in found], views.filings.to_judge_count()


def _drawn(site: Site, filing: Filing) -> Drawn:
    return Drawn(
        filing=filing,
        service=site.rules.service(filing.service_code).name,
        choices=choices(site.rules, site.interpreter, filing.words),
    )
