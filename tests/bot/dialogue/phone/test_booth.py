"""In the booth: each way of voting by keys, every refusal, and what she hears."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.flow.votes import phone as vote_phone
from bot.flow.votes import steps as vote_steps
from bot.flow.votes.voting import cast
from bot.ports.storage import Tx
from bot.ports.votes import Way
from channels.call import PHONE, Heard, Listening
from credits.ballots import Method
from credits.vote_file import Ballot
from tests.bot.dialogue.looking import RULES
from tests.bot.dialogue.phone.caller import NUMBER, Caller
from tests.bot.dialogue.phone.polling import PIN, code_of, enters, hears, may_vote, opened

TEN = tuple(f"第{number}样" for number in range(1, 11))


async def ballot_of(caller: Caller, vote_id: int) -> Ballot | None:
    """What lies in the urn for her."""

    def unit(tx: Tx) -> Ballot | None:
        contact, vote = tx.people.find(PHONE, caller.number), tx.votes.find(vote_id)
        assert contact is not None
        assert vote is not None
        return tx.votes.own(vote, contact.person_id)

    return await caller.storage.write(unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A question; what she presses after the menu, and what she hears then; the ballot."""

    label: str
    acts: tuple[tuple[str, str], ...]
    choice: str
    method: Method = Method.SINGLE
    most: int = 1
    options: tuple[str, ...] = ("种花", "停车", "健身")


YES = ("1", "投好了")
POLLS = [
    Poll(label="one", acts=(("2", "您选的是：停车。"), YES), choice="2"),
    Poll(
        label="another number, then one that is an option",
        acts=(("7", "没有这一项"), ("3", "您选的是：健身。"), YES),
        choice="3",
    ),
    Poll(label="nobody's", acts=(("#", "您弃权。对，请按1。"), YES), choice="-"),
    Poll(
        label="chosen again",
        acts=(("1", "种花"), ("2", "选停车，请按2。"), ("2", "停车"), ("9", "没有这个数字"), YES),
        choice="2",
    ),
    Poll(
        label="one of ten",
        options=TEN,
        acts=(("1", "每一项要按两位数字"), ("10", "您选的是：第10样。"), YES),
        choice="10",
    ),
    Poll(
        label="several",
        method=Method.SEVERAL,
        most=2,
        acts=(
            ("123", "选得太多了"),
            ("11", "同一项按了两次"),
            ("31", "您选的是：健身，还有种花。"),
            YES,
        ),
        choice="1,3",
    ),
    Poll(
        label="several of ten",
        method=Method.APPROVAL,
        options=TEN,
        acts=(("011", "每一项要按两位数字"), ("0210", "您选的是：第2样，还有第10样。"), YES),
        choice="2,10",
    ),
    Poll(
        label="in order",
        method=Method.RUNOFF,
        acts=(("31", "您排的先后是：健身，然后是种花。"), YES),
        choice="3>1",
    ),
    Poll(
        label="in order, by pairs",
        method=Method.SCHULZE,
        acts=(("213", "停车，然后是种花，然后是健身"), YES),
        choice="2>1>3",
    ),
    Poll(
        label="points",
        method=Method.SCORE,
        most=5,
        acts=(
            ("0", "停车，打几分？"),
            ("7", "没有这个数字。停车，打几分？"),
            ("5", "健身，打几分？"),
            ("3", "您打的分是：种花0分，停车5分，健身3分。"),
            YES,
        ),
        choice="0,5,3",
    ),
    Poll(
        label="points up to ten, and given again",
        method=Method.SCORE,
        most=10,
        options=("种花", "停车"),
        acts=(
            ("10", "停车，打几分？按完请按井号。"),
            ("0", "停车0分"),
            ("2", "种花，打几分？"),
            ("9", "停车"),
            ("10", "种花9分，停车10分"),
            YES,
        ),
        choice="9,10",
    ),
    Poll(
        label="no points at all",
        method=Method.SCORE,
        most=3,
        acts=(("1", "停车"), ("#", "您弃权。"), YES),
        choice="-",
    ),
]


