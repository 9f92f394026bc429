"""Messages out: in pieces, at the pace Telegram allows, in place of earlier ones."""

import logging
from typing import Final

from channels.base import FetchError, PartlySentError, SendError, UntilSheWritesError
from channels.message import OutboundMessage
from channels.telegram.api import Api, Keyboard
from channels.telegram.errors import ApiError, MovedError, RefusedError
from channels.telegram.layout import keyboard_of, pieces, text_of
from channels.telegram.pace import Pace, TooFastError

_log = logging.getLogger(__name__)

_EDIT_GONE: Final = "not_editable"
_EDIT_SAME: Final = "not_modified"
_UNTIL_SHE_WRITES: Final = frozenset({"blocked", "not_started"})


class Sender:
    """Sends to chats by their ids."""

    def __init__(self, api: Api, pace: Pace, link_label: str) -> None:
        self._api = api
        self._pace = pace
        self._link_label = link_label

    async def send(self, message: OutboundMessage) -> str:
        """Send or edit, and return the id of the message that has the buttons, '' of none."""
        chat_id = _whole(message.address)
        if chat_id is None:
            raise SendError("bad_address", retryable=False)
        texts = pieces(text_of(message))
        leads_to = await self._own_name() if message.buttons and chat_id < 0 else ""
        keyboard = keyboard_of(message, self._link_label, leads_to=leads_to)
        earlier = _whole(message.replaces or "")
        if earlier is not None and len(texts) == 1:
            edited = await self._edit(chat_id, earlier, texts[0], keyboard)
            if edited:
                return str(earlier)
        if message.only_edited:
            return ""
        return str(await self._send(chat_id, texts, keyboard))

    async def _own_name(self) -> str:
        """Return the bot's name, which links in groups need: their chats are below zero."""
        try:
            name = await self._api.username()
        except ApiError as error:
            raise SendError(error.code, retryable=True) from None
        if not name:
            raise SendError("no_name", retryable=True)
        return name

    async def _send(self, chat_id: int, texts: list[str], keyboard: Keyboard) -> int:
        message_id = 0
        for number, text in enumerate(texts, start=1):
            try:
                message_id = await self._send_piece(
                    chat_id, text, keyboard if number == len(texts) else ()
                )
            except SendError as error:
                if number > 1:
                    raise PartlySentError(f"{number - 1} of {len(texts)}: {error.code}") from None
                raise
        return message_id

    async def _send_piece(self, chat_id: int, text: str, keyboard: Keyboard) -> int:
        await self._turn(chat_id)
        try:
            return await self._api.send(chat_id, text, keyboard)
        except MovedError as moved:
            return await self._send_moved(moved.chat_id, text, keyboard)
        except RefusedError as error:
            raise self._refusal(chat_id, error) from None

    async def _send_moved(self, chat_id: int, text: str, keyboard: Keyboard) -> int:
        _log.info("a group has become another chat; sending there")
        try:
            return await self._api.send(chat_id, text, keyboard)
        except RefusedError as error:
            raise self._refusal(chat_id, error) from None

    async def _edit(self, chat_id: int, message_id: int, text: str, keyboard: Keyboard) -> bool:
        """Return whether the message shows it now; an edit may be repeated, whatever happened."""
        await self._turn(chat_id)
        try:
            await self._api.edit(chat_id, message_id, text, keyboard)
        except ApiError as error:
            if error.code == _EDIT_GONE or isinstance(error, MovedError):
                return False
            if error.code != _EDIT_SAME:
                raise self._refusal(chat_id, error) from None
        return True

    async def _turn(self, chat_id: int) -> None:
        try:
            await self._pace.turn(chat_id)
        except TooFastError as error:
            raise SendError("too_fast", retryable=True, retry_after_seconds=error.seconds) from None

    def _refusal(self, chat_id: int, error: ApiError) -> SendError:
        if error.code == "too_many":
            self._pace.hold(chat_id, error.retry_after_seconds)
        if error.code in _UNTIL_SHE_WRITES:
            return UntilSheWritesError(error.code)
        return SendError(
            error.code, retryable=error.retryable, retry_after_seconds=error.retry_after_seconds
        )


async def fetch(api: Api, reference: str, *, most: int) -> bytes:
    """Return a file of at most so many bytes; FetchError."""
    try:
        return await api.download(reference, most=most)
    except ApiError as error:
        code = "gone" if error.code == "refused" else error.code
        raise FetchError(
            code, retryable=error.retryable, retry_after_seconds=error.retry_after_seconds
        ) from None


def _whole(text: str) -> int | None:
    """Return the number an id is, or None if it is none."""
    try:
        return int(text)
    except ValueError:
        return None
