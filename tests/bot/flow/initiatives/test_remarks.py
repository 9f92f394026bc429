"""Questions, proposals, statements; a text that changes in the open, on both databases."""

from dataclasses import replace
from typing import Any

import pytest

from bot.flow.initiatives import initiatives, pledging, remarks, review, rewriting
from bot.model.initiative import Initiative, InitiativeState
from bot.model.people import Verification
from bot.model.remark import Remark, RemarkState, Wording
from bot.model.staff import Role
from bot.ports.storage import Tx
from bot.store.initiatives.initiatives import SqlInitiatives
from credits.ledger import Balance
from tests.bot.flow.initiatives.square import RULES, H, P, Square
from tests.bot.flow.initiatives.test_initiatives import hide
from tests.fakes.clock import FakeClock

WHY = "轮椅也要能上"


async def asked(square: Square, who: str, one: Initiative, words: str = "什么时候装？") -> Remark:
    made: Remark = await square.do(remarks.ask, RULES, square.people[who], one.id, words)
    return made


async def proposed(square: Square, who: str, one: Initiative, **changes: str) -> Remark:
    wording = replace(Wording.of((await square.fresh(one)).wish), **changes)
    made: Remark = await square.do(remarks.propose, RULES, square.people[who], one.id, wording, WHY)
    return made


async def remark_of(square: Square, one: Remark) -> Remark:
    found = await square.storage.read(lambda views: views.remarks.of_initiative(one.initiative_id))
    return next(each for each in found if each.id == one.id)


async def test_a_proposal_is_taken_over_and_credited_when_all_is_done(
    square: Square, clock: FakeClock
) -> None:
    one = await square.published()
    await square.pledge("b", one, P, 20)
    made = await proposed(square, "e", one, reason="老人和轮椅上下方便，一边装一段坡道")
    assert f"改一改为什么：{WHY}" in await square.told("a")
    changed = await square.do(rewriting.take_over, RULES, square.people["a"], made.id)
    assert changed.wish.reason == "老人和轮椅上下方便，一边装一段坡道"
    assert (changed.wish.hours, changed.wish.points) == (4, 30)
    texts = await square.storage.read(lambda views: views.remarks.texts(one.id))
    assert [(each.number, each.wording.reason, each.remark_id) for each in texts] == [
        (1, "老人上下方便", None), (2, "老人和轮椅上下方便，一边装一段坡道", made.id),
    ]  # fmt: skip
    assert "发起的邻居用上了" in await square.told("e")
    assert "写的改了，您支持过它" in await square.told("b")
    assert "写的改了" not in await square.told("d")

    # Enough is given, but a changed text rests first: who gave may take it back.
    await square.pledge("c", one, P, 10)
    await square.pledge("d", one, H, 4)
    assert (await square.fresh(one)).state is InitiativeState.GATHERING
    assert await square.do(pledging.go_on_rested, RULES) == 0
    clock.move(days=2)
    assert await square.do(pledging.go_on_rested, RULES) == 1
    ready = await square.fresh(one)
    assert (ready.state, ready.rests_until) == (InitiativeState.READY, None)
    assert await square.do(pledging.go_on_rested, RULES) == 0

    decided = await square.do(
        review.decide, RULES, one.id, square.lin, "周六", version=ready.version
    )
    await square.do(initiatives.begin, decided.id, square.people["a"])
    told = await square.do(initiatives.tell_result, one.id, square.people["a"], "装好了")
    earned = await square.do(review.finish, RULES, one.id, square.yu, [], version=told.version)
    assert earned == 24, "who led, who wrote, and thanks to two who gave points"
    assert await square.balance("e") == Balance(62)
    told_e = await square.told("e")
    assert "您帮着写好了它，加 2 分" in told_e
    assert told_e.count("做成了") == 1, "one message for the two points"


async def test_who_gave_for_other_words_takes_it_back(square: Square) -> None:
    one = await square.published()
    await square.pledge("b", one, P, 30)
    await square.pledge("c", one, H, 4)
    made = await proposed(square, "e", one, title="给楼道刷漆")
    await square.do(rewriting.take_over, RULES, square.people["a"], made.id)
    await square.pledge("d", one, H, 2)
    assert await square.do(pledging.take_back, square.people["b"], one.id) == 30
    assert await square.balance("b") == Balance(60)


