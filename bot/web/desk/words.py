"""教分类: corrections that wait, the next release in words and tried, words that are held."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from bot.flow.words import learning
from bot.flow.words.learning import CASES_LEAST, Draft, Sources
from bot.ports.learning import HELD_EVERY, Lesson, WordRule, WordVersion
from bot.ports.storage import Tx, Views
from bot.web.desk.once import do_once
from bot.web.desk.session import SEAT, desk_page
from bot.web.desk.word_lines import Piece, lines, marked
from bot.web.site import Site, form_of, number_in, see, site_of
from nlp.learning.adapting import PASSES, Change

_LIST: Final = "/desk/words"


@dataclass(frozen=True, slots=True)
class Proposed:
    """A correction with what it would change, in words."""

    lesson: Lesson
    wrong: str
    right: str
    sentence: Sequence[Piece]
    changes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Released:
    """A version with what it changed of the one before."""

    version: WordVersion
    changes: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What the page shows."""

    waiting: Sequence[Proposed]
    accepted: Sequence[Proposed]
    found: Sources
    draft: Draft
    changes: Sequence[str]
    versions: Sequence[Released]
    names: Mapping[int, str]
    to_judge: int


async def show_all(request: web.Request) -> web.Response:
    """Show it."""
    return await _page(request)


async def accept(request: web.Request) -> web.Response:
    """Take a correction into the next release."""
    number, staff = number_in(request, "lesson_id"), request[SEAT].staff
    return await _do(request, lambda tx: learning.accept(tx, number, staff))


async def refuse(request: web.Request) -> web.Response:
    """Leave a correction out."""
    number, staff = number_in(request, "lesson_id"), request[SEAT].staff
    return await _do(request, lambda tx: learning.refuse(tx, number, staff))


async def hold(request: web.Request) -> web.Response:
    """Pin, ban or free a word."""
    staff, form = request[SEAT].staff, await form_of(request)
    if form.get("rule") not in set(WordRule):
        raise web.HTTPBadRequest
    rule, word, reason = WordRule(form["rule"]), form.get("word", ""), form.get("reason", "")
    return await _do(request, lambda tx: learning.hold(tx, staff, word, rule, reason))


async def release(request: web.Request) -> web.Response:
    """Try what was taken, and let it count."""
    site, staff = site_of(request), request[SEAT].staff
    found = await site.storage.read(learning.sources)
    made = await asyncio.to_thread(learning.draft, site.interpreter, found)
    return await _do(request, lambda tx: learning.release(tx, staff, made))


async def go_back(request: web.Request) -> web.Response:
    """Let an earlier version count again."""
    number, staff = number_in(request, "version_id"), request[SEAT].staff
    return await _do(request, lambda tx: learning.go_back(tx, staff, number))


async def _do(request: web.Request, unit: Callable[[Tx], object]) -> web.Response:
    problem = await do_once(request, unit)
    if problem:
        return await _page(request, problem=problem)
    raise see(_LIST)


async def _page(request: web.Request, *, problem: str = "") -> web.Response:
    site = site_of(request)
    found = await site.storage.read(_look)
    sight = await asyncio.to_thread(_sight, site, found)
    status = 409 if problem else 200
    return desk_page(
        request,
        "words.html",
        status=status,
        sight=sight,
        problem=problem,
        least=CASES_LEAST,
        held_every=HELD_EVERY,
        passes=PASSES,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the page is made of, as it stands in the tables."""

    sources: Sources
    released: Sequence[Lesson]
    names: Mapping[int, str]
    to_judge: int


def _look(views: Views) -> _Found:
    found = learning.sources(views)
    return _Found(
        sources=found,
        released=views.learning.released([one.id for one in found.versions]),
        names={one.id: one.name for one in views.staff.all()},
        to_judge=views.filings.to_judge_count(),
    )


def _sight(site: Site, looked: _Found) -> Sight:
    found = looked.sources
    made = learning.draft(site.interpreter, found)
    steps = learning.steps(found.versions)
    every = [change for _, changes in steps for change in changes]
    released = _words(site, looked.released, every)
    return Sight(
        waiting=[_proposed(site, found, one) for one in found.waiting],
        accepted=[_proposed(site, found, one) for one in found.accepted],
        found=found,
        draft=made,
        changes=lines(site.rules, made.changes, _words(site, found.accepted, made.changes)),
        versions=[
            Released(version, lines(site.rules, changes, released)) for version, changes in steps
        ],
        names=looked.names,
        to_judge=looked.to_judge,
    )


def _proposed(site: Site, found: Sources, lesson: Lesson) -> Proposed:
    changes = learning.proposed(site.interpreter, found, lesson)
    words = _words(site, [lesson], changes)
    return Proposed(
        lesson=lesson,
        wrong=site.rules.service(lesson.wrong).name,
        right=site.rules.service(lesson.service_code).name,
        sentence=marked(lesson.words, words),
        changes=lines(site.rules, changes, words),
    )


def _words(site: Site, lessons: Sequence[Lesson], changes: Sequence[Change]) -> Mapping[str, str]:
    """Return the word in which each changed piece stands, in the sentence it was learned from."""
    pieces, found = {one.word for one in changes}, dict[str, str]()
    for lesson in lessons:
        found = site.interpreter.words_of(lesson.words, pieces) | found
    return found
