"""The status card on Telegram's protocol: one message, changed in place."""

from functools import partial

import sqlalchemy as sa

from bot.flow.cases import handle
from bot.model.case import Case
from bot.ports.storage import Tx
from bot.store import tables as t
from tests.bot.proving import finish
from tests.fakes.botapi import BotApi
from tests.proof.inside import House, running
from tests.proof.test_telegram import settings

RESIDENT = 77


async def test_a_case_is_one_message_that_follows_it(database_url: str) -> None:
    async with BotApi() as server, running(database_url, settings(server)) as house:
        await server.people.text(RESIDENT, "幸福里小区3号楼2单元电梯坏了")
        chat = server.chat(RESIDENT)
        await house.until(lambda: len(chat.from_bot) == 1)
        card = int(chat.from_bot[0]["message_id"])
        assert chat.labels(card) == [["补充", "催办"], ["撤回"]]
        edits = server.called("editMessageText")

        await house.storage.write(partial(take, house))
        await house.storage.write(partial(arrive, house))
        await house.until(lambda: "●处置" in chat.texts[-1])
        assert len(chat.from_bot) == 1, "steps are shown on the card"
        assert len(server.called("editMessageText")) == len(edits) + 1, "and together"

        await server.people.press(RESIDENT, card, "催办")
        await house.until(lambda: len(chat.from_bot) == 2)
        await house.storage.write(partial(resolve, house))
        await house.until(lambda: chat.labels(card) == [["已解决", "没解决"]])
        await server.people.press(RESIDENT, card, "已解决")
        await house.until(lambda: "加 5 分" in "".join(chat.texts))
        await house.until(lambda: "●归档" in shown(server, card))
        assert chat.labels(card) == []
        assert server.complaints == []


async def test_what_happened_while_she_had_blocked_the_bot_is_shown_when_she_is_back(
    sqlite_url: str,
) -> None:
    async with BotApi() as server, running(sqlite_url, settings(server)) as house:
        await server.people.text(RESIDENT, "幸福里小区3号楼2单元电梯坏了")
        await house.until(lambda: len(server.chat(RESIDENT).from_bot) == 1)
        await server.people.block(RESIDENT)
        await house.storage.write(partial(take, house))
        await house.until(lambda: counts(house).get("held", 0) == 1)
        chat = server.chat(RESIDENT)
        card = int(chat.from_bot[0]["message_id"])
        chat.blocked, before = False, shown(server, card)
        await server.people.text(RESIDENT, "谢谢")
        await house.until(lambda: shown(server, card) != before)
        await house.until(lambda: counts(house).keys() == {"sent"})


def shown(server: BotApi, message_id: int) -> str:
    return str(server.chat(RESIDENT).messages[message_id]["text"])


def counts(house: House) -> dict[str, int]:
    query = sa.select(t.outbox.c.delivery, sa.func.count()).group_by(t.outbox.c.delivery)
    return dict(house.rows(query))


def take(house: House, tx: Tx) -> Case:
    case, wang = tx.cases.get(1), next(one for one in tx.staff.all() if one.login == "wang")
    return handle.take(tx, house.service.rules, 1, wang, version=case.version)


def arrive(house: House, tx: Tx) -> Case:
    case, wang = tx.cases.get(1), next(one for one in tx.staff.all() if one.login == "wang")
    return handle.arrive(tx, house.service.rules, 1, wang, version=case.version)


def resolve(house: House, tx: Tx) -> Case:
    case, wang = tx.cases.get(1), next(one for one in tx.staff.all() if one.login == "wang")
    return finish(tx, house.service.rules, 1, wang, "换了控制板", version=case.version)
