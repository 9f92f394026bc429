"""Codes at checkpoints."""

from channels.message import PositionSource
from tests.bot.dialogue.positions.courier import EAST_GATE, GRID_TWO, OLD_MARKET, Courier


async def test_a_printed_code_alone_earns_nothing(courier: Courier) -> None:
    east, market = await courier.code("east-gate"), await courier.code("old-market")
    for text in (f"打卡 {east}", f"打卡{east.lower()}", f"签到 {market}"):
        answer = (await courier.say(text)).text
        assert "没有对上位置" in answer
        assert "先不算分" in answer
    assert await courier.points() == 0


async def test_a_place_counts_once_a_day(courier: Courier) -> None:
    text = f"打卡 {await courier.code('east-gate')}"
    assert "加 1 分" in await courier.at(EAST_GATE, PositionSource.BROWSER, text=text)
    answer = await courier.at(EAST_GATE, PositionSource.BROWSER, text=text)
    assert "今天在这里已经加过分了" in answer
    courier.clock.move(days=1)
    assert "加 1 分" in await courier.at(EAST_GATE, PositionSource.BROWSER, text=text)
    assert await courier.points() == 2


async def test_a_display_read_from_afar_earns_nothing(courier: Courier) -> None:
    text = f"打卡 {await courier.code('east-gate', changing=True)}"
    answer = await courier.at(GRID_TWO, PositionSource.BROWSER, text=text)
    assert "位置却在别处" in answer
    assert "先不算分" in answer
    assert await courier.points() == 0


async def test_a_forged_position_from_many_browsers_earns_nothing(courier: Courier) -> None:
    for n in range(4):
        courier.talker.address = f"visitor-{n}"
        assert "先不算分" in await courier.at(EAST_GATE, PositionSource.BROWSER)


async def test_a_code_with_the_place_counts_at_each_checkpoint(courier: Courier) -> None:
    for place, pair in (("east-gate", EAST_GATE), ("old-market", OLD_MARKET)):
        courier.clock.move(minutes=20)
        text = f"打卡 {await courier.code(place)}"
        answer = await courier.at(pair, PositionSource.BROWSER, text=text)
        assert "加 1 分" in answer
        assert "人也在这里" in answer
    assert await courier.points() == 2


async def test_a_code_from_elsewhere_says_so(courier: Courier) -> None:
    text = f"打卡 {await courier.code('old-market')}"
    answer = await courier.at(GRID_TWO, PositionSource.BROWSER, text=text)
    assert "您到了老菜场驿站" in answer
    assert "位置却在别处" in answer
    assert await courier.points() == 0


async def test_the_code_of_a_display_holds_for_a_minute_or_two(courier: Courier) -> None:
    code = await courier.code("east-gate", changing=True)
    assert len(code) == 10
    answer = await courier.say(f"打卡 {code}")
    assert "显示屏上正在用的码" in answer.text
    courier.clock.move(seconds=130)
    assert "这个码不对" in (await courier.say(f"打卡 {code}")).text


async def test_codes_can_not_be_guessed(courier: Courier) -> None:
    for _ in range(5):
        assert "这个码不对" in (await courier.say("打卡 22222")).text
    assert "试的次数太多了" in (await courier.say(f"打卡 {await courier.code('east-gate')}")).text
    assert await courier.points() == 0


async def test_a_wrong_code_does_not_spoil_the_position(courier: Courier) -> None:
    answer = await courier.at(EAST_GATE, PositionSource.BROWSER, text="打卡 22222")
    assert "这个码不对" in answer
    assert "您到了东门驿站" in answer


async def test_how_one_checks_in(courier: Courier) -> None:
    answer = await courier.say("打卡")
    assert "三种办法" in answer.text
    assert [b.choice for b in answer.buttons] == ["follow:on", "device:bind"]
