"""What the Bot API's refusals mean, told from the answer itself."""

import json
from typing import Any, Final

from telegram.error import TelegramError

_TOKEN_RETRY_SECONDS: Final = 60.0
_WORDS_MOST: Final = 200
_FORBIDDEN: Final = (
    ("blocked", "blocked"),
    ("deactivated", "deactivated"),
    ("chat was deleted", "deleted"),
    ("kicked", "left"),
    ("not a member", "left"),
    ("initiate conversation", "not_started"),
)
_BAD: Final = (
    ("chat not found", "chat_not_found"),
    ("deactivated", "deactivated"),
    ("message is not modified", "not_modified"),
    ("message to edit not found", "not_editable"),
    ("message can't be edited", "not_editable"),
    ("MESSAGE_ID_INVALID", "not_editable"),
    ("no text in the message to edit", "not_editable"),
    ("file is too big", "too_big"),
    ("query is too old", "too_old"),
)


class ApiError(TelegramError):
    """A call failed. `code` is short and for the operator, the words are the server's.

    `retryable` says whether the same call may succeed later, `retry_after_seconds` when.
    It is one of the library's errors, so that the library passes it on as it is.
    """

    def __init__(
        self, code: str, words: str = "", *, retryable: bool, retry_after_seconds: float = 0.0
    ) -> None:
        super().__init__(f"{code}: {words}" if words else code)
        self.code = code
        self.retryable = retryable
        self.retry_after_seconds = retry_after_seconds


class RefusedError(ApiError):
    """The call surely had no effect."""


class MovedError(RefusedError):
    """The group has become another chat."""

    def __init__(self, chat_id: int) -> None:
        super().__init__("moved", retryable=False)
        self.chat_id = chat_id


class UnclearError(ApiError):
    """The call may or may not have had its effect."""

    def __init__(self, words: str) -> None:
        super().__init__("unclear", words, retryable=True)


def error_of(status: int, payload: bytes) -> ApiError:
    """Return what an answer means whose status is not 200."""
    answer = _answer(payload)
    words = str(answer.get("description", ""))[:_WORDS_MOST]
    parameters = answer.get("parameters")
    moved_to, wait_seconds = _parameters(parameters if isinstance(parameters, dict) else {})
    if moved_to:
        return MovedError(moved_to)
    if status == 429:  # noqa: PLR2004  each status stands here once
        seconds = max(1.0, wait_seconds)
        return RefusedError("too_many", words, retryable=True, retry_after_seconds=seconds)
    return _by_status(status, words)


def _by_status(status: int, words: str) -> ApiError:
    match status:
        case 400:
            return RefusedError(_code(words, _BAD, "refused"), words, retryable=False)
        case 401 | 404:
            return RefusedError(
                "token_refused", words, retryable=True, retry_after_seconds=_TOKEN_RETRY_SECONDS
            )
        case 403:
            return RefusedError(_code(words, _FORBIDDEN, "forbidden"), words, retryable=False)
        case 409:
            return RefusedError("conflict", words, retryable=True)
        case _:
            return UnclearError(f"HTTP {status} {words}".rstrip())


def _code(words: str, table: tuple[tuple[str, str], ...], otherwise: str) -> str:
    return next((code for part, code in table if part.lower() in words.lower()), otherwise)


def _answer(payload: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _parameters(parameters: dict[str, Any]) -> tuple[int, float]:
    moved_to, seconds = parameters.get("migrate_to_chat_id"), parameters.get("retry_after")
    return (
        moved_to if isinstance(moved_to, int) else 0,
        float(seconds) if isinstance(seconds, int) else 0.0,
    )
