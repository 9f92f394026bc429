"""Telephone numbers as exchanges give them, brought to one form: +8613812345678.

Numbers without a country are of mainland China. Short numbers (extensions, 110, 12345) and, where
the area is not known, local ones stay as they are; what is no number at all is ''.
"""

import re
import unicodedata
from typing import Final

_COUNTRY: Final = "86"
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_AREA_AND_LOCAL: Final = re.compile(r"(?:10|2\d)[2-9]\d{7}|[3-9]\d{2}[2-9]\d{6,7}")
_SERVICE: Final = re.compile(r"[48]00\d{7}")
_LOCAL: Final = re.compile(r"[2-9]\d{6,7}")
_SHORT: Final = re.compile(r"\d{2,6}")
_FOREIGN: Final = re.compile(r"[1-9]\d{6,14}")
_SCHEME: Final = re.compile(r"^(?:sips?|tel):", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"[\s()./·-]")
MOST: Final = 64
"""Longer texts are no numbers."""


def normal(given: str, *, area: str = "") -> str:
    """Return the number in its one form; '' for what is none, such as `anonymous`.

    `area` is the community's own area code, such as 010: local numbers are of that area.
    """
    text = unicodedata.normalize("NFKC", given[:MOST]) if len(given) <= MOST else ""
    text = _SCHEME.sub("", text.strip()).partition("@")[0].partition(";")[0]
    text = _BETWEEN.sub("", text)
    if text.startswith("00"):
        text = f"+{text[2:]}"
    digits = text.removeprefix("+")
    if not digits.isascii() or not digits.isdigit():
        return ""
    if text.startswith("+"):
        return _with_country(digits)
    return _without_country(digits, area.removeprefix("0"))


def _with_country(digits: str) -> str:
    if digits.startswith(_COUNTRY):
        home = _at_home(digits.removeprefix(_COUNTRY))
        return f"+{_COUNTRY}{home}" if home else ""
    return f"+{digits}" if _FOREIGN.fullmatch(digits) else ""


def _without_country(digits: str, area: str) -> str:
    home = _at_home(digits)
    if not home and digits.startswith(_COUNTRY):
        home = _at_home(digits.removeprefix(_COUNTRY))
    if home:
        return f"+{_COUNTRY}{home}"
    if _LOCAL.fullmatch(digits):
        return f"+{_COUNTRY}{area}{digits}" if area else digits
    return digits if _SHORT.fullmatch(digits) else ""


def _at_home(digits: str) -> str:
    """Return a whole number of mainland China, without the 0 before it; '' for anything else."""
    whole = digits.removeprefix("0")
    if _MOBILE.fullmatch(whole) or _SERVICE.fullmatch(whole):
        return whole
    dialled_with_0 = digits.startswith("0") or len(digits) > len("12345678")
    return whole if dialled_with_0 and _AREA_AND_LOCAL.fullmatch(whole) else ""


def dialled(number: str) -> str:
    """Return what is dialled within mainland China to reach a number in its one form."""
    if not number.startswith("+"):
        return number
    digits = number.removeprefix("+")
    if not digits.startswith(_COUNTRY):
        return f"00{digits}"
    home = digits.removeprefix(_COUNTRY)
    return home if _MOBILE.fullmatch(home) or _SERVICE.fullmatch(home) else f"0{home}"
