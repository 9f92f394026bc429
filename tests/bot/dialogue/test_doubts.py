"""Words that may tell of a danger: the number and a question, beside the usual answer."""

from functools import cache

import pytest

from bot.ports.storage import Storage
from nlp.matter.classifier import Classifier
from nlp.matter.dangers import Dangers
from nlp.matter.emergencies import EmergencyFinder
from nlp.matter.guessing import KindGuess
from nlp.matter.kinds import KindTable
from nlp.matter.services import load_services
from nlp.meaning import Interpreter
from nlp.places.grammar import PlaceFinder
from nlp.tables.weighing import WordTable
from nlp.text.segment import Segmenter
from nlp.text.sounds import SoundsLike
from tests.bot.community import Community, rules
from tests.bot.dialogue.looking import cases, history
from tests.bot.dialogue.talker import Talker
from tests.fakes.clock import FakeClock

DOUBTFUL = "楼上咚一声，后来就没动静了"
WITH_MATTER = "楼上咚一声，水漏到我家了，幸福里小区3号楼"
ASKED = "现在有人有危险吗"
WEIGHTS = {
    "咚一声": {"danger": 120, "medical": 9},
    "没动静": {"danger": -100},
    "水漏": {"danger": -100},
}


@cache
def doubting() -> Interpreter:
    """Return an interpreter whose learned words are known, whatever is learned."""
    catalogue = load_services()
    keywords = [word for service in catalogue.services for word in service.keywords]
    return Interpreter(
        Classifier(catalogue, Segmenter(keywords)),
        Dangers(EmergencyFinder(), WordTable(WEIGHTS)),
        PlaceFinder(["幸福里小区"]),
        KindTable(),
        KindGuess(WordTable({"谢": {"thanks": 9, "unclear": 1}})),
        SoundsLike(()),
    )


@pytest.fixture
async def talker(storage: Storage, clock: FakeClock) -> Talker:
    community = Community(storage, rules())
    await community.fill()
    return Talker(storage, community.rules, doubting(), clock)


@pytest.mark.parametrize("words", [DOUBTFUL, WITH_MATTER])
async def test_the_number_stands_first_and_she_is_asked(talker: Talker, words: str) -> None:
    answer = await talker.say(words)
    first, second, *rest = answer.text.splitlines()
    assert "120" in first
    assert ASKED in second
    assert rest
    assert [button.label for button in answer.buttons[:2]] == ["有危险", "没有危险"]


async def test_what_she_said_is_taken_up_meanwhile(talker: Talker) -> None:
    await talker.say(WITH_MATTER)
    (case,) = await cases(talker)
    assert case.service_code == "leak_upstairs"
    assert not case.urgent


@pytest.mark.parametrize("words", [DOUBTFUL, WITH_MATTER])
@pytest.mark.parametrize("yes", ["有", "有危险！", None])
async def test_yes_alarms_and_the_case_is_the_same(
    talker: Talker, words: str, yes: str | None
) -> None:
    asked = await talker.say(words)
    answer = await (talker.say(yes) if yes else talker.say("", asked.buttons[0].choice))
    assert answer.text.startswith("请马上打 120")
    (case,) = await cases(talker)
    assert case.urgent
    assert case.description == words
    assert "提醒所有值班的人" in await history(talker, case)


@pytest.mark.parametrize("no", ["没有", "没有危险", None])
async def test_no_leaves_everything_as_it_is(talker: Talker, no: str | None) -> None:
    asked = await talker.say(WITH_MATTER)
    answer = await (talker.say(no) if no else talker.say("", asked.buttons[1].choice))
    assert "没有危险就好" in answer.text
    (case,) = await cases(talker)
    assert not case.urgent


async def test_asked_where_she_still_can_say_so_after_no(talker: Talker) -> None:
    await talker.say("楼上咚一声，水漏到我家了")
    assert "在哪" in (await talker.say("没有")).text
    await talker.say("幸福里小区3号楼")
    (case,) = await cases(talker)
    assert "3号楼" in case.place


async def test_a_button_pressed_late_alarms_all_the_same(talker: Talker) -> None:
    asked = await talker.say(DOUBTFUL)
    await talker.say("今天天气不错")
    answer = await talker.say("", asked.buttons[0].choice)
    assert answer.text.startswith("请马上打 120")
    assert [case.urgent for case in await cases(talker)] == [True]


async def test_no_is_an_answer_only_to_this_question(talker: Talker) -> None:
    await talker.say(DOUBTFUL)
    await talker.say("今天天气不错")
    assert "没有危险就好" not in (await talker.say("没有")).text


async def test_a_choice_that_nobody_offers_is_refused(talker: Talker) -> None:
    assert "请马上" not in (await talker.say("", "danger:flood")).text
