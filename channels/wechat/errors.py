"""What WeChat's refusals mean, told from their numbers."""

from dataclasses import dataclass
from typing import Final

_MINUTE: Final = 60.0
_FIVE_HOURS: Final = 5 * 3600.0
"""What is allowed for a day is allowed again at midnight, before the last attempt."""

_WORDS_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class _Meaning:
    code: str
    after_seconds: float | None = None
    """None when it can't succeed later by itself."""
    until_she_writes: bool = False
    """What she writes is the first sign that it may succeed now."""


_MEANINGS: Final = {
    -1: _Meaning("busy", 5.0),
    40001: _Meaning("secret_refused", _MINUTE),
    40003: _Meaning("bad_address"),
    40007: _Meaning("gone"),
    40013: _Meaning("app_id_refused", _MINUTE),
    40014: _Meaning("token_refused", _MINUTE),
    40125: _Meaning("secret_refused", _MINUTE),
    40164: _Meaning("this_server_not_allowed", _MINUTE),
    40200: _Meaning("account_may_not"),
    42001: _Meaning("token_refused", _MINUTE),
    43004: _Meaning("not_following", until_she_writes=True),
    45002: _Meaning("too_long"),
    45009: _Meaning("too_many_today", _FIVE_HOURS),
    45011: _Meaning("too_many", _MINUTE),
    45015: _Meaning("silent_for_48_hours", until_she_writes=True),
    45047: _Meaning("too_many_unanswered", until_she_writes=True),
    48001: _Meaning("account_may_not"),
    48002: _Meaning("does_not_want_messages", until_she_writes=True),
    48004: _Meaning("account_banned"),
    48008: _Meaning("account_may_not"),
}
CODES: Final = frozenset(meaning.code for meaning in _MEANINGS.values())
"""All that a refusal may be called, besides `refused_` and its number."""

REMEDIES: Final = {
    "account_may_not": "see on mp.weixin.qq.com if 接口权限 has 客服消息, and if 认证 has run out",
    "account_banned": "log in to mp.weixin.qq.com, which says why WeChat has shut the account out",
    "this_server_not_allowed": "put this server's address on the account's IP 白名单",
    "app_id_refused": "set GONGZHI_WECHAT_APP_ID to the account's AppID",
    "secret_refused": "set GONGZHI_WECHAT_SECRET to the account's AppSecret",
}
"""What the operator has to do, where nothing goes out to anybody before."""

TOKEN_ENDED: Final = frozenset({40001, 40014, 42001})
"""Another token may help."""


class ApiError(Exception):
    """A call failed. `code` is short and for the operator, the words are the server's.

    `retry_after_seconds` says when another attempt may succeed; None for never, or not before she
    writes.
    """

    def __init__(
        self,
        code: str,
        words: str = "",
        *,
        number: int = 0,
        retry_after_seconds: float | None,
        until_she_writes: bool = False,
    ) -> None:
        super().__init__(f"{code}: {words}" if words else code)
        self.code = code
        self.number = number
        self.retry_after_seconds = retry_after_seconds
        self.until_she_writes = until_she_writes


class UnclearError(ApiError):
    """The call may or may not have had its effect."""

    def __init__(self, words: str) -> None:
        super().__init__("unclear", words, retry_after_seconds=0.0)


def refused(number: int, words: str) -> ApiError:
    """Return what an answer with that number means: it surely had no effect."""
    meaning = _MEANINGS.get(number, _Meaning(f"refused_{number}"))
    return ApiError(
        meaning.code,
        words[:_WORDS_MOST],
        number=number,
        retry_after_seconds=meaning.after_seconds,
        until_she_writes=meaning.until_she_writes,
    )
