"""What is counted, on one page: limits, other organisations, how work was given out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from aiohttp import web

from bot.flow.cases.routing import agency_name
from bot.model.clock import Clock, OnTime
from bot.model.staff import week_time
from bot.oversight.permissions import Right, may
from bot.oversight.sample import Share, share
from bot.ports import dispatch, referrals
from bot.ports.directory import Member
from bot.ports.filings import Filed
from bot.ports.routes import Misrouted
from bot.ports.rules import Rules
from bot.ports.storage import Views
from bot.web.desk.session import desk_page
from bot.web.site import site_of

_PERIODS: Final = (7, 30, 90)
_USUAL: Final = 30
_ORDER: Final = tuple(Clock)
_MISROUTED_MOST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """The page's content."""

    clocks: Sequence[OnTime]
    asked: Sequence[referrals.Tally]
    decided: dispatch.Tally
    misrouted: Sequence[Misrouted]
    members: Sequence[Member]
    filed: Filed
    accuracy: Share | None


async def show(request: web.Request) -> web.Response:
    """Show the figures of the last days."""
    site = site_of(request)
    period = next((one for one in _PERIODS if str(one) == request.query.get("days")), _USUAL)
    sight = await site.storage.read(partial(_look, site.rules, period))
    return desk_page(
        request,
        "figures.html",
        sight=sight,
        periods=_PERIODS,
        period=period,
        service_name=lambda code: site.rules.service(code).name,
        agency_name=partial(agency_name, site.rules),
    )


def _look(rules: Rules, days: int, views: Views) -> Sight:
    since = views.now - timedelta(days=days)
    everybody = views.directory.everybody(week_time(views.now, rules.hours.zone))
    handle = [one for one in everybody if one.active and may(one.post.role, Right.HANDLE_CASE)]
    filed = views.filings.filed(since)
    return Sight(
        filed=filed,
        accuracy=share(filed.right, filed.judged) if filed.judged else None,
        clocks=sorted(
            (one for one in views.clocks.on_time(since, views.now) if one.share is not None),
            key=lambda one: _ORDER.index(one.kind),
        ),
        asked=views.referrals.tallies(since),
        decided=views.dispatch.tally(since),
        misrouted=views.routes.misrouted(since)[:_MISROUTED_MOST],
        members=sorted(handle, key=lambda one: -one.weight / one.post.capacity),
    )
