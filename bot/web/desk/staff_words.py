"""Posts of members in words, as a filled form, and from what was typed."""

import re
from collections.abc import Mapping, Sequence
from datetime import time
from itertools import groupby
from typing import Final

from bot.locale.texts import Texts
from bot.model.case import RefusedError
from bot.model.shifts import Span, shifts_of, spans_of
from bot.model.staff import Post, Role, Shift
from bot.web.site import Form, number_of

SPANS_MOST: Final = 8
_SKILL: Final = "skill-"
_GRID: Final = "grid-"
_LEAD: Final = "lead-"
_DAYS: Final = range(7)
_DIGITS: Final = re.compile(r"[0-9]{1,15}")  # fits the database


def filled(post: Post) -> dict[str, str]:
    """Return the form of a post as it stands."""
    form = {
        "name": post.name,
        "role": post.role.value,
        "organisation": str(post.organisation_id),
        "agency": post.agency,
        "capacity": str(post.capacity),
    }
    form |= {f"{_SKILL}{code}": "1" for code in post.skills}
    form |= {f"{_GRID}{grid}": "1" for grid in post.grids}
    form |= {f"{_LEAD}{grid}": "1" for grid, lead in post.grids.items() if lead}
    for number, span in enumerate(spans_of(post.shifts)[:SPANS_MOST]):
        form |= {f"day{day}-{number}": "1" for day in span.days}
        form |= {f"from-{number}": _clock(span.begins), f"until-{number}": _clock(span.ends)}
    return form


def read_post(form: Form) -> Post:
    """Return what was typed; a RefusedError names what is wrong."""
    try:
        role = Role(form.get("role", ""))
    except ValueError:
        raise RefusedError("staff_unknown") from None
    leads = _numbers(form, _LEAD)
    return Post(
        name=" ".join(form.get("name", "").split()),
        role=role,
        organisation_id=number_of(form, "organisation"),
        agency=form.get("agency", ""),
        capacity=number_of(form, "capacity"),
        skills=frozenset(name.removeprefix(_SKILL) for name in form if name.startswith(_SKILL)),
        shifts=frozenset(shift for number in range(SPANS_MOST) for shift in _shifts(form, number)),
        grids={grid: grid in leads for grid in sorted(_numbers(form, _GRID) | leads)},
    )


def rows_shown(form: Form) -> range:
    """Return the rows of hours that a form shows: those that are filled, and one more."""
    used = [number for number in range(SPANS_MOST) if _is_used(form, number)]
    return range(min(max(used, default=-1) + 2, SPANS_MOST))


def hours_in_words(texts: Texts, shifts: frozenset[Shift]) -> Sequence[str]:
    """Say when somebody works: 周一至周五 8:00–17:00."""
    return [
        texts.say(
            "desk.staff.span",
            days=_days(texts, span.days),
            begins=_clock(span.begins).removeprefix("0"),
            ends=_clock(span.ends).removeprefix("0") if span.ends else "24:00",
        )
        for span in spans_of(shifts)
    ]


def _days(texts: Texts, days: frozenset[int]) -> str:
    if days == frozenset(_DAYS):
        return texts.say("desk.staff.daily")
    runs = []
    for _, found in groupby(enumerate(sorted(days)), key=lambda pair: pair[1] - pair[0]):
        run = [texts.say(f"desk.routes.day{day}") for _, day in found]
        runs.append("、".join(run) if len(run) < 3 else f"{run[0]}至{run[-1]}")  # noqa: PLR2004
    return "、".join(runs)


def _is_used(form: Mapping[str, str], number: int) -> bool:
    names = [f"from-{number}", f"until-{number}", *(f"day{day}-{number}" for day in _DAYS)]
    return any(form.get(name) for name in names)


def _shifts(form: Form, number: int) -> frozenset[Shift]:
    """Return one row of hours; a row that is not filled in is none."""
    if not _is_used(form, number):
        return frozenset()
    days = frozenset(day for day in _DAYS if form.get(f"day{day}-{number}"))
    try:
        begins, ends = (_minute(form.get(f"{name}-{number}", "")) for name in ("from", "until"))
    except ValueError:
        raise RefusedError("staff_shift") from None
    if not days or (begins == ends and begins):
        raise RefusedError("staff_shift")
    return shifts_of(Span(days, begins, ends))


def _minute(text: str) -> int:
    clock = time.fromisoformat(text)
    return clock.hour * 60 + clock.minute


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _numbers(form: Form, prefix: str) -> frozenset[int]:
    names = (name.removeprefix(prefix) for name in form if name.startswith(prefix))
    return frozenset(int(one) for one in names if _DIGITS.fullmatch(one))
