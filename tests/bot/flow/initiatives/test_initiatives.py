"""An initiative from draft to done, its pledges in the ledger, on both databases."""

from datetime import timedelta
from functools import partial

import pytest

from bot.flow.erase import erase_due
from bot.flow.initiatives import initiatives, objecting, pledging, review
from bot.model.initiative import (
    Initiative,
    InitiativeState,
    Move,
    PledgeKind,
    PledgeState,
    Wish,
)
from bot.ports.storage import Tx
from credits.ledger import Balance, Kind, Ledger
from tests.bot.flow.initiatives.square import RULES, H, P, Square, T
from tests.fakes.clock import FakeClock


async def test_a_whole_life_from_draft_to_credits(square: Square) -> None:
    one = await square.in_progress()
    assert [await square.balance(who) for who in "bc"] == [Balance(40), Balance(50)]
    assert await square.kinds("b") == [Kind.TRANSFER, Kind.HOLD, Kind.POST]
    finish = partial(square.do, review.finish, RULES, one.id, square.yu)
    assert (
        await square.refused(review.finish, RULES, one.id, square.yu, [], version=one.version)
        == "initiative_no_result"
    )
    one = await square.do(initiatives.tell_result, one.id, square.people["a"], "四段扶手都装好了")
    pledges = await square.storage.read(lambda views: views.initiatives.pledges(one.id))
    assert await finish([each.id for each in pledges], version=one.version) == 28
    assert (await square.fresh(one)).state is InitiativeState.DONE
    # Who carried it, who came; who gave points has one as thanks, never what she paid.
    assert [(await square.balance(who)).posted for who in "abcd"] == [80, 41, 51, 66]
    assert (await square.balance("a", Ledger.VOTE)).posted == 5
    assert "做成了，给您加 20 分" in await square.told("a")
    told = await square.told("d")
    assert "定下来了：“周六上午装”。您出了力，请打开队伍" in told
    assert "“四段扶手都装好了”。您来帮了忙，加 6 分" in told
    events = await square.storage.read(lambda views: views.initiatives.events(one.id))
    assert [each.move for each in events] == [
        Move.SUBMIT, Move.TAKE, Move.PUBLISH, Move.GATHER, Move.FILL,
        Move.DECIDE, Move.BEGIN, Move.FINISH,
    ]  # fmt: skip


async def test_a_thing_that_is_asked_for_can_be_brought_until_it_is_done(square: Square) -> None:
    for things, refused in (("两把电钻", ""), ("", "pledge_closed")):
        one = await square.published(hours=2, points=0, things=things)
        for who in "bcd":
            await square.pledge(who, one, H, 2)
        one = await square.fresh(one)
        assert one.state is InitiativeState.READY
        bring = partial(pledging.pledge, rules=RULES, person_id=square.people["b"])
        drill = partial(bring, initiative_id=one.id, kind=T, amount=1, words="电钻")
        if refused:
            assert await square.refused(drill, key="late") == refused
            continue
        made = [await square.do(drill, key=str(number)) for number in range(5)]
        assert {each.state for each in made} == {PledgeState.GIVEN}
        assert await square.do(drill, key="4") == made[4]
        assert await square.refused(drill, key="5") == "pledge_already"
        hours = partial(bring, initiative_id=one.id, kind=H, amount=1)
        assert await square.refused(hours, key="hours") == "pledge_closed"


async def test_what_does_not_come_together_goes_back(square: Square, clock: FakeClock) -> None:
    one = await square.published()
    await square.pledge("b", one, P, 20)
    await square.pledge("c", one, H, 2)
    assert await square.balance("b") == Balance(60, held=20)
    assert await square.do(pledging.lapse_due, RULES) == 0
    clock.move(days=30)
    assert (
        await square.refused(pledging.pledge, RULES, square.people["d"], one.id, P, 5, key="late")
        == "pledge_closed"
    )
    assert await square.do(pledging.lapse_due, RULES) == 1
    assert (await square.fresh(one)).state is InitiativeState.LAPSED
    assert await square.balance("b") == Balance(60)
    assert await square.kinds("b") == [Kind.TRANSFER, Kind.HOLD, Kind.LAPSE]
    assert "20 分退给您了" in await square.told("b")
    assert "没有凑够" in await square.told("a")
    assert await square.do(pledging.lapse_due, RULES) == 0


