"""最近说得多的: what several residents speak of now, as it forms and fades."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from bot.model.case import Case
from bot.ports.bell import HOT
from bot.ports.incidents import Topic
from bot.ports.rules import Rules
from bot.ports.storage import Views
from bot.web.live import Fresh, Region
from bot.web.site import Site
from nlp.meaning import Interpreter

_CASES_MOST: Final = 8


@dataclass(frozen=True, slots=True)
class HotTopic:
    """A matter at a place, how many tell of it, and its cases, the newest first."""

    service: str
    place: str
    people: int
    count: int
    cases: Sequence[tuple[int, str]]


def hot_region(site: Site) -> Region:
    """Return the topics as a part of a page that lives."""
    return Region("hot", "hot", partial(fresh_hot, site), frozenset({HOT}))


async def fresh_hot(site: Site) -> Fresh:
    """Make the piece of the topics."""
    now = site.clock.now()
    found = site.incidents.hot(now)
    topics = await site.storage.read(partial(_look, site.rules, site.interpreter, found))
    return Fresh(site.pages.piece("desk/hot.html", now, topics=topics), frozenset({HOT}))


def _look(
    rules: Rules, interpreter: Interpreter, found: Sequence[Topic], views: Views
) -> list[HotTopic]:
    topics = []
    for one in found:
        ids = one.case_ids[:_CASES_MOST]
        cases = {row.case.id: row.case for row in views.cases.of_ids(ids)}
        if not cases:
            continue
        newest = cases[max(cases)]
        people = {case.reporter_id for case in cases.values()}
        for case in cases.values():
            people |= {one.person_id for one in views.relations.followers(case.id)}
        topics.append(
            HotTopic(
                service=rules.service(newest.service_code).name,
                place=interpreter.interpret(newest.place).place.public.text,
                people=len(people),
                count=len(one.case_ids),
                cases=[(case.id, case.number) for case in sorted(cases.values(), key=_newest)],
            )
        )
    return topics


def _newest(case: Case) -> int:
    return -case.id
