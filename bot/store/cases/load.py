"""What each member carries: a row that changes with the cases, in the same unit."""

from typing import Final

import sqlalchemy as sa

from bot.model.case import Case
from bot.model.dispatch import carried
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.prepared import Prepared

_CHANGE: Final = Prepared(
    t.staff_load.update()
    .where(t.staff_load.c.staff_id == sa.bindparam("of_staff"))
    .values(
        cases=t.staff_load.c.cases + sa.bindparam("more_cases"),
        weight=t.staff_load.c.weight + sa.bindparam("more_weight"),
        given_at=sa.func.coalesce(
            sa.bindparam("given", type_=t.Instant()), t.staff_load.c.given_at
        ),
    )
)


def shift_load(unit: Unit, before: Case, after: Case) -> None:
    """Move the weight of the case from who carried it to who carries it now."""
    left, taken = carried(before), carried(after)
    if left == taken:
        return
    changes: dict[int, tuple[int, int]] = {}
    for load, sign in ((left, -1), (taken, 1)):
        if load is not None:
            staff_id, weight = load
            cases, sum_ = changes.get(staff_id, (0, 0))
            changes[staff_id] = cases + sign, sum_ + sign * weight
    for staff_id, (cases, weight) in sorted(changes.items()):  # in one order, against deadlocks
        unit.run(
            _CHANGE,
            of_staff=staff_id,
            more_cases=cases,
            more_weight=weight,
            given=unit.now if cases > 0 else None,
        )