async def test_the_same_points_are_never_given_twice(square: Square) -> None:
    first, second = await square.published("a"), await square.published("e")
    await square.pledge("b", first, P, 50)
    refused = partial(square.refused, pledging.pledge, RULES, square.people["b"])
    assert await refused(second.id, P, 20, key="x") == "pledge_few_points"
    assert await refused(first.id, P, 5, key="y") == "pledge_already"
    again = await square.pledge("b", first, P, 50)
    assert again.amount == 50
    assert await square.balance("b") == Balance(60, held=50)
    assert await square.do(pledging.take_back, square.people["b"], first.id) == 50
    assert await square.balance("b") == Balance(60)
    assert await square.refused(pledging.take_back, square.people["b"], first.id) == "pledge_none"


REFUSALS = [
    ("too much of one", P, 101, "", "pledge_amount"),
    ("nothing", H, 0, "", "pledge_amount"),
    ("a thing without a name", T, 1, "  ", "pledge_thing"),
    ("more than she has", P, 61, "", "pledge_few_points"),
]


@pytest.mark.parametrize(("label", "kind", "amount", "words", "reason"), REFUSALS)
async def test_what_is_no_pledge(
    square: Square, label: str, kind: PledgeKind, amount: int, words: str, reason: str
) -> None:
    one = await square.published()
    who = square.people["b"]
    assert reason == await square.refused(
        pledging.pledge, RULES, who, one.id, kind, amount, key="k", words=words
    ), label


async def test_a_stranger_and_its_author_fill_nothing(square: Square) -> None:
    one = await square.published(hours=1, points=0)
    stranger = await square.do(lambda tx: tx.people.meet("web", "zzz").person_id)
    assert (
        await square.refused(pledging.pledge, RULES, stranger, one.id, H, 1, key="k")
        == "pledge_stranger"
    )
    for who in "abc":
        await square.pledge(who, one, H, 1)
    assert (await square.fresh(one)).state is InitiativeState.GATHERING
    await square.pledge("d", one, T, words="一把梯子")
    assert (await square.fresh(one)).state is InitiativeState.READY
    assert "凑够了" in await square.told("d")


async def test_a_return_is_told_and_an_appeal_goes_to_somebody_else(square: Square) -> None:
    one = await square.submitted()
    taken = await square.do(review.take, one.id, square.lin)
    back = partial(square.do, review.send_back, RULES, one.id)
    await back(square.lin, "楼道太窄", version=taken.version)
    assert "这次没有通过：“楼道太窄”" in await square.told("a")
    await square.do(initiatives.appeal, RULES, one.id, square.people["a"])
    assert await square.refused(review.take, one.id, square.lin) == "initiative_decided_before"
    taken = await square.do(review.take, one.id, square.yu)
    await back(square.yu, "另一位也量过了，太窄", version=taken.version)
    assert (
        await square.refused(initiatives.appeal, RULES, one.id, square.people["a"])
        == "initiative_appealed"
    )


async def test_given_points_come_back_when_staff_call_it_off(square: Square) -> None:
    one = await square.in_progress()
    await square.do(
        review.send_back, RULES, one.id, square.lin, "墙体不能打孔", version=one.version
    )
    assert [await square.balance(who) for who in "bc"] == [Balance(60), Balance(60)]
    assert await square.kinds("b") == [Kind.TRANSFER, Kind.HOLD, Kind.POST, Kind.REVERSAL]
    assert "20 分退给您了" in await square.told("b")


