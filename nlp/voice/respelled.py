"""What eSpeak NG 1.52 reads wrongly in Mandarin, spelled so that it does not.

Its dictionary has pinyin that its rules lack, the syllables xiong, qiong, jiong and words ending
in 儿; both it would spell out in English. Of 308,472 words of jieba's dictionary 1,790 are such.
"""

import re
from collections.abc import Iterator
from typing import Final

_LACKING: Final = (
    ("[[S;j'ong55]]", "兄凶胸匈汹洶芎恟"),
    ("[[S;j'ong35]]", "雄熊"),
    ("[[S;j'ong51]]", "敻诇"),
    ("[[tS;hj'ong35]]", "穷琼穹邛蛩跫筇茕瓊竆惸"),
    ("[[tS;j'ong55]]", "扃"),
    ("[[tS;j'ong214]]", "炯迥窘囧冏泂煚颎烱"),
)
"""Phonemes as eSpeak NG writes them, and the characters that are read so."""

_BY_PHONEMES: Final = {
    ord(one): phonemes for phonemes, characters in _LACKING for one in characters
}
_PLACE: Final = re.compile(r"(?<=[哪这那])儿")
_ENDING: Final = re.compile(
    r"(?<=[会点事头伙今个块明过活当哥花鸟意玩劲份眼妇空好人猫们片坎歌忽把特阵半蛋盹准面馅天刺盖溜边味伴火茬沿孩])"
    r"儿(?![子女童科孙媳歌戏])"
)


def without_endings(text: str) -> str:
    """Return 哪里 for 哪儿 and 一会 for 一会儿; 儿子 and 女儿 stay."""
    return _ENDING.sub("", _PLACE.sub("里", text))


def respelled(text: str) -> str:
    """Return the text for eSpeak NG with phonemes in it, which stand in [[ ]]."""
    plain = without_endings(text).replace("[", " ").replace("]", " ")
    return plain.translate(_BY_PHONEMES)


def characters() -> Iterator[str]:
    """Give the characters that have phonemes."""
    return map(chr, _BY_PHONEMES)