@pytest.mark.parametrize("poll", POLLS, ids=lambda poll: poll.label)
async def test_a_poll(poll: Poll, caller: Caller) -> None:
    await may_vote(caller.storage)
    one = await opened(caller.storage, method=poll.method, most=poll.most, options=poll.options)
    await enters(caller)
    assert "投票的题目是：楼下空地做什么。" in await hears(caller, PIN)
    text = await hears(caller, "1")
    if poll.method is not Method.SCORE:
        assert all(option in text for option in poll.options)
    for keys, essence in poll.acts:
        text = await hears(caller, keys)
        assert essence in text, (poll.label, keys, text)
    ballot = await ballot_of(caller, one)
    assert ballot is not None
    assert (ballot.choice, ballot.code) == (poll.choice, code_of(text))
    assert text.count("，".join(ballot.code[:4])) == 2  # read twice
    assert "又开始录音了" in await hears(caller, "2")
    assert "还有别的事吗" in await hears(caller)
    assert await caller.state() == "more"


async def test_she_hears_it_again_and_a_second_call_changes_it(caller: Caller) -> None:
    person = await may_vote(caller.storage)
    one = await opened(caller.storage)
    await enters(caller)
    for keys in (PIN, "1", "1"):
        await hears(caller, keys)
    first = await hears(caller, "1")
    assert await hears(caller, "1") == first
    assert await hears(caller, "*") == first
    assert "没有这个数字" in await hears(caller, "7")
    await caller.hangs_up()
    later = Caller(caller.line, caller.storage, caller.clock, uuid="later")
    await enters(later)
    assert "您投过了，还可以改。" in await hears(later, PIN)
    for keys in ("1", "2"):
        await hears(later, keys)
    second = await hears(later, "1")
    ballot = await ballot_of(caller, one)
    assert ballot is not None
    assert (ballot.choice, ballot.code) == ("2", code_of(second))
    assert code_of(first) != code_of(second)
    assert await caller.storage.read(lambda views: views.votes.turnout(one)) == 1
    assert await caller.storage.read(lambda views: views.votes.way(one, person)) is Way.PHONE


async def test_votes_come_one_after_the_other_and_each_may_be_left_out(caller: Caller) -> None:
    await may_vote(caller.storage)
    now = await caller.storage.read(lambda views: views.now)
    last = await opened(caller.storage, title="末一个", ends_at=now + timedelta(days=3))
    first = await opened(caller.storage, title="头一个", words="钱够做一样。\n明年再说")
    await opened(caller.storage, title="当中一个", ends_at=now + timedelta(days=2))
    await enters(caller)
    text = await hears(caller, PIN)
    assert "头一个" in text
    assert "先听说明，请按3。" in text
    assert "钱够做一样。明年再说。投票的题目是：头一个。" in (await hears(caller, "3")).replace(
        "。。", "。"
    )
    for keys in ("1", "2", "1"):
        text = await hears(caller, keys)
    assert "投好了" in text
    text = await hears(caller, "2")
    assert "当中一个" in text
    assert "说明" not in text
    assert "没有这个数字" in await hears(caller, "3")
    assert "末一个" in await hears(caller, "2")
    for keys in ("1", "3"):
        await hears(caller, keys)
    assert "投票到这里" in await hears(caller, "3")  # left out at the last moment
    assert await ballot_of(caller, last) is None
    assert await ballot_of(caller, first) is not None


async def test_a_wrong_number_five_times_and_it_is_over(caller: Caller) -> None:
    await may_vote(caller.storage)
    one = await opened(caller.storage)
    await enters(caller)
    assert "密码是六位数字" in await hears(caller, "12")  # a slip counts for nothing
    for left in (4, 3, 2, 1):
        assert f"密码不对，还可以试{left}次。" in await hears(caller, "111111")
    assert "这个密码不能再用了" in await hears(caller, "111111")
    await hears(caller)
    assert await caller.state() == "more"
    assert "要先到社区当面领" in await hears(caller, "4")
    assert await ballot_of(caller, one) is None


async def test_who_has_no_number_is_told_where_she_gets_one(caller: Caller) -> None:
    await may_vote(caller.storage)
    await opened(caller.storage)
    await caller.storage.write(lambda tx: tx.votes.drop_pin(_person(tx)))
    text = await enters(caller)
    assert "要先到社区当面领一个六位的投票密码。也可以用手机打开社区的网页投" in text
    assert await caller.state() == "more"


async def test_who_is_not_on_the_roll_hears_of_no_vote(caller: Caller) -> None:
    await opened_without_her(caller)
    assert "投票" not in (await caller.calls()).text
    assert "现在没有您可以投的票" in await hears(caller, "4")


async def opened_without_her(caller: Caller) -> int:
    await may_vote(caller.storage, number="13800000009")
    one = await opened(caller.storage)
    await may_vote(caller.storage)
    return one


