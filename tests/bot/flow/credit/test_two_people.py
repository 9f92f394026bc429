"""What takes a second person, on both databases."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from bot.flow.credit import moderate, two_people
from bot.model.case import RefusedError
from bot.model.staff import Staff
from bot.ports.audit import AuditEntry
from bot.ports.moderation import ProposalState
from bot.ports.rules import PolicyBook
from bot.ports.storage import Tx
from credits.ledger import Ledger, resident
from credits.rulebook import load_policy, packaged_text
from tests.bot.flow.credit.office import RULES, Office
from tests.fakes.clock import FakeClock


async def test_points_by_hand_take_a_second_person(office: Office) -> None:
    claim = await office.claim()

    def propose(tx: Tx) -> int:
        return two_people.propose_grant(tx, RULES, office.admin, claim.contact_id, 20, "搬家帮忙")

    number = await office.storage.write(propose)
    assert await office.points() == 0
    refused = [
        (office.admin, "claim_same_person"),
        (office.yu, "not_allowed"),
    ]
    for staff, reason in refused:
        said = await office.refusal(
            partial(two_people.decide, rules=RULES, proposal_id=number, staff=staff, agrees=True)
        )
        assert said == reason
    await office.storage.write(
        lambda tx: two_people.decide(tx, RULES, number, office.ding, agrees=True)
    )
    assert await office.points() == 20
    again = await office.refusal(
        lambda tx: two_people.decide(tx, RULES, number, office.ding, agrees=True)
    )
    assert again == "proposal_over"
    assert await office.points() == 20


async def _let_in(office: Office, by: Staff, *members: Staff) -> None:
    def unit(tx: Tx) -> None:
        for member in members:
            key = AuditEntry(
                staff_id=by.id,
                deed="POST /desk/staff/{member_id}/key",
                subject=f"member:{member.id}",
                at=tx.now,
            )
            tx.audit.record(key)

    await office.storage.write(unit)


LONG = RULES.policy.moderation.helped_days + 1
LET_IN = [
    ("the second by the first", [("admin", "ding", 0)], "claim_helped"),
    ("the first by the second", [("ding", "admin", 0)], "claim_helped"),
    ("long ago", [("admin", "ding", LONG)], ""),
    ("by one whom the first let in", [("admin", "yu", 2), ("yu", "ding", 0)], "claim_helped"),
    ("by two between", [("ding", "yu", 3), ("yu", "bai", 2), ("bai", "admin", 0)], "claim_helped"),
    ("each other in turn", [("yu", "bai", 1), ("bai", "yu", 1), ("bai", "ding", 0)], ""),
    ("by one who has been there long", [("admin", "yu", LONG), ("yu", "ding", 0)], ""),
    ("both by a third", [("yu", "admin", 1), ("yu", "ding", 0)], ""),
]


@pytest.mark.parametrize(("label", "log_ins", "reason"), LET_IN)
async def test_of_two_neither_comes_from_the_other(
    office: Office, clock: FakeClock, label: str, log_ins: list[tuple[str, str, int]], reason: str
) -> None:
    for by, member, days_later in log_ins:
        await _let_in(office, getattr(office, by), getattr(office, member))
        clock.move(days=days_later)
    claim = await office.claim()
    number = await office.storage.write(
        lambda tx: two_people.propose_grant(
            tx, RULES, office.admin, claim.contact_id, 20, "搬家帮忙"
        )
    )

    def decide(tx: Tx) -> str:
        try:
            two_people.decide(tx, RULES, number, office.ding, agrees=True)
        except RefusedError as refused:
            return refused.reason
        return ""

    assert await office.storage.write(decide) == reason, label


async def test_two_whom_one_person_let_in_are_a_signal(office: Office, clock: FakeClock) -> None:
    await _let_in(office, office.yu, office.admin, office.ding)
    claim = await office.claim()
    number = await office.storage.write(
        lambda tx: two_people.propose_grant(
            tx, RULES, office.admin, claim.contact_id, 20, "搬家帮忙"
        )
    )
    await office.storage.write(
        lambda tx: two_people.decide(tx, RULES, number, office.ding, agrees=True)
    )
    clock.move(days=90)
    await _let_in(office, office.bai, office.ding)

    def look(tx: Tx) -> list[set[int]]:
        (done,) = tx.proposals.ended(1)
        return [
            two_people.let_in_by_one(tx, RULES, done, second.id)
            for second in (office.ding, office.bai)
        ]

    assert await office.storage.write(look) == [{office.yu.id}, set()]


@pytest.mark.parametrize("points", [0, 51])
async def test_nobody_is_given_too_much(office: Office, points: int) -> None:
    claim = await office.claim()
    reason = await office.refusal(
        lambda tx: two_people.propose_grant(
            tx, RULES, office.admin, claim.contact_id, points, "搬家帮忙"
        )
    )
    assert reason == "grant_too_much"


async def test_a_refusal_ends_it(office: Office) -> None:
    claim = await office.claim()
    number = await office.storage.write(
        lambda tx: two_people.propose_grant(
            tx, RULES, office.admin, claim.contact_id, 20, "搬家帮忙"
        )
    )
    await office.storage.write(
        lambda tx: two_people.decide(tx, RULES, number, office.ding, agrees=False)
    )
    assert await office.points() == 0


async def test_nobody_gives_her_own_anything(office: Office) -> None:
    claim = await office.claim()

    def unit(tx: Tx) -> None:
        moderate.declare_kin(tx, claim.id, office.yu)
        two_people.propose_grant(tx, RULES, office.yu, claim.contact_id, 5, "搬家帮忙")

    assert await office.refusal(unit) == "claim_own_claim"


async def test_what_nobody_agrees_to_lapses(office: Office, clock: FakeClock) -> None:
    claim = await office.claim()
    number = await office.storage.write(
        lambda tx: two_people.propose_grant(
            tx, RULES, office.admin, claim.contact_id, 20, "搬家帮忙"
        )
    )
    (proposal,) = await office.storage.read(lambda views: views.proposals.pending(9))
    clock.time = proposal.lapses_at - timedelta(microseconds=1)  # a unit begins one later
    reason = await office.refusal(
        lambda tx: two_people.decide(tx, RULES, number, office.ding, agrees=True)
    )
    assert reason == "proposal_over"
    assert await office.storage.write(lambda tx: two_people.let_lapse(tx, RULES)) == 1
    (ended,) = await office.storage.read(lambda views: views.proposals.ended(9))
    assert ended.state is ProposalState.LAPSED


async def test_much_is_not_taken_back_alone_nor_in_pieces(office: Office, clock: FakeClock) -> None:
    claims = []
    for _ in range(2):
        claims.append(await office.claim())
        await office.do(moderate.approve, claims[-1], office.yu)
        clock.move(hours=24)
    first, second = claims
    took = [
        await office.storage.write(
            partial(
                two_people.take_back,
                rules=RULES,
                claim_id=one.id,
                staff=office.ding,
                words="没有这回事",
            )
        )
        for one in (first, second)
    ]
    assert took[0] is None
    assert took[1] is not None
    assert (await office.points(), await office.wrong()) == (10, 2)
    await office.storage.write(
        lambda tx: two_people.decide(tx, RULES, took[1] or 0, office.admin, agrees=True)
    )
    assert (await office.points(), await office.wrong()) == (0, 4)
    credit = await office.storage.write(
        lambda tx: tx.journal.balance(
            resident(tx.people.meet("web", "her").person_id, Ledger.CREDIT)
        )
    )
    assert credit.posted == 0


async def test_new_rules_take_two_and_change_nothing_earned(office: Office) -> None:
    own = replace(RULES, book=PolicyBook(RULES.policy))
    claim = await office.claim()
    await office.do(moderate.approve, claim, office.yu)
    version = RULES.policy.version
    newer = packaged_text().replace(f"version = {version}", f"version = {version + 1}")
    text = newer.replace("points = 10", "points = 9")
    for wrong, reason in (
        (packaged_text(), "policy_wrong"),
        ("nonsense", "policy_wrong"),
        (newer, "policy_same"),
    ):
        said = await office.refusal(
            partial(
                two_people.propose_policy, rules=own, staff=office.ding, text=wrong, words="试试"
            )
        )
        assert said == reason
    number = await office.storage.write(
        lambda tx: two_people.propose_policy(tx, own, office.ding, text, "少一点")
    )
    await office.storage.write(
        lambda tx: two_people.decide(tx, own, number, office.admin, agrees=True)
    )
    found = await office.storage.read(lambda views: views.proposals.policy())
    assert found is not None
    assert load_policy(found[1]).activity("mediation").points == 9
    assert await office.points() == 10
