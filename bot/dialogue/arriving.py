"""Whoever comes from a group by a link: what she pressed there is shown in her own chat."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from bot.dialogue import pledging, social, votes
from bot.dialogue.turn import Reply, Turn

_LEADS_TO: Final[Mapping[str, Callable[[Turn, str], Reply]]] = MappingProxyType(
    {
        "initiative": pledging.arrived,
        "votes": lambda turn, _: votes.listed(turn),
    }
)
"""These show something. Anybody can write such a link, so none of them does anything for her."""


def led_here(turn: Turn, where: str) -> Reply:
    """Show what the link leads to; any other is a greeting."""
    kind, _, number = where.partition("-")
    known = _LEADS_TO.get(kind)
    return social.greeting(turn) if known is None else known(turn, number)
