"""She tells what it is about and where; it is read back, and only what was wrong is put right."""

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from bot.dialogue.phone.closing import is_over, unsolved
from bot.dialogue.phone.filing import to_listen, unconfirmed_case, understood
from bot.dialogue.phone.people import human
from bot.dialogue.phone.progress import progress
from bot.dialogue.phone.standing import Standing
from bot.dialogue.phone.talk import Step, Talk
from bot.dialogue.phone.voting import vote
from bot.model.case import OPEN_STATES
from channels.call import Heard
from nlp.matter.emergencies import FRAUD
from nlp.matter.kinds import Kind
from nlp.text.sounds import SoundAlike

_READ_MOST: Final = 30
"""Words longer than this are not read back whole, but as what they were understood to be."""

_WORDS_LEAST: Final = 3
_TRIES_MOST: Final = 1
_GREETINGS_MOST: Final = 3
_REFUSED_MOST: Final = 2

_ASKED_FOR: Final = MappingProxyType({Kind.HUMAN: human, Kind.VOTES: vote})
_SOCIAL: Final = frozenset(
    {Kind.EMPTY, Kind.GREETING, Kind.YES, Kind.CHATTER, Kind.HELP, Kind.LANGUAGE, Kind.THANKS}
)
_ABOUT_A_CASE: Final = frozenset({Kind.PROGRESS, Kind.URGE, Kind.SOLVED, Kind.NO, Kind.WITHDRAW})
_TELLING: Final = frozenset(
    {Kind.REPORT, Kind.ADDITION, Kind.CORRECTION, Kind.UNCLEAR, Kind.MET, Kind.EMERGENCY}
)


def dictated(talk: Talk) -> Step:
    """Read back what she told; what is no matter goes its own way."""
    kind = talk.turn.meaning.kind
    if kind in _ASKED_FOR:
        return _ASKED_FOR[kind](talk)
    if kind is Kind.NO and is_over(talk):
        return unsolved(talk)
    if kind in _ABOUT_A_CASE:
        return progress(talk)
    if kind in _SOCIAL or len(talk.turn.words) < _WORDS_LEAST:
        return _not_yet(talk)
    talk = replace(talk, call=_after_the_last(talk))
    call = _heard(talk, talk.call)
    if kind not in _TELLING:
        lead = talk.say("listen.angry") if kind is Kind.ANGER else ""
        return to_listen(replace(talk, call=call), lead)
    return _told(talk, call)


def _told(talk: Talk, call: Standing) -> Step:
    """What may be a danger is asked about before anything else."""
    doubt = understood(talk.turn, call).doubt
    if doubt is None:
        return _read_back(talk, call)
    return talk.step("paid" if doubt.kind == FRAUD else "risk", call=replace(call, tries=0))


def retold(talk: Talk, *, where: bool = True) -> Step:
    """She said again what it is: the place stays, unless she named another."""
    place = understood(talk.turn, talk.call).place.text
    call = _heard(talk, replace(talk.call, words="", place=place, changed=""))
    return _read_back(talk, call, where=where)


def placed(talk: Talk) -> Step:
    """She said where: a place that we know is put right, other words are taken as they are."""
    call, turn = talk.call, talk.turn
    found = turn.interpreter.by_sound(turn.words)
    named = turn.interpreter.interpret(found.text).place
    if named:
        known = understood(turn, call).place
        call = _changed(replace(call, place=known.merged_with(named).text), found)
    else:
        call = replace(call, words="，".join(filter(None, (call.words, turn.words))))
    return _read_back(talk, _with_media(talk, call), where=False)


def no_place(talk: Talk) -> Step:
    """Nothing was understood: asked once more, then it goes on without."""
    call = _with_media(talk, talk.call)
    if call.tries < _TRIES_MOST:
        key = "silent" if talk.way.name == Heard.SILENCE else "unclear"
        return talk.stay(talk.say(f"again.{key}"), call=call)
    return _read_back(talk, call, where=False)


def wrong(talk: Talk) -> Step:
    """The read-back was wrong: she says what, or a person listens after all."""
    call = replace(talk.call, refused=talk.call.refused + 1)
    if call.refused > _REFUSED_MOST:
        return to_listen(replace(talk, call=call))
    return talk.step("wrong", call=call)


def wrong_place(talk: Talk) -> Step:
    """Only the place was wrong."""
    return talk.step("place", call=_refused(talk.call))


def wrong_matter(talk: Talk) -> Step:
    """Only the matter was wrong."""
    return talk.step("retell", call=_refused(talk.call))


