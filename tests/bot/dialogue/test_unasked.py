"""What was learned to sound like 好了 is a matter where nothing is open that it may be about."""

from dataclasses import dataclass, replace

import pytest

from bot.ports.storage import Storage
from nlp.matter.kinds import Kind
from nlp.meaning import Interpreter, Meaning
from tests.bot.community import Community, interpreter, rules
from tests.bot.dialogue.talker import Talker
from tests.bot.dialogue.test_neighbours import Street
from tests.fakes.clock import FakeClock

LIFT = "幸福里小区3号楼2单元电梯坏了"
HEATING = "幸福里小区3号楼暖气漏水了"
LIFT_AGAIN = "幸福里小区3号楼2单元电梯不走了"
DOUBTFUL = "门口灯也不亮地也不平"
NOTHING_NAMED = "那个啥"


@dataclass
class Hearing:
    """Reads all words as ever, and guesses that the last ones are an answer."""

    really: Interpreter
    kind: Kind | None = None
    cautious: Kind | None = None

    def interpret(self, text: str) -> Meaning:
        meaning = self.really.interpret(text)
        if self.kind is None:
            return meaning
        return replace(meaning, kind=self.kind, cautious=self.cautious, guessed=True)

    def __getattr__(self, name: str) -> object:
        return getattr(self.really, name)


OPEN = [("甲", LIFT)]
WAITS = [*OPEN, ("社区", "办好")]
ENDED = [*WAITS, ("甲", "好了")]
DAYS = ("过", "6000")

TABLE: list[tuple[str, list[tuple[str, str]], Kind, Kind | None, str, str]] = [
    # what is open before; how her words are heard, None where surely; her words; the answer
    ("nothing is open", [], Kind.SOLVED, None, HEATING, "收到了"),
    ("nothing is open, by a weak guess", [], Kind.SOLVED, Kind.REPORT, HEATING, "收到了"),
    ("nothing is open, heard as no", [], Kind.NO, None, HEATING, "收到了"),
    ("what is doubtful is asked about", [], Kind.SOLVED, None, DOUBTFUL, "哪一件"),
    ("nothing is named", [], Kind.YES, None, NOTHING_NAMED, "好的。"),
    ("another matter is open", OPEN, Kind.SOLVED, None, HEATING, "收到了"),
    ("this matter is open", OPEN, Kind.SOLVED, None, LIFT_AGAIN, "好的。"),
    ("it waits for her word", WAITS, Kind.SOLVED, None, LIFT_AGAIN, "办结"),
    ("whatever waits for her word", WAITS, Kind.SOLVED, None, HEATING, "办结"),
    ("a weak guess ends no other", WAITS, Kind.SOLVED, Kind.REPORT, HEATING, "收到了"),
    ("she was asked something", [*OPEN, ("社区", "问几层")], Kind.NO, None, HEATING, "已经告诉"),
    ("it has just ended", ENDED, Kind.SOLVED, None, LIFT_AGAIN, "好的。"),
    ("it ended long ago", [*ENDED, DAYS], Kind.SOLVED, None, LIFT_AGAIN, "收到了"),
]


@pytest.mark.parametrize(
    ("before", "kind", "cautious", "words", "wanted"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
async def test_an_answer_needs_a_question(
    storage: Storage,
    clock: FakeClock,
    before: list[tuple[str, str]],
    kind: Kind,
    cautious: Kind | None,
    words: str,
    wanted: str,
) -> None:
    community = Community(storage, rules())
    await community.fill()
    hearing = Hearing(interpreter("幸福里小区"))
    talker = Talker(storage, community.rules, hearing, clock)  # type: ignore[arg-type]
    street = Street(storage, community, clock, {"甲": talker})
    for who, said in before:
        await street.turn(who, said)
    clock.move(minutes=40)
    hearing.kind, hearing.cautious = kind, cautious
    assert wanted in (await talker.say(words)).text
