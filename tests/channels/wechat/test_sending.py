"""Messages out: in WeChat's form, within its limits, with a token that lives."""

import asyncio

import pytest

from channels.base import PartlySentError, SendError, UntilSheWritesError
from channels.message import Button, OutboundMessage
from channels.wechat.errors import UnclearError
from tests.channels.telegram.parts import Store
from tests.channels.wechat.conftest import Account, running
from tests.fakes.wechat import ANSWERS_MOST, ANSWERS_TO_A_PRESS, TEXT_MOST_BYTES, wechat_server

ANNA, BEN = "oAnna", "oBen"
TO_BEN = OutboundMessage(key="k", address=BEN, text="好")


def to_anna(text: str = "收到了", **more: object) -> OutboundMessage:
    return OutboundMessage(key="k", address=ANNA, text=text, **more)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
async def anna_wrote(account: Account) -> None:
    await account.server.say(ANNA, Content="在吗")


async def test_words_and_a_link_go_as_one_text(account: Account) -> None:
    assert await account.channel.send(to_anna(link="https://example.org/s/1")) is None
    (sent,) = account.server.sent
    text = {"content": "收到了\nhttps://example.org/s/1"}
    assert sent == {"touser": ANNA, "msgtype": "text", "text": text}


async def test_choices_are_a_menu_and_come_back_when_pressed(account: Account) -> None:
    buttons = (Button("修好了", "confirm:12"), Button("没有修好", "reopen:12"))
    await account.channel.send(to_anna("修好了吗？", buttons=buttons))
    (sent,) = account.server.sent
    assert sent["msgmenu"]["head_content"] == "修好了吗？\n"
    pressed = sent["msgmenu"]["list"][1]
    await account.server.say(ANNA, Content=pressed["content"], bizmsgmenuid=pressed["id"])
    assert (account.store.stored[-1].choice, account.store.texts[-1]) == ("reopen:12", "没有修好")


async def test_a_long_text_goes_in_as_few_pieces_as_fit(account: Account) -> None:
    text = "\n".join(f"第{number}条 " + "好" * 300 for number in range(1, 4))
    await account.channel.send(to_anna(text, buttons=(Button("知道了", "ok"),)))
    first, second = account.server.sent
    assert len(first["text"]["content"].encode()) <= TEXT_MOST_BYTES
    both = f"{first['text']['content']}\n{second['msgmenu']['head_content']}"
    assert both.strip() == text


async def test_a_line_without_end_is_cut_between_letters(account: Account) -> None:
    await account.channel.send(to_anna("好" * 1500))
    assert "".join(one["text"]["content"] for one in account.server.sent) == "好" * 1500


async def test_what_somebody_wrote_hides_no_link_nor_choice(account: Account) -> None:
    quoted = '邻居说：<a href="weixin://bizmsgmenu?msgmenucontent=好&msgmenuid=erase">看这里</a>'
    await account.channel.send(to_anna(quoted, buttons=(Button("<a>", "ok"),)))
    (sent,) = account.server.sent
    assert "<" not in str(sent)
    assert "看这里" in sent["msgmenu"]["head_content"]


async def test_what_only_changes_an_earlier_one_is_not_sent(account: Account) -> None:
    assert await account.channel.send(to_anna(replaces="1", only_edited=True)) is None
    assert account.server.sent == []


async def test_a_choice_that_is_too_long_is_refused(account: Account) -> None:
    with pytest.raises(SendError, match="button_too_long"):
        await account.channel.send(to_anna(buttons=(Button("好", "x" * 65),)))


async def test_a_token_that_ended_is_asked_for_anew(account: Account) -> None:
    await account.channel.send(to_anna("一"))
    account.server.end_token()
    await account.channel.send(to_anna("二"))
    assert [one["text"]["content"] for one in account.server.sent] == ["一", "二"]


@pytest.mark.parametrize("number", [40001, 40014, 42001])
async def test_a_new_token_that_is_refused_too_is_waited_out(account: Account, number: int) -> None:
    await account.channel.send(to_anna())
    account.server.refusals = [number, number]
    with pytest.raises(SendError) as refused:
        await account.channel.send(to_anna())
    assert refused.value.retryable


REFUSALS = [
    (-1, "busy", True),
    (40003, "bad_address", False),
    (40200, "account_may_not", False),
    (43004, "not_following", False),
    (45009, "too_many_today", True),
    (45015, "silent_for_48_hours", False),
    (48001, "account_may_not", False),
    (48002, "does_not_want_messages", False),
    (48004, "account_banned", False),
    (48008, "account_may_not", False),
    (99999, "refused_99999", False),
]


@pytest.mark.parametrize(("number", "code", "retryable"), REFUSALS)
async def test_a_refusal_is_told_and_whether_it_may_go_later(
    account: Account, number: int, code: str, *, retryable: bool
) -> None:
    await account.channel.send(to_anna())
    account.server.refusals = [number]
    with pytest.raises(SendError) as refused:
        await account.channel.send(to_anna())
    assert (refused.value.code, refused.value.retryable) == (code, retryable)
    assert (refused.value.retry_after_seconds > 0) is retryable


async def test_after_five_answers_she_has_to_write_first(account: Account) -> None:
    for _ in range(ANSWERS_MOST):
        await account.channel.send(to_anna())
    with pytest.raises(UntilSheWritesError, match="too_many_unanswered"):
        await account.channel.send(to_anna())
    await account.server.say(ANNA, Content="还在吗")
    await account.channel.send(to_anna())


