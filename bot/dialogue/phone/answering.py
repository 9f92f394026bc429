"""One turn of a call taken: the way, its handler, and where the call stands then."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.dialogue.phone.always import named, offered
from bot.dialogue.phone.hearing import heard, is_phrase, way_of
from bot.dialogue.phone.lost import broken_off
from bot.dialogue.phone.reached import over, went_on
from bot.dialogue.phone.script import Script, Way, the_script
from bot.dialogue.phone.standing import ANONYMOUS, Standing, read_calls, write_calls
from bot.dialogue.phone.table import HANDLERS
from bot.dialogue.phone.talk import Step, Talk
from bot.dialogue.phone.voting import offered_votes
from bot.dialogue.turn import Reply, Turn
from bot.ports.media import LISTENED, MediaState
from channels.call import PHONE, Heard

_BEGINS: Final = Way(name="began", does="", to=())
_ANY_WORDS: Final = frozenset({Heard.WORDS, Heard.UNCLEAR})
"""Ways of words that are no phrase."""


def answer(turn: Turn) -> Reply:
    """Return what is said next in the call; nothing once she has hung up."""
    script, calls = the_script(), read_calls(turn.state.notes)
    call_id = turn.message.external_id.rpartition(":")[0]
    event, detail = heard(turn)
    known = calls.get(call_id) or _new(turn, script.begins, call_id)
    if event is Heard.HUNG_UP:
        over(turn, known)
        step = _hung_up(script, turn, known)
        calls.pop(call_id, None)
        return _reply(turn, step, "", calls)
    for media_id in known.trial:  # she went on after them: they were what they were taken for
        turn.tx.media.confirm(media_id)
    if event is Heard.BEGAN:
        turn.tx.calls.belongs(call_id, turn.contact.id)
        step = _began(script, turn, known, detail)
    else:
        step = went_on(turn, known, _taken(script, turn, known))
    if step.to == script.ends:
        over(turn, step.call)
        step = _ended(turn, replace(step, call=replace(step.call, about="")))
    text = _text(turn, script, step)
    kept = _recordings_kept(turn, step, surely=is_phrase(script.states[known.state], turn))
    tries = step.call.tries if step.to == known.state else 0
    calls[call_id] = replace(
        step.call, state=step.to, at=turn.tx.now, said=text, tries=tries, trial=kept
    )
    return _reply(turn, step, text, calls)


def _hung_up(script: Script, turn: Turn, call: Standing) -> Step:
    """What she said until then counts; what is not certain after it never will be."""
    step = _taken(script, turn, call) if turn.words else Step(to=call.state, call=call)
    call = replace(step.call, state=step.to)
    own = tuple(one.id for one in turn.recordings if not turn.words)
    if own and not call.case_id:
        call = replace(call, media=(*call.media, *own))
    broken = broken_off(Talk(turn=turn, call=call, way=_BEGINS))
    _recordings_kept(turn, broken, surely=is_phrase(script.states[call.state], turn))
    return broken if broken.case_id is not None else step


def _ended(turn: Turn, step: Step) -> Step:
    """We hang up: what nobody confirmed is listened to."""
    broken = broken_off(Talk(turn=turn, call=step.call, way=_BEGINS))
    case_id = step.case_id if broken.case_id is None else broken.case_id
    return replace(step, call=broken.call, case_id=case_id)


def _new(turn: Turn, state: str, call_id: str) -> Standing:
    nobody = turn.tx.people.find(PHONE, f"{ANONYMOUS}{call_id}")
    anonymous = nobody is not None and nobody.id == turn.contact.id
    return Standing(state=state, at=turn.tx.now, anonymous=anonymous)


def _began(script: Script, turn: Turn, call: Standing, about: str) -> Step:
    state = script.calls if about else script.begins
    call = replace(call, state=state, about=about)
    talk = Talk(turn=turn, call=call, way=_BEGINS)
    greeting = talk.say(f"greeting.{'calling' if about else 'called'}")
    votes = "" if about else offered_votes(talk)
    return talk.step(state, greeting, offered(turn), votes)


def _taken(script: Script, turn: Turn, call: Standing) -> Step:
    state = script.states.get(call.state) or script.states[script.begins]
    if state.name == script.ends:
        return Step(to=state.name, call=call)
    way, digits = way_of(state, turn)
    if way.name in _ANY_WORDS and "dialect" in state.ways and named(turn):
        way = state.ways["dialect"]
    own = tuple(one.id for one in turn.recordings)
    if own and way.key and heard(turn)[0] is Heard.KEY:
        call, own = _before_the_key(turn, call, own), ()
    talk = Talk(turn=turn, call=call, way=way, digits=digits, own_media=own)
    step = HANDLERS[way.does](talk)
    if step.to not in way.to:
        raise ValueError(f"{way.does} leads from {state.name} to {step.to}, not in phone.toml")
    return step


def _before_the_key(turn: Turn, call: Standing, own: tuple[int, ...]) -> Standing:
    """Keep what she said before she pressed a key that means something else."""
    words = "，".join(filter(None, (call.words, turn.words)))
    return replace(call, words=words, media=(*call.media, *own))


def _text(turn: Turn, script: Script, step: Step) -> str:
    prompt = script.states[step.to].prompt
    asked = turn.rules.texts.say(f"phone.prompt.{prompt}") if step.asks and prompt else ""
    return step.says + asked


def _recordings_kept(turn: Turn, step: Step, *, surely: bool) -> tuple[int, ...]:
    """Return those of this turn's recordings that may have been misheard as a command.

    What holds no words and no matter, such as a cough at a question, nobody has to listen to.
    """
    trial = []
    for one in turn.recordings:
        if one.id in step.call.media or step.case_id is not None:
            continue
        if one.transcript.words and surely:
            turn.tx.media.confirm(one.id)
        elif one.transcript.words:
            trial.append(one.id)
        else:
            turn.tx.media.settle(one.id, MediaState.SILENT, LISTENED)
    return tuple(trial)


def _reply(turn: Turn, step: Step, text: str, calls: Mapping[str, Standing]) -> Reply:
    notes = write_calls(calls, turn.tx.now)
    return Reply(text=text, case_id=step.case_id, notes=notes)
