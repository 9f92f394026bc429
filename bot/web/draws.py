"""What binds the draws of audits, for anybody: nobody can have chosen who is looked at again."""

import re
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from bot.ports.moderation import AuditPeriod
from bot.ports.rules import Rules
from bot.ports.storage import Views
from bot.web.site import site_of
from credits.drawing import is_told, is_true

PERIODS_MOST: Final = 12
_PERIOD: Final = re.compile(r"[0-9]{4}-[0-9]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A period; its secret, and how many draws follow from it, once that is told."""

    committed: AuditPeriod
    secret: str
    count: int
    broken: int


def period_of(rules: Rules, committed: AuditPeriod, views: Views) -> Period:
    """Read the period; its secret is told when all that it draws for should be decided."""
    if not is_told(committed.period, f"{views.now.astimezone(rules.texts.zone):%Y-%m}"):
        return Period(committed=committed, secret="", count=0, broken=0)
    secret = views.audit_book.secret(committed.period)
    draws = views.audit_book.draws_of(committed.period)
    broken = sum(not is_true(one, secret, committed.committed) for one in draws)
    return Period(committed=committed, secret=secret, count=len(draws), broken=broken)


async def show(request: web.Request) -> web.Response:
    """Show each month: what was published before, and what is told when it is over."""
    site = site_of(request)

    def look(views: Views) -> list[Period]:
        return [period_of(site.rules, one, views) for one in views.audit_book.periods(PERIODS_MOST)]

    return site.page("draws.html", periods=await site.storage.read(look))


async def show_month(request: web.Request) -> web.Response:
    """Send the rolls of a month that is over, a line each.

    Not the share that each roll was held against: it tells how reliable somebody's records are.
    """
    site, name = site_of(request), request.match_info["period"]
    if not _PERIOD.fullmatch(name):
        raise web.HTTPNotFound

    def look(views: Views) -> str:
        committed = next((one for one in views.audit_book.periods(999) if one.period == name), None)
        if committed is None or not period_of(site.rules, committed, views).secret:
            raise web.HTTPNotFound
        draws = sorted(views.audit_book.draws_of(name), key=lambda one: one.claim_id)
        rows = [f"{one.claim_id}\t{one.roll}\t{int(one.audited)}" for one in draws]
        return "\n".join(["claim\troll\taudited", *rows, ""])

    return web.Response(text=await site.storage.read(look), content_type="text/plain")
