"""What was said about an initiative that is merged into another, on both databases."""

from dataclasses import replace

import pytest

from bot.flow.cards.initiative_card import main_of
from bot.flow.initiatives import remarks, review, rewriting
from bot.model.initiative import Initiative
from bot.model.remark import RemarkState
from tests.bot.flow.cards.test_initiative_card import carded, shown_anew
from tests.bot.flow.initiatives.square import RULES, P, Square
from tests.bot.flow.initiatives.test_remarks import asked, proposed, remark_of


async def merged(square: Square, gone: Initiative, main: Initiative) -> None:
    version = (await square.fresh(gone)).version
    await square.do(review.merge, RULES, gone.id, main.id, square.lin, version=version)


async def test_open_questions_wait_for_whose_idea_the_other_is(square: Square) -> None:
    gone, main = await square.published("a"), await square.published("e")
    first, second = [await asked(square, "b", gone, words) for words in ("几时装？", "谁来装？")]
    answered = await asked(square, "c", gone, "要敲墙吗？")
    await square.do(remarks.answer, RULES, square.people["a"], answered.id, "不敲墙")
    await merged(square, gone, main)
    there = await square.storage.read(lambda views: views.remarks.of_initiative(main.id))
    assert [one.id for one in there] == [first.id, second.id]
    assert (await remark_of(square, answered)).answer == "不敲墙"
    assert "那边有 2 个问题还等着答" in await square.told("e")
    assert (
        await square.refused(remarks.answer, RULES, square.people["a"], first.id, "下周")
        == "remark_unknown"
    )
    assert [one.id for one, _ in await square.do(remarks.waiting, square.people["e"])] == [
        first.id, second.id,
    ]  # fmt: skip
    await square.do(remarks.answer, RULES, square.people["e"], first.id, "下周一起装")
    assert "下周一起装" in await square.told("b")


async def test_open_proposals_end_with_a_word_and_what_was_taken_stays(square: Square) -> None:
    gone, main = await square.published("a"), await square.published("e")
    taken = await proposed(square, "c", gone, reason="老人和轮椅上下方便")
    await square.do(rewriting.take_over, RULES, square.people["a"], taken.id)
    still = await proposed(square, "b", gone, place="3号楼2单元")
    await merged(square, gone, main)
    ended = await remark_of(square, still)
    assert (ended.state, ended.by_staff) == (RemarkState.DECLINED, True)
    assert f"合到 {main.id} 号“给楼道装扶手”里了" in ended.answer
    assert ended.answer in await square.told("b")
    assert (await remark_of(square, taken)).state is RemarkState.TAKEN
    assert "还等着答" not in await square.told("e")
    texts = await square.storage.read(lambda views: views.remarks.texts(gone.id))
    assert len(texts) == 2
    there = await square.storage.read(lambda views: views.initiatives.merged_into(main.id))
    assert [one.id for one in there] == [gone.id]


async def test_what_was_hidden_there_is_looked_at_all_the_same(square: Square) -> None:
    gone, main = await square.published("a"), await square.published("e")
    said = await proposed(square, "e", gone, reason="老人和轮椅上下方便")
    for who in "bcd":
        await square.do(remarks.object_to, RULES, square.people[who], said.id)
    await merged(square, gone, main)
    hidden = await square.storage.read(lambda views: views.remarks.reported())
    assert [one.id for one in hidden] == [said.id]
    await square.do(remarks.show_again, square.lin, said.id)
    assert not await square.storage.read(lambda views: views.remarks.reported())


async def test_twice_merged_is_followed_to_the_end(square: Square) -> None:
    first, second, third = [await square.published(who) for who in "ade"]
    made = await asked(square, "b", first)
    await merged(square, first, second)
    await merged(square, second, third)
    there = await square.storage.read(lambda views: views.remarks.of_initiative(third.id))
    assert [one.id for one in there] == [made.id]
    found = await square.do(main_of, first.id)
    assert found.id == third.id


async def test_its_card_leads_to_the_other(square: Square) -> None:
    gone, main = await square.published("a"), await square.published("e")
    await carded(square, gone)
    await square.pledge("c", gone, P, 10)
    await shown_anew(square)
    await merged(square, gone, main)
    message = await shown_anew(square)
    assert f"合到 {main.id} 号" in message.text
    assert [one.choice for one in message.buttons] == [f"initiative:{main.id}"]


@pytest.mark.parametrize("hidden", [False, True])
async def test_what_is_hidden_is_led_to_by_nothing(square: Square, *, hidden: bool) -> None:
    gone, main = await square.published("a"), await square.published("e")
    await merged(square, gone, main)
    for one in (gone, main):
        shown = replace(await square.fresh(one), hidden=hidden)
        await square.do(lambda tx, one=shown: tx.initiatives.save(one))
    there = await square.storage.read(lambda views: views.initiatives.merged_into(main.id))
    assert bool(there) is not hidden
    assert (await square.do(main_of, gone.id) is None) is hidden
