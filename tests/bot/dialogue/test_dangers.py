"""What is promised in an emergency is true, and guessing codes stops who guesses."""

import pytest

from bot.ports.storage import Storage, Tx
from tests.bot.community import Community, interpreter, rules
from tests.bot.dialogue.looking import cases, history
from tests.bot.dialogue.talker import Talker
from tests.fakes.clock import FakeClock

INTERPRETER = interpreter("幸福里小区")


@pytest.fixture
async def talker(storage: Storage, clock: FakeClock) -> Talker:
    community = Community(storage, rules())
    await community.fill()
    return Talker(storage, community.rules, INTERPRETER, clock)


def other(talker: Talker, address: str) -> Talker:
    return Talker(talker.storage, talker.rules, talker.interpreter, talker.clock, address)


async def leave(talker: Talker, *stay: str) -> None:
    def unit(tx: Tx) -> None:
        for member in tx.staff.all():
            tx.staff.set_duty(member.id, on_duty=member.login in stay)

    await talker.storage.write(unit)


@pytest.mark.parametrize(
    ("on_duty", "heard"), [(["lin"], True), (["chen"], True), (["wang"], False), ([], False)]
)
async def test_that_somebody_has_it_is_said_only_when_it_is_so(
    talker: Talker, on_duty: list[str], *, heard: bool
) -> None:
    await leave(talker, *on_duty)
    for words in ("3号楼着火了", "火越来越大了，着火的是3楼"):
        answer = (await talker.say(words)).text
        assert answer.startswith("请马上打 119")
        assert ("值班的人" in answer) is heard
        assert ("没人值班" in answer) is not heard


async def guesses(talker: Talker, *codes: str) -> list[str]:
    return [(await talker.say(code)).text for code in codes]


async def test_strangers_who_guess_do_not_keep_anybody_from_recovering(talker: Talker) -> None:
    code = (await talker.say("恢复码")).text.split("恢复码是 ")[1][:14]
    for n in range(13):
        await guesses(other(talker, f"guesser{n}"), *[f"关联 12345{m}" for m in range(5)])
    assert "连好了" in (await other(talker, "new browser").say(f"恢复码 {code}")).text
    link = (await talker.say("关联")).text.split("关联码是 ")[1][:6]
    assert "太多" in (await other(talker, "phone").say(f"关联 {link}")).text


async def test_wrong_recovery_codes_stop_only_who_tries_them(talker: Talker) -> None:
    code = (await talker.say("恢复码")).text.split("恢复码是 ")[1][:14]
    wrong = [f"恢复码 AAAA-CCCC-EEE{letter}" for letter in "ACEFH"]
    guessers = [other(talker, f"guesser{n}") for n in range(13)]
    for guesser in guessers:
        await guesses(guesser, *wrong)
    link = (await talker.say("关联")).text.split("关联码是 ")[1][:6]
    assert "连好了" in (await other(talker, "phone").say(f"关联 {link}")).text
    assert "太多" in (await guessers[0].say(f"恢复码 {code}")).text


@pytest.mark.parametrize(
    ("first", "then", "cases"),
    [
        ("3号楼着火了", "火越来越大了，着火的是3楼", 1),
        ("3号楼着火了", "有人晕倒了", 1),
        ("着火了", "幸福里小区8号楼着火了", 1),
        ("厨房那个灶有点不对劲", "头有点晕，老觉得有股臭鸡蛋的味道", 1),
        ("幸福里小区6号楼停水了", "家里着火了，幸福里小区8号楼", 2),
        ("幸福里小区6号楼停水了", "着火了", 2),
        ("幸福里小区6号楼着火了", "幸福里小区8号楼着火了", 2),
    ],
)
async def test_an_emergency_is_one_case_and_another_one_is_another(
    talker: Talker, first: str, then: str, cases: int
) -> None:
    for words in (first, then):
        await talker.say(words)
    counts = await talker.storage.read(lambda views: views.cases.counts())
    assert sum(counts.values()) == cases


@pytest.mark.parametrize(
    "words", ["我把钱转给骗子了", "刚转了五万", "他们说是公安局让我转账, 我转了"]
)
async def test_money_sent_to_swindlers_is_urgent_for_her_and_for_staff(
    talker: Talker, words: str
) -> None:
    answer = await talker.say(words)
    assert answer.text.startswith("请马上打 110，再打反诈专线 96110")
    assert "银行" in answer.text
    (case,) = await cases(talker)
    assert case.urgent
    assert "提醒所有值班的人" in await history(talker, case)


async def test_who_is_told_to_send_money_is_asked_whether_it_went(talker: Talker) -> None:
    answer = await talker.say("有人让我转账")
    assert "96110" in answer.text.splitlines()[0]
    assert "钱转出去了吗" in answer.text
    assert [button.label for button in answer.buttons[:2]] == ["转出去了", "没转"]
    assert (await talker.say("转了")).text.startswith("请马上打 110")
    assert [case.urgent for case in await cases(talker)] == [True]


async def test_who_has_sent_nothing_is_told_to_send_nothing(talker: Talker) -> None:
    await talker.say("有人让我转账")
    assert "没转就好" in (await talker.say("没转")).text
    assert [case.urgent for case in await cases(talker)] == [False]


@pytest.mark.parametrize("words", ["反诈宣传在哪看", "骗子打电话来我没信"])
async def test_who_only_speaks_of_swindlers_is_not_alarmed(talker: Talker, words: str) -> None:
    assert "96110" not in (await talker.say(words)).text


ANSWERS = [
    ("the money is gone, as she was told to say", "我好像被骗了", "转出去了"),
    ("nobody knows the place that was asked for", "垃圾没人收", "不知道在哪"),
]


@pytest.mark.parametrize(("label", "first", "then"), ANSWERS)
async def test_what_answers_us_is_no_new_danger(
    talker: Talker, label: str, first: str, then: str
) -> None:
    await talker.say(first)
    assert "有人有危险吗" not in (await talker.say(then)).text, label


async def test_who_does_not_know_where_somebody_is_is_asked_all_the_same(talker: Talker) -> None:
    await talker.say("垃圾没人收")
    assert "110" in (await talker.say("我妈出门了，现在不知道人在哪")).text
