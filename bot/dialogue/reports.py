"""A matter is reported, made clearer, or corrected."""

import re
from dataclasses import replace
from typing import Final

from bot.dialogue.adding import WHERE_OF, add_to, asks, danger_of, placed
from bot.dialogue.completing import asked_where, completed, house_alone, may_be_in, place_of
from bot.dialogue.matters import by_pause, by_sentence, in_doubt
from bot.dialogue.offering import offered
from bot.dialogue.telling import who_and_when, who_knows
from bot.dialogue.turn import FRESH, Reply, Turn
from bot.flow.cases.assign import give_anew
from bot.flow.cases.move import note
from bot.flow.cases.open import open_case
from bot.flow.cases.reporter import add_words
from bot.flow.cases.service import settle_service
from bot.flow.telling.alerts import emergency as alert_all
from bot.flow.telling.news import status_link
from bot.model.case import OPEN_STATES, Case, EventKind, State
from channels.message import Button
from nlp.matter.emergencies import Emergency
from nlp.matter.services import ServiceCatalogue
from nlp.places.grammar import Place

UNCLEAR: Final = "unclear"
"""She was asked what she means."""

_BEFORE_MOST: Final = 60
"""So many characters of what she said before are read with what she says."""

_NAME_MOST: Final = 7
"""Who adds so little to nothing says her name: 我姓张."""

OFFERED: Final = 2
_FAINT: Final = 3
"""A score that one weak word gives: no reason to believe in a new matter."""


def report(turn: Turn) -> Reply:
    """A new matter, or more about the one she just spoke of."""
    case = turn.current_case()
    if case is not None and same_matter(turn, case):
        return add_to(turn, case)
    asked = _asked_about(turn)
    return open_new(turn, turn.words) if asked is None else add_to(turn, asked)


def _asked_about(turn: Turn) -> Case | None:
    """Return the case of just now, if not the last, that she asks something about."""
    best = turn.meaning.classification.named
    if best is None or not asks(turn):
        return None
    for case in turn.recent_cases():
        same = case.service_code == best.service_code and same_matter(turn, case)
        if same and turn.tx.now - case.opened_at <= FRESH:
            return case
    return None


def after_few_words(turn: Turn) -> Reply:
    """The place came first, or half of the matter, in messages of their own: they are of it."""
    words = so_far(turn)
    meaning = turn.interpreter.interpret(words)
    helps = meaning.classification.clear and not turn.meaning.classification.clear
    placed_before = meaning.place and not turn.meaning.place
    if meaning.emergency is not None or not (helps or placed_before):
        return report(turn)
    return open_new(replace(turn, meaning=meaning), words)


def so_far(turn: Turn) -> str:
    """Return her words with those before that said too little."""
    before = turn.state.notes.get("words", "") if turn.state.step == UNCLEAR else ""
    return "，".join(filter(None, [before[-_BEFORE_MOST:], turn.words]))


def open_new(turn: Turn, words: str) -> Reply:
    """Open a case and say what was understood, who has it and until when."""
    doubtful = turn.meaning.classification.doubtful
    parts = by_sentence(turn, words) or (by_pause(turn, words) if doubtful else [])
    if parts:
        turn = replace(turn, meaning=in_doubt(turn.meaning, parts))
    case = opened(turn, words)
    if case.state is State.OUT_OF_SCOPE:
        return elsewhere(turn, case)
    if case.doubtful:
        return _which(turn, case, len(parts))
    return offered(turn, case, received(turn, case))


def understood(turn: Turn, case: Case) -> Reply:
    """Say that the case is there; where its category is doubtful, ask which it is."""
    return _which(turn, case) if case.doubtful else received(turn, case)


def opened(turn: Turn, words: str) -> Case:
    """Open a case at the place that she means."""
    meaning = replace(turn.meaning, place=completed(turn, turn.meaning.place))
    return open_case(turn.tx, turn.rules, turn.contact, meaning, words=words)