async def test_merging_keeps_all_supports(square: Square, clock: FakeClock) -> None:
    one = await square.published("a")
    await square.pledge("b", one, P, 20)
    clock.move(days=10)
    other = await square.published("e")
    await square.pledge("c", other, P, 10)
    found = await square.fresh(one)
    await square.do(review.merge, RULES, one.id, other.id, square.lin, version=found.version)
    assert await square.balance("b") == Balance(60, held=20)
    clock.move(days=25)  # past the time of the first: what was carried over is still held
    await square.do(pledging.lapse_due, RULES)
    assert await square.balance("b") == Balance(60, held=20)
    await square.pledge("d", other, H, 4)
    assert (await square.fresh(other)).state is InitiativeState.READY
    assert await square.balance("b") == Balance(40)
    assert "支持都还在" in await square.told("a")


async def test_what_neighbours_find_unfit_is_hidden_until_staff_look(
    square: Square, clock: FakeClock
) -> None:
    one = await square.published()
    await square.pledge("e", one, P, 20)
    stranger = await square.do(lambda tx: tx.people.meet("web", "zzz").person_id)
    refused = partial(square.refused, objecting.object_to, RULES)
    assert await refused(stranger, one.id, "不好看") == "pledge_stranger"
    assert await refused(square.people["a"], one.id, "不好看") == "initiative_not_now"
    assert await refused(square.people["b"], one.id, " ") == "report_words"
    for who in "bcd":
        assert one.id in [
            each.id for each in await square.storage.read(lambda v: v.initiatives.public(9))
        ]
        await square.do(objecting.object_to, RULES, square.people[who], one.id, "写了人家的名字")
        if who == "b":
            again = await refused(square.people[who], one.id, "又看了一遍")
            assert again == "report_already"
    found = await square.fresh(one)
    assert found.hidden
    assert await square.storage.read(lambda views: views.initiatives.public(9)) == []
    assert "有不合适的地方，先不显示了" in await square.told("a")
    assert (
        await square.refused(pledging.pledge, RULES, square.people["b"], one.id, H, 1, key="k")
        == "initiative_hidden"
    )
    clock.move(days=7)
    assert await square.do(pledging.tell_late, RULES) == 1
    found = await square.fresh(one)
    shown = await square.do(review.show_again, RULES, one.id, square.lin, version=found.version)
    assert "大家又能看到了" in await square.told("a")
    await square.do(objecting.object_to, RULES, square.people["e"], one.id, "还是不好")
    assert not (await square.fresh(one)).hidden
    await square.do(
        review.send_back, RULES, one.id, square.lin, "写了人名，请去掉", version=shown.version
    )
    assert await square.balance("e") == Balance(60)


async def hide(square: Square, one: Initiative) -> None:
    for who in "cde":
        await square.do(objecting.object_to, RULES, square.people[who], one.id, "写了人名")


async def test_time_rests_while_it_is_hidden(square: Square, clock: FakeClock) -> None:
    one = await square.published()
    await square.pledge("b", one, P, 20)
    clock.move(days=25)
    await hide(square, one)
    clock.move(days=60)
    assert await square.do(pledging.lapse_due, RULES) == 0
    assert await square.balance("b") == Balance(60, held=20)
    found = await square.fresh(one)
    assert found.gather_until is None
    shown = await square.do(review.show_again, RULES, one.id, square.lin, version=found.version)
    assert round((shown.gather_until - clock.now()) / timedelta(days=1), 3) == 5
    clock.move(days=4)
    assert await square.do(pledging.lapse_due, RULES) == 0
    assert await square.balance("b") == Balance(60, held=20)
    clock.move(days=2)
    assert await square.do(pledging.lapse_due, RULES) == 1
    assert await square.balance("b") == Balance(60)
    kinds = await square.kinds("b")
    assert kinds.count(Kind.HOLD) == 3