def wrong_both(talk: Talk) -> Step:
    """Everything was wrong: she tells it anew."""
    return talk.step("retell", call=replace(_refused(talk.call), words="", place=""))


def corrected(talk: Talk) -> Step:
    """Instead of yes or no she says how it is."""
    meaning, call = talk.turn.meaning, talk.call
    matter = meaning.classification.clear
    if meaning.place and (not matter or meaning.kind is Kind.CORRECTION):
        return placed(talk)
    if not matter:
        return unconfirmed(talk)
    return retold(replace(talk, call=_refused(call)), where=False)


def unconfirmed(talk: Talk) -> Step:
    """Neither yes nor no: asked once more, then a person listens."""
    if talk.call.tries < _TRIES_MOST:
        return talk.stay(talk.say("again.choose"))
    return to_listen(talk)


def silent(talk: Talk) -> Step:
    """She says nothing: asked once more, then she is called back where we know the number.

    Silent calls of one number are one case.
    """
    if talk.call.tries < _TRIES_MOST:
        return talk.stay(talk.say("again.silent"))
    if talk.call.unconfirmed:
        return to_listen(talk)
    if not talk.reachable:
        return talk.step("over", talk.say("listen.nobody"))
    nothing = talk.say("case.silent")
    same = (one for one in talk.turn.recent_cases() if one.description == nothing)
    before = next((one.id for one in same if one.state in OPEN_STATES), None)
    call = replace(talk.call, case_id=talk.call.case_id or before)
    step = to_listen(replace(talk, call=call), instead=nothing)
    return replace(step, says=talk.say("listen.silent"))


def unclear(talk: Talk) -> Step:
    """Sound without words: asked once more, then the recording is for a person."""
    call = _with_media(talk, talk.call)
    if call.tries < _TRIES_MOST and talk.call.state != "more":
        return talk.stay(talk.say("again.unclear"), call=call)
    return to_listen(replace(talk, call=call))


def no_danger(talk: Talk) -> Step:
    """Nobody is in danger: on with what she told."""
    return _read_back(talk, talk.call)


def another(talk: Talk) -> Step:
    """There is something else."""
    return talk.step("matter", talk.say("again.another"))


def _not_yet(talk: Talk) -> Step:
    """A greeting, small talk, a cough of a word: asked once more, then a person listens."""
    kind, state = talk.turn.meaning.kind, talk.call.state
    if state == "more" and kind in {Kind.THANKS, Kind.YES}:
        return talk.step("over")
    most = _GREETINGS_MOST if kind is Kind.GREETING else _TRIES_MOST
    if talk.call.tries < most:
        return talk.stay(talk.say("again.help" if kind is Kind.HELP else "again.silent"))
    return to_listen(replace(talk, call=_heard(talk, talk.call)))


def _after_the_last(talk: Talk) -> Standing:
    """What was said before and never confirmed is listened to apart from what comes now."""
    return unconfirmed_case(talk)[1] if talk.call.words else talk.call


def _heard(talk: Talk, call: Standing) -> Standing:
    """Keep her words, with names of places put right by their sound."""
    found = talk.turn.interpreter.by_sound(talk.turn.words)
    words = "，".join(filter(None, (call.words, found.text)))
    return _with_media(talk, _changed(replace(call, words=words), found))


def _changed(call: Standing, found: SoundAlike) -> Standing:
    """Note which name was put right, to be said and shown."""
    return replace(call, changed=f"{found.heard}|{found.name}") if found.heard else call


def _with_media(talk: Talk, call: Standing) -> Standing:
    return replace(call, media=(*call.media, *talk.own_media))


def _refused(call: Standing) -> Standing:
    return replace(call, refused=call.refused + (call.state == "confirm"))


def _read_back(talk: Talk, call: Standing, *, where: bool = True) -> Step:
    """Say place and matter, and ask; first where, if that was not said and matters."""
    meaning = understood(talk.turn, call)
    best = meaning.classification.best
    service = None if best is None else talk.turn.rules.service(best.service_code)
    if where and not meaning.place and (service is None or service.needs_place):
        return talk.step("place", call=call)
    says = []
    if call.changed:
        heard, name = call.changed.split("|")
        says.append(talk.say("heard.changed", heard=heard, name=name))
    matter = talk.turn.interpreter.matter_of(call.words)
    key = "matter"
    if len(matter) > _READ_MOST:
        key, matter = ("long", matter[:_READ_MOST]) if service is None else (key, service.name)
    place = meaning.place.text
    says.append(talk.say("heard.place", place=place) if place else talk.say("heard.nowhere"))
    says.append(talk.say(f"heard.{key}", matter=matter))
    return talk.step("confirm", *says, call=replace(call, tries=0))
