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
    """One entry. Numbers are as they are written; what is `null`, or not in this form, is empty."""

    kind: str
    parties: Parties
    amount: int
    rest: int
    number: bytes
    follows: bytes
    hidden: bytes
    """The nonce, or `sealed`."""
    acted: bytes
    recorded: bytes
    expires: bytes
    debit: bytes
    credit: bytes
    leaf: bytes


@dataclass(slots=True)
class Account:
    """What an account has."""

    posted: int = 0
    held: int = 0
    coming: int = 0


class Accounts(dict[bytes, Account]):
    """Those of a ledger, by mark; one comes to be when it is first named."""

    def __missing__(self, mark: bytes) -> Account:
        if not _MARK.fullmatch(mark):
            raise BrokenRuleError("a mark is not one")
        found = self[mark] = Account()
        return found


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
        self.accounts = {str(one): Accounts() for one in Ledger}
        self.issued = dict.fromkeys(map(str, Ledger), 0)

    def issue(self, ledger: str, amount: int, mark: bytes) -> None:
        """Take a transfer from the treasury, as nearly all are; `mark` is empty in public."""
        if mark:
            self.accounts[ledger][mark].posted += amount
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
        if entry.follows or entry.rest or not entry.amount:
            raise BrokenRuleError("a transfer moves something and follows nothing")
        self._move(entry)

    def _hold(self, place: int, entry: Entry) -> None:
        amount = entry.amount
        if entry.follows or entry.rest or not amount:
            raise BrokenRuleError("a hold sets something aside and follows nothing")
        if self._named:
            if not entry.expires or int(entry.expires) <= int(entry.recorded):
                raise BrokenRuleError("a hold has a time when it lapses, after it is made")
            self._set_aside(entry, amount)
        self._holds[place] = entry

    def _end(self, place: int, entry: Entry) -> None:
        """A post, a void or a lapse."""
        del place
        hold = self._holds.pop(int(entry.follows or -1), None)
        if hold is None:
            raise BrokenRuleError("it ends no open hold")
        amount, rest = entry.amount, entry.rest
        if _sides_of(entry) != _sides_of(hold) or not amount:
            raise BrokenRuleError("it names other accounts than its hold")
        posts = entry.kind == "post"
        if amount + rest != hold.amount or (rest and not posts):
            raise BrokenRuleError("it is about another amount than its hold")
        if self._named:
            late = int(entry.recorded) >= int(hold.expires)
            if late is not (entry.kind == "lapse"):
                raise BrokenRuleError("it does not come in the time of its hold")
            if entry.acted != hold.acted:
                raise BrokenRuleError("it tells another time of the act than its hold")
            self._set_aside(entry, -hold.amount)
        if posts:
            self._move(entry)

    def _reverse(self, place: int, entry: Entry) -> None:
        index = int(entry.follows or place)
        if index >= place:
            raise BrokenRuleError("it reverses nothing that came before")
        if len(self._reversed) <= index >> 3:
            self._reversed.extend(bytes((place >> 3) + 1 - len(self._reversed)))
        if self._reversed[index >> 3] >> (index & 7) & 1:
            raise BrokenRuleError(f"entry {index} was reversed before")
        self._reversed[index >> 3] |= 1 << (index & 7)
        moved = self._recall(index)
        if moved.kind not in {"transfer", "post"}:
            raise BrokenRuleError(f"entry {index} can't be reversed")
        (ledger, debit, credit), gives, takes = _sides_of(moved)
        turned = (ledger, credit, debit), takes, gives
        if _sides_of(entry) != turned or entry.amount + entry.rest != moved.amount:
            raise BrokenRuleError(f"it does not give back what entry {index} moved")
        self._move(entry)

    def _move(self, entry: Entry) -> None:
        (ledger, debit_kind, credit_kind), amount = entry.parties, entry.amount
        if debit_kind == _TREASURY:
            self.issued[ledger] += amount
        elif self._named:
            account = self.accounts[ledger][entry.debit]
            account.posted -= amount
            if account.posted < account.held:
                raise _overdrawn()
        if credit_kind == _TREASURY:
            self.issued[ledger] -= amount
            if self.issued[ledger] < 0:
                raise BrokenRuleError("more would be taken back than was ever issued")
        elif self._named:
            account = self.accounts[ledger][entry.credit]
            account.posted += amount

    def _set_aside(self, entry: Entry, amount: int) -> None:
        """Hold so much on both sides; less than nothing frees it."""
        ledger, debit_kind, credit_kind = entry.parties
        if debit_kind != _TREASURY:
            account = self.accounts[ledger][entry.debit]
            account.held += amount
            if account.posted < account.held:
                raise _overdrawn()
        if credit_kind != _TREASURY:
            account = self.accounts[ledger][entry.credit]
            account.coming += amount


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


def _sides_of(entry: Entry) -> tuple[Parties, bytes, bytes]:
    return entry.parties, entry.debit, entry.credit


def _check_marks(entry: Entry) -> None:
    _, debit_kind, credit_kind = entry.parties
    if bool(entry.debit) is (debit_kind == _TREASURY):
        raise BrokenRuleError("the debit's mark and its kind do not go together")
    if bool(entry.credit) is (credit_kind == _TREASURY):
        raise BrokenRuleError("the credit's mark and its kind do not go together")
    if entry.debit == entry.credit:
        raise BrokenRuleError("both sides are one account")
    if entry.kind != "hold" and entry.expires:
        raise BrokenRuleError("only a hold has a time when it lapses")
    if int(entry.acted) > int(entry.recorded):
        raise BrokenRuleError("the act is later than its record")
