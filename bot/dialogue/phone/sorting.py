"""It could be one of two services: she is asked, as in the chat; until then a person may sort."""

from dataclasses import replace
from typing import Final

from bot.dialogue.phone.filing import received, which
from bot.dialogue.phone.talk import Step, Talk
from bot.dialogue.reports import choose_service
from nlp.matter.services import ServiceCatalogue

_TRIES_MOST: Final = 1
_PLACES: Final = {"first": 0, "second": 1}


def sorted_by_name(talk: Talk) -> Step:
    """She says the first, the second, or neither."""
    place = _PLACES.get(talk.way.name)
    code = ServiceCatalogue.OTHER if place is None else talk.call.services[place]
    return _sorted(talk, code)


def sorted_by_words(talk: Talk) -> Step:
    """She says it in words; others than those of the two are asked for once more."""
    best = talk.turn.meaning.classification.best
    if best is not None and best.service_code in talk.call.services:
        return _sorted(talk, best.service_code)
    return unsorted(talk)


def unsorted(talk: Talk) -> Step:
    """Nobody knows: asked once more, then a person sorts."""
    if talk.call.tries < _TRIES_MOST:
        return talk.stay(which(talk, talk.call.services))
    return _told(talk)


def _sorted(talk: Talk, code: str) -> Step:
    choose_service(talk.as_chat(talk.turn.words, talk.turn.meaning), str(talk.call.case_id), code)
    return _told(talk)


def _told(talk: Talk) -> Step:
    """Say the number that she did not hear yet, and what comes next."""
    case = talk.turn.tx.cases.get(talk.call.case_id or 0)
    call = replace(talk.call, services=())
    return talk.step("more", received(talk, case), call=call, case_id=case.id)
