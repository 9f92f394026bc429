"""Systems with a key, as the voice channel asks for them."""

from functools import partial
from types import MappingProxyType
from typing import Final

from bot.ports.storage import Storage, Views
from channels.voice_api import Outcome, VoiceApi

_ANSWERS_MOST: Final = 50
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
    cases = [one.case_id for one in media if one.case_id is not None]
    return Outcome(
        state=_STATES[brought.state],
        transcript="，".join(one.transcript.text for one in media if one.transcript.words),
        answers=views.outbox.said_to(brought.message_id, cases, _ANSWERS_MOST),
    )
