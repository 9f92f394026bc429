"""Beside the units: photos of claims are compared, proposals lapse, new rules are taken up.

Estates that were imported are taken up, and the newest table of words; one that was agreed to
and proven is released.
The workbench hears of claims that are late.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Final

from bot.flow.credit.examine import look_at_photos
from bot.flow.credit.two_people import let_lapse
from bot.flow.words import learning
from bot.flow.words.homophones import pairs_that_count
from bot.likeness import likeness_of
from bot.model.case import RefusedError
from bot.ports.bell import CLAIMS, DESK, POLICY, WORDS, Bell
from bot.ports.learning import LessonState
from bot.ports.rules import Rules
from bot.ports.storage import Storage, StorageError, Views
from credits.policy import PolicyError
from credits.rulebook import load_policy
from nlp.learning.adapting import from_rows
from nlp.meaning import Interpreter
from nlp.tables.reading import LexiconError
from nlp.tables.weighing import parse_weights
from nlp.text.homophones import Homophone

_log = logging.getLogger(__name__)

_POLL_SECONDS: Final = 10.0
_AT_ONCE: Final = 8


class Looker:
    """Works until cancelled; whatever is left is found again by the next look."""

    def __init__(
        self, *, storage: Storage, bell: Bell, rules: Rules, interpreter: Interpreter
    ) -> None:
        self._storage = storage
        self._bell = bell
        self._rules = rules
        self._interpreter = interpreter
        self._words = 0
        self._estates: Sequence[str] = []
        self._tried: tuple[date, Sequence[int]] | None = None
        self._homophones: Sequence[Homophone] = []
        self._late = 0

    async def run(self) -> None:
        """Look whenever the bell rings, and now and then."""
        with self._bell.listen(CLAIMS, POLICY, WORDS) as ear:
            while True:
                try:
                    await self.take_up_all()
                    await self.release_words()
                    await self._storage.write(partial(let_lapse, rules=self._rules))
                    await self._alarm_of_late_claims()
                    more = await self._look()
                except StorageError as error:
                    _log.warning("claims can't be looked at, trying again: %s", error)
                    more = False
                except Exception:  # noqa: BLE001  logged whole; the loop must go on
                    _log.exception("claims can't be looked at, trying again")
                    more = False
                if not more:
                    await ear.wait(_POLL_SECONDS)

    async def take_up_all(self) -> None:
        """Let everything count that others agreed on, released or imported."""
        await self.take_up_rules()
        await self.take_up_estates()
        await self.take_up_words()
        await self.take_up_homophones()

    async def take_up_rules(self) -> None:
        """Let the newest rules that two agreed on be those that count."""
        found = await self._storage.read(lambda views: views.proposals.policy())
        if found is None or found[0] <= self._rules.policy.version:
            return
        try:
            self._rules.book.policy = load_policy(found[1])
        except PolicyError as error:
            _log.error("version %d of the rules can't be read: %s", found[0], error)
        else:
            _log.info("the rules are now those of version %d", found[0])

    async def take_up_estates(self) -> None:
        """Let estates be found whose buildings were imported meanwhile."""
        estates = await self._storage.read(lambda views: views.places.estates())
        if estates != self._estates:
            self._estates = estates
            await asyncio.to_thread(self._interpreter.take_up_estates, estates)
            _log.info("%d estates are found in what people write", len(estates))

    async def take_up_words(self) -> None:
        """Let the newest words of services that somebody released be those that count."""
        found = await self._storage.read(lambda views: views.learning.versions(1))
        if not found or found[0].id == self._words:
            return
        self._words = found[0].id
        try:
            changes = from_rows(parse_weights(found[0].changes))
        except LexiconError as error:
            _log.error("version %d of the words can't be read: %s", found[0].id, error)
            return
        await asyncio.to_thread(self._interpreter.take_up, changes, found[0].banned.splitlines())
        _log.info("the words of services are now those of version %d", found[0].id)

    async def take_up_homophones(self) -> None:
        """Let the words that are heard as others be read as those that somebody agreed to."""
        pairs = await self._storage.read(lambda views: pairs_that_count(views.homophones))
        if pairs != self._homophones:
            self._homophones = pairs
            self._interpreter.take_up_homophones(pairs)
            _log.info("%d words are now read as what they sound like", len(pairs))

    async def release_words(self) -> None:
        """Release what was agreed to a day ago, if it proves itself; it is tried once a day."""
        ripe, today = await self._storage.read(_ripe)
        if not ripe or self._tried == (today, ripe):
            return
        self._tried = today, ripe
        found = await self._storage.read(learning.sources)
        if len(found.confirmed) < learning.CASES_LEAST:
            return
        made = await asyncio.to_thread(learning.draft, self._interpreter, found)
        try:
            number = await self._storage.write(partial(learning.release_alone, made=made))
        except RefusedError as refused:
            _log.info("the words that were agreed to are not released: %s", refused.reason)
        else:
            _log.info("version %d of the words was agreed to, proved itself and counts", number)

    async def _alarm_of_late_claims(self) -> None:
        """Let the workbench show how many claims are late, when it is another number."""
        late = await self._storage.read(lambda v: v.claims.to_decide(due_before=v.now))
        if late != self._late:
            self._late = late
            self._bell.ring({DESK})

    async def _look(self) -> bool:
        """Compare some photos; say whether there were any."""
        waiting = await self._storage.read(_waiting)
        for claim_id, media_id, content in waiting:
            likeness = await asyncio.to_thread(likeness_of, content) if content else None
            found = [(media_id, likeness)]
            await self._storage.write(partial(look_at_photos, claim_id=claim_id, found=found))
        return bool(waiting)


def _ripe(views: Views) -> tuple[Sequence[int], date]:
    """Return the corrections that wait for no person any more, and the day."""
    accepted = views.learning.lessons(LessonState.ACCEPTED, learning.LESSONS_MOST)
    decided = [one.decided_at or one.at for one in accepted]
    ripe = bool(decided) and max(decided) + learning.ALONE_AFTER <= views.now
    return [one.id for one in accepted] if ripe else [], views.now.date()


def _waiting(views: Views) -> list[tuple[int, int, bytes]]:
    found = views.claims.to_look_at(_AT_ONCE)
    return [(claim, media, views.media.content(media)) for claim, media in found]
