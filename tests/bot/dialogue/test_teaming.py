"""An initiative carried out in the chat: join, tasks, shifts, the code, photos of what was done."""

from dataclasses import replace
from datetime import timedelta

from bot.flow.initiatives import initiatives, review, shifts, team
from bot.model.initiative import InitiativeState
from bot.model.team import Shift
from bot.ports.storage import Tx
from channels.message import Datum, Position, PositionSource
from tests.bot.dialogue.talker import Talker
from tests.bot.dialogue.test_initiatives import neighbour, newest, published, told
from tests.bot.dialogue.test_rewards import known

HERE = (31.2304, 121.4737)


async def begun(talker: Talker) -> int:
    """An initiative that needs three neighbours, has them, and was begun; return its number."""
    await told(talker)
    one = await published(talker)

    def unit(tx: Tx) -> int:
        staff = next(each for each in tx.staff.all() if each.login == "lin")
        found = tx.initiatives.get(one.id)
        for state in (InitiativeState.GATHERING, InitiativeState.READY):
            found = tx.initiatives.save(replace(found, state=state, gather_until=None))
        decided = review.decide(
            tx, talker.rules, found.id, staff, "周六上午", version=found.version
        )
        return initiatives.begin(tx, decided.id, decided.author_id).id

    return await talker.storage.write(unit)


async def shift_of(talker: Talker, number: int) -> Shift:
    """A shift of two hours that begins now."""

    def unit(tx: Tx) -> Shift:
        lead = tx.initiatives.get(number).author_id
        team.add_task(tx, lead, number, "买螺丝")
        ends = tx.now + timedelta(hours=2)
        return shifts.add_shift(tx, lead, number, tx.now, ends, "3号楼门口", 5, at=HERE)

    return await talker.storage.write(unit)


async def test_a_neighbour_joins_takes_a_shift_and_checks_in(talker: Talker) -> None:
    number = await begun(talker)
    other = neighbour(talker)
    await known(other)
    await other.say("", f"initiative:{number}")
    seen = await other.press("队伍和班")
    assert "还没有安排活儿和班" in seen.text
    shift = await shift_of(talker, number)
    seen = await other.press("我也来")
    assert "您加入了" in seen.text
    assert "活儿：买螺丝（还没人领）" in seen.text
    assert "这件归您了" in (await other.press("领：买螺丝")).text
    seen = await other.say("", f"team:{number}")
    assert "活儿：买螺丝（您领了）" in seen.text
    taken = await other.say("", f"shift_take:{shift.id}")
    assert "报上了" in taken.text
    seen = await other.say("", f"team:{number}")
    assert [one.label for one in seen.buttons] == ["我到了"]
    assert "六个数字" in (await other.press("我到了")).text
    shown = await talker.say("", f"shift_code:{shift.id}")
    digits = shown.text[:6]
    assert "一个码签一个人" in shown.text
    wrong = "000000" if digits != "000000" else "111111"
    assert "这个码不对" in (await other.say(wrong)).text
    assert "签到了" in (await other.say(digits)).text
    assert "来不了" not in str(await other.say("", f"team:{number}"))


async def test_what_is_said_besides_is_no_code(talker: Talker) -> None:
    number = await begun(talker)
    shift = await shift_of(talker, number)
    other = neighbour(talker)
    await known(other)
    await other.say("", f"shift_take:{shift.id}")
    await other.say("", f"shift_here:{shift.id}")
    assert "119" in (await other.say("着火了")).text


async def test_a_position_checks_in(talker: Talker) -> None:
    number = await begun(talker)
    shift = await shift_of(talker, number)
    other = neighbour(talker)
    await known(other)
    await other.say("", f"shift_take:{shift.id}")
    await other.say("", f"shift_here:{shift.id}")
    at = Position(
        latitude=HERE[0], longitude=HERE[1], datum=Datum.WGS84,
        source=PositionSource.BROWSER, at=talker.clock.now(), accuracy_m=9.0,
    )  # fmt: skip
    assert "签到了" in (await other.send("", position=at)).text


async def test_who_may_not_is_told_why(talker: Talker) -> None:
    number = await begun(talker)
    shift = await shift_of(talker, number)
    other = neighbour(talker)
    for choice, words in (
        (f"team_join:{number}", "要先知道您是谁"),
        (f"shift_code:{shift.id}", "签到码由发起的邻居出示"),
        (f"task_take:{number}:1", "还没加入"),
        (f"shift_leave:{shift.id}", "还没加入"),
        ("shift_take:999", "没有找到"),
        ("team:x", "晚"),
    ):
        answer = (await other.say("", choice)).text
        assert words in answer or words == "晚", (choice, answer)


async def test_the_result_has_photos_with_their_words(talker: Talker) -> None:
    number = await begun(talker)
    assert "做成了什么" in (await talker.say("", f"idea_result:{number}")).text
    assert "有照片的话" in (await talker.say("四段扶手都装好了")).text
    assert "照片上是什么" in (await talker.show()).text
    assert "现在有 1 张" in (await talker.say("一楼到二楼的新扶手")).text
    assert "现在有 2 张" in (await talker.show("三楼的扶手")).text
    photos = await talker.storage.read(lambda views: views.teams.photos(number))
    assert [one.words for one in photos] == ["一楼到二楼的新扶手", "三楼的扶手"]
    assert (await newest(talker)).result == "四段扶手都装好了"
    assert "119" in (await talker.say("着火了")).text
