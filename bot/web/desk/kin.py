"""What hangs together with a case: who else met with it, what it was merged into or split from."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.flow.cases.together import others
from bot.model.case import OPEN_STATES, Case
from bot.model.number import case_number
from bot.ports.incidents import Incidents
from bot.ports.storage import Views
from bot.web.cases import summary

_ALIKE_MOST = 30
_OFFERED_MOST = 6
_SHOWN_MOST = 3


@dataclass(frozen=True, slots=True)
class Relative:
    """Another case, as a link says it."""

    id: int
    number: str
    place: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """The relations of a case. `alike` are those it could be merged into, same place first.

    `same` are those that may be the same incident, by what was said of them.
    """

    others: int
    asked: bool
    main: Relative | None
    joined: Sequence[Relative]
    splits: Sequence[Relative]
    alike: Sequence[Relative]
    same: Sequence[Relative]


def kin_of(views: Views, case: Case, incidents: Incidents) -> Kin:
    """Read the relations of the case."""
    same = _same(views, case, incidents) if case.state in OPEN_STATES else []
    relations = views.relations
    link, awaited = relations.main_of(case.id), relations.awaited(case.id)
    return Kin(
        others=others(relations, case),
        asked=awaited is not None and awaited.asked and case.state in OPEN_STATES,
        main=None if link is None else _relative(views, link.other_id),
        joined=[_relative(views, one.case_id) for one in relations.joined(case.id)],
        splits=[_relative(views, one) for one in relations.splits(case.id)],
        alike=_alike(views, case, same) if case.state in OPEN_STATES else [],
        same=same,
    )


def _same(views: Views, case: Case, incidents: Incidents) -> list[Relative]:
    """Return the open cases that speak most of what this one speaks of, those there first."""
    found = incidents.alike(case, limit=_OFFERED_MOST)
    open_ = {
        row.case.id: row.case
        for row in views.cases.of_ids(found)
        if row.case.state in OPEN_STATES and row.case.service_code == case.service_code
    }
    alike = [open_[one] for one in found if one in open_]
    alike.sort(key=lambda other: not _is_there(case, other))
    return [_of(other) for other in alike][:_SHOWN_MOST]


def _is_there(case: Case, other: Case) -> bool:
    """Say whether one place is the other, or within it."""
    outer, inner = sorted((case.place, other.place), key=len)
    return bool(outer) and inner.startswith(outer)


def _alike(views: Views, case: Case, same: Sequence[Relative]) -> list[Relative]:
    found = views.relations.alike(case.id, case.service_code, _ALIKE_MOST)
    pages = [page for page in map(views.cases.page, found) if page is not None]
    pages.sort(key=lambda page: (page.case.place != case.place, page.case.grid_id != case.grid_id))
    known = {one.id for one in same}
    others = [_of(page.case) for page in pages if page.case.id not in known]
    return [*same, *others][:_OFFERED_MOST]


def _relative(views: Views, case_id: int) -> Relative:
    page = views.cases.page(case_id)
    return Relative(case_id, case_number(case_id), "", "") if page is None else _of(page.case)


def _of(case: Case) -> Relative:
    return Relative(case.id, case.number, case.place, summary(case.description))
