"""What is counted after the simulated month, from the history that the service itself wrote."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

import sqlalchemy as sa

from bot.console.month.world import World
from bot.model.case import (
    DUTIES,
    TRANSITIONS,
    EventKind,
    Party,
    State,
    Transition,
    Trigger,
)
from bot.model.clock import OnTime
from bot.store import tables as t

_KINDS: Final = {"resident": {Party.REPORTER}, "system": {Party.SYSTEM},
                 "staff": {Party.HANDLER, Party.DISPATCHER}}  # fmt: skip

_GIVEN: Final = frozenset({Trigger.ASSIGN, Trigger.TAKE, Trigger.HAND_OVER})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a history, with the state the case was in before."""

    case_id: int
    kind: EventKind
    trigger: Trigger | None
    before: State
    state: State
    actor: str
    at: datetime
    handler_id: int | None


@dataclass(frozen=True, slots=True)
class Fairness:
    """How evenly work lies on people: cases given to each for each place of their capacity."""

    handlers: int
    least: float
    middle: float
    most: float
    gini: float


def figures(world: World, clocks: Sequence[OnTime], *, days: int) -> dict[str, Any]:
    """Return everything the report tells, as plain values; the same seed gives the same."""
    lines = history(world.engine)
    cases = world.standings()
    rows = [
        {
            "trigger": row.trigger.value,
            "from": sorted(state.value for state in row.sources),
            "to": row.target.value,
            "by": sorted(party.value for party in row.parties),
            "count": sum(_is_of(line, row) for line in lines),
        }
        for row in TRANSITIONS
    ]
    ends = Counter(there.state for there in cases.values())
    return {
        "days": days,
        "seed": world.seed,
        "messages": world.written,
        "cases": len(cases),
        "ends": {state.value: ends[state] for state in State if state not in DUTIES},
        "open": sum(ends[state] for state in DUTIES),
        "reopened": sum(line.trigger is Trigger.DISPUTE for line in lines),
        "transitions": rows,
        "clocks": _clocks(clocks),
        "fairness": {agency: _told(one) for agency, one in _fairness(world, lines).items()},
        "longest": _longest(lines),
        "refused": dict(sorted(world.refused.items())),
    }


def never(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of the table that never happened."""
    return [row for row in found["transitions"] if not row["count"]]


def history(engine: sa.Engine) -> list[Line]:
    """Return all histories, each in order."""
    c = t.case_event.c
    with engine.connect() as connection:
        rows = connection.execute(
            sa.select(c.case_id, c.kind, c.trigger, c.state, c.actor, c.at, c.handler_id).order_by(
                c.case_id, c.id
            )
        ).all()
    lines: list[Line] = []
    for row in rows:
        same = bool(lines) and lines[-1].case_id == row.case_id
        before = lines[-1].state if same else State.FOUND
        trigger = Trigger(row.trigger) if row.trigger else None
        lines.append(
            Line(
                row.case_id, EventKind(row.kind), trigger, before, State(row.state), row.actor,
                row.at, row.handler_id,
            )
        )  # fmt: skip
    return lines


def gini(shares: Sequence[float]) -> float:
    """Return 0 when all carry the same, near 1 when one carries everything."""
    total = sum(shares)
    if not total:
        return 0.0
    ranked = sorted(shares)
    weighted = sum(rank * share for rank, share in enumerate(ranked, 1))
    count = len(ranked)
    return (2 * weighted) / (count * total) - (count + 1) / count


def _is_of(line: Line, row: Transition) -> bool:
    kind = line.actor.partition(":")[0]
    return (
        line.trigger is row.trigger
        and line.before in row.sources
        and bool(_KINDS.get(kind, set()) & row.parties)
    )


def _clocks(found: Sequence[OnTime]) -> dict[str, dict[str, int]]:
    """Return of each clock how often the promise was kept, and how often missed."""
    return {one.kind.value: {"kept": one.kept, "missed": one.late + one.overdue} for one in found}


def _fairness(world: World, lines: Sequence[Line]) -> dict[str, Fairness]:
    """Return it over all who got something to do, and within each agency of several."""
    given = Counter(line.handler_id for line in lines if line.trigger in _GIVEN)
    shares: defaultdict[str, list[float]] = defaultdict(list)
    for member in world.staff:
        if given[member.id]:
            shares["all"].append(given[member.id] / member.capacity)
            shares[member.agency].append(given[member.id] / member.capacity)
    several = {agency: of for agency, of in sorted(shares.items()) if len(of) > 1}
    return {
        agency: Fairness(len(of), min(of), median(of), max(of), gini(of))
        for agency, of in several.items()
    }


def _told(one: Fairness) -> dict[str, float]:
    return {
        "handlers": one.handlers,
        "min": round(one.least, 3),
        "median": round(one.middle, 3),
        "max": round(one.most, 3),
        "gini": round(one.gini, 3),
    }


def _longest(lines: Sequence[Line]) -> dict[str, float]:
    """Return in hours how long somebody waited at most: for a handler, and for the solution."""
    handler = solution = timedelta()
    waiting: dict[int, datetime] = {}
    unsolved: dict[int, datetime] = {}
    for line in lines:
        if line.kind is EventKind.FOUND or line.state is State.REOPENED:
            waiting.setdefault(line.case_id, line.at)
            unsolved.setdefault(line.case_id, line.at)
        if line.trigger in _GIVEN and line.case_id in waiting:
            handler = max(handler, line.at - waiting.pop(line.case_id))
        if line.trigger is Trigger.RESOLVE and line.case_id in unsolved:
            solution = max(solution, line.at - unsolved.pop(line.case_id))
    return {
        "handler_hours": round(handler / timedelta(hours=1), 1),
        "solution_hours": round(solution / timedelta(hours=1), 1),
    }
