"""What staff put right in transcripts feeds the list of words that sound alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.model.case import RefusedError
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.homophones import HomophoneViews, Misheard
from bot.ports.storage import Tx
from nlp.meaning import Interpreter
from nlp.text.homophones import Homophone

_READ_MOST: Final = 200
PAIRS_MOST: Final = 500
"""So many pairs count at the most; they are all looked for in every message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A pair, how often it was put right, and by whom."""

    pair: Homophone
    times: int
    staff_ids: frozenset[int]


def proposals(interpreter: Interpreter, book: HomophoneViews) -> list[Proposal]:
    """Return what of the newest corrections nobody has decided, the most frequent first."""
    by_pair: dict[Homophone, list[Misheard]] = {}
    for one in book.misheard(_READ_MOST):
        for pair in interpreter.misheard(one.heard, one.right):
            by_pair.setdefault(pair, []).append(one)
    found = [
        Proposal(
            pair=pair,
            times=len(by_pair[pair]),
            staff_ids=frozenset(one.staff_id for one in by_pair[pair]),
        )
        for pair in book.undecided(list(by_pair))
    ]
    return sorted(found, key=lambda one: (-one.times, one.pair))


def agree(tx: Tx, interpreter: Interpreter, staff: Staff, pair: Homophone) -> None:
    """Let a proposed pair count from now on; one's own is for somebody else to agree to."""
    proposal = _proposed(tx, interpreter, staff, pair)
    if proposal.staff_ids == {staff.id}:
        raise RefusedError("lesson_own")
    if len(tx.homophones.agreed()) >= PAIRS_MOST:
        raise RefusedError("homophones_full")
    tx.homophones.decide(pair, staff.id, counts=True)


def refuse(tx: Tx, interpreter: Interpreter, staff: Staff, pair: Homophone) -> None:
    """Leave a proposed pair out."""
    _proposed(tx, interpreter, staff, pair)
    tx.homophones.decide(pair, staff.id, counts=False)


def take_back(tx: Tx, staff: Staff, pair: Homophone) -> None:
    """Let a pair count no longer."""
    _may_teach(staff)
    if all(one.pair != pair for one in tx.homophones.agreed()):
        raise RefusedError("not_there")
    tx.homophones.decide(pair, staff.id, counts=False)


def _proposed(tx: Tx, interpreter: Interpreter, staff: Staff, pair: Homophone) -> Proposal:
    _may_teach(staff)
    for one in proposals(interpreter, tx.homophones):
        if one.pair == pair:
            return one
    raise RefusedError("not_there")


def _may_teach(staff: Staff) -> None:
    if not may(staff.role, Right.TEACH):
        raise RefusedError("not_allowed")


def pairs_that_count(book: HomophoneViews) -> Sequence[Homophone]:
    """Return them."""
    return [one.pair for one in book.agreed()]
