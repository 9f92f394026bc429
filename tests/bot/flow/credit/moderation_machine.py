"""Everything that can be done with claims and by two people, in any order, beside a model."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.console.demo import fill
from bot.flow.credit import claims, moderate, two_people
from bot.model.case import RefusedError
from bot.model.people import Contact
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.moderation import ProposalState
from bot.store import tables as t
from bot.store.ground.personal import PersonalData
from bot.store.tx import SqlTx
from credits.claims import OPEN, ClaimState, Deed
from credits.drawing import is_true
from credits.ledger import Account, Ledger, rejected, replay, resident
from credits.posting import post
from tests.bot.community import rules
from tests.bot.flow.credit.moderation_model import LEADS, START, Said, Wish
from tests.credits.making import posting
from tests.rolled import Rolled

RULES: Final = rules()
CODE: Final = "mediation"
POINTS, DAILY, MONTHLY, CREDIT, VOTE = 10, 20, 60, 2, 2
ALONE, APPEAL_DAYS, PROPOSAL_DAYS = 10, 14, 7
KIN: Final = 2
"""This resident is kin of the moderator bai."""

people = st.integers(0, 2)
picks = st.integers(0, 1000)
logins = st.sampled_from(["yu", "bai", "ding", "admin", "wang"])
judges = st.sampled_from(["yu", "yu", "bai", "ding"])
beyond = st.integers(-1, 1)


class ModerationMachine(Rolled, RuleBasedStateMachine):
    """Each step is a unit: one that is refused leaves nothing."""

    def __init__(self, engine: sa.Engine, personal: PersonalData) -> None:
        super().__init__()
        self.begin(engine)
        self.personal, self.now = personal, START
        self.claims: dict[int, Said] = {}
        self.wishes: dict[int, Wish] = {}
        self.points, self.credit, self.vote, self.wrong = [0] * 3, [0] * 3, [0] * 3, [0] * 3
        self.reversed: list[tuple[str, datetime, int]] = []
        self.number = 0
        fill(self.tx())
        self.contacts: list[Contact] = [self.tx().people.meet("web", f"p{n}") for n in range(3)]
        self.staff: dict[str, Staff] = {one.login: one for one in self.tx().staff.all()}
        bai = self.staff["bai"].id
        self.tx().claims.acquaint(bai, self.contacts[KIN].id, bai)

    def tx(self) -> SqlTx:
        return SqlTx(self.connection, self.now, self.personal)

    def attempt(self, work: Callable[[SqlTx], Any]) -> tuple[str, Any]:
        """Return why it was refused, or what came of it."""
        self.connection.exec_driver_sql("SAVEPOINT step")
        try:
            return "", work(self.tx())
        except RefusedError as refused:
            self.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT step")
            return refused.reason, None
        finally:
            self.connection.exec_driver_sql("RELEASE SAVEPOINT step")

    def pick(self, number: int, *likely: ClaimState) -> tuple[int, Said]:
        """Return one of the claims, of four times three in one of these states."""
        found = [key for key, one in self.claims.items() if one.state in likely]
        keys = found if found and number % 4 else list(self.claims)
        claim_id = keys[number // 4 % len(keys)]
        return claim_id, self.claims[claim_id]

    def day(self, moment: datetime) -> datetime:
        local = moment.astimezone(RULES.texts.zone)
        return local.replace(hour=0, minute=0, second=0, microsecond=0)

    @rule(person=people)
    def claim(self, person: int) -> None:
        unit = partial(
            claims.make_claim,
            rules=RULES,
            contact=self.contacts[person],
            activity_code=CODE,
            words="把话说开了",
            place="3号楼",
            media_ids=[],
        )
        _, made = self.attempt(unit)
        self.claims[made.id] = Said(person, self.now)

    @precondition(lambda self: self.claims)
    @rule(number=picks, login=judges, deed=st.sampled_from([Deed.APPROVE, Deed.REJECT]))
    def decide(self, number: int, login: str, deed: Deed) -> None:
        self.judge(number, login, deed)

    @precondition(lambda self: self.claims)
    @rule(number=picks, first=judges, second=judges, deed=st.sampled_from(list(Deed)[:2]))
    def reject_and_decide_anew(self, number: int, first: str, second: str, deed: Deed) -> None:
        self.judge(number, first, Deed.REJECT)
        self.appeal(number)
        self.judge(number, second, deed)

    @precondition(lambda self: self.claims)
    @rule(number=picks, login=logins, deed=st.sampled_from([Deed.APPROVE, Deed.REJECT, Deed.ASK]),
          stale=st.booleans())  # fmt: skip
    def judge(self, number: int, login: str, deed: Deed, *, stale: bool = False) -> None:
        claim_id, said = self.pick(number, *OPEN)
        staff, version = self.staff[login], self.tx().claims.get(claim_id).version - stale
        steps: dict[Deed, Callable[[SqlTx], Any]] = {
            Deed.APPROVE: lambda tx: moderate.approve(tx, RULES, claim_id, staff, version=version),
            Deed.REJECT: lambda tx: moderate.reject(
                tx, RULES, claim_id, staff, "not_done", "", version=version
            ),
            Deed.ASK: lambda tx: moderate.ask(
                tx, RULES, claim_id, staff, "请拍一张", version=version
            ),
        }
        expected = self._why_not_judged(said, login, deed, stale=stale)
        refused, _ = self.attempt(steps[deed])
        assert refused == expected
        if refused:
            return
        said.state = LEADS[said.state, deed]
        if deed is Deed.APPROVE:
            self._earn(said)
        if deed is Deed.REJECT:
            said.rejected_at = self.now
            self._count_wrong(said)
        if deed is not Deed.ASK:
            said.deciders.add(login)

    def _why_not_judged(self, said: Said, login: str, deed: Deed, *, stale: bool) -> str:
        role = self.staff[login].role
        office = Right.JUDGE_APPEALS if said.appealed else Right.MODERATE
        if not (may(role, Right.JUDGE_APPEALS) and may(role, office)):
            return "not_allowed"
        if stale:
            return "claim_changed"
        if (said.state, deed) not in LEADS:
            return "claim_not_now"
        if self._own(login, said.person):
            return "claim_own_claim"
        return "claim_decided_before" if said.appealed and login in said.deciders else ""

    def _own(self, login: str, person: int) -> bool:
        return login == "bai" and person == KIN

    def _earn(self, said: Said) -> None:
        """A late yes counts on the day of the act; what was taken back gave its cap back."""
        day = self.day(said.acted_at)
        same = [one for one in self.claims.values() if one.person == said.person]
        stands = [one for one in same if one.state is ClaimState.APPROVED]
        dated = [(self.day(one.acted_at), one.earned) for one in stands]
        today = sum(points for at, points in dated if at == day)
        month = sum(points for at, points in dated if at.replace(day=1) == day.replace(day=1))
        said.earned = max(0, min(POINTS, DAILY - today, MONTHLY - month))
        self.points[said.person] += said.earned
        if said.earned:
            self.credit[said.person] += CREDIT
            self.vote[said.person] += VOTE
        if said.counted:
            self.wrong[said.person] -= CREDIT
            said.counted = False

    def _count_wrong(self, said: Said) -> None:
        if not said.counted:
            self.wrong[said.person] += CREDIT
        said.counted = True

    @precondition(lambda self: self.claims)
    @rule(number=picks)
    def appeal(self, number: int) -> None:
        claim_id, said = self.pick(number, ClaimState.REJECTED)
        contact = self.contacts[said.person]
        expected = ""
        if said.appealed:
            expected = "claim_appealed_already"
        elif said.state is not ClaimState.REJECTED:
            expected = "claim_not_now"
        elif self.now - said.rejected_at > timedelta(days=APPEAL_DAYS):
            expected = "appeal_too_late"
        refused, _ = self.attempt(lambda tx: claims.appeal(tx, RULES, contact, claim_id, "是真的"))
        assert refused == expected
        if not refused:
            said.state, said.appealed = ClaimState.APPEALED, True

    @precondition(lambda self: self.claims)
    @rule(number=picks, login=st.sampled_from(["yu", "bai", "ding", "admin"]))
    def take_back(self, number: int, login: str) -> None:
        claim_id, said = self.pick(number, ClaimState.APPROVED)
        staff = self.staff[login]
        expected = ""
        if not may(staff.role, Right.PROPOSE):
            expected = "not_allowed"
        elif said.state is not ClaimState.APPROVED:
            expected = "claim_not_now"
        elif self._own(login, said.person):
            expected = "claim_own_claim"
        refused, made = self.attempt(
            lambda tx: two_people.take_back(tx, RULES, claim_id, staff, "没有这回事")
        )
        assert refused == expected
        if refused:
            return
        today = self.day(self.now)
        before = sum(n for who, at, n in self.reversed if who == login and at >= today)
        alone = may(staff.role, Right.AGREE) and before + said.earned <= ALONE
        assert (made is None) is alone
        if alone:
            self._reverse(said, login)
        else:
            self._keep(made, Wish(login, said.person, said.earned, self.now, claim_id))

    def _reverse(self, said: Said, login: str) -> None:
        """What was spent already is written off and is no debt."""
        said.state = ClaimState.REVERSED
        self.points[said.person] -= min(said.earned, self.points[said.person])
        if said.earned:
            self.credit[said.person] -= CREDIT
            self.vote[said.person] -= VOTE
            self._count_wrong(said)
        self.reversed.append((login, self.now, said.earned))

    def _keep(self, number: int, wish: Wish) -> None:
        wish.lapses_at = self.now + timedelta(days=PROPOSAL_DAYS)
        self.wishes[number] = wish

    @rule(person=people, login=logins, points=st.sampled_from([0, 1, 7, 50, 51]))
    def propose(self, person: int, login: str, points: int) -> None:
        staff, contact = self.staff[login], self.contacts[person]
        expected = ""
        if not may(staff.role, Right.PROPOSE):
            expected = "not_allowed"
        elif not 1 <= points <= 50:
            expected = "grant_too_much"
        elif self._own(login, person):
            expected = "claim_own_claim"
        refused, made = self.attempt(
            lambda tx: two_people.propose_grant(tx, RULES, staff, contact.id, points, "帮忙搬家")
        )
        assert refused == expected
        if not refused:
            self._keep(made, Wish(login, person, points, self.now))

    @precondition(lambda self: self.wishes)
    @rule(number=picks, login=logins, agrees=st.booleans())
    def agree(self, number: int, login: str, *, agrees: bool) -> None:
        waiting = [key for key, one in self.wishes.items() if one.state is ProposalState.PENDING]
        keys = waiting if waiting and number % 4 else list(self.wishes)
        wish_id = keys[number // 4 % len(keys)]
        wish, staff = self.wishes[wish_id], self.staff[login]
        expected = self._why_not_second(wish, login, agrees=agrees)
        refused, _ = self.attempt(
            lambda tx: two_people.decide(tx, RULES, wish_id, staff, agrees=agrees)
        )
        assert refused == expected
        if refused:
            return
        wish.state = ProposalState.AGREED if agrees else ProposalState.REFUSED
        if agrees and wish.claim_id is not None:
            self._reverse(self.claims[wish.claim_id], login)
        elif agrees:
            self.points[wish.person] += wish.points

    def _why_not_second(self, wish: Wish, login: str, *, agrees: bool) -> str:
        if not may(self.staff[login].role, Right.AGREE):
            return "not_allowed"
        if wish.state is not ProposalState.PENDING or self.now >= wish.lapses_at:
            return "proposal_over"
        if login == wish.first:
            return "claim_same_person"
        if self._own(login, wish.person) or self._own(wish.first, wish.person):
            return "claim_own_claim"
        gone = wish.claim_id is not None
        gone = gone and self.claims[wish.claim_id or 0].state is not ClaimState.APPROVED
        return "claim_not_now" if agrees and gone else ""

    @precondition(lambda self: any(self.points))
    @rule(person=people, left=st.sampled_from([0, 1, 5]))
    def spend(self, person: int, left: int) -> None:
        amount = self.points[person] - left
        if amount > 0:
            self.number += 1
            owner = resident(self.contacts[person].person_id).owner
            wish = posting(f"spent {self.number}", owner, "treasury", amount, acted_at=self.now)
            self.attempt(lambda tx: post(tx.journal, wish, now=tx.now, new_id=tx.new_transfer_id))
            self.points[person] = left

    @precondition(lambda self: self.claims or self.wishes)
    @rule(hours=st.sampled_from([1, 15, 24 * 8]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.wishes)
    @rule(number=picks, more=beyond, login=st.sampled_from(["ding", "admin"]))
    def wait_for_one_to_lapse(self, number: int, more: int, login: str) -> None:
        wish = list(self.wishes.values())[number % len(self.wishes)]
        self.now = max(self.now, wish.lapses_at + timedelta(microseconds=more))
        self.agree(number, login, agrees=True)

    @precondition(lambda self: self.claims)
    @rule(number=picks, more=beyond)
    def appeal_at_the_last_moment(self, number: int, more: int) -> None:
        _, said = self.pick(number, ClaimState.REJECTED)
        last = said.rejected_at + timedelta(days=APPEAL_DAYS, microseconds=more)
        if said.state is ClaimState.REJECTED:
            self.now = max(self.now, last)
        self.appeal(number)

    @precondition(lambda self: any(one.lapses_at <= self.now for one in self.wishes.values()))
    @rule()
    def let_lapse(self) -> None:
        waiting = [one for one in self.wishes.values() if one.state is ProposalState.PENDING]
        due = [one for one in waiting if one.lapses_at <= self.now]
        assert self.attempt(partial(two_people.let_lapse, rules=RULES)) == ("", len(due))
        for one in due:
            one.state = ProposalState.LAPSED

    @invariant()
    def claims_and_proposals_stand_where_the_model_says(self) -> None:
        rows = self.connection.execute(sa.select(t.claim.c.id, t.claim.c.state))
        assert {row.id: row.state for row in rows} == {
            key: one.state.value for key, one in self.claims.items()
        }
        rows = self.connection.execute(sa.select(t.proposal.c.id, t.proposal.c.state))
        assert {row.id: row.state for row in rows} == {
            key: one.state.value for key, one in self.wishes.items()
        }

    @invariant()
    def balances_are_the_replay_and_the_model(self) -> None:
        journal = self.tx().journal
        for person, contact in enumerate(self.contacts):
            told: dict[Account, int] = {
                resident(contact.person_id): self.points[person],
                resident(contact.person_id, Ledger.CREDIT): self.credit[person],
                resident(contact.person_id, Ledger.VOTE): self.vote[person],
                rejected(contact.person_id): self.wrong[person],
            }
            for account, amount in told.items():
                found = journal.balance(account)
                assert found == replay(journal.entries(account), account)
                assert found.posted == found.free == amount >= 0

    @invariant()
    def each_approval_was_drawn_once_from_what_was_committed(self) -> None:
        book = self.tx().audit_book
        for claim_id, said in self.claims.items():
            drawn = book.draw_of(claim_id)
            approved = said.state in {ClaimState.APPROVED, ClaimState.REVERSED}
            assert (drawn is not None) is approved
            if drawn is not None:
                bound = {one.period: one.committed for one in book.periods(12)}
                secret = book.secret(drawn.period)
                assert is_true(drawn, secret, bound[drawn.period])
