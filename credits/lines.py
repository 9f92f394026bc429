"""The lines of an exported ledger, as docs/ledger.md has them.

Every value has one way to be written. So a line that fits the pattern is, byte for byte, what
encoding its values again would give.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

FORMAT: Final = "gongzhi-ledger"
VERSION: Final = 1
AUDITOR: Final = "auditor"
PUBLIC: Final = "public"
FORMS: Final = (PUBLIC, AUDITOR)


def _group(name: str, pattern: bytes) -> bytes:
    return b"(?P<%s>%s)" % (name.encode(), pattern)


_NUMBER: Final = rb"0|[1-9][0-9]{0,17}"
_MOMENT: Final = rb"0|-?[1-9][0-9]{0,17}"
_MARK: Final = rb"(?:.{64})?"
_HASH: Final = rb".{64}"
"""What is compared with a hash, or hashed itself, need not be looked at letter by letter."""

_SIDES: Final = (
    rb'"ledger":"[a-z]{1,20}","kind":"[a-z]{1,20}","debit":"[a-z]{1,20}","credit":"[a-z]{1,20}"'
)
_OUTER: Final = (
    rb'\{"v":1,' + _group("sides", _SIDES) + rb',"amount":' + _group("amount", _NUMBER)
    + rb',"rest":' + _group("rest", _NUMBER) + rb',"follows":'
    + _group("follows", b"null|" + _NUMBER) + rb"\}"
)  # fmt: skip
_MIDDLE: Final = (
    rb'\{"activity":"[A-Za-z0-9_.~%-]{1,400}","policy":[1-9][0-9]{0,9},"acted":'
    + _group("acted", _MOMENT) + rb',"recorded":' + _group("recorded", _MOMENT)
    + rb',"expires":' + _group("expires", b"null|" + _MOMENT) + rb',"debit":"'
    + _group("debit", _MARK) + rb'","credit":"' + _group("credit", _MARK)
    + rb'","named":"' + _group("named", _HASH) + rb'"\}'
)  # fmt: skip
_START: Final = rb'\{"index":' + _group("index", _NUMBER) + rb',"entry":' + _group("outer", _OUTER)
_END: Final = rb',"leaf":"' + _group("leaf", _HASH) + rb'"\}\n'
AUDITOR_LINE: Final = re.compile(
    _START + rb',"nonce":"' + _group("nonce", rb"[0-9a-f]{32}")
    + rb'","act":' + _group("middle", _MIDDLE) + _END
)  # fmt: skip
PUBLIC_LINE: Final = re.compile(
    _START + rb',"sealed":"' + _group("sealed", rb"[0-9a-f]{64}") + rb'"' + _END
)


class LineError(Exception):
    """The line is not one of an exported ledger."""


def write(values: Mapping[str, Any]) -> str:
    """Return a line other than an entry's."""
    return json.dumps(values, ensure_ascii=True, separators=(",", ":")) + "\n"


def header(form: str, origin: str, size: int, signed: int) -> str:
    """Return the first line: how many entries follow, and how many of them are signed."""
    said = {"format": FORMAT, "version": VERSION, "form": form, "origin": origin}
    return write({**said, "size": size, "signed": signed})


def auditor_line(index: int, outer: bytes, nonce: str, middle: bytes, leaf: str) -> str:
    """Return an entry as an auditor gets it."""
    return (
        f'{{"index":{index},"entry":{outer.decode()},"nonce":"{nonce}",'
        f'"act":{middle.decode()},"leaf":"{leaf}"}}\n'
    )


def public_line(index: int, outer: bytes, sealed: str, leaf: str) -> str:
    """Return an entry as everybody gets it."""
    return f'{{"index":{index},"entry":{outer.decode()},"sealed":"{sealed}","leaf":"{leaf}"}}\n'


def read(line: bytes, **kinds: type) -> dict[str, Any]:
    """Return the values of a line other than an entry's; LineError unless it has just these."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LineError("it is not JSON") from error
    if not isinstance(found, dict) or list(found) != list(kinds):
        raise LineError(f"it does not have exactly {', '.join(kinds)}")
    for name, kind in kinds.items():
        if type(found[name]) is not kind:
            raise LineError(f"{name} is not of type {kind.__name__}")
    if write(found).encode() != line:
        raise LineError("it is not written as it should be")
    return found
