"""Templates filled in: everything is escaped, a missing value is a mistake of ours."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from types import CodeType
from typing import Any, Final

import jinja2
from jinja2.bccache import Bucket
from markupsafe import Markup

from bot.locale.texts import Texts
from bot.web.assets import Assets


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a page that is replaced when it changes; equal stamps mean equal content."""

    html: Markup
    stamp: str


class _Compiled(jinja2.BytecodeCache):
    """What this process has compiled, for all its sites.

    To compile a page takes a hundred times as long as to fill it in.
    """

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._code[bucket.key, bucket.checksum] = bucket.code


_COMPILED: Final = _Compiled()


class Pages:
    """Fills in the packaged templates."""

    def __init__(self, texts: Texts, assets: Assets) -> None:
        self._texts = texts
        self._environment = jinja2.Environment(
            loader=jinja2.PackageLoader("bot.web"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=_COMPILED,
        )
        self._environment.filters["zip"] = zip
        self._environment.globals |= {"say": texts.say, "asset": assets.url}

    def fill(self, template: str, now: datetime, /, **values: Any) -> str:
        """Return the page. Templates say a time with `moment(when)` and `span(first, last)`."""
        return self._environment.get_template(template).render(
            moment=lambda when: self._texts.moment(when, now),
            span=lambda first, last: self._texts.span(first, last, now),
            **values,
        )

    def piece(self, template: str, now: datetime, /, **values: Any) -> Piece:
        """Return a part of a page."""
        html = self.fill(template, now, **values)
        return Piece(Markup(html), hashlib.sha256(html.encode()).hexdigest()[:16])  # noqa: S704  filled in by the escaping template
