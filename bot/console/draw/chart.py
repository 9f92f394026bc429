"""A table of steps as something to draw: the case's and the referral's are two of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.locale.texts import Texts
from bot.model import initiative
from bot.model.case import DUTIES, TRANSITIONS, State
from bot.model.referral import LIVE, STEPS, ReferralState
from credits import voting


@dataclass(frozen=True, slots=True)
class Name:
    """What something is called in the code, and by people."""

    code: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the table: from any of the sources a step by one of the parties leads on."""

    step: Name
    sources: tuple[str, ...]
    target: str
    parties: tuple[Name, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A whole table; the first state is where everything begins, in `ends` nobody has to act."""

    code: str
    states: tuple[Name, ...]
    ends: frozenset[str]
    rows: tuple[Row, ...]


def case_chart(texts: Texts) -> Chart:
    """Return the table of a case."""
    rows = [
        _row(texts, "case", row.trigger, row.sources, row.target, row.parties)
        for row in TRANSITIONS
    ]
    return _chart(texts, "case", "desk.state", State, set(State) - set(DUTIES), rows)


def referral_chart(texts: Texts) -> Chart:
    """Return the table of a referral."""
    rows = [_row(texts, "referral", row.move, row.sources, row.target, row.by) for row in STEPS]
    ends = set(ReferralState) - LIVE
    return _chart(texts, "referral", "desk.referral", ReferralState, ends, rows)


def initiative_chart(texts: Texts) -> Chart:
    """Return the table of an initiative."""
    rows = [
        _row(texts, "initiative", row.move, row.sources, row.target, row.by)
        for row in initiative.STEPS
    ]
    states = initiative.InitiativeState
    return _chart(texts, "initiative", "initiatives.state", states, initiative.ENDED, rows)


def vote_chart(texts: Texts) -> Chart:
    """Return the table of a vote."""
    rows = [_row(texts, "vote", row.move, row.sources, row.target, row.by) for row in voting.STEPS]
    return _chart(texts, "vote", "votes.state", voting.VoteState, voting.ENDED, rows)


def _chart(
    texts: Texts,
    code: str,
    words: str,
    states: Iterable[StrEnum],
    ends: Iterable[StrEnum],
    rows: Iterable[Row],
) -> Chart:
    names = tuple(Name(state.value, texts.say(f"{words}.{state.value}")) for state in states)
    ending = frozenset(state.value for state in ends)
    return Chart(code=code, states=names, ends=ending, rows=tuple(rows))


def _row(
    texts: Texts,
    code: str,
    step: StrEnum,
    sources: Iterable[StrEnum],
    target: StrEnum,
    parties: Iterable[StrEnum],
) -> Row:
    """Sets are put into the order in which their kind names its members."""
    return Row(
        step=Name(step.value, texts.say(f"console.draw.{code}.{step.value}")),
        sources=tuple(source.value for source in _in_order(sources)),
        target=target.value,
        parties=tuple(
            Name(party.value, texts.say(f"console.draw.party.{party.value}"))
            for party in _in_order(parties)
        ),
    )


def _in_order(members: Iterable[StrEnum]) -> list[StrEnum]:
    return sorted(members, key=lambda member: [*type(member).__members__.values()].index(member))