async def test_who_has_switched_messages_off_is_told_when_she_writes_again(
    account: Account,
) -> None:
    account.server.refusals = [48002]
    with pytest.raises(UntilSheWritesError, match="does_not_want_messages"):
        await account.channel.send(to_anna())


MENDED_BY_PEOPLE = [
    (48001, "接口权限"),
    (48004, "mp.weixin.qq.com"),
    (40164, "IP 白名单"),
    (40013, "GONGZHI_WECHAT_APP_ID"),
    (40125, "GONGZHI_WECHAT_SECRET"),
]


@pytest.mark.parametrize(("number", "where"), MENDED_BY_PEOPLE)
async def test_what_the_operator_has_to_mend_stands_in_the_log_once_until_it_goes(
    account: Account, caplog: pytest.LogCaptureFixture, number: int, where: str
) -> None:
    async def refused() -> None:
        account.server.refusals = [number]
        with pytest.raises(SendError):
            await account.channel.send(to_anna())

    for _ in range(3):
        await refused()
    (told,) = caplog.messages
    assert where in told
    await account.channel.send(to_anna())
    await refused()
    assert len(caplog.messages) == 2


async def test_what_concerns_her_alone_does_not_stand_in_the_log(
    account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    account.server.refusals = [45015]
    with pytest.raises(SendError):
        await account.channel.send(to_anna())
    assert caplog.messages == []


async def test_after_two_days_she_has_to_write_first(account: Account) -> None:
    hours = 0
    account.server.now = lambda: hours * 3600.0
    await account.server.say(BEN, Content="在吗")
    hours = 47
    await account.channel.send(TO_BEN)
    hours = 48
    with pytest.raises(UntilSheWritesError, match="silent_for_48_hours"):
        await account.channel.send(TO_BEN)
    await account.server.say(BEN, Content="还在吗")
    await account.channel.send(TO_BEN)


async def test_a_press_allows_three_answers_within_a_minute(account: Account) -> None:
    seconds = 0.0
    account.server.now = lambda: seconds
    await account.server.say(BEN, Content="好了", bizmsgmenuid="confirm:1")
    for _ in range(ANSWERS_TO_A_PRESS):
        await account.channel.send(TO_BEN)
    with pytest.raises(UntilSheWritesError, match="too_many_unanswered"):
        await account.channel.send(TO_BEN)
    seconds = 60.0
    with pytest.raises(UntilSheWritesError, match="silent_for_48_hours"):
        await account.channel.send(TO_BEN)


async def test_who_does_not_follow_gets_nothing(account: Account) -> None:
    with pytest.raises(UntilSheWritesError, match="not_following"):
        await account.channel.send(OutboundMessage(key="k", address="oNobody", text="好"))


async def test_a_text_with_choices_that_just_fits_goes_as_one(account: Account) -> None:
    await account.channel.send(to_anna("a" * (TEXT_MOST_BYTES - 1), buttons=(Button("好", "ok"),)))
    await account.channel.send(to_anna("a" * TEXT_MOST_BYTES, buttons=(Button("好", "ok"),)))
    assert [one["msgtype"] for one in account.server.sent] == ["msgmenu", "text", "msgmenu"]


@pytest.mark.parametrize("answer", [b" " * 65 * 1024, b"<html>", b"[]"])
async def test_an_answer_that_says_nothing_is_not_called_a_refusal(
    account: Account, answer: bytes
) -> None:
    await account.channel.send(to_anna())
    account.server.garbled = answer
    with pytest.raises(UnclearError):
        await account.channel.send(to_anna())


async def test_what_was_to_be_sent_after_the_end_was_surely_not_sent() -> None:
    async with wechat_server() as server, running(Store(), server.base_url) as wechat:
        pass
    with pytest.raises(SendError, match="unreachable") as refused:
        await wechat.send(to_anna())
    assert refused.value.retryable


async def test_an_answer_that_got_lost_is_not_called_a_refusal(account: Account) -> None:
    account.server.broken = 1
    with pytest.raises(UnclearError):
        await account.channel.send(to_anna())


async def test_without_a_token_it_was_surely_not_sent(account: Account) -> None:
    account.server.tokenless = 1
    with pytest.raises(SendError, match="no_token") as refused:
        await account.channel.send(to_anna())
    assert refused.value.retryable
    await account.channel.send(to_anna())


async def test_who_waits_for_a_token_that_does_not_come_asks_for_no_other(
    account: Account,
) -> None:
    """Each asking may take its time: the last in line would be given up as uncertain."""
    account.server.tokenless = 1
    ends = await asyncio.gather(
        *(account.channel.send(to_anna()) for _ in range(5)), return_exceptions=True
    )
    assert [repr(one) for one in ends] == ["SendError('no_token')"] * 5
    await account.channel.send(to_anna())
    assert len(account.server.sent) == 1


async def test_half_of_a_long_text_is_never_sent_again(account: Account) -> None:
    await account.channel.send(to_anna())
    account.server.allowed[ANNA] = 1
    with pytest.raises(PartlySentError):
        await account.channel.send(to_anna("好" * 1500))


async def test_a_wrong_secret_is_waited_out(account: Account) -> None:
    async with running(Store(), account.server.base_url, "another") as wrong:
        with pytest.raises(SendError, match="secret_refused") as refused:
            await wrong.send(to_anna())
    assert refused.value.retryable


async def test_a_server_that_is_away_is_tried_again(unused_tcp_port: int) -> None:
    async with running(Store(), f"http://127.0.0.1:{unused_tcp_port}") as away:
        with pytest.raises(SendError, match="unreachable") as refused:
            await away.send(to_anna())
    assert refused.value.retryable
    assert "0123456789abcdef" not in str(refused.value)
