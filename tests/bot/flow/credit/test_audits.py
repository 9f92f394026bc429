"""Approvals that were drawn and are looked at again, on both databases."""

from dataclasses import replace

from bot.flow.credit import audits, moderate, two_people
from bot.ports.moderation import Claim
from credits.drawing import is_true
from tests.bot.flow.credit.office import RULES, Office
from tests.fakes.clock import FakeClock


async def approved_and_drawn(office: Office) -> Claim:
    """An approval of what no neighbour saw is always audited."""
    claim = await office.claim(code="care_visit")
    await office.do(moderate.approve, claim, office.yu)
    return claim


async def test_a_draw_follows_from_what_was_committed_before(office: Office) -> None:
    claim = await approved_and_drawn(office)
    draw = await office.storage.read(lambda views: views.audit_book.draw_of(claim.id))
    (period,) = await office.storage.read(lambda views: views.audit_book.periods(9))
    secret = await office.storage.read(lambda views: views.audit_book.secret(period.period))
    assert draw is not None
    assert draw.audited
    assert period.at <= claim.made_at
    assert is_true(draw, secret, period.committed)
    assert not is_true(replace(draw, roll=(draw.roll + 1) % 10_000), secret, period.committed)
    assert not is_true(draw, secret + "0", period.committed)


async def test_the_auditor_is_a_third_person(office: Office) -> None:
    claim = await approved_and_drawn(office)
    assert (
        await office.refusal(
            lambda tx: audits.audit(tx, RULES, claim.id, office.yu, "", confirms=True)
        )
        == "not_allowed"
    )
    await office.storage.write(
        lambda tx: audits.audit(tx, RULES, claim.id, office.ding, "", confirms=True)
    )
    again = await office.refusal(
        lambda tx: audits.audit(tx, RULES, claim.id, office.ding, "不对", confirms=False)
    )
    assert again == "audited_already"


async def test_an_objection_is_a_proposal_and_takes_nothing_by_itself(office: Office) -> None:
    claim = await approved_and_drawn(office)
    number = await office.storage.write(
        lambda tx: audits.audit(tx, RULES, claim.id, office.ding, "没有去过", confirms=False)
    )
    assert number is not None
    assert await office.points() == 6
    await office.storage.write(
        lambda tx: two_people.decide(tx, RULES, number, office.admin, agrees=True)
    )
    assert await office.points() == 0


async def test_what_is_approved_when_its_draw_can_be_foreseen_is_always_audited(
    office: Office, clock: FakeClock
) -> None:
    claims = [await office.claim(f"her{number}") for number in range(4)]
    clock.move(days=70)
    for claim in claims:
        await office.do(moderate.approve, claim, office.yu)
    draws = await office.storage.read(
        lambda views: [views.audit_book.draw_of(claim.id) for claim in claims]
    )
    assert all(one is not None and one.audited for one in draws)


async def test_what_was_not_drawn_is_not_audited(office: Office) -> None:
    claim = await office.claim()
    reason = await office.refusal(
        lambda tx: audits.audit(tx, RULES, claim.id, office.ding, "", confirms=True)
    )
    assert reason == "not_drawn"


async def test_what_members_decided_is_looked_at(office: Office) -> None:
    claim = await office.claim()
    await office.do(moderate.approve, claim, office.yu)
    (found,) = await office.storage.read(lambda views: views.claims.decided(claim.made_at))
    assert (found.staff_id, found.approved, found.points) == (office.yu.id, True, 10)
