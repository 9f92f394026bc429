"""Praise of who serves reaches them; a complaint about them reaches somebody else."""

from collections.abc import Awaitable, Callable

import pytest

from bot.ports.storage import Views
from tests.bot.community import Community
from tests.bot.dialogue.looking import LIFT, RULES, cases, history, solve, take
from tests.bot.dialogue.talker import Talker


async def alerted(talker: Talker, login: str) -> list[str]:
    member = await Community(talker.storage, RULES).staff(login)
    alerts = await talker.storage.read(lambda views: views.alerts.unseen_of(member.id, 9))
    return [one.words for one in alerts]


async def talk_of(talker: Talker) -> list[str]:
    def look(views: Views) -> list[str]:
        return [
            line.words
            for row in views.talks.open_talks()
            for line in views.talks.lines(row.talk.id)
        ]

    return await talker.storage.read(look)


@pytest.mark.parametrize("so_far", [take, solve], ids=["in work", "done"])
async def test_praise_is_put_to_the_case_of_who_is_praised(
    talker: Talker, so_far: Callable[[Talker], Awaitable[None]]
) -> None:
    await talker.say(LIFT)
    await so_far(talker)
    said = (await talker.say("我要表扬王师傅")).text
    (case,) = await cases(talker)
    assert said == f"谢谢您。这句话记在工单 {case.number} 里，王师傅看得到。"
    assert "我要表扬王师傅" in await history(talker, case)
    assert "表扬：我要表扬王师傅" in "".join(await alerted(talker, "wang"))
    assert await talk_of(talker) == []


async def test_praise_while_she_is_asked_how_it_was_answers_that(talker: Talker) -> None:
    await talker.say(LIFT)
    await solve(talker)
    assert "办得怎么样" in (await talker.say("好了")).text
    assert "王师傅看得到" in (await talker.say("王师傅人真好，给他点个赞")).text
    (case,) = await cases(talker)
    assert "满意\n王师傅人真好，给他点个赞" in await history(talker, case)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("我要表扬王师傅", "谢谢您。这句话交给值班的同事了。我们请他转给王师傅。"),
        ("你们的网格员小李态度真好，要表扬", "谢谢您。这句话交给值班的同事了。"),
        ("给你们社区点个赞", "谢谢您。这句话交给值班的同事了。"),
    ],
)
async def test_other_praise_is_a_message_to_staff(talker: Talker, said: str, answer: str) -> None:
    assert (await talker.say(said)).text == answer
    assert await talk_of(talker) == [said]


@pytest.mark.parametrize("said", ["谢谢", "谢谢王师傅", "怎么表扬人"])
async def test_thanks_are_thanks(talker: Talker, said: str) -> None:
    assert (await talker.say(said)).text == "不客气。还有事随时说。"
    assert await talk_of(talker) == []


@pytest.mark.parametrize(
    ("said", "looks"),
    [
        ("你们那个小李态度太差", "林晓"),
        ("网格员骂人", "林晓"),
        ("王师傅态度太差了", "林晓"),
        ("王师傅收了我50块钱", "林晓"),
        ("投诉你们工作人员", "林晓"),
        ("来修水管的师傅态度很差，还骂人", "林晓"),
        ("林晓态度恶劣", "周主任"),
        ("小林态度恶劣", "周主任"),
    ],
)
async def test_a_complaint_reaches_another(talker: Talker, said: str, looks: str) -> None:
    await talker.say(LIFT)
    answer = (await talker.say(said)).text
    assert f"您说的是我们的人，这件不交给他本人，由{looks}来查，最晚" in answer
    case = (await cases(talker))[0]
    assert case.handler_id is None
    assert f"不派给本人，由{looks}来查" in await history(talker, case)
    login = {"林晓": "lin", "周主任": "admin"}[looks]
    assert said in "".join(await alerted(talker, login))
    barred = (await talker.storage.read(lambda views: views.dispatch.named(case.id))).barred
    assert len(barred) > 5


@pytest.mark.parametrize(
    "said",
    [
        "3号楼电梯坏了，你们网格员态度太差，不管",
        "楼上骂人，网格员来了也没用",
        "保安骂我",
    ],
)
async def test_a_matter_is_a_matter(talker: Talker, said: str) -> None:
    answer = (await talker.say(said)).text
    assert "工单" in answer
    assert "我们的人" not in answer