async def test_what_is_hidden_just_when_it_has_rested_does_not_go_on(
    square: Square, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await square.published()
    made = await proposed(square, "e", one, reason="轮椅也能上")
    await square.do(rewriting.take_over, RULES, square.people["a"], made.id)
    await square.pledge("b", one, P, 30)
    await square.pledge("c", one, H, 4)
    await square.pledge("d", one, H, 4)
    clock.move(days=2)
    await hide(square, one)
    # What the worker found a moment before neighbours hid it.
    monkeypatch.setattr(SqlInitiatives, "rested", lambda *_: [one.id])
    await square.do(pledging.go_on_rested, RULES)
    found = await square.fresh(one)
    assert (found.state, found.hidden) == (InitiativeState.GATHERING, True)


async def test_two_proposals_for_one_part_do_not_overwrite_each_other(square: Square) -> None:
    one = await square.published()
    first = await proposed(square, "b", one, reason="轮椅也能上")
    same = await proposed(square, "c", one, reason="孩子也能上")
    other = await proposed(square, "d", one, place="3号楼2单元")
    take = square.people["a"]
    await square.do(rewriting.take_over, RULES, take, first.id)
    await square.do(rewriting.take_over, RULES, take, other.id)
    wish = (await square.fresh(one)).wish
    assert (wish.reason, wish.place) == ("轮椅也能上", "3号楼2单元")
    overtaken = await square.refused(rewriting.take_over, RULES, take, same.id)
    assert overtaken == "remark_overtaken"
    declined = await square.do(remarks.decline, RULES, take, same.id, "已经换了说法")
    assert declined.state is RemarkState.DECLINED
    assert "这次没有用：已经换了说法" in await square.told("c")
    assert await square.refused(rewriting.take_over, RULES, take, first.id) == "remark_settled"


async def test_the_text_from_before_texts_were_kept_is_not_lost(
    square: Square, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(review, "keep_text", lambda *_: 0)
        one = await square.published()
    first = await proposed(square, "b", one, reason="轮椅也能上")
    same = await proposed(square, "c", one, reason="孩子也能上")
    other = await proposed(square, "d", one, place="3号楼2单元")
    for made in (first, other):
        await square.do(rewriting.take_over, RULES, square.people["a"], made.id)
    texts = await square.storage.read(lambda views: views.remarks.texts(one.id))
    assert [(each.wording.reason, each.wording.place) for each in texts] == [
        ("老人上下方便", "3号楼"), ("轮椅也能上", "3号楼"), ("轮椅也能上", "3号楼2单元"),
    ]  # fmt: skip
    overtaken = await square.refused(rewriting.take_over, RULES, square.people["a"], same.id)
    assert overtaken == "remark_overtaken"


async def test_a_question_is_answered_by_either(square: Square) -> None:
    one = await square.published()
    first, second = await asked(square, "b", one), await asked(square, "c", one, "要钱吗？")
    assert "有邻居问“给楼道装扶手”（1 号提议）：什么时候装？" in await square.told("a")
    answered = await square.do(remarks.answer, RULES, square.people["a"], first.id, "下个月")
    assert (answered.state, answered.by_staff) == (RemarkState.ANSWERED, False)
    by_staff = await square.do(remarks.answer_as_staff, RULES, square.lin, second.id, "不要钱")
    assert by_staff.by_staff
    assert "回答：下个月" in await square.told("b")
    assert "回答：不要钱" in await square.told("c")
    again = (remarks.answer, RULES, square.people["a"], first.id, "再说")
    assert await square.refused(*again) == "remark_settled"


async def test_an_office_says_what_it_can_do(square: Square) -> None:
    one = await square.published()
    said = await square.do(remarks.state, square.lin, one.id, "扶手我们来装，费用要业委会同意。")
    assert said.office
    found = await square.storage.read(lambda views: views.remarks.statements(one.id))
    assert found == [said]


async def test_what_neighbours_report_is_hidden_until_staff_looked(square: Square) -> None:
    one = await square.published()
    made = await proposed(square, "e", one, reason="不好听的话")
    for who in "bbcb":
        await square.do(remarks.object_to, RULES, square.people[who], made.id)
    assert not (await remark_of(square, made)).hidden
    await square.do(remarks.object_to, RULES, square.people["d"], made.id)
    assert (await remark_of(square, made)).hidden
    take = (rewriting.take_over, RULES, square.people["a"], made.id)
    assert await square.refused(*take) == "remark_unknown"
    assert await square.storage.read(lambda views: [x.id for x in views.remarks.reported()]) == [
        made.id
    ]
    await square.do(remarks.show_again, square.lin, made.id)
    for who in "bcd":
        await square.do(remarks.object_to, RULES, square.people[who], made.id)
    assert not (await remark_of(square, made)).hidden


REFUSALS = [
    ("remark_words", remarks.ask, {"words": "？"}),
    ("remark_words", remarks.ask, {"words": "长" * 301}),
    ("remark_personal", remarks.ask, {"words": "打13812345678问谁"}),
    ("remark_personal", remarks.propose, {"reason": "找3号楼2单元301室"}),
    ("remark_personal", remarks.propose, {"why": "王建国先生说的"}),
    ("remark_same", remarks.propose, {}),
    ("initiative_title", remarks.propose, {"title": "好"}),
    ("initiative_words", remarks.propose, {"reason": "长" * 501}),
]


@pytest.mark.parametrize(("reason", "unit", "said"), REFUSALS)
async def test_what_is_not_taken(
    square: Square, reason: str, unit: Any, said: dict[str, str]
) -> None:
    one = await square.published()
    rest: tuple[Any, ...] = (said.get("words", ""),)
    if unit is remarks.propose:
        changed = {name: words for name, words in said.items() if name != "why"}
        rest = (replace(Wording.of(one.wish), **changed), said.get("why", WHY))
        if "why" in said:
            rest = (replace(rest[0], reason="轮椅"), said["why"])
    assert await square.refused(unit, RULES, square.people["b"], one.id, *rest) == reason


async def test_who_may_and_how_often(square: Square, clock: FakeClock) -> None:
    one = await square.published()
    stranger = await square.do(lambda tx: tx.people.meet("web", "stranger").person_id)
    wording = replace(Wording.of(one.wish), reason="轮椅")
    propose = (remarks.propose, RULES, stranger, one.id, wording, WHY)
    assert await square.refused(*propose) == "pledge_stranger"
    await square.do(remarks.ask, RULES, stranger, one.id, "什么时候？")
    made = await proposed(square, "b", one, reason="轮椅")
    assert await square.refused(remarks.object_to, RULES, stranger, made.id) == "pledge_stranger"
    for who in "bc":
        take = (rewriting.take_over, RULES, square.people[who], made.id)
        assert await square.refused(*take) == "remark_unknown"
    unknown = (remarks.answer, RULES, square.people["a"], made.id, "这不是问题")
    assert await square.refused(*unknown) == "remark_unknown"
    assert (
        await square.refused(remarks.object_to, RULES, square.people["b"], 99) == "remark_unknown"
    )
    worker = replace(square.lin, role=Role.GRID_WORKER)
    assert await square.refused(remarks.state, worker, one.id, "我们来装") == "not_allowed"
    for number in range(4):
        await asked(square, "b", one, f"第{number}问？")
    ask = (remarks.ask, RULES, square.people["b"], one.id, "还有？")
    assert await square.refused(*ask) == "remark_many"
    clock.move(days=1)
    await square.do(*ask)


async def test_strangers_leave_room_for_the_questions_of_neighbours(square: Square) -> None:
    one = await square.published()

    def meet(tx: Tx) -> list[int]:
        return [tx.people.meet("web", f"stranger{number}").person_id for number in range(3)]

    strangers = await square.do(meet)
    for number in range(10):
        stranger = strangers[number // 5]
        await square.do(remarks.ask, RULES, stranger, one.id, f"第{number}问？")
    ask = (remarks.ask, RULES, strangers[2], one.id, "还有？")
    assert await square.refused(*ask) == "remark_full"
    await asked(square, "b", one)


async def test_too_late_hidden_or_not_public(square: Square, clock: FakeClock) -> None:
    draft = await square.submitted("e")
    ask = (remarks.ask, RULES, square.people["b"], draft.id, "什么时候？")
    assert await square.refused(*ask) == "initiative_not_now"
    one = await square.published()
    made = await proposed(square, "b", one, reason="轮椅")
    clock.move(days=28, hours=12)
    take = (rewriting.take_over, RULES, square.people["a"], made.id)
    assert await square.refused(*take) == "remark_late"


async def test_many_open_ones_are_enough(square: Square) -> None:
    one = await square.published()

    def unit(tx: Tx) -> None:
        for number in range(20):
            person = tx.people.meet("web", f"asker {number}").person_id
            tx.people.verify(person, Verification.CONTACT_CONFIRMED)
            remarks.ask(tx, RULES, person, one.id, "什么时候？")

    await square.do(unit)
    ask = (remarks.ask, RULES, square.people["b"], one.id, "什么时候？")
    assert await square.refused(*ask) == "remark_full"


async def test_nobody_earns_for_words_of_her_own_home(square: Square) -> None:
    one = await square.published()

    def share_a_home(tx: Tx) -> None:
        home = tx.places.building("幸福里小区", "3")
        assert home is not None
        for who in "ab":
            tx.claims.settle_home(square.people[who], home.id, "2", "501")

    await square.do(share_a_home)
    for who in "ab":
        made = await proposed(square, who, one, reason=f"{who}改的：轮椅也要能走")
        await square.do(rewriting.take_over, RULES, square.people["a"], made.id)
    assert await square.do(rewriting.writers, await square.fresh(one)) == []
    stranger = await proposed(square, "c", one, reason="c改的：孩子玩滑梯")
    await square.do(rewriting.take_over, RULES, square.people["a"], stranger.id)
    assert await square.do(rewriting.writers, await square.fresh(one)) == [square.people["c"]]


FOR_POINTS = [
    ("one letter", ["老人上下方便啊"], 0),
    ("full stops", ["老人上下方便。。。。。。！"], 0),
    ("one letter many times", ["老人上下方便啊啊啊啊啊啊啊"], 0),
    ("what stands elsewhere in the text", ["老人上下方便，给楼道装扶手"], 0),
    ("only less", ["老人"], 0),
    ("four letters", ["老人上下方便轮椅也能"], 0),
    ("five letters", ["老人上下方便轮椅也能走"], 1),
    ("little by little", ["老人上下方便轮椅也", "老人上下方便轮椅也能走"], 1),
    ("gone again at last", ["老人上下方便轮椅也能走", "老人上下方便"], 0),
]


@pytest.mark.parametrize(("label", "reasons", "credited"), FOR_POINTS)
async def test_points_are_for_words_that_are_brought_and_stay(
    square: Square, label: str, reasons: list[str], credited: int
) -> None:
    one = await square.published()
    for reason in reasons:
        made = await proposed(square, "e", one, reason=reason)
        one = await square.do(rewriting.take_over, RULES, square.people["a"], made.id)
    assert len(await square.do(rewriting.writers, one)) == credited, label


async def test_of_many_helpers_those_who_brought_most_are_credited(square: Square) -> None:
    one = await square.published()
    words = {"b": "轮椅也能走", "c": "孩子玩滑梯坡", "d": "夜里看得见灯", "e": "雨天不会湿鞋"}
    for number, (who, added) in enumerate(words.items()):
        part = ("title", "place", "reason", "things")[number]
        made = await proposed(square, who, one, **{part: f"{getattr(one.wish, part)}{added}"})
        one = await square.do(rewriting.take_over, RULES, square.people["a"], made.id)
    assert await square.do(rewriting.writers, one) == [square.people[who] for who in "cde"]


async def test_two_contacts_that_become_one_person_report_once(square: Square) -> None:
    one = await square.published()
    made = await proposed(square, "c", one, reason="轮椅")
    b, d = square.people["b"], square.people["d"]
    for person in (b, d):
        await square.do(remarks.object_to, RULES, person, made.id)
    await square.do(lambda tx: tx.remarks.absorb(old=d, into=b))
    await square.do(remarks.object_to, RULES, square.people["e"], made.id)
    assert not (await remark_of(square, made)).hidden
