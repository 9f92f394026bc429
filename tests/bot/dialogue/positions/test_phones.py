"""Phones that report by themselves."""

from bot.ports.positions import DEVICES
from channels.message import Datum, Position, PositionSource
from tests.bot.dialogue.positions.courier import (
    EAST_GATE,
    GRID_TWO,
    INTERPRETER,
    RULES,
    Courier,
    way,
)
from tests.bot.dialogue.talker import Talker


async def bound(courier: Courier) -> tuple[Talker, str]:
    answer = (await courier.say("绑定手机定位")).text
    name, secret = (answer.split(word)[1].split()[0] for word in ("用户 ", "密码 "))
    assert "https://community.example/checkin/owntracks" in answer
    phone = Talker(courier.storage, RULES, INTERPRETER, courier.clock, name, DEVICES)
    return phone, secret


async def test_a_phone_reports_and_its_owner_is_told_on_arrival(courier: Courier) -> None:
    phone, secret = await bound(courier)
    find = courier.storage.read(lambda views: views.people.find(DEVICES, phone.address))
    contact = await find
    assert contact is not None
    assert contact.person_id == await courier.person()
    holds = lambda views: views.devices.holds(contact.id, secret)  # noqa: E731
    assert await courier.storage.read(holds)
    said = len(await courier.news())

    async def report(pair: tuple[float, float]) -> None:
        courier.clock.move(minutes=2)
        position = Position(
            latitude=pair[0], longitude=pair[1], datum=Datum.WGS84, accuracy_m=12.0,
            source=PositionSource.DEVICE, at=courier.clock.now(), share=phone.address,
        )  # fmt: skip
        await phone.send("", position=position)

    for pair in [GRID_TWO, *way(GRID_TWO, EAST_GATE, 5), EAST_GATE, GRID_TWO, EAST_GATE]:
        await report(pair)
    news = (await courier.news())[said:]
    assert len(news) == 1
    assert "您到了东门驿站" in news[0]
    assert "加 1 分" in news[0]
    assert "一路走过来的" in news[0]
    courier.clock.move(minutes=40)
    await report(GRID_TWO)
    await report(EAST_GATE)
    assert await courier.points() == 1, "once for a checkpoint and day"
    assert len((await courier.news())[said:]) == 2
    assert "解绑了" in (await courier.say("解绑手机定位")).text
    assert not await courier.storage.read(holds)
    assert "没有绑定" in (await courier.say("解绑手机定位")).text


async def test_a_person_binds_only_a_few_phones(courier: Courier) -> None:
    for _ in range(3):
        await courier.say("绑定手机定位")
    assert "已经绑了 3 部" in (await courier.say("绑定手机定位")).text
