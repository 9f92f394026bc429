"""The clocks of a case that run now, each with who owes it, until when, and what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bot.locale.texts import Texts
from bot.model.clock import LADDER, CaseClock, Clock, Step
from bot.web.cases import left

_OF_REFERRAL: Final = MappingProxyType(
    {Step.LATE: "referral_lead", Step.LEAD: "referral_end", Step.STREET: "referral_end"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockLine:
    """One clock in words. `left` says how long there is, or how late it is; "" at rest."""

    what: str
    who: str
    when: str
    left: str
    late: bool
    rests: bool
    following: str


def clock_lines(
    texts: Texts, clocks: Sequence[CaseClock], names: Mapping[str, str], now: datetime
) -> list[ClockLine]:
    """Return what runs, what is due first before what is due later; `names` by party."""
    return [
        ClockLine(
            what=texts.say(f"desk.figures.kind.{clock.kind.value}"),
            who=_party(texts, clock.party, names),
            when=texts.moment(clock.due_at, now),
            left="" if clock.paused_at else left(texts, clock.due_at, now),
            late=clock.paused_at is None and clock.due_at < now,
            rests=clock.paused_at is not None,
            following=_following(texts, clock, now),
        )
        for clock in sorted(clocks, key=lambda clock: (clock.paused_at is not None, clock.due_at))
    ]


def _party(texts: Texts, party: str, names: Mapping[str, str]) -> str:
    if party in names:
        return names[party]
    key = f"desk.clock.party.{party.partition(':')[0]}"
    return texts.say(key) if texts.has(key) else texts.say("desk.somebody")


def _following(texts: Texts, clock: CaseClock, now: datetime) -> str:
    """Say what happens next if it is not done until then."""
    if clock.paused_at is not None:
        return ""
    if clock.kind is Clock.REFERRAL:
        step = _OF_REFERRAL.get(clock.step, "referral_late")
        at = clock.due_at if clock.step < Step.LATE else clock.next_at
    elif clock.kind in LADDER and clock.step < Step.STREET:
        step, at = Step(clock.step + 1).name.lower(), clock.next_at
    else:
        return ""
    return "" if at is None else texts.say(f"desk.clock.next.{step}", when=texts.moment(at, now))