def received(turn: Turn, case: Case, *, lead: str = "") -> Reply:
    """Say that the case is there, with its number, its category and the words that decided it."""
    service = turn.rules.services.get(case.service_code)
    parts = [
        lead or turn.say("received.heard", summary=case.summary),
        turn.say("received.number", number=case.number),
        who_and_when(turn, case),
    ]
    if not lead:
        parts.insert(2, _understood(turn, case, service.name))
    text = "\n".join([*parts, *_completion(turn, case)])
    reply = Reply(text=text, link=status_link(turn.rules, case), case_id=case.id, card=True)
    return asked_where(turn, case, reply) if service.needs_place or case.urgent else reply


def _completion(turn: Turn, case: Case) -> list[str]:
    """Say what place was noted, if it is not the one that she named."""
    same = not turn.meaning.place or turn.meaning.place.text == case.place
    return [] if same else [turn.say("received.place", place=case.place)]


def emergency(turn: Turn) -> Reply:
    """She tells of a danger."""
    found = turn.meaning.emergency
    return report(turn) if found is None else alarmed(turn, found, turn.words)


def alarmed(turn: Turn, found: Emergency, words: str) -> Reply:
    """First whom to call; then the urgent case, one for one emergency."""
    first = turn.say(f"emergency.{found.kind}")
    case = turn.current_case()
    if case is not None and _is_the_same_danger(turn, case):
        add_words(turn.tx, turn.rules, case, turn.actor, words)
        note(turn.tx, case, EventKind.ALARM, turn.actor, words)
        alert_all(turn.tx, turn.rules, case, words)
        rest = turn.say(who_knows(turn, case, "emergency.again"), number=case.number)
        return Reply(text=f"{first}\n{rest}", case_id=case.id, link=status_link(turn.rules, case))
    case = opened(turn, words)
    lead = f"{first}\n{turn.say(who_knows(turn, case, 'emergency.alarmed'))}"
    return received(turn, case, lead=lead)


def _is_the_same_danger(turn: Turn, case: Case) -> bool:
    """Say whether she speaks of the emergency that the case is, and of no other building."""
    before = turn.interpreter.interpret(case.description)
    buildings = {before.place.building, turn.meaning.place.building} - {None}
    return danger_of(turn, case) is not None and len(buildings) <= 1


def addition(turn: Turn) -> Reply:
    """She says that something is to be added: another matter, if that is what it surely is."""
    case, found = turn.current_case(), turn.meaning.classification
    nothing = len(turn.words) <= _NAME_MOST and not found.clear
    if nothing and case is None and _newest_open(turn) is None:
        return Reply(text=turn.say("social.go_on"))
    only_adds = any(word in turn.words for word in turn.say("words_adds").split())
    if case is None or only_adds or not found.clear or turn.state.step == "where":
        return go_on(turn)
    return report(turn)


def go_on(turn: Turn) -> Reply:
    """Put her words to the case that was spoken of last."""
    case = turn.current_case() or _newest_open(turn)
    return open_new(turn, turn.words) if case is None else add_to(turn, case)


def where(turn: Turn) -> Reply:
    """She answers the question for the place; any short words may be one."""
    case = _asked_where(turn)
    if case is None:
        return report(turn)
    as_before = same_place(turn) if _is_there_too(turn) else None
    if as_before is not None:
        return as_before
    known = place_of(turn, case)
    said = turn.meaning.place or (Place() if known.building else house_alone(turn.meaning.text))
    return _placed(turn, case, known.merged_with(said)) if said else _where_in_words(turn, case)


def _asked_where(turn: Turn) -> Case | None:
    """Return the case whose place was asked for."""
    return turn.own_case(turn.state.notes.get(WHERE_OF, "")) or turn.current_case()


