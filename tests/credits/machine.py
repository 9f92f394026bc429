"""Everything that can be done with a ledger, in any order, beside the model."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from credits.ledger import Balance, Kind, Posting, Transfer, change, replay
from credits.moves import lapse, reverse, settle, void
from credits.posting import Journal
from tests.credits.making import Book, account, posting, said
from tests.credits.model import Model
from tests.fakes.journal import MemoryJournal

RESIDENTS = ("resident:1", "resident:2", "resident:3")
OWNERS = ("treasury", *RESIDENTS)
pairs = st.permutations(OWNERS).map(lambda owners: (owners[0], owners[1]))
amounts = st.integers(min_value=1, max_value=6)
beyond = st.integers(-1, 1)
picks = st.integers(min_value=0, max_value=1_000)
hours = st.sampled_from([1, 2, 24])
moves = st.tuples(pairs, amounts)


class LedgerMachine(RuleBasedStateMachine):
    """Each rule posts through `post_many`; a rule about a boundary draws one less or one more."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Book(self.open_journal())
        self.model = Model()
        self.number = 0

    def open_journal(self) -> Journal:
        return MemoryJournal()

    def key(self) -> str:
        self.number += 1
        return f"k{self.number}"

    def known(self, pick: int, *kinds: Kind) -> Transfer | None:
        """Return one of the transfers written before, of these kinds."""
        keys = [key for key, one in self.model.bodies.items() if not kinds or one.kind in kinds]
        return self.book.made(keys[pick % len(keys)]) if keys else None

    @rule(pair=pairs, amount=amounts)
    def move(self, pair: tuple[str, str], amount: int) -> None:
        self.attempt([[posting(self.key(), *pair, amount)]])

    @rule(owner=st.sampled_from(RESIDENTS), amount=amounts)
    def issue(self, owner: str, amount: int) -> None:
        self.attempt([[posting(self.key(), "treasury", owner, amount)]])

    @rule(owner=st.sampled_from(RESIDENTS), more=beyond)
    def spend_to_the_last_point(self, owner: str, more: int) -> None:
        self.attempt([[posting(self.key(), owner, "treasury", max(1, self.free(owner) + more))]])

    @rule(owner=st.sampled_from(RESIDENTS), more=beyond, last=hours)
    def hold_to_the_last_point(self, owner: str, more: int, last: int) -> None:
        self.attempt([[self.hold((owner, "treasury"), max(1, self.free(owner) + more), last)]])

    @rule(pair=pairs, amount=amounts, last=hours)
    def hold_some(self, pair: tuple[str, str], amount: int, last: int) -> None:
        self.attempt([[self.hold(pair, amount, last)]])

    @rule(chains=st.lists(st.lists(moves, min_size=1, max_size=3), min_size=2, max_size=3))
    def post_chains(self, chains: list[list[tuple[tuple[str, str], int]]]) -> None:
        self.attempt([[posting(self.key(), *pair, n) for pair, n in chain] for chain in chains])

    @precondition(lambda self: self.model.bodies)
    @rule(pick=picks, less=st.integers(-1, 2))
    def post_a_hold(self, pick: int, less: int) -> None:
        hold = self.known(pick, Kind.HOLD)
        if hold is not None:
            self.attempt([[settle(hold, max(1, hold.amount - less), actor="staff:2")]])

    @precondition(lambda self: self.model.bodies)
    @rule(pick=picks)
    def void_a_hold(self, pick: int) -> None:
        hold = self.known(pick, Kind.HOLD)
        if hold is not None:
            self.attempt([[void(hold, actor="staff:2")]])

    @precondition(lambda self: self.model.bodies)
    @rule(pick=picks)
    def lapse_a_hold(self, pick: int) -> None:
        hold = self.known(pick, Kind.HOLD)
        if hold is not None and hold.key not in self.model.ended and not self.over(hold.wish):
            self.attempt([[lapse(hold)]])

    @precondition(lambda self: self.model.bodies)
    @rule(pick=picks, pair=pairs, amount=amounts)
    def void_a_hold_and_go_on(self, pick: int, pair: tuple[str, str], amount: int) -> None:
        hold = self.known(pick, Kind.HOLD)
        if hold is not None:
            self.attempt([[void(hold, actor="staff:2"), posting(self.key(), *pair, amount)]])

    @precondition(lambda self: self.model.bodies)
    @rule(pick=picks)
    def reverse_something(self, pick: int) -> None:
        made = self.known(pick, Kind.TRANSFER, Kind.POST)
        if made is not None:
            self.attempt([[reverse(made, actor="staff:2", acted_at=self.book.start)]])

    @precondition(lambda self: self.model.bodies)
    @rule(pick=picks)
    def end_what_can_not_be_ended(self, pick: int) -> None:
        made = self.known(pick)
        if made is not None and made.kind is not Kind.HOLD and made.amount:
            self.attempt([[void(made, actor="staff:2")]])

    @precondition(lambda self: self.model.bodies)
    @rule(pick=picks)
    def retry(self, pick: int) -> None:
        key = sorted(self.model.bodies)[pick % len(self.model.bodies)]
        self.attempt([[self.model.bodies[key]]])

    @precondition(lambda self: self.model.bodies)
    @rule(pick=picks)
    def change_a_body(self, pick: int) -> None:
        key = sorted(self.model.bodies)[pick % len(self.model.bodies)]
        other = self.model.bodies[key]._replace(subject="case:13")
        self.attempt([[other]])

    @precondition(lambda self: self.model.open_holds())
    @rule(pick=picks, more=beyond)
    def wait_for_a_hold_to_lapse(self, pick: int, more: int) -> None:
        holds = self.model.open_holds()
        until = holds[pick % len(holds)].expires_at
        assert until is not None
        self.book.now = max(self.book.now, until + timedelta(microseconds=more))

    def hold(self, pair: tuple[str, str], amount: int, last: int) -> Posting:
        lapses_at = self.book.now + timedelta(hours=last)
        return posting(self.key(), *pair, amount, lapses_at=lapses_at)

    def over(self, hold: Posting) -> bool:
        return hold.expires_at is not None and hold.expires_at <= self.book.now

    def free(self, owner: str) -> int:
        return self.model.free(owner)

    def attempt(self, chains: list[list[Posting]]) -> None:
        """Post; the outcomes must be what the model says."""
        self.model.lapse(self.book.now)
        expected = [self.model.take(chain, self.book.now) for chain in chains]
        outcomes = self.book.post(chains)
        assert [said(one) for one in outcomes] == expected
        for chain, outcome in zip(chains, outcomes, strict=True):
            if isinstance(outcome, tuple):
                assert [one.key for one in outcome] == [one.key for one in chain]
                self.model.keys |= {one.id: one.key for one in outcome}
                self.moved_what_the_model_moved(outcome)

    def moved_what_the_model_moved(self, written: tuple[Transfer, ...]) -> None:
        for one in written:
            if one.key in self.model.moved:
                assert one.amount == self.model.moved[one.key]
            if one.kind is Kind.REVERSAL:
                assert one.amount + one.rest == self.model.bodies[one.key].amount

    @invariant()
    def balances_are_the_replay_and_the_model(self) -> None:
        for owner in OWNERS:
            side = account(owner)
            model = self.model
            told = Balance(model.posted[owner], model.held[owner], model.coming[owner])
            assert self.book.journal.balance(side) == told
            assert replay(self.book.journal.entries(side), side) == told

    @invariant()
    def debits_equal_credits_posted_and_pending(self) -> None:
        balances = [self.book.journal.balance(account(owner)) for owner in OWNERS]
        total = sum(balances, Balance())
        assert total.posted == 0
        assert total.held == total.coming

    @invariant()
    def no_resident_was_ever_below_zero_holds_included(self) -> None:
        for owner in RESIDENTS:
            side, running = account(owner), Balance()
            for entry in self.book.journal.entries(side):
                running += change(entry, side)
                assert running.free >= 0
                assert min(running.posted, running.held, running.coming) >= 0

    @invariant()
    def each_key_has_one_transfer_and_each_end_comes_once(self) -> None:
        entries = {
            one.id: one for owner in OWNERS for one in self.book.journal.entries(account(owner))
        }
        keys = [one.key for one in entries.values() if one.kind is not Kind.LAPSE]
        assert sorted(keys) == sorted(
            key for key, one in self.model.bodies.items() if one.kind is not Kind.LAPSE
        )
        followed = [one.follows for one in entries.values() if one.follows]
        assert len(followed) == len(set(followed))
