"""The states of the telephone as data: whole, reachable, every way driven, mistakes told."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.app import make_texts
from bot.dialogue.phone.hearing import as_choice, way_of
from bot.dialogue.phone.script import Script, ScriptError, read_script, the_script
from bot.dialogue.phone.table import HANDLERS
from bot.settings import Settings
from channels.call import Heard, Listening
from tests.bot.dialogue.looking import INTERPRETER
from tests.bot.dialogue.phone.tale import HANGS_UP, KEY, MUMBLES, SILENT, UNANSWERED, filled
from tests.bot.dialogue.phone.tales import TALES
from tests.bot.dialogue.phone.test_always import ALWAYS, PATHS

SCRIPT = the_script()
TEXTS = make_texts(Settings())
Edge = tuple[str, str, str]
_EVENTS = {
    SILENT: Heard.SILENCE,
    MUMBLES: Heard.UNCLEAR,
    UNANSWERED: Heard.UNANSWERED,
}


def driven() -> set[Edge]:
    """Every (state, way, next) of the conversations, whose states their own tests look at."""
    edges = set()
    for tale in TALES:
        state = SCRIPT.calls if tale.before in {"asked", "gone", "leak", "told"} else SCRIPT.begins
        for act, _, then in tale.lines:
            if act != HANGS_UP and not state == then == "booth":
                edges.add((state, way(state, filled(act, "165110")), then))
            state = then
    for state in PATHS:
        for act, comes in ALWAYS:
            then = state if comes in {"repeat", "slower", "dialect"} else comes
            edges.add((state, way(state, act), then))
        edges.add((state, "human", "connecting"))
    return edges


def way(state: str, act: str) -> str:
    """The name of the way that an act takes."""
    words, choice = act, None
    if (state, act) == ("booth", SILENT):
        words, choice = "", as_choice(Heard.RETURNED)
    elif act in _EVENTS:
        words, choice = "", as_choice(_EVENTS[act])
    elif act.startswith(KEY) and act[1:].strip("0123456789*#") == "":
        words, choice = "", as_choice(Heard.KEY, act[1:])
    turn = SimpleNamespace(
        words=words,
        meaning=INTERPRETER.interpret(words),
        message=SimpleNamespace(choice=choice),
    )
    return way_of(SCRIPT.states[state], cast("Any", turn))[0].name


def test_every_way_is_driven_and_no_other() -> None:
    edges = set(SCRIPT.edges())
    assert driven() - edges == set()
    assert edges - driven() == set()


def test_every_way_has_its_handler_and_every_handler_a_way() -> None:
    named = {way.does for state in SCRIPT.states.values() for way in state.ways.values()}
    assert named == set(HANDLERS)


def test_every_state_asks_in_a_sentence_of_the_locale() -> None:
    for state in SCRIPT.states.values():
        assert TEXTS.say(f"phone.prompt.{state.prompt}").endswith(("。", "？"))


def test_a_person_is_a_key_away_wherever_somebody_listens() -> None:
    for state in SCRIPT.states.values():
        if state.listening is Listening.DIGITS:
            assert state.by_key("*") is not None
        elif state.listening is not Listening.NOTHING:
            way = state.by_key("0")
            assert way is not None
            assert way.does == "human"


def test_what_is_not_free_speech_offers_several_ways_to_say_it() -> None:
    for state in SCRIPT.states.values():
        if state.listening is Listening.CHOICE:
            for one in state.ways.values():
                assert not one.key or len(one.phrases) >= 3, (state.name, one.name)


WHOLE = """
begins = "a"
calls = "a"
ends = "b"
[state.a]
listen = "choice"
[state.a.ways]
yes = { key = "1", phrases = ["对"], does = "x", to = ["b"] }
silence = { does = "x", to = ["."] }
unclear = { does = "x", to = ["."] }
[state.b]
after = "hang_up"
"""

MISTAKES = [
    ("begins = ", "begins", "not valid TOML"),
    ('begins = "a"', 'begins = "z"', "which is no state"),
    ('to = ["b"]', 'to = ["z"]', "leads to 'z', no state"),
    ('to = ["b"]', "to = []", "where it may lead"),
    ('to = ["b"]', 'to = ["."]', "no way leads to state 'b'"),
    ('listen = "choice"', 'listen = "song"', "must be one of: dictation"),
    ('after = "hang_up"', 'after = "sing"', "must be one of: listen"),
    ('key = "1"', 'key = "12"', "no key of a telephone"),
    ('key = "1"', 'kee = "1"', "unknown field 'kee'"),
    ('listen = "choice"', 'listen = "keys"', "what comes of returned"),
    ('listen = "choice"', 'lissen = "choice"', "unknown field 'lissen'"),
    ('listen = "choice"', 'listen = "choice"\nwait_seconds = 0', "seconds above 0"),
    ('key = "1", phrases = ["对"], does', "does", "give it `phrases` or a `key`"),
    ("unclear = ", 'other = { key = "2", does = "x", to = ["."] }\n#', "what comes of unclear"),
    ("unclear = ", 'other = { key = "1", does = "x", to = ["."] }\nunclear = ', "two things"),
]


@pytest.mark.parametrize(("right", "wrong", "told"), MISTAKES)
def test_a_mistake_is_told(right: str, wrong: str, told: str) -> None:
    assert isinstance(read_script(WHOLE), Script)
    with pytest.raises(ScriptError, match=told):
        read_script(WHOLE.replace(right, wrong))


def test_every_phrase_of_danger_is_one_wherever_she_is_asked_something() -> None:
    for state in SCRIPT.states.values():
        if state.listening in {Listening.NOTHING, Listening.KEYS}:
            continue
        for phrase in state.ways["danger"].phrases:
            assert phrase in state.phrases
            assert INTERPRETER.interpret(phrase).emergency is not None, phrase
            assert way(state.name, phrase) == "danger"