def in_house(turn: Turn, identifier: str, house: str) -> Reply:
    """She pressed the estate that the house stands in."""
    case = turn.own_case(identifier)
    place = Place() if case is None else place_of(turn, case)
    found = next((one for one in may_be_in(turn, place) if str(one.id) == house), None)
    if case is None or case.state not in OPEN_STATES or found is None:
        return Reply(text=turn.say("too_late"))
    return _placed(turn, case, replace(place, estate=found.estate))


def _placed(turn: Turn, case: Case, place: Place) -> Reply:
    reply = placed(turn, case, place)
    return offered(turn, turn.tx.cases.get(case.id), reply)


def same_place(turn: Turn) -> Reply | None:
    """'也在那儿': the place of her case before is that of this one too; None of no other."""
    case = _asked_where(turn)
    places = (place_of(turn, one) for one in turn.recent_cases() if one != case)
    before = next(filter(None, places), None)
    return None if case is None or case.place or before is None else placed(turn, case, before)


def _is_there_too(turn: Turn) -> bool:
    return turn.words.strip("。！!，,") in turn.say("where_same").split()


def _where_in_words(turn: Turn, case: Case) -> Reply:
    """Nobody could parse it: words that sound like a place are taken as one, others are added."""
    if case.place:
        return add_to(turn, case)
    if _holds(turn, "words_place_unknown"):
        text = turn.say("place_unknown", number=case.number)
        return replace(add_to(turn, case), text=text, step="where", notes={WHERE_OF: str(case.id)})
    if not _sounds_like_a_place(turn):
        about = turn.current_case() or case
        notes = {WHERE_OF: str(case.id)}
        return replace(add_to(turn, about), step="where", notes=notes)
    case = turn.tx.cases.save(replace(case, place=turn.words))
    note(turn.tx, case, EventKind.PLACE, turn.actor, turn.words)
    text = turn.say("placed", number=case.number, place=turn.words)
    return Reply(text=text, case_id=case.id, link=status_link(turn.rules, case))


def _sounds_like_a_place(turn: Turn) -> bool:
    """Say whether each part of her words does: 我在家里，安全的 is no place, nor is a time."""
    if turn.meaning.times or _holds(turn, "words_at_home"):
        return False
    hints = turn.say("place_hints").split()
    parts = re.split(r"[\s,，。;；!！]+", turn.words.strip("，,。;；!！ "))
    return all(any(hint in part for hint in hints) for part in parts)


def _holds(turn: Turn, words: str) -> bool:
    return any(word in turn.words for word in turn.say(words).split())


def correction(turn: Turn) -> Reply:
    """She corrects the place, or what kind of matter it is."""
    case = turn.current_case() or _newest_open(turn)
    if case is None and turn.meaning.classification.clear:
        return open_new(turn, turn.words)
    if case is None:
        return Reply(text=turn.say("nothing_to_correct"))
    place = turn.meaning.place
    best = turn.meaning.classification.named
    if place:
        known = place_of(turn, case)
        return placed(turn, case, known.merged_with(place), "corrected_place")
    if best is not None and best.service_code != case.service_code and case.state in OPEN_STATES:
        return reclassified(turn, case, best.service_code)
    return add_to(turn, case)


def choose_service(turn: Turn, case_id: str, code: str) -> Reply:
    """She said which of the two it is."""
    case = turn.own_case(case_id)
    if case is None or case.state not in OPEN_STATES:
        return Reply(text=turn.say("too_late"))
    if not case.doubtful:
        return Reply(text=turn.say("already_sorted", number=case.number), case_id=case.id)
    return reclassified(turn, case, code)


def which(turn: Turn) -> Reply:
    """She answers 'which of the two' in words or with a digit; anything else is taken as words."""
    case = turn.current_case()
    codes = turn.state.notes.get("codes", "").split()
    picked = picked_of(turn, codes)
    if case is not None and picked is not None:
        return choose_service(turn, str(case.id), picked)
    return report(turn)


