"""Claims as moderators decide them, on both databases: who may, what it earns, what takes two."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.flow import audits, moderate, two_people
from bot.flow.claims import appeal, bear_witness, make_claim
from bot.flow.examine import look_at_photos
from bot.model.case import RefusedError
from bot.model.staff import Staff
from bot.ports.audit import AuditEntry
from bot.ports.moderation import Claim, ProposalState
from bot.ports.rules import PolicyBook
from bot.ports.storage import Storage, Tx
from channels.message import Attachment, AttachmentKind, InboundMessage
from credits.claims import ClaimState
from credits.drawing import is_true
from credits.ledger import Ledger, rejected, resident
from credits.posting import post
from credits.rulebook import load_policy, packaged_text
from credits.signals import Likeness
from tests.bot.community import Community, rules
from tests.credits.making import posting
from tests.fakes.clock import FakeClock

RULES = rules()


@dataclass(slots=True)
class Office:
    """The moderators, and shorthand for what happens there."""

    storage: Storage
    yu: Staff
    bai: Staff
    ding: Staff
    admin: Staff

    async def claim(self, address: str = "her", code: str = "mediation", photos: int = 0) -> Claim:
        def unit(tx: Tx) -> Claim:
            contact = tx.people.meet("web", address)
            media = [_photo(tx, address) for _ in range(photos)]
            return make_claim(
                tx, RULES, contact, code, words="把话说开了", place="3号楼", media_ids=media
            )

        return await self.storage.write(unit)

    async def fresh(self, claim: Claim) -> Claim:
        found = await self.storage.read(lambda views: views.claims.find(claim.id))
        assert found is not None
        return found

    async def do(self, step: Callable[..., Any], claim: Claim, staff: Staff, *rest: str) -> Any:
        version = (await self.fresh(claim)).version
        return await self.storage.write(
            lambda tx: step(tx, RULES, claim.id, staff, *rest, version=version)
        )

    async def signals(self, claim: Claim) -> set[str]:
        found = await self.storage.read(lambda views: views.claims.signals([claim.id]))
        return {one.kind for _, one in found}

    async def refusal(self, unit: Callable[[Tx], Any]) -> str:
        with pytest.raises(RefusedError) as refused:
            await self.storage.write(unit)
        return refused.value.reason

    async def points(self, address: str = "her") -> int:
        def look(tx: Tx) -> int:
            return tx.journal.balance(resident(tx.people.meet("web", address).person_id)).free

        return await self.storage.write(look)

    async def wrong(self, address: str = "her") -> int:
        def look(tx: Tx) -> int:
            return tx.journal.balance(rejected(tx.people.meet("web", address).person_id)).posted

        return await self.storage.write(look)


def _photo(tx: Tx, address: str) -> int:
    contact = tx.people.meet("web", address)
    photo = Attachment(kind=AttachmentKind.PHOTO, media_type="image/jpeg", content=b"photo")
    message = InboundMessage(
        channel="web",
        address=address,
        external_id=tx.new_transfer_id(),
        text="",
        sent_at=tx.now,
        attachments=(photo,),
    )
    stored = tx.inbox.store(contact.id, message)
    assert stored is not None
    return tx.media.add(stored, contact.id, photo)


@pytest.fixture
async def office(storage: Storage) -> Office:
    community = Community(storage, RULES)
    await community.fill()
    names = ("yu", "bai", "ding", "admin")
    return Office(storage, *[await community.staff(name) for name in names])


async def test_an_approval_earns_once_by_the_rules(office: Office) -> None:
    claim = await office.claim()
    earned = await office.do(moderate.approve, claim, office.yu)
    assert (earned.points, await office.points()) == (10, 10)
    assert (await office.fresh(claim)).state is ClaimState.APPROVED
    with pytest.raises(RefusedError, match="not_now"):
        await office.do(moderate.approve, claim, office.bai)
    assert await office.points() == 10


async def test_caps_count_and_she_is_told(office: Office) -> None:
    for _ in range(3):
        await office.do(moderate.approve, await office.claim(), office.yu)
    assert await office.points() == 20


@pytest.mark.parametrize("login", ["ding", "admin"])
async def test_only_moderators_decide(office: Office, login: str) -> None:
    claim = await office.claim()
    with pytest.raises(RefusedError, match="not_allowed"):
        await office.do(moderate.approve, claim, getattr(office, login))


async def test_who_was_slower_decides_nothing(office: Office) -> None:
    claim = await office.claim()
    await office.do(moderate.ask, claim, office.yu, "和谁？")
    stale = claim.version
    reason = await office.refusal(
        lambda tx: moderate.approve(tx, RULES, claim.id, office.bai, version=stale)
    )
    assert reason == "claim_changed"


async def test_nobody_decides_about_herself_or_her_household(office: Office) -> None:
    claim, of_him = await office.claim(), await office.claim("him")

    def same_door(tx: Tx) -> None:
        moderate.declare_kin(tx, claim.id, office.yu)
        for one in (claim, of_him):
            door = ("幸福里小区", "3号楼", "2", "501")
            moderate.note_home(tx, one.id, office.bai, *door)

    await office.storage.write(same_door)
    for one in (claim, of_him):
        with pytest.raises(RefusedError, match="own_claim"):
            await office.do(moderate.approve, one, office.yu)
    assert (await office.do(moderate.approve, of_him, office.bai)).points == 10


async def test_what_proved_wrong_counts_and_a_mistake_does_not(office: Office) -> None:
    unclear, wrong = await office.claim(), await office.claim()
    await office.do(moderate.reject, unclear, office.yu, "photo_unclear", "")
    assert await office.wrong() == 0
    await office.do(moderate.reject, wrong, office.yu, "not_done", "")
    assert (await office.wrong(), await office.points()) == (2, 0)


@pytest.mark.parametrize(("reason", "words"), [("", ""), ("nonsense", "为什么"), ("other", " ")])
async def test_a_rejection_has_a_reason(office: Office, reason: str, words: str) -> None:
    claim = await office.claim()
    with pytest.raises(RefusedError, match="reason_missing"):
        await office.do(moderate.reject, claim, office.yu, reason, words)


async def test_where_one_moderates_alone_the_supervisor_decides_appeals(office: Office) -> None:
    claim = await office.claim()
    approve = lambda tx: moderate.approve(tx, RULES, claim.id, office.ding, version=claim.version)  # noqa: E731
    assert await office.refusal(approve) == "not_allowed"
    await office.do(moderate.reject, claim, office.yu, "no_answer", "")
    await office.storage.write(
        lambda tx: appeal(tx, RULES, tx.people.meet("web", "her"), None, "有人看见")
    )
    await office.do(moderate.approve, claim, office.ding)
    assert (await office.fresh(claim)).state is ClaimState.APPROVED
    assert await office.points() == 10


async def test_an_appeal_goes_to_somebody_else_and_pardons(office: Office) -> None:
    claim = await office.claim()
    await office.do(moderate.reject, claim, office.yu, "not_done", "")

    def appeals(tx: Tx) -> Claim:
        return appeal(tx, RULES, tx.people.meet("web", "her"), None, "有人看见")

    await office.storage.write(appeals)
    for step, rest in ((moderate.approve, ()), (moderate.reject, ("twice", ""))):
        with pytest.raises(RefusedError, match="decided_before"):
            await office.do(step, claim, office.yu, *rest)
    await office.do(moderate.approve, claim, office.bai)
    assert (await office.wrong(), await office.points()) == (0, 10)
    assert await office.refusal(appeals) == "no_such_claim"


ENDS = [
    ("rejected twice", "not_done", ("reject", "photo_again"), 2),
    ("wrong only at the second look", "twice", ("reject", "not_done"), 2),
    ("a mistake at the second look", "not_done", ("reject", "twice"), 0),
    ("pardoned", "not_done", ("approve",), 0),
    ("pardoned, and then taken back", "not_done", ("approve", "take_back"), 2),
    ("a mistake, approved, taken back", "twice", ("approve", "take_back"), 2),
]


@pytest.mark.parametrize(("label", "reason", "second", "wrong"), ENDS)
async def test_a_record_proves_wrong_once_at_the_most(
    office: Office, label: str, reason: str, second: tuple[str, ...], wrong: int
) -> None:
    claim = await office.claim()
    await office.do(moderate.reject, claim, office.yu, reason, "")
    await office.storage.write(
        lambda tx: appeal(tx, RULES, tx.people.meet("web", "her"), None, "有人看见")
    )
    if second[0] == "reject":
        await office.do(moderate.reject, claim, office.bai, second[1], "")
    else:
        await office.do(moderate.approve, claim, office.bai)
    if "take_back" in second:
        back = partial(two_people.take_back, rules=RULES, claim_id=claim.id, words="没有这回事")
        assert await office.storage.write(partial(back, staff=office.ding)) is None
    assert await office.wrong() == wrong, label


async def test_a_late_approval_counts_on_the_day_of_the_act(
    office: Office, clock: FakeClock
) -> None:
    claims = [await office.claim() for _ in range(3)]
    for claim in claims:
        clock.move(hours=24)
        await office.do(moderate.approve, claim, office.yu)
    assert await office.points() == 20, "the cap is that of the one day on which she did it"


async def test_together_only_what_nothing_speaks_against(office: Office, clock: FakeClock) -> None:
    await office.claim()
    clock.move(hours=24 * 4)
    plain, seen = await office.claim(), await office.claim(photos=1)
    unwitnessed = await office.claim(code="care_visit")
    pairs = [((await office.fresh(one)).id, (await office.fresh(one)).version)
             for one in (plain, seen, unwitnessed)]  # fmt: skip
    count = await office.storage.write(
        lambda tx: moderate.approve_harmless(tx, RULES, pairs, office.yu)
    )
    assert count == 1
    states = [(await office.fresh(one)).state for one in (plain, seen, unwitnessed)]
    assert states == [ClaimState.APPROVED, ClaimState.WAITING, ClaimState.WAITING]


async def test_a_photo_that_was_used_before_is_said(office: Office) -> None:
    first, second = await office.claim("him", photos=1), await office.claim(photos=1)
    look = Likeness((1, 2, 3), (9, 9, 9))

    def looked(tx: Tx) -> None:
        for claim in (first, second):
            media = tx.claims.photos(claim.id)
            look_at_photos(tx, claim.id, [(media[0], look)])

    await office.storage.write(looked)
    signals = await office.storage.read(lambda views: views.claims.signals([second.id]))
    (found,) = [one for _, one in signals if one.kind == "photo_other"]
    assert (found.values["claim"], found.values["how"]) == (first.id, "same")
    claim = await office.fresh(second)
    assert claim.looked
    assert claim.risk >= found.weight


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


async def test_words_of_neighbours_count_and_rings_are_said(office: Office) -> None:
    def known(tx: Tx, *names: str) -> None:
        for name in names:
            person_id = tx.people.meet("web", name).person_id
            gift = posting(name, "treasury", f"resident:{person_id}", 30, acted_at=tx.now)
            post(tx.journal, gift, now=tx.now, new_id=tx.new_transfer_id)

    await office.storage.write(lambda tx: known(tx, "a", "b", "c"))
    found: set[str] = set()
    for giver, taker in (("a", "b"), ("b", "c"), ("c", "a")):
        claim = await office.claim(taker, code="care_visit")

        def witness(tx: Tx, giver: str = giver, claim: Claim = claim) -> None:
            bear_witness(tx, RULES, tx.people.meet("web", giver), claim.id)

        await office.storage.write(witness)
        found |= await office.signals(claim)
    assert "ring" in found


async def test_what_members_decided_is_looked_at(office: Office) -> None:
    claim = await office.claim()
    await office.do(moderate.approve, claim, office.yu)
    (found,) = await office.storage.read(lambda views: views.claims.decided(claim.made_at))
    assert (found.staff_id, found.approved, found.points) == (office.yu.id, True, 10)
