"""The ledger as a child would keep it: a few dictionaries, copied before anything is tried."""

from collections import Counter
from copy import deepcopy
from datetime import datetime

from credits.ledger import Kind, Posting

Refusal = str
_ENDS = (Kind.POST, Kind.VOID, Kind.LAPSE)


class Model:
    def __init__(self) -> None:
        self.bodies: dict[str, Posting] = {}
        self.moved: dict[str, int] = {}  # by key, what a reversal or a post really moved
        self.keys: dict[str, str] = {}  # by id
        self.ended: set[str] = set()  # keys of holds that are over and of what was reversed
        self.posted: Counter[str] = Counter()
        self.held: Counter[str] = Counter()
        self.coming: Counter[str] = Counter()

    def open_holds(self) -> list[Posting]:
        return [
            one
            for key, one in self.bodies.items()
            if one.kind is Kind.HOLD and key not in self.ended
        ]

    def lapse(self, now: datetime) -> None:
        for hold in self.open_holds():
            if hold.expires_at is not None and hold.expires_at <= now:
                self._free(hold)

    def take(self, chain: list[Posting], now: datetime) -> Refusal:
        """Return "written", or the name of the error, for a chain."""
        known = [posting.key in self.bodies for posting in chain]
        if any(known):
            same = all(known) and all(self.bodies[one.key] == one for one in chain)
            return "written" if same else "KeyConflict"
        trial = deepcopy(self)
        for posting in chain:
            refused = trial.one(posting, now)
            if refused:
                return refused
        self.__dict__ = trial.__dict__
        return "written"

    def one(self, wish: Posting, now: datetime) -> Refusal:
        if wish.key in self.bodies:
            return "KeyConflict"
        refused = ""
        if wish.kind is Kind.TRANSFER:
            refused = self._move(wish, wish.amount)
        elif wish.kind is Kind.HOLD:
            refused = self._hold(wish)
        elif wish.kind is Kind.REVERSAL:
            refused = self._reverse(wish)
        else:
            refused = self._end(wish, now)
        if not refused:
            self.bodies[wish.key] = wish
        return refused

    def free(self, owner: str) -> int:
        return self.posted[owner] - self.held[owner]

    def _move(self, wish: Posting, amount: int) -> Refusal:
        debit, credit = wish.debit.owner, wish.credit.owner
        if debit != "treasury" and self.free(debit) < amount:
            return "Overdrawn"
        self.posted[debit] -= amount
        self.posted[credit] += amount
        self.moved[wish.key] = amount
        return ""

    def _hold(self, wish: Posting) -> Refusal:
        debit = wish.debit.owner
        if debit != "treasury" and self.free(debit) < wish.amount:
            return "Overdrawn"
        self.held[debit] += wish.amount
        self.coming[wish.credit.owner] += wish.amount
        return ""

    def _end(self, wish: Posting, now: datetime) -> Refusal:
        hold = self.bodies[self.keys[str(wish.follows)]]
        if hold.kind is not Kind.HOLD:
            return "UnknownTransfer"
        lapsed = hold.expires_at is not None and hold.expires_at <= now
        if wish.kind is Kind.LAPSE and not lapsed:
            return "InvalidPosting"
        if wish.kind is Kind.POST and wish.amount > hold.amount:
            return "AlreadyFollowed" if lapsed else "InvalidPosting"
        if hold.key in self.ended:
            return "AlreadyFollowed"
        self._free(hold)
        return self._move(wish, wish.amount) if wish.kind is Kind.POST else ""

    def _reverse(self, wish: Posting) -> Refusal:
        original = self.bodies[self.keys[str(wish.follows)]]
        if original.kind not in {Kind.TRANSFER, Kind.POST}:
            return "UnknownTransfer"
        if original.key in self.ended:
            return "AlreadyFollowed"
        self.ended.add(original.key)
        owner = wish.debit.owner
        most = wish.amount if owner == "treasury" else min(wish.amount, self.free(owner))
        return self._move(wish, most)

    def _free(self, hold: Posting) -> None:
        self.ended.add(hold.key)
        self.held[hold.debit.owner] -= hold.amount
        self.coming[hold.credit.owner] -= hold.amount
