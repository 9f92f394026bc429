"""Whatever is posted, in whatever order: the ledger against a model of two dictionaries."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from credits.ledger import KeyConflict, LedgerError, Overdrawn, Posting, effect, post_many
from tests.credits.making import NOON, account, ids, posting
from tests.fakes.journal import MemoryJournal

OWNERS = ("treasury", "resident:1", "resident:2", "resident:3")
pairs = st.permutations(OWNERS).map(lambda owners: (owners[0], owners[1]))
amounts = st.integers(min_value=1, max_value=6)
keys = st.integers(min_value=0, max_value=30).map(str)
postings = st.builds(
    lambda key, pair, amount: posting(key, pair[0], pair[1], amount), keys, pairs, amounts
)


class LedgerMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.journal = MemoryJournal()
        self.new_id = ids()
        self.bodies: dict[str, Posting] = {}
        self.balances: Counter[str] = Counter()

    @rule(batch=st.lists(postings, max_size=5))
    def post_a_batch(self, batch: list[Posting]) -> None:
        self.attempt(batch)

    @rule(key=keys, owner=st.sampled_from(OWNERS[1:]), amount=amounts)
    def issue(self, key: str, owner: str, amount: int) -> None:
        self.attempt([posting(key, "treasury", owner, amount)])

    @rule(key=keys, owner=st.sampled_from(OWNERS[1:]), beyond=st.integers(-1, 1))
    def empty_an_account_to_the_last_point(self, key: str, owner: str, beyond: int) -> None:
        amount = self.balances[owner] + beyond
        if amount > 0:
            self.attempt([posting(key, owner, "treasury", amount)])

    @precondition(lambda self: self.bodies)
    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        known = data.draw(st.sampled_from(sorted(self.bodies)))
        self.attempt([self.bodies[known]])

    @precondition(lambda self: self.bodies)
    @rule(data=st.data())
    def change_a_body(self, data: st.DataObject) -> None:
        known = self.bodies[data.draw(st.sampled_from(sorted(self.bodies)))]
        self.attempt([replace(known, amount=known.amount + 1)])

    def attempt(self, batch: list[Posting]) -> None:
        """Post; the outcome and all that is left behind must be what the model says."""
        bodies, balances, refusals = self.predict(batch)
        before = list(self.journal.transfers)
        if refusals:
            with pytest.raises(LedgerError) as caught:
                post_many(self.journal, batch, now=NOON, new_id=self.new_id)
            assert caught.type in refusals
            assert self.journal.transfers == before
            return
        written = post_many(self.journal, batch, now=NOON, new_id=self.new_id)
        assert [transfer.key for transfer in written] == [wish.key for wish in batch]
        assert self.journal.transfers[: len(before)] == before
        self.bodies, self.balances = bodies, balances

    def predict(
        self, batch: list[Posting]
    ) -> tuple[dict[str, Posting], Counter[str], set[type[LedgerError]]]:
        bodies, balances = dict(self.bodies), Counter(self.balances)
        refusals: set[type[LedgerError]] = set()
        for wish in batch:
            if wish.key in bodies:
                if bodies[wish.key] != wish:
                    refusals.add(KeyConflict)
                continue
            bodies[wish.key] = wish
            balances[wish.debit.owner] -= wish.amount
            balances[wish.credit.owner] += wish.amount
            if wish.debit.owner != "treasury" and balances[wish.debit.owner] < 0:
                refusals.add(Overdrawn)
        return bodies, balances, refusals

    @invariant()
    def debits_equal_credits(self) -> None:
        assert sum(self.journal.balance(account(owner)) for owner in OWNERS) == 0

    @invariant()
    def a_balance_equals_its_replay_and_the_model(self) -> None:
        for owner in OWNERS:
            side = account(owner)
            replayed = sum(effect(entry, side) for entry in self.journal.entries(side))
            assert self.journal.balance(side) == replayed == self.balances[owner]

    @invariant()
    def no_resident_was_ever_below_zero(self) -> None:
        running: Counter[str] = Counter()
        for transfer in self.journal.transfers:
            running[transfer.debit.owner] -= transfer.amount
            running[transfer.credit.owner] += transfer.amount
            assert all(running[owner] >= 0 for owner in OWNERS[1:])

    @invariant()
    def each_key_has_one_transfer(self) -> None:
        assert Counter(t.key for t in self.journal.transfers) == Counter(list(self.bodies))


LedgerMachine.TestCase.settings = settings(deadline=None, max_examples=100, stateful_step_count=30)
TestLedger = LedgerMachine.TestCase
