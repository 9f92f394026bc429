"""Replays entries of an exported ledger: what each may do, judged by what came before it.

Balances are kept by mark, holds while they are open, and one bit an entry: whether it was reversed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from credits.ledger import Kind, Ledger

_MARK: Final = re.compile(rb"[0-9a-f]{64}")
_TREASURY: Final = "treasury"
_KINDS: Final = (_TREASURY, "resident", "rejected")

Parties = tuple[str, str, str]
"""Ledger, kind of the debit's account, kind of the credit's."""


class BrokenRuleError(Exception):
    """The entry does what the rules of the ledger forbid."""


class Entry(NamedTuple):
    """One entry; in the public form there are no marks and moments: they are empty and 0."""

    kind: str
    parties: Parties
    amount: int
    rest: int
    follows: int | None
    debit: bytes
    credit: bytes
    acted: int
    recorded: int
    expires: int | None


@dataclass(slots=True)
class Account:
    """What an account has."""

    posted: int = 0
    held: int = 0
    coming: int = 0


_SIDES: Final[dict[bytes, tuple[str, Parties]]] = {
    f'"ledger":"{ledger}","kind":"{kind}","debit":"{debit}","credit":"{credit}"'.encode(): (
        kind.value,
        (ledger.value, debit, credit),
    )
    for ledger in Ledger
    for kind in Kind
    for debit in _KINDS
    for credit in _KINDS
    if (debit, credit) != (_TREASURY, _TREASURY)
    and ("rejected" not in {debit, credit} or ledger is Ledger.CREDIT)
}
"""Every way in which an entry may begin."""


def sides(text: bytes) -> tuple[str, Parties]:
    """Return the kind and between whom it is; BrokenRuleError for a wrong mixture."""
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
        self._reversed = bytearray()
        self._holds: dict[int, Entry] = {}
        self.accounts: dict[str, dict[bytes, Account]] = {str(one): {} for one in Ledger}
        self.issued = dict.fromkeys(map(str, Ledger), 0)

    def issue(self, ledger: str, amount: int, mark: bytes) -> None:
        """Take a transfer from the treasury, as nearly all are; `mark` is empty in public."""
        if mark:
            found = self.accounts[ledger].get(mark) or self._account(ledger, mark)
            found.posted += amount
        self.issued[ledger] += amount

    def take(self, place: int, entry: Entry) -> None:
        """Judge and apply the one of that index; BrokenRuleError when it breaks a rule."""
        if self._named:
            _check_marks(entry)
        self.apply(place, entry)

    def apply(self, place: int, entry: Entry) -> None:
        """Judge and apply one whose marks, kinds and moments are known to go together."""
        _STEPS[entry.kind](self, place, entry)

    def holds(self) -> int:
        """Return how many holds are open."""
        return len(self._holds)

    def _transfer(self, place: int, entry: Entry) -> None:
        del place
        if entry.follows is not None or entry.rest or not entry.amount:
            raise BrokenRuleError("a transfer moves something and follows nothing")
        self._move(entry)

    def _hold(self, place: int, entry: Entry) -> None:
        amount = entry.amount
        if entry.follows is not None or entry.rest or not amount:
            raise BrokenRuleError("a hold sets something aside and follows nothing")
        if self._named:
            if entry.expires is None or entry.expires <= entry.recorded:
                raise BrokenRuleError("a hold has a time when it lapses, after it is made")
            self._set_aside(entry, amount)
        self._holds[place] = entry

    def _end(self, place: int, entry: Entry) -> None:
        """A post, a void or a lapse."""
        del place
        hold = self._holds.pop(-1 if entry.follows is None else entry.follows, None)
        if hold is None:
            raise BrokenRuleError("it ends no open hold")
        _, parties, amount, rest, _, debit, credit, _, _, _ = entry
        if (parties, debit, credit) != (hold.parties, hold.debit, hold.credit) or not amount:
            raise BrokenRuleError("it names other accounts than its hold")
        posts = entry.kind == "post"
        if amount + rest != hold.amount or (rest and not posts):
            raise BrokenRuleError("it is about another amount than its hold")
        if self._named:
            late = entry.recorded >= (hold.expires or 0)
            if late is not (entry.kind == "lapse"):
                raise BrokenRuleError("it does not come in the time of its hold")
            if entry.acted != hold.acted:
                raise BrokenRuleError("it tells another time of the act than its hold")
            self._set_aside(entry, -hold.amount)
        if posts:
            self._move(entry)

    def _reverse(self, place: int, entry: Entry) -> None:
        index = place if entry.follows is None else entry.follows
        if index >= place:
            raise BrokenRuleError("it reverses nothing that came before")
        if len(self._reversed) <= index >> 3:
            self._reversed.extend(bytes((place >> 3) + 1 - len(self._reversed)))
        if self._reversed[index >> 3] >> (index & 7) & 1:
            raise BrokenRuleError(f"entry {index} was reversed before")
        self._reversed[index >> 3] |= 1 << (index & 7)
        kind, parties, amount, _, _, debit, credit, _, _, _ = self._recall(index)
        if kind not in {"transfer", "post"}:
            raise BrokenRuleError(f"entry {index} can't be reversed")
        turned = (parties[0], parties[2], parties[1]), credit, debit, amount
        if (entry.parties, entry.debit, entry.credit, entry.amount + entry.rest) != turned:
            raise BrokenRuleError(f"it does not give back what entry {index} moved")
        self._move(entry)

    def _move(self, entry: Entry) -> None:
        _, (ledger, debit_kind, credit_kind), amount, _, _, debit, credit, _, _, _ = entry
        if debit_kind == _TREASURY:
            self.issued[ledger] += amount
        elif self._named:
            account = self.accounts[ledger].get(debit) or self._account(ledger, debit)
            account.posted -= amount
            if account.posted < account.held:
                raise _overdrawn()
        if credit_kind == _TREASURY:
            self.issued[ledger] -= amount
            if self.issued[ledger] < 0:
                raise BrokenRuleError("more would be taken back than was ever issued")
        elif self._named:
            account = self.accounts[ledger].get(credit) or self._account(ledger, credit)
            account.posted += amount

    def _set_aside(self, entry: Entry, amount: int) -> None:
        """Hold so much on both sides; less than nothing frees it."""
        ledger, debit_kind, credit_kind = entry.parties
        if debit_kind != _TREASURY:
            account = self.accounts[ledger].get(entry.debit) or self._account(ledger, entry.debit)
            account.held += amount
            if account.posted < account.held:
                raise _overdrawn()
        if credit_kind != _TREASURY:
            account = self.accounts[ledger].get(entry.credit) or self._account(ledger, entry.credit)
            account.coming += amount

    def _account(self, ledger: str, mark: bytes) -> Account:
        if not _MARK.fullmatch(mark):
            raise BrokenRuleError("a mark is not one")
        found = self.accounts[ledger][mark] = Account()
        return found


_STEPS: Final = {
    "transfer": Replay._transfer,  # noqa: SLF001  the table of the class itself
    "hold": Replay._hold,  # noqa: SLF001
    "post": Replay._end,  # noqa: SLF001
    "void": Replay._end,  # noqa: SLF001
    "lapse": Replay._end,  # noqa: SLF001
    "reversal": Replay._reverse,  # noqa: SLF001
}


def _overdrawn() -> BrokenRuleError:
    return BrokenRuleError("an account would go below zero")


def _check_marks(entry: Entry) -> None:
    kind, (_, debit_kind, credit_kind), _, _, _, debit, credit, acted, recorded, expires = entry
    if bool(debit) is (debit_kind == _TREASURY):
        raise BrokenRuleError("the debit's mark and its kind do not go together")
    if bool(credit) is (credit_kind == _TREASURY):
        raise BrokenRuleError("the credit's mark and its kind do not go together")
    if debit == credit:
        raise BrokenRuleError("both sides are one account")
    if kind != "hold" and expires is not None:
        raise BrokenRuleError("only a hold has a time when it lapses")
    if acted > recorded:
        raise BrokenRuleError("the act is later than its record")
