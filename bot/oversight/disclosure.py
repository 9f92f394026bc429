"""What staff write is read before it is sent: whether it has something personal of others."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Personal(StrEnum):
    """What was found."""

    IDENTITY = "identity"
    PHONE = "phone"
    PLATE = "plate"
    ROOM = "room"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Finding:
    """A piece of the words that may be personal, and where it stands."""

    kind: Personal
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the piece ends."""
        return self.start + len(self.text)


_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕"
    "丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴"
    "严莫孔向汤傅"
)
_TITLES: Final = "先生|女士|小姐|大爷|大妈|大娘|阿姨|叔叔|老师|医生|师傅|同志|奶奶|爷爷|老人|太太"
_NO_GIVEN: Final = "的是在了和跟与及请让叫给对把就也都去来找问位个名到从向被为家的人"
_NO_NAMES: Final = re.compile(
    r"任何|方便|方面|高龄|高级|高空|高压|周边|周末"
    r"|周围|于是|施工|管理|管道|安全|安装|万一|马上"
    r"|石材|金牌|白班|江边|文明|田间|程序|夏天|秦岭"
    r"|武装|武术|严肃|顾客|毛毯|向导|林业|龙头|雷达"
    r"|路政"
)
"""Words that only begin like a name."""

_PATTERNS: Final = (
    (
        Personal.IDENTITY,
        re.compile(
            r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
            r"(?![\dA-Za-z])"
        ),
    ),
    (
        Personal.PHONE,
        re.compile(
            r"(?<!\d)(?:1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|0\d{2,3}[\s-]?\d{7,8})(?!\d)"
            r"|(?<![\d.A-Za-z-])(?!(?:19|20)\d{2}-?(?:[01]\d[0-3]\d|(?:19|20)\d{2})(?!\d))"
            r"[2-8]\d{2,3}[\s-]?\d{4}(?!\d|[.-]\d|\s?[年号度元块件个米吨平])"
        ),
    ),
    (
        Personal.PLATE,
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
            r"[A-HJ-NP-Za-hj-np-z][·.\s]?[A-HJ-NP-Za-hj-np-z0-9]{5,6}(?![A-Za-z0-9])"
        ),
    ),
    (
        Personal.ROOM,
        re.compile(
            r"(?<!\d)\d{1,3}(?:号楼|栋|幢|座)\s?(?:\d{1,2}单元\s?)?\d{3,4}(?:室|号房|房)?(?!\d)"
            r"|(?<!\d)\d{1,2}单元\s?\d{3,4}(?:室|号房|房)?(?!\d)"
            r"|(?<![\d-])\d{1,3}-\d{1,2}-\d{3,4}(?![\d-])"
            r"|(?<!\d)\d{3,4}(?:室|号房)"
        ),
    ),
    (
        Personal.NAME,
        re.compile(rf"(?<!师)[{_SURNAMES}](?P<given>[\u4e00-\u9fff]{{1,2}}?)(?:{_TITLES})"),
    ),
)
_SEPARATORS: Final = re.compile(r"[\s·.\-]")
_ROOM_END: Final = re.compile(r"(?:室|号房|房)$")


def find_personal(words: str, *, own: Iterable[str] = ()) -> list[Finding]:
    """Return what looks personal, in order; what is in the `own` texts is no secret from her.

    Telephone numbers of mobiles and landlines, identity numbers, plates, rooms, full names
    with a title. 王师傅 is no full name, 12345 no private number.
    """
    known = [_plain(text) for text in own]
    taken: list[Finding] = []
    for found in _all(words):
        overlaps = any(found.start < one.end and one.start < found.end for one in taken)
        if not overlaps and not any(_core(found) in text for text in known):
            taken.append(found)
    return sorted(taken, key=lambda one: one.start)


def _all(words: str) -> Iterator[Finding]:
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(words):
            if kind is not Personal.NAME or _is_name(match):
                yield Finding(kind, match.group(), match.start())


def _is_name(match: re.Match[str]) -> bool:
    given = match["given"]
    if any(letter in _NO_GIVEN for letter in given):
        return False
    return _NO_NAMES.fullmatch(match.group()[: 1 + len(given)]) is None


def _core(found: Finding) -> str:
    plain = _plain(found.text)
    return _ROOM_END.sub("", plain) if found.kind is Personal.ROOM else plain


def _plain(text: str) -> str:
    return _SEPARATORS.sub("", text).upper()
