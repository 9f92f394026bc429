"""Templates filled in: everything is escaped, a missing value is a mistake of ours."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jinja2
from markupsafe import Markup

from bot.locale.texts import Texts
from bot.web.assets import Assets


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a page that is replaced when it changes; equal stamps mean equal content."""

    html: Markup
    stamp: str


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
        )
        self._environment.filters["zip"] = zip
        self._environment.globals |= {"say": texts.say, "asset": assets.url}

    def fill(self, template: str, now: datetime, /, **values: Any) -> str:
        """Return the page. Templates say a time with `moment(when)`."""
        return self._environment.get_template(template).render(
            moment=lambda when: self._texts.moment(when, now), **values
        )

    def piece(self, template: str, now: datetime, /, **values: Any) -> Piece:
        """Return a part of a page."""
        html = self.fill(template, now, **values)
        return Piece(Markup(html), hashlib.sha256(html.encode()).hexdigest()[:16])  # noqa: S704  filled in by the escaping template