def record_words(turn: Turn) -> Reply:
    """She wants it written down although nobody understood it."""
    words = turn.state.notes.get("words")
    if not words:
        return Reply(text=turn.say("too_late"))
    return open_new(turn, words)


def same_matter(turn: Turn, case: Case) -> bool:
    """Say whether these words go on about the case rather than start another."""
    if case.state not in OPEN_STATES:
        return False
    meaning, best = turn.meaning, turn.meaning.classification.named
    moved = meaning.place and case.place and case.place not in meaning.place.text
    if moved and meaning.place.text not in case.place:
        return False
    if best is None or (asks(turn) and not meaning.classification.clear):
        return True
    if meaning.classification.doubtful and best.score <= _FAINT:
        return True
    return best.service_code in {case.service_code, ServiceCatalogue.OTHER}


def _which(turn: Turn, case: Case, matters: int = 0) -> Reply:
    """Ask which service it is; of several matters, also whether all of them are meant."""
    offered_most = max(matters, OFFERED)
    codes = [c.service_code for c in turn.meaning.classification.candidates[:offered_most]]
    buttons = [
        Button(turn.rules.services.get(code).name, f"service:{case.id}:{code}") for code in codes
    ]
    if matters:
        buttons.append(turn.button("each", f"each:{case.id}"))
    buttons.append(turn.button("neither", f"service:{case.id}:{ServiceCatalogue.OTHER}"))
    heard = turn.say("received.heard", summary=case.summary)
    number = turn.say("received.number", number=case.number)
    return Reply(
        text="\n".join([heard, number, *_completion(turn, case), turn.say("which")]),
        buttons=tuple(buttons),
        link=status_link(turn.rules, case),
        case_id=case.id,
        step="which",
        notes={"codes": " ".join([*codes, ServiceCatalogue.OTHER])},
    )


def picked_of(turn: Turn, codes: list[str]) -> str | None:
    """Return which of the services she names, by its place, its name, or what it is about."""
    words = turn.meaning.text
    for place, code in enumerate(codes, start=1):
        ordinal = turn.say(f"ordinal.{place}")
        if words == str(place) or ordinal in words or words == turn.rules.services.get(code).name:
            return code
    best = turn.meaning.classification.best
    named = best is not None and best.service_code != ServiceCatalogue.OTHER
    return best.service_code if best is not None and named and best.service_code in codes else None


def reclassified(turn: Turn, case: Case, code: str) -> Reply:
    """File it as what she says that it is; who has it then is said."""
    try:
        service = turn.rules.services.get(code)
    except KeyError:
        return Reply(text=turn.say("too_late"), case_id=case.id)
    case = settle_service(turn.tx, turn.rules, case, service, turn.actor)
    case = give_anew(turn.tx, turn.rules, case)
    lead = turn.say("sorted", service=service.name)
    return offered(turn, case, received(turn, case, lead=lead))


def elsewhere(turn: Turn, case: Case) -> Reply:
    """Say whose business it is, and whom she may call."""
    service = turn.rules.services.get(case.service_code)
    other = service.elsewhere
    name, phone = (other.name, other.phone) if other else ("", "")
    return Reply(
        text=turn.say("elsewhere", name=name, phone=phone, words=case.summary, number=case.number),
        buttons=(turn.button("look_anyway", f"dispute:{case.id}"),),
        case_id=case.id,
    )


def _understood(turn: Turn, case: Case, service_name: str) -> str:
    best = turn.meaning.classification.best
    known = case.service_code != turn.rules.services.OTHER  # what is other is sorted by people
    if known and best is not None and best.service_code == case.service_code:
        words = "、".join(best.telling())
        return turn.say("received.category", service=service_name, words=words)
    return turn.say("received.unsorted", service=service_name)


def _newest_open(turn: Turn) -> Case | None:
    return next((case for case in turn.recent_cases() if case.state in OPEN_STATES), None)
