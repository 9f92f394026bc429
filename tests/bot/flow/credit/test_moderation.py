"""Claims as moderators decide them, on both databases: who may, and what it earns."""

from functools import partial

import pytest

from bot.flow.credit import moderate, two_people
from bot.flow.credit.claims import appeal, bear_witness
from bot.flow.credit.examine import look_at_photos
from bot.model.case import RefusedError
from bot.ports.moderation import Claim
from bot.ports.storage import Tx
from credits.claims import ClaimState
from credits.posting import post
from credits.signals import Likeness
from tests.bot.flow.credit.office import RULES, Office
from tests.credits.making import posting
from tests.fakes.clock import FakeClock


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