def _person(tx: Tx) -> int:
    contact = tx.people.find(PHONE, NUMBER)
    assert contact is not None
    return contact.person_id


def _end(tx: Tx, vote_id: int) -> None:
    vote_steps.wind_up(tx, vote_id)


def _stop(tx: Tx, vote_id: int) -> None:
    admin = tx.staff.by_login("admin")
    assert admin is not None
    vote_steps.cancel(tx, RULES, admin[0], vote_id, "题目写错了")


def _take_back(tx: Tx, vote_id: int) -> None:
    del vote_id
    tx.votes.drop_pin(_person(tx))


MEANWHILE: list[tuple[str, Callable[[Tx, int], None], int, str]] = [
    ("its time is up", _end, 3, "投票已经结束"),
    ("it is stopped", _stop, 0, "这个投票取消了"),
    ("her number is taken back", _take_back, 0, "这个密码不能再用了"),
]


@pytest.mark.parametrize(("label", "unit", "hours", "told"), MEANWHILE)
@pytest.mark.parametrize("at", [("1",), ("1", "2"), ("1", "2", "1")], ids=len)
async def test_what_happens_while_she_is_at_it(
    label: str,
    unit: Callable[[Tx, int], None],
    hours: int,
    told: str,
    at: tuple[str, ...],
    caller: Caller,
) -> None:
    await may_vote(caller.storage)
    one = await opened(caller.storage)
    if unit is _take_back:
        await opened(caller.storage, title="还有一个")  # which isn't offered without a number
    await enters(caller)
    await hears(caller, PIN)
    for keys in at[:-1]:
        await hears(caller, keys)
    caller.clock.move(hours=hours)
    await caller.storage.write(lambda tx: unit(tx, one))
    text = await hears(caller, at[-1])
    for keys in ("1", "2", "1")[len(at) :]:
        text = await hears(caller, keys) if told not in text else text
    assert told in text, (label, text)
    assert await ballot_of(caller, one) is None
    await hears(caller)
    assert await caller.state() == "more"


HANG_UPS = [(), (PIN,), (PIN, "1"), (PIN, "1", "2"), (PIN, "1", "#")]


@pytest.mark.parametrize("acts", HANG_UPS, ids=len)
async def test_who_hangs_up_before_her_yes_changes_nothing(
    acts: tuple[str, ...], caller: Caller
) -> None:
    person = await may_vote(caller.storage)
    one = await opened(caller.storage)
    before = await caller.storage.write(lambda tx: cast(tx, person, one, [3]))
    await enters(caller)
    for keys in acts:
        await hears(caller, keys)
    await caller.turn(Heard.HUNG_UP, keys="1")
    assert await ballot_of(caller, one) == before
    assert await caller.storage.read(lambda views: views.votes.way(one, person)) is Way.OWN


async def test_silence_asks_once_more_and_then_nothing_is_cast(caller: Caller) -> None:
    await may_vote(caller.storage)
    one = await opened(caller.storage)
    await enters(caller)
    for keys in (PIN, "1"):
        await hears(caller, keys)
    asked = await hears(caller, "2")
    assert await hears(caller) == asked
    assert "这一个没有投" in await hears(caller)
    assert await ballot_of(caller, one) is None


async def test_silence_after_the_receipt_reads_it_once_more_and_goes_on(caller: Caller) -> None:
    await may_vote(caller.storage)
    await opened(caller.storage)
    await enters(caller)
    for keys in (PIN, "1", "2"):
        await hears(caller, keys)
    read = await hears(caller, "1")
    assert await hears(caller) == read
    assert "投票到这里" in await hears(caller)


async def test_everything_is_said_slowly_and_listens_for_keys_alone(caller: Caller) -> None:
    await may_vote(caller.storage)
    await opened(caller.storage)
    await caller.calls()
    for keys in ("4", PIN, "1", "2", "1"):
        said = await caller.presses(keys)
        assert (said.listening, said.slow) == (Listening.KEYS, True)


async def test_numbers_of_before_are_no_use(caller: Caller) -> None:
    """Whoever keyed it right and was cut off keys it again, and the count begins anew."""
    person = await may_vote(caller.storage)
    await opened(caller.storage)
    await enters(caller)
    await hears(caller, "111111")
    await hears(caller, PIN)
    await caller.hangs_up()
    pin = await caller.storage.read(lambda views: views.votes.pin(person))
    assert pin is not None
    assert pin.wrong == 0
    assert pin.wrong < vote_phone.TRIES_MOST
