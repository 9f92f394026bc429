"""Routing rules, their history, and what was misrouted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bot.model.case import Case
from bot.model.routing import Match, Route, Target
from bot.ports.routes import Misrouted, PastCase, RouteChange, RouteLine
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.prepared import Prepared

_KEPT: Final = Prepared(
    sa.select(t.route).where(sa.not_(t.route.c.removed)).order_by(t.route.c.position, t.route.c.id)
)


class SqlRoutes:
    """See `bot.ports.routes.Routes`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def all(self) -> Sequence[Route]:
        """Return the rules in order."""
        return [_route(row) for row in self._unit.run(_KEPT)]

    def history(self, limit: int) -> Sequence[RouteLine]:
        """Return what happened to the rules."""
        rows = self._unit.run(
            sa.select(t.route_change).order_by(t.route_change.c.id.desc()).limit(limit)
        )
        return [
            RouteLine(
                route_id=row.route_id,
                staff_id=row.staff_id,
                what=RouteChange(row.what),
                at=row.at,
            )
            for row in rows
        ]

    def past(self, since: datetime, limit: int) -> Sequence[PastCase]:
        """Return the newest cases."""
        case, personal = t.case_file.c, self._unit.personal
        rows = self._unit.run(
            sa.select(
                case.id,
                case.service_code,
                case.grid_id,
                case.place,
                case.description,
                case.opened_at,
            )
            .where(case.opened_at >= since)
            .order_by(case.id.desc())
            .limit(limit)
        )
        return [
            PastCase(
                id=row.id,
                service_code=row.service_code,
                grid_id=row.grid_id,
                place=personal.open("case_file.place", row.place),
                words=personal.open("case_file.description", row.description),
                opened_at=row.opened_at,
            )
            for row in rows
        ]

    def misrouted(self, since: datetime) -> Sequence[Misrouted]:
        """Count what was sent back."""
        count = sa.func.count().label("n")
        rows = self._unit.run(
            sa.select(t.misroute.c.service_code, t.misroute.c.agency, count)
            .where(t.misroute.c.at >= since)
            .group_by(t.misroute.c.service_code, t.misroute.c.agency)
            .order_by(count.desc(), t.misroute.c.service_code)
        )
        return [Misrouted(row.service_code, row.agency, row.n) for row in rows]

    def add(self, match: Match, target: Target, *, by: int | None) -> int:
        """Add a rule at the end."""
        last = self._unit.run(sa.select(sa.func.max(t.route.c.position))).scalar() or 0
        begins, ends = match.hours or (None, None)
        route_id = self._unit.insert(
            t.route,
            {
                "position": last + 1,
                "service_code": match.service_code,
                "service_group": match.group,
                "grid_id": match.grid_id,
                "place": match.place,
                "weekdays": "".join(str(day) for day in sorted(match.weekdays)),
                "from_minute": begins,
                "until_minute": ends,
                "words": "\n".join(match.words),
                "agency": target.agency,
                "staff_id": target.staff_id,
                "urgent": target.urgent,
                "enabled": False,
                "proposed": by is None,
                "removed": False,
            },
        )
        self._log(route_id, by, RouteChange.PROPOSED if by is None else RouteChange.ADDED)
        return route_id

    def switch(self, route_id: int, *, on: bool, by: int) -> None:
        """Switch on or off."""
        values = {"enabled": on} | ({"proposed": False} if on else {})
        self._set(route_id, **values)
        self._log(route_id, by, RouteChange.SWITCHED_ON if on else RouteChange.SWITCHED_OFF)

    def move(self, route_id: int, *, up: bool, by: int) -> None:
        """Change places with the neighbour; the first goes no higher."""
        order = [row.id for row in self._unit.run(_KEPT)]
        place = order.index(route_id)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(order):
            return
        order[place], order[other] = order[other], order[place]
        for position, identifier in enumerate(order, 1):
            self._set(identifier, position=position)
        self._log(route_id, by, RouteChange.MOVED_UP if up else RouteChange.MOVED_DOWN)

    def remove(self, route_id: int, *, by: int) -> None:
        """Take it off the list; the row is kept."""
        self._set(route_id, enabled=False, removed=True)
        self._log(route_id, by, RouteChange.REMOVED)

    def was_known(self, service_code: str, agency: str) -> bool:
        """Say whether there ever was such a rule."""
        row = self._unit.run(
            sa.select(t.route.c.id)
            .where(t.route.c.service_code == service_code, t.route.c.agency == agency)
            .limit(1)
        ).first()
        return row is not None

    def sent_back(self, case: Case, staff_id: int) -> None:
        """Count it."""
        self._unit.insert(
            t.misroute,
            {
                "case_id": case.id,
                "staff_id": staff_id,
                "service_code": case.service_code,
                "agency": case.agency,
                "went_to": "",
                "at": self._unit.now,
            },
        )

    def settled(self, case: Case) -> bool:
        """Say where it went."""
        changed = self._unit.run(
            t.misroute.update()
            .where(t.misroute.c.case_id == case.id, t.misroute.c.went_to == "")
            .values(went_to=case.agency)
        )
        return changed.rowcount > 0

    def repeated(self, service_code: str, agency: str, since: datetime) -> int:
        """Count where they went."""
        found = self._unit.run(
            sa.select(sa.func.count()).where(
                t.misroute.c.service_code == service_code,
                t.misroute.c.went_to == agency,
                t.misroute.c.agency != agency,
                t.misroute.c.at >= since,
            )
        ).scalar()
        return int(found or 0)

    def _set(self, route_id: int, **values: Any) -> None:
        self._unit.run(t.route.update().where(t.route.c.id == route_id).values(**values))

    def _log(self, route_id: int, by: int | None, what: RouteChange) -> None:
        self._unit.insert(
            t.route_change,
            {"route_id": route_id, "staff_id": by, "what": what.value, "at": self._unit.now},
        )


def _route(row: sa.Row[Any]) -> Route:
    hours = None if row.from_minute is None else (row.from_minute, row.until_minute)
    return Route(
        id=row.id,
        match=Match(
            service_code=row.service_code,
            group=row.service_group,
            grid_id=row.grid_id,
            place=row.place,
            weekdays=frozenset(int(day) for day in row.weekdays),
            hours=hours,
            words=tuple(row.words.split("\n")) if row.words else (),
        ),
        target=Target(agency=row.agency, staff_id=row.staff_id, urgent=row.urgent),
        enabled=row.enabled,
        proposed=row.proposed,
    )
