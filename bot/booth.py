"""A caller in the booth: her turns are taken here and stored nowhere, until she comes out."""

import asyncio
import logging
from dataclasses import replace
from functools import partial
from typing import Final

from bot.dialogue.phone.booth import PERSON, Visit, heard
from bot.locale.texts import Texts
from bot.ports.rules import Rules
from bot.ports.storage import Storage
from channels.call import CallTurn, Heard, Listening, Say

_WAITS_MOST: Final = 3
_BETWEEN_SECONDS: Final = 0.4
_ANSWER_SECONDS: Final = 20.0

_log = logging.getLogger(__name__)


class Booth:
    """One visit. Everything in it is said slowly, and may be cut short by a key."""

    def __init__(
        self,
        *,
        storage: Storage,
        rules: Rules,
        contact_id: int,
        entering: Say,
        patience_seconds: float,
    ) -> None:
        """`entering` is what the conversation said to let her in."""
        self._storage = storage
        self._rules = rules
        self._dialect = entering.dialect
        self._patience_seconds = patience_seconds
        self._visit = Visit(contact_id=contact_id, asks=(entering.text,)).said()
        self._taking: asyncio.Future[Visit] | None = None
        self._waits = 0

    def says(self) -> Say:
        """Return the next part, and how keys are listened for after it."""
        visit = self._visit
        if visit.left:
            return self._said("".join(visit.says))
        last = visit.part + 1 >= len(visit.says)
        return replace(
            self._said(visit.says[visit.part]),
            listening=Listening.KEYS,
            keys=visit.keys,
            digits_most=visit.digits_most,
            wait_seconds=_ANSWER_SECONDS if last else _BETWEEN_SECONDS,
        )

    async def turn(self, turn: CallTurn) -> Say | CallTurn:
        """Return what is said next; the turn as it may be kept, once she has come out.

        Of what she pressed only the wish for a person is kept.
        """
        keys = turn.keys if turn.heard is Heard.KEY else ""
        if turn.heard is Heard.HUNG_UP:
            return _bare(turn)
        if self._taking is None:
            if self._visit.left:
                return replace(_bare(turn), heard=Heard.RETURNED)
            if self._visit.wants_person(keys):
                return replace(_bare(turn), keys=PERSON)
            if not keys and self._visit.part + 1 < len(self._visit.says):
                self._visit = replace(self._visit, part=self._visit.part + 1)
                return self.says()
            unit = partial(heard, rules=self._rules, visit=self._visit, keys=keys)
            self._taking = asyncio.ensure_future(self._storage.write(unit))
        return await self._taken(self._taking)

    async def _taken(self, taking: asyncio.Future[Visit]) -> Say:
        """Wait for the unit; it is never broken off, so what it did is said if she waits."""
        done, _ = await asyncio.wait((taking,), timeout=self._patience_seconds)
        if not done and self._waits < _WAITS_MOST:
            self._waits += 1
            return self._said(self._texts.say("phone.trouble.wait"))
        self._taking, self._waits = None, 0
        if done and taking.exception() is None:
            self._visit = taking.result()
        else:
            why = type(taking.exception()).__name__ if done else "it takes too long"
            _log.warning("a turn in the booth could not be taken: %s", why)  # words may tell keys
            unsure = self._texts.say("phone.vote.unsure")
            self._visit = replace(self._visit, says=(unsure,), left=True)
        return self.says()

    @property
    def _texts(self) -> Texts:
        return self._rules.texts

    def _said(self, text: str) -> Say:
        return Say(text=text, slow=True, dialect=self._dialect)


def _bare(turn: CallTurn) -> CallTurn:
    """Return the turn without anything of what she pressed or said."""
    return replace(turn, keys="", words=(), recording=b"")
