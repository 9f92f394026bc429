"""Systems with a key, as the voice channel asks for them."""

from collections.abc import Sequence
from functools import partial
from types import MappingProxyType
from typing import Final

from bot.ports.storage import Storage, Views
from channels.message import ChatLine
from channels.voice_api import Outcome, VoiceApi

_LINES_MOST: Final = 200
_STATES: Final = MappingProxyType(
    {"waiting": "received", "handled": "answered", "set_aside": "set_aside"}
)


class StoredCallers:
    """See `channels.voice_api.Callers`."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def name_of(self, key: str) -> str | None:
        """Return the name of the client with that key."""
        return await self._storage.read(lambda views: views.clients.by_key(key))

    async def outcome(self, external_id: str) -> Outcome | None:
        """Return what became of the message."""
        return await self._storage.read(partial(_outcome, external_id))


def _outcome(external_id: str, views: Views) -> Outcome | None:
    brought = views.clients.brought(VoiceApi.name, external_id)
    if brought is None:
        return None
    media = views.media.of_message(brought.message_id)
    lines = views.chat.lines(brought.contact_id, after=None, limit=_LINES_MOST)
    return Outcome(
        state=_STATES[brought.state],
        transcript="，".join(one.transcript.text for one in media if one.transcript.words),
        answers=_answers(lines, external_id),
    )


def _answers(lines: Sequence[ChatLine], external_id: str) -> list[str]:
    """Return what was said after the message and before the person's next one."""
    found, answers = False, list[str]()
    for line in lines:
        if line.own and found:
            break
        if found:
            answers.append(line.text)
        found = found or line.external_id == external_id
    return answers
