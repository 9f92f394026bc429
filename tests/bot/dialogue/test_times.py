"""What she adds about when it was, or will be, stands in the history of her case."""

import pytest

from bot.flow.cases import ask
from bot.ports.storage import Tx
from tests.bot.dialogue.looking import LIFT, RULES, cases, history
from tests.bot.dialogue.talker import Talker


async def test_a_time_that_she_adds(talker: Talker) -> None:
    await talker.say(LIFT)
    await talker.say("补充一下，从昨天晚上十点开始坏的")

    (case,) = await cases(talker)
    assert "从昨天晚上十点开始，就是从昨天晚上10点起" in await history(talker, case)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("昨天晚上十点到今天早上一直这样", "就是昨天晚上10点到今天上午9点"),
        ("明天下午三点到五点家里有人", "就是明天下午3点到5点"),
        ("坏了好几天了", "坏了好几天了"),
    ],
)
async def test_when_alone_is_of_her_case(talker: Talker, words: str, told: str) -> None:
    await talker.say(LIFT)
    answer = await talker.say(words)

    (case,) = await cases(talker)
    assert "补到工单" in answer.text
    assert "您问的" not in answer.text
    assert "危险" not in answer.text
    assert told in await history(talker, case)


async def test_a_deed_is_none(talker: Talker) -> None:
    await talker.say(LIFT)

    assert "补到工单" not in (await talker.say("昨天下午我扫了楼道")).text


async def test_a_time_that_she_answers(talker: Talker) -> None:
    await talker.say(LIFT)
    (case,) = await cases(talker)

    def asks(tx: Tx) -> None:
        ask.ask(
            tx,
            RULES,
            case.id,
            tx.staff.get(case.handler_id or 0),
            "什么时候在家",
            version=case.version,
        )

    await talker.storage.write(asks)
    await talker.say("明天下午三点到五点在家")

    assert "就是明天下午3点到5点" in await history(talker, case)
