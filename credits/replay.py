"""Replays entries of an exported ledger: what each may do, judged by what came before it.

Balances are kept by mark, holds while they are open, and one bit an entry: whether it was reversed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from credits.ledger import Kind, Ledger

_MARK: Final = re.compile(rb"[0-9a-f]{64}")
_KINDS: Final = {"treasury", "resident", "rejected"}


class BrokenRuleError(Exception):
    """The entry does what the rules of the ledger forbid."""


class Entry(NamedTuple):
    """One entry; in the public form there are no marks and moments: they are empty and None."""

    ledger: str
    kind: str
    debit_kind: str
    credit_kind: str
    amount: int
    rest: int
    follows: int | None
    debit: bytes
    credit: bytes
    acted: int | None
    recorded: int | None
    expires: int | None


@dataclass(slots=True)
class Account:
    """What an account has."""

    posted: int = 0
    held: int = 0
    coming: int = 0


_SIDES: Final = {
    f'"ledger":"{ledger}","kind":"{kind}","debit":"{debit}","credit":"{credit}"'.encode(): (
        ledger.value,
        kind.value,
        debit,
        credit,
    )
    for ledger in Ledger
    for kind in Kind
    for debit in _KINDS
    for credit in _KINDS
    if (debit, credit) != ("treasury", "treasury")
    and ("rejected" not in {debit, credit} or ledger is Ledger.CREDIT)
}
"""Every way in which an entry may begin."""

ISSUES: Final = {
    text: found[0]
    for text, found in _SIDES.items()
    if found[1] == Kind.TRANSFER and found[2] == "treasury"
}
"""Those by which the treasury issues something at once, with their ledger."""


def sides(text: bytes) -> tuple[str, str, str, str]:
    """Return ledger, kind, and the kinds of both accounts; BrokenRuleError for a wrong mixture."""
    found = _SIDES.get(text)
    if found is None:
        raise BrokenRuleError("ledger, kind and accounts do not go together")
    return found


class Replay:
    """Takes entries in order; `recall` gives an earlier one back, by its index."""

    def __init__(self, recall: Callable[[int], Entry], *, named: bool) -> None:
        """`named` when accounts have marks and moments are told."""
        self._recall = recall
        self._named = named
        self._count = 0
        self._reversed = bytearray()
        self._holds: dict[int, Entry] = {}
        self.accounts: dict[tuple[str, bytes], Account] = {}
        self.issued = dict.fromkeys(map(str, Ledger), 0)

    def issue(self, ledger: str, amount: int, mark: bytes) -> None:
        """Take a transfer from the treasury to an account that is there: nearly all are such."""
        found = self.accounts.get((ledger, mark)) or self._account(ledger, mark)
        found.posted += amount
        self.issued[ledger] += amount
        self._count += 1

    def take(self, entry: Entry) -> None:
        """Judge and apply one; BrokenRuleError for the first that breaks a rule."""
        if self._named:
            _check_marks(entry)
        if entry.kind == "transfer":
            if entry.follows is not None or entry.rest or not entry.amount:
                raise BrokenRuleError("a transfer moves something and follows nothing")
            self._move(entry)
        else:
            _STEPS[entry.kind](self, entry)
        self._count += 1

    def holds(self) -> int:
        """Return how many holds are open."""
        return len(self._holds)

    def _hold(self, entry: Entry) -> None:
        if entry.follows is not None or entry.rest or not entry.amount:
            raise BrokenRuleError("a hold sets something aside and follows nothing")
        if self._named:
            if entry.expires is None or entry.recorded is None or entry.expires <= entry.recorded:
                raise BrokenRuleError("a hold has a time when it lapses, after it is made")
            self._side(entry, entry.debit_kind, entry.debit, 0, entry.amount, 0)
            self._side(entry, entry.credit_kind, entry.credit, 0, 0, entry.amount)
        self._holds[self._count] = entry

    def _end(self, entry: Entry) -> None:
        """A post, a void or a lapse."""
        hold = self._holds.pop(-1 if entry.follows is None else entry.follows, None)
        if hold is None:
            raise BrokenRuleError("it ends no open hold")
        posts = entry.kind == "post"
        if _both(entry) != _both(hold) or not entry.amount:
            raise BrokenRuleError("it names other accounts than its hold")
        if entry.amount + (entry.rest if posts else 0) != hold.amount or (entry.rest and not posts):
            raise BrokenRuleError("it is about another amount than its hold")
        if self._named:
            self._free(entry, hold)
        if posts:
            self._move(entry)

    def _free(self, entry: Entry, hold: Entry) -> None:
        late = (entry.recorded or 0) >= (hold.expires or 0)
        if late is not (entry.kind == "lapse"):
            raise BrokenRuleError("it does not come in the time of its hold")
        if entry.acted != hold.acted:
            raise BrokenRuleError("it tells another time of the act than its hold")
        self._side(entry, entry.debit_kind, entry.debit, 0, -hold.amount, 0)
        self._side(entry, entry.credit_kind, entry.credit, 0, 0, -hold.amount)

    def _reverse(self, entry: Entry) -> None:
        index = self._count if entry.follows is None else entry.follows
        if index >= self._count:
            raise BrokenRuleError("it reverses nothing that came before")
        if len(self._reversed) <= index >> 3:
            self._reversed.extend(bytes((self._count >> 3) + 1 - len(self._reversed)))
        if self._reversed[index >> 3] >> (index & 7) & 1:
            raise BrokenRuleError(f"entry {index} was reversed before")
        self._reversed[index >> 3] |= 1 << (index & 7)
        original = self._recall(index)
        if original.kind not in {"transfer", "post"}:
            raise BrokenRuleError(f"entry {index} can't be reversed")
        ledger, debit, credit, *marks = _both(original)
        turned = (ledger, credit, debit, *reversed(marks))
        if _both(entry) != turned or entry.amount + entry.rest != original.amount:
            raise BrokenRuleError(f"it does not give back what entry {index} moved")
        self._move(entry)

    def _move(self, entry: Entry) -> None:
        amount = entry.amount
        if entry.debit_kind == "treasury":
            self.issued[entry.ledger] += amount
        if entry.credit_kind == "treasury":
            self.issued[entry.ledger] -= amount
            if self.issued[entry.ledger] < 0:
                raise BrokenRuleError("more would be taken back than was ever issued")
        if self._named:
            self._side(entry, entry.debit_kind, entry.debit, -amount, 0, 0)
            self._side(entry, entry.credit_kind, entry.credit, amount, 0, 0)

    def _side(
        self, entry: Entry, kind: str, mark: bytes, posted: int, held: int, coming: int
    ) -> None:
        """Add to what an account has posted, held and coming."""
        if kind == "treasury":
            return
        found = self.accounts.get((entry.ledger, mark)) or self._account(entry.ledger, mark)
        found.posted += posted
        found.held += held
        found.coming += coming
        if found.posted < found.held or found.held < 0 or found.coming < 0:
            raise BrokenRuleError("an account would go below zero")

    def _account(self, ledger: str, mark: bytes) -> Account:
        if not _MARK.fullmatch(mark):
            raise BrokenRuleError("a mark is not one")
        found = self.accounts[ledger, mark] = Account()
        return found


_STEPS: Final = {
    "hold": Replay._hold,  # noqa: SLF001  the table of the class itself
    "post": Replay._end,  # noqa: SLF001
    "void": Replay._end,  # noqa: SLF001
    "lapse": Replay._end,  # noqa: SLF001
    "reversal": Replay._reverse,  # noqa: SLF001
}


def _both(entry: Entry) -> tuple[str, str, str, bytes, bytes]:
    return entry.ledger, entry.debit_kind, entry.credit_kind, entry.debit, entry.credit


def _check_marks(entry: Entry) -> None:
    _, kind, debit_kind, credit_kind, _, _, _, debit, credit, acted, recorded, expires = entry
    if bool(debit) is (debit_kind == "treasury"):
        raise BrokenRuleError("the debit's mark and its kind do not go together")
    if bool(credit) is (credit_kind == "treasury"):
        raise BrokenRuleError("the credit's mark and its kind do not go together")
    if debit == credit:
        raise BrokenRuleError("both sides are one account")
    if kind != "hold" and expires is not None:
        raise BrokenRuleError("only a hold has a time when it lapses")
    if (acted or 0) > (recorded or 0):
        raise BrokenRuleError("the act is later than its record")