async def test_what_is_held_for_a_hidden_one_can_be_taken_back(
    square: Square, clock: FakeClock
) -> None:
    one = await square.published()
    await square.pledge("b", one, P, 20)
    await hide(square, one)
    clock.move(days=40)
    assert await square.do(pledging.take_back, square.people["b"], one.id) == 20
    assert await square.balance("b") == Balance(60)


async def test_what_the_ledger_freed_while_nobody_looked_is_not_taken_again(
    square: Square, clock: FakeClock
) -> None:
    one = await square.published()
    await square.pledge("b", one, P, 20)
    await hide(square, one)
    clock.move(days=200)
    found = await square.fresh(one)
    await square.do(review.show_again, RULES, one.id, square.lin, version=found.version)
    (freed,) = await square.storage.read(lambda views: views.initiatives.pledges(one.id))
    assert freed.state is PledgeState.BACK
    await square.pledge("b", one, P, 30, key="anew")
    assert await square.balance("b") == Balance(60, held=30)


async def test_nobody_confirms_what_she_earns_from(square: Square) -> None:
    one = await square.in_progress()
    one = await square.do(initiatives.tell_result, one.id, square.people["a"], "装好了")

    def acquaint(tx: Tx) -> None:
        contact = tx.people.contacts_of(square.people["d"])[0]
        tx.claims.acquaint(square.lin.id, contact.id, square.lin.id)

    await square.storage.write(acquaint)
    pledges = await square.storage.read(lambda views: views.initiatives.pledges(one.id))
    ids = [each.id for each in pledges]
    assert (
        await square.refused(review.finish, RULES, one.id, square.lin, ids, version=one.version)
        == "initiative_own_claim"
    )
    assert (await square.balance("d")).posted == 60


async def test_others_learn_and_change_nothing(square: Square) -> None:
    one = await square.submitted()
    b = square.people["b"]
    for unit in (initiatives.submit, initiatives.withdraw, initiatives.appeal):
        assert await square.refused(unit, RULES, one.id, b) == "initiative_unknown"
    assert (
        await square.refused(initiatives.tell_result, one.id, b, "我做的") == "initiative_unknown"
    )


async def test_an_author_hears_once_that_staff_are_late(square: Square, clock: FakeClock) -> None:
    await square.submitted()
    assert await square.do(pledging.tell_late, RULES) == 0
    clock.move(days=7)
    assert await square.do(pledging.tell_late, RULES) == 1
    assert await square.do(pledging.tell_late, RULES) == 0
    assert "是我们晚了" in await square.told("a")


async def test_who_leaves_takes_her_points_along_and_others_get_theirs(
    square: Square, clock: FakeClock
) -> None:
    mine, other = await square.published("a"), await square.published("e")
    await square.pledge("b", mine, P, 20)
    await square.pledge("a", other, P, 10)
    await square.do(lambda tx: tx.people.erase_at(square.people["a"], tx.now))
    clock.move(seconds=1)
    assert await square.do(erase_due, RULES) == 1
    gone = await square.fresh(mine)
    assert (gone.state, gone.wish.title) == (InitiativeState.WITHDRAWN, "")
    assert await square.balance("a") == Balance(60)
    assert await square.balance("b") == Balance(60)


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        (Wish(title="短"), "initiative_title"),
        (Wish(title="给楼道装扶手", reason="很" * 501), "initiative_words"),
        (Wish(title="给楼道装扶手", hours=201), "initiative_numbers"),
        (Wish(title="给楼道装扶手", points=1001), "initiative_numbers"),
    ],
)
async def test_what_a_draft_may_not_say(square: Square, wish: Wish, reason: str) -> None:
    a = square.people["a"]
    made = await square.do(initiatives.begin_draft, a, "给楼道装扶手")
    assert await square.refused(initiatives.write_draft, RULES, made.id, a, wish) == reason
    assert await square.refused(initiatives.submit, RULES, made.id, a) == "initiative_unfinished"
