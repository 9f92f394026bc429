"""What this process remembers of cases: which speak of the same incident, and what is hot.

In memory are weights of words, no words. It is made anew at the start, follows the histories of
cases from then on, and may be behind: whoever is told of a case looks at it before it is used.
"""

import asyncio
import logging
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot.model.case import Case, State
from bot.ports.bell import DESK, HOT, Bell
from bot.ports.cases import CaseRow
from bot.ports.incidents import Topic
from bot.ports.storage import Storage, StorageError, Views
from nlp.incidents.index import everyday
from nlp.incidents.stream import Incidents
from nlp.meaning import Interpreter
from nlp.places.grammar import Place

_log = logging.getLogger(__name__)

_RECENT: Final = timedelta(days=30)
_CASES_MOST: Final = 10_000
_PAGE: Final = 250
_TOLD_EVERY: Final = 2_000
_OVERLAP: Final = 100
"""Lines of histories that are read once more: ids are not given in the order of commits."""

_LOOK_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 1.0
_SAME: Final = 0.4
_ALIKE: Final = 0.2
_HOT_LEAST: Final = 2.0
_SEVERAL: Final = 3
_GONE: Final = frozenset({State.WITHDRAWN, State.OUT_OF_SCOPE})


class CaseMemory:
    """See `bot.ports.incidents.Incidents`. Units ask it from threads of their own."""

    def __init__(self, *, storage: Storage, bell: Bell, interpreter: Interpreter) -> None:
        self._storage: Final = storage
        self._bell: Final = bell
        self._interpreter: Final = interpreter
        self._lock: Final = threading.Lock()
        self._incidents: Incidents[int] | None = None
        self._versions: Final[dict[int, int]] = {}
        self._event = 0

    async def run(self) -> None:
        """Remember what goes on, and follow it until cancelled."""
        with self._bell.listen(DESK) as ear:
            while True:
                try:
                    await self.catch_up()
                except StorageError as error:
                    _log.warning("cases can't be compared for now: %s", error)
                    await asyncio.sleep(_PAUSE_SECONDS)
                except Exception:  # noqa: BLE001  logged whole; the service goes on without it
                    _log.exception("cases can't be compared for now")
                    await asyncio.sleep(_PAUSE_SECONDS)
                await ear.wait(_LOOK_SECONDS)

    async def catch_up(self) -> None:
        """Take what has changed since the last time; the first time, everything."""
        if self._incidents is None:
            await self._begin()
            return
        since = max(0, self._event - _OVERLAP)
        newest = await self._storage.read(lambda views: views.incidents.newest_event())
        if newest == self._event:
            return
        changed = await self._storage.read(lambda views: views.incidents.changed_since(since))
        for start in range(0, len(changed), _PAGE):
            rows = await self._storage.read(partial(_these, changed[start : start + _PAGE]))
            await asyncio.to_thread(self._take_all, [row.case for row in rows])
        self._event = newest
        self._bell.ring([HOT])

    def alike(self, case: Case, *, limit: int) -> Sequence[int]:
        """Return other cases that may be the same incident, the most alike first."""
        words, marks = self._matter(case), self._marks(case)
        with self._lock:
            if self._incidents is None:
                return ()
            hits = self._incidents.alike("", words, marks, limit=limit + 1)
        return [hit.key for hit in hits if hit.key != case.id and hit.score >= _ALIKE][:limit]

    def hot(self, now: datetime) -> Sequence[Topic]:
        """Return what at least three cases of late are about, the hottest first."""
        with self._lock:
            if self._incidents is None:
                return ()
            return [
                Topic(sorted(one.members, reverse=True), one.heat.value_at(now))
                for one in self._incidents.hot(now, least=_HOT_LEAST)
                if len(one.members) >= _SEVERAL
            ]

    async def _begin(self) -> None:
        made = Incidents[int](await asyncio.to_thread(everyday), least=_SAME)
        newest = await self._storage.read(lambda views: views.incidents.newest_event())
        before: int | None = None
        told = 0
        self._incidents = made
        while len(made) < _CASES_MOST:
            page = await self._storage.read(partial(_going_on, before))
            if not page:
                break
            before = page[-1].id
            await asyncio.to_thread(self._take_all, page)
            if len(made) >= told + _TOLD_EVERY:
                told = len(made)
                _log.info("%d cases are remembered so far", len(made))
        self._event = newest
        self._bell.ring([HOT])
        _log.info("%d cases are remembered, to compare new ones with", len(made))

    def _take_all(self, cases: Sequence[Case]) -> None:
        for case in cases:
            if self._versions.get(case.id) != case.version:
                words, marks = self._matter(case), self._marks(case)
                with self._lock:
                    self._take(case, words, marks)

    def _take(self, case: Case, words: str, marks: Sequence[str]) -> None:
        if self._incidents is None:
            return
        self._versions[case.id] = case.version
        if not case.description or case.state in _GONE:
            self._incidents.forget(case.id)
            return
        _, of_estate, *_ = marks
        self._incidents.take(case.id, "", words, at=case.opened_at, marks=marks, kind=of_estate)

    def _matter(self, case: Case) -> str:
        return self._interpreter.matter_of(case.description)

    def _marks(self, case: Case) -> list[str]:
        """Return what is compared as a whole: the service, the place, and both together.

        The second is what cases of one incident have in common in any case.
        """
        place = self._interpreter.interpret(case.place).place if case.place else Place()
        marks = [f"service {case.service_code}", f"{case.service_code} {place.estate}"]
        if place.estate:
            marks.append(f"estate {place.estate}")
        if place.building:
            house = f"{place.estate or case.grid_id} {place.building}"
            marks += [f"house {house}", f"{case.service_code} {house}"]
        return marks


def _these(ids: Sequence[int], views: Views) -> Sequence[CaseRow]:
    return views.cases.of_ids(ids)


def _going_on(before: int | None, views: Views) -> Sequence[Case]:
    return views.incidents.going_on(views.now - _RECENT, before=before, limit=_PAGE)
