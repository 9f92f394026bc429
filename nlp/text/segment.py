"""Cutting Chinese text into words."""

import logging
from collections.abc import Callable, Iterable
from typing import Final, Literal

Engine = Literal["rjieba", "jieba"]

SAYS_NOTHING: Final = frozenset(
    "的地得了着过也都就还又很太再才只把被给让叫跟和与在到从往向对是有个要想能会可"
    "我你您他她它咱俺们这那哪吗呢吧啊呀嘛哦啦呐"
)
"""Characters that say nothing of a matter by themselves."""

_PAIR: Final = 2
_FREQUENCY: Final = 2_000
"""Of an added word: enough to beat being cut in two, too little to swallow its neighbours."""


class Segmenter:
    """A tokenizer of its own, with added words, ready (warm) after construction.

    `engine` says which one is in use: jieba when rjieba was asked for but cannot be imported.
    Both cut Chinese text alike; they differ only in how digits and Latin letters are joined.
    """

    def __init__(self, words: Iterable[str] = (), engine: Engine = "rjieba") -> None:
        # Rust matches added words as they are, and one of one character gains nothing.
        added = sorted({word for word in words if len(word) > 1})
        fast = _rjieba(added) if engine == "rjieba" else None
        self.engine: Final[Engine] = "jieba" if fast is None else "rjieba"
        self._cut, self._knows = _jieba(added) if fast is None else fast
        self._cut("预热")

    def cut(self, text: str) -> list[str]:
        """Return the words in order; joined together they are the text again."""
        return self._cut(text)

    def words(self, text: str) -> list[str]:
        """Return the words in order as a person would name them.

        A guess of cutting that is no word is taken apart into what is: 灯也 is 灯 and 也, but 井道
        stays, which is a word though no dictionary has it.
        """
        return [part for word in self._cut(text) for part in self._parts(word)]

    def _parts(self, word: str) -> list[str]:
        fine = len(word) == _PAIR and not SAYS_NOTHING & {word[0], word[-1]}
        if len(word) == 1 or word.isascii() or fine or self._knows(word):
            return [word]
        ends = range(len(word) - 1, 0, -1)
        end = next((end for end in ends if end == 1 or self._knows(word[:end])), 1)
        return [word[:end], *self._parts(word[end:])]

    def knows(self, word: str) -> bool:
        """Tell whether the dictionary has the word, or it was added; a guess of cutting is none."""
        return self._knows(word)


_Tokenizer = tuple[Callable[[str], list[str]], Callable[[str], bool]]
"""What cuts a text, and what tells whether a word is known."""


def _rjieba(words: Iterable[str]) -> _Tokenizer | None:
    try:
        from rjieba import Jieba  # noqa: PLC0415  the fallback has to work without it
    except ImportError:
        return None
    tokenizer = Jieba()
    for word in words:
        if not tokenizer.has_word(word):
            tokenizer.add_word(word, _FREQUENCY, None)
    return tokenizer.cut, tokenizer.has_word


def _jieba(words: Iterable[str]) -> _Tokenizer:
    import jieba  # noqa: PLC0415  half a second and 50 MB that the fast engine does not need

    # jieba reports its loading time at level DEBUG through a handler of its own.
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    for word in words:
        # A second adding would count the word twice in the total, where rjieba counts it once.
        if not tokenizer.FREQ.get(word):
            tokenizer.add_word(word, _FREQUENCY)

    def cut(text: str) -> list[str]:
        return tokenizer.lcut(text)  # type: ignore[no-any-return]

    return cut, lambda word: bool(tokenizer.FREQ.get(word))
