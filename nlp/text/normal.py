"""Bringing text into one form before anything else looks at it."""

import re
import unicodedata
from functools import cache

from opencc import OpenCC

_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060\ufe0f\ufeff\x00-\x08\x0e-\x1f\x7f]")
_WHITE_SPACE = re.compile(r"\s+")
_SPOKEN_NUMBER = re.compile(
    r"(?!(?<=[这那每哪])(?:一[栋幢单层门]|[二两三四五六七八九十][栋幢层]楼))"  # 那一栋, 这三栋楼
    r"([零〇一二两三四五六七八九十百]{1,5})"
    r"(?=号|栋|幢|单元|层|楼|室|门(?![心课亲技生子面路诊口]))"
)
_SPOKEN_AMOUNT = re.compile(r"([一二两三四五六七八九十百]{1,5})(?=个?(?:小时|钟头|积分|分(?!钟)))")
_SPOKEN_ROOM = re.compile(
    r"(?:(?<=[元楼层栋幢])|(?<=\d门))([零〇一二三四五六七八九幺]{3,4})(?![\d十百千万])"
)
_SPOKEN_DASHES = re.compile(
    r"([零〇一二三四五六七八九十百\d]{1,4})(?:杠|横杠)(?=[零〇一二三四五六七八九\d])"
)
_MISWRITTEN = re.compile(
    r"(?<=号)[搂娄]|(?<=[一二三四五六七八九十\d])[动洞冻](?=[一二三四五六七八九甲乙\d]单)"
    r"|(?<=[一二三四五六七八九十\d]单)[园圆员]|[壹贰叁肆伍陆柒捌玖](?=号楼|栋|单元|楼)"
)
_MEANT = dict(
    zip("搂娄动洞冻园圆员壹贰叁肆伍陆柒捌玖", "楼楼栋栋栋元元元一二三四五六七八九", strict=True)
)
_ANNEXE = re.compile(r"([甲乙丙丁][\d一二三四五六])(?=[, ]{0,2}[一二三四五六七八九\d]单元)")
_ROOM_ALONE = re.compile(
    r"(?:(?<![^,.。;!?])|(?<=[家住在是壁])|(?<=楼[上下]))"
    r"((?:[一二三四五六七八九幺]|[一二三幺][零一二三四五六七八九幺])零[一二三四五六七八九幺])"
    r"(?![零一二三四五六七八九幺十百千万\d年路号点块分秒米次胶医中室房])"
)
_AFTER_DASH = re.compile(r"(?<=-)([零〇一二三四五六七八九十]{1,4})")
_DIGITS = {digit: str(value) for value, digit in enumerate("零一二三四五六七八九")} | {
    "〇": "0",
    "幺": "1",
    "两": "2",
}
_UNITS = {"十": 10, "百": 100}
_HUNDRED = 100
_SPEECH_GAPS_MIN = 3
_SPEECH_RUN_MAX = 2.5


def normalise(text: str) -> str:
    """Return the text in NFKC with single spaces and digits for spoken house numbers.

    三号楼 becomes 3号楼, 五零二室 becomes 502室, 三杠二杠五零二 becomes 3-2-502; every other
    word stays as it was written.
    """
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    text = _WHITE_SPACE.sub(" ", text).strip()
    text = _MISWRITTEN.sub(_as_meant, _join_speech(text))
    text = _ANNEXE.sub(r"\1号楼", text)
    text = _SPOKEN_NUMBER.sub(_as_digits, text)
    text = _ROOM_ALONE.sub(lambda match: f"{_as_digits(match)}室", text)
    text = _SPOKEN_ROOM.sub(_as_digits, text)
    if "杠" in text:
        text = _SPOKEN_DASHES.sub(lambda match: f"{_as_digits(match)}-", text)
        text = _AFTER_DASH.sub(_as_digits, text)
    return text


def plain(text: str) -> str:
    """Return the text normalised and in simplified characters: 九號樓 becomes 9号楼."""
    return normalise(simplified(text))


def with_amounts(text: str) -> str:
    """Return the text with digits for spoken hours and points: 四个小时 becomes 4个小时."""
    return _SPOKEN_AMOUNT.sub(_as_digits, text)


def simplified(text: str) -> str:
    """Return the text in simplified characters: 電梯壞了 becomes 电梯坏了."""
    return text if text.isascii() else _converter().convert(text)


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def _join_speech(text: str) -> str:
    # Speech recognisers put a space after each word, which would hide every longer phrase.
    runs = text.split(" ")
    gaps = len(runs) - 1
    spoken = gaps >= _SPEECH_GAPS_MIN and (len(text) - gaps) / len(runs) <= _SPEECH_RUN_MAX
    return "".join(runs) if spoken and not text.isascii() else text


def _as_digits(match: re.Match[str]) -> str:
    spoken = match.group(1)
    if spoken.isdecimal():
        return spoken
    value = _counted(spoken) if any(unit in spoken for unit in _UNITS) else _spelled(spoken)
    return spoken if value is None else value


def _as_meant(match: re.Match[str]) -> str:
    return _MEANT[match.group()]


def _spelled(spoken: str) -> str:
    """Read digit by digit: 五零二 is 502."""
    return "".join(_DIGITS.get(digit, digit) for digit in spoken)


def _counted(spoken: str) -> str | None:
    """Read as a number: 二十三 is 23, 一百零二 is 102; None for what is no number."""
    total, digit, limit = 0, 0, _HUNDRED * 10
    for character in spoken:
        unit = _UNITS.get(character)
        if unit is None:
            digit = int(_DIGITS[character])
            continue
        if unit >= limit:
            return None
        total, digit, limit = total + (digit or 1) * unit, 0, unit
    return str(total + digit)
