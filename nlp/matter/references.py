"""What a message refers to: a case by its number, or a code that was given."""

import re
from typing import Final

_ALPHABET: Final = "2345689ACEFHJKMNPRTUWXYacefhjkmnprtuwxy"
_NUMBER: Final = re.compile(
    rf"(?<![A-Za-z0-9京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼.-])"
    rf"([{_ALPHABET}]{{4}})"
    r"(?![A-Za-z0-9.-]|号?楼|栋|幢|座|单元|[室房元块年月日天人户米号路点斤度])"
)
_NAMED: Final = re.compile(
    rf"(?:工单号?|单号|编号|单子)(?:码|是|为)?[ :]*"
    rf"([{_ALPHABET}]{{1,2}}[ -]?[{_ALPHABET}]{{2,3}})(?![A-Za-z0-9])"
    rf"|(?<![A-Za-z0-9])([{_ALPHABET}]{{4}}) ?(?:这个|那个|号)?(?:工单|单子)"
)
_WHOLE: Final = re.compile(rf"[{_ALPHABET}](?:[ -]?[{_ALPHABET}]){{3}}")
_QUANTITY: Final = re.compile(r"\d+(?:KM|KW|MM|CM|M|A|W|H|K|P|X)", re.IGNORECASE)
_SPOKEN: Final = str.maketrans("二三四五六八九", "2345689")
_LENGTH: Final = 4
_READ_MAX: Final = 2_000

_LINK: Final = re.compile(r"(?<!\d)(\d{3})[ -]?(\d{3})(?!\d)")
_RECOVERY: Final = re.compile(
    rf"(?<![A-Za-z0-9])[{_ALPHABET}]{{4}}(?:[ -]?[{_ALPHABET}]{{4}}){{2}}(?![A-Za-z0-9])"
)


def case_number(text: str, *, others: frozenset[str]) -> str | None:
    """Return the first case number in upper case; `others` are words that are none.

    Only the first 2,000 characters are read.

    Letters or digits alone count only when the word 工单 stands beside them, when they are the
    whole message, or as capitals; so years, prices and English words are not taken for one.
    """
    text = text[:_READ_MAX].strip(" ,.。!?")
    if _WHOLE.fullmatch(text.translate(_SPOKEN)):
        return _accepted(text.translate(_SPOKEN), others)
    named = _NAMED.search(text) or _NAMED.search(text.translate(_SPOKEN))
    if named:
        return _accepted(named.group(1) or named.group(2), others)
    for match in _NUMBER.finditer(text):
        if _stands_out(match.group(1)):
            return _accepted(match.group(1), others)
    return None


def link_code(text: str) -> str | None:
    """Return the six digits of the code that joins two channels."""
    match = _LINK.search(text)
    return "".join(match.groups()) if match else None


def recovery_code(text: str) -> str | None:
    """Return the twelve characters as they were written, in three groups or in one."""
    match = _RECOVERY.search(text)
    return match.group() if match else None


def _stands_out(word: str) -> bool:
    if word.isdecimal() or _QUANTITY.fullmatch(word):
        return False
    return not word.isalpha() or word.isupper()


def _accepted(word: str, others: frozenset[str]) -> str | None:
    number = word.replace(" ", "").replace("-", "").upper()
    return number if len(number) == _LENGTH and number not in others else None
