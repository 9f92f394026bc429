"""'我有个想法': an initiative from the first word until it is sent in, one question at a time."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bot.dialogue import pledging, results
from bot.dialogue.initiative_words import asked, is_fresh, line, say
from bot.dialogue.turn import Reply, Turn
from bot.flow.cards.initiative_card import wording
from bot.flow.initiatives import initiatives as flow
from bot.model.case import RefusedError
from bot.model.initiative import Initiative, Wish
from channels.message import Button
from nlp.incidents.index import SimilarTexts
from nlp.matter.kinds import Kind
from nlp.text.normal import with_amounts

Answer = Callable[[Turn, Initiative], Reply]

STEP: Final = results.STEP
_NO_ANSWER: Final = frozenset(
    {
        Kind.EMPTY,
        Kind.EMERGENCY,
        Kind.EXPORT,
        Kind.HELP,
        Kind.HUMAN,
        Kind.LANGUAGE,
        Kind.LINK,
        Kind.PRIVACY,
        Kind.PROGRESS,
        Kind.RECOVER,
        Kind.WITHDRAW,
    }
)
ANSWERS: Final = tuple(kind for kind in Kind if kind not in _NO_ANSWER)
"""What her words may sound like and still be the answer: places and reasons sound like anything."""

_ASIDE: Final = frozenset(
    {
        Kind.HELP,
        Kind.POINTS,
        Kind.EARNING,
        Kind.REWARDS,
        Kind.ORDERS,
        Kind.WALL,
        Kind.VOTES,
        Kind.VOTE_HELPERS,
        Kind.SHOWN_CODE,
        Kind.PROGRESS,
        Kind.OWN_INITIATIVES,
    }
)
"""What she may ask for while an idea is being told."""

_LISTED: Final = 6
_COMPARED: Final = 200
_ALIKE_LEAST: Final = 0.15
_ALIKE_MOST: Final = 2
_NUMBER: Final = re.compile(r"[0-9]{1,15}")  # fits the database
_NAMED: Final = re.compile(
    r"(?:支持|看看?|关于)\s*(?P<seen>[0-9]+)\s*号(?!楼|门|院|线)|(?P<named>[0-9]+)\s*号提议"
)
_HOURS: Final = re.compile(r"([0-9]{1,6})\s*(?:个)?(?:小时|钟头)")
_POINTS: Final = re.compile(r"([0-9]{1,6})\s*(?:个)?(?:积分|分)(?!钟)")
_LEFT_OVER: Final = re.compile(r"的?人手|[。和\s]+$|^(?:还要|另外|还有|[和要\s])+")


def initiative(turn: Turn) -> Reply:
    """She has an idea, or wants to see those of others."""
    words = turn.words.strip("。！!？? ")
    if words in say(turn, "words.list").split():
        return listed(turn)
    named = _NAMED.search(turn.meaning.text)
    if named is not None:
        return pledging.show(turn, named["seen"] or named["named"])
    if turn.meaning.cautious is Kind.UNCLEAR:
        return _or_matter(turn)
    draft = flow.draft_of(turn.tx, turn.contact.person_id)
    if draft is not None:
        buttons = (_button(turn, "go_on", draft), _button(turn, "drop", draft))
        return Reply(text=say(turn, "draft", title=draft.wish.title), buttons=buttons)
    title = _title(turn, words)
    return _named(turn, title) if len(title) >= flow.TITLE_LEAST else idea(turn)


def _or_matter(turn: Turn) -> Reply:
    """A few words that only may be an idea: ask, before questions about it are begun."""
    own = Button(say(turn, "button.idea"), "idea")
    matter = Button(say(turn, "button.matter"), "record")
    text = say(turn, "or_matter", words=turn.words)
    return Reply(text=text, buttons=(own, matter), step="unclear", notes={"words": turn.words})


def listed(turn: Turn) -> Reply:
    """Say what neighbours want to do together, with the way to each."""
    found = turn.tx.initiatives.public(_LISTED)
    own = Button(say(turn, "button.idea"), "idea")
    if not found:
        return Reply(text=say(turn, "list_none"), buttons=(own,))
    progress = turn.tx.initiatives.progress(found)
    lines = [say(turn, "list"), *(line(turn, one, progress[one.id]) for one in found)]
    buttons = [_see(turn, one) for one in found[:2]]
    page = f"{turn.rules.public_url}/initiatives"
    return Reply(text="\n".join(lines), buttons=(*buttons, own), link=page)


def idea(turn: Turn) -> Reply:
    """Ask what she wants to do."""
    return _asked(turn, "what", None)


def go_on(turn: Turn, number: str) -> Reply:
    """Go on where she stopped, or change what was returned."""
    return _guarded(turn, number, _next)


def change(turn: Turn, number: str) -> Reply:
    """She wants to say it anew: all but the title is asked again."""

    def again(turn: Turn, found: Initiative) -> Reply:
        cleared = Wish(title=found.wish.title)
        return _next(turn, _write(turn, found, cleared))

    return _guarded(turn, number, again)


def more(turn: Turn) -> Reply:
    """She answers what was asked."""
    if _begins(turn):
        return initiative(turn)
    notes, words = turn.state.notes, turn.words
    asks = notes.get("asks", "")
    if asks == "what":
        return _named(turn, _title(turn, words))

    def answered(turn: Turn, found: Initiative) -> Reply:
        if asks == results.RESULT:
            return results.told(turn, found.id)
        if asks == results.PHOTO_WORDS:
            return results.described(turn)
        if asks == "where":
            wish = replace(found.wish, place=words)
        elif asks == "why":
            wish = replace(found.wish, reason=words)
        else:
            return _read_back(turn, _write(turn, found, _needs(turn, found.wish)))
        return _next(turn, _write(turn, found, wish))

    return _guarded(turn, notes.get("idea", ""), answered)


def may_be_meant(turn: Turn) -> bool:
    """Say whether her words are the answer: asked just now, and not whether it is right so.

    Then a yes is one, and what nobody understands has it read back again: other words are a matter
    of their own.
    """
    asks = turn.state.notes.get("asks")
    if not is_fresh(turn) or asks == results.PHOTOS or _asks_for_more(turn):
        return False
    return asks != "sure" or turn.meaning.kind in {Kind.YES, Kind.UNCLEAR}


def _asks_for_more(turn: Turn) -> bool:
    """Say whether she wants to see something of her own meanwhile: 我的积分 is no place."""
    return turn.meaning.kind in _ASIDE and turn.interpreter.is_command(turn.words)


def submit(turn: Turn, number: str) -> Reply:
    """She sends it in."""

    def sent(turn: Turn, found: Initiative) -> Reply:
        waiting = flow.submit(turn.tx, turn.rules, found.id, turn.contact.person_id)
        return Reply(text=say(turn, "submitted", number=waiting.id, when=_when(turn, waiting)))

    return _guarded(turn, number, sent)


def agreed(turn: Turn) -> Reply:
    """She says yes to what was read back; to another question it is no answer."""
    if turn.state.notes.get("asks") != "sure":
        return more(turn)
    return submit(turn, turn.state.notes.get("idea", ""))


def read_again(turn: Turn) -> Reply:
    """Nobody understands what she says to what was read back: it is read once more."""
    if turn.state.notes.get("asks") != "sure":
        return more(turn)
    return _guarded(turn, turn.state.notes.get("idea", ""), _read_back)


def set_aside(turn: Turn, number: str) -> Reply:
    """It is kept for another time."""
    del number
    return Reply(text=say(turn, "kept"))


def left(turn: Turn) -> Reply:
    """She says no more of it: an idea is kept for another time."""
    if turn.state.notes.get("asks") in results.ASKED_LATER:
        return Reply(text=turn.say("withdraw.never_mind"), case_id=turn.state.case_id)
    return Reply(text=say(turn, "kept"), case_id=turn.state.case_id)


def drop(turn: Turn, number: str) -> Reply:
    """She does not want it any more."""

    def dropped(turn: Turn, found: Initiative) -> Reply:
        gone = flow.withdraw(turn.tx, turn.rules, found.id, turn.contact.person_id)
        return Reply(text=say(turn, "dropped", title=gone.wish.title))

    return _guarded(turn, number, dropped)


def appeal(turn: Turn, number: str) -> Reply:
    """She does not agree that it was returned."""

    def appealed(turn: Turn, found: Initiative) -> Reply:
        waiting = flow.appeal(turn.tx, turn.rules, found.id, turn.contact.person_id)
        return Reply(text=say(turn, "appealed", number=waiting.id, when=_when(turn, waiting)))

    return _guarded(turn, number, appealed)


def begin(turn: Turn, number: str) -> Reply:
    """She begins with what was decided."""

    def begun(turn: Turn, found: Initiative) -> Reply:
        begun = flow.begin(turn.tx, found.id, turn.contact.person_id)
        button = _button(turn, "result", begun)
        return Reply(text=say(turn, "begun", title=begun.wish.title), buttons=(button,))

    return _guarded(turn, number, begun)


def result(turn: Turn, number: str) -> Reply:
    """It is done: she is asked what became of it."""
    return _guarded(turn, number, lambda turn, found: _asked(turn, "result", found))


def _named(turn: Turn, title: str) -> Reply:
    """She said what: keep it, and show first what is alike."""
    try:
        made = flow.begin_draft(turn.tx, turn.contact.person_id, title)
    except RefusedError as refused:
        if refused.reason != "initiative_title":
            return _refused(turn, refused)
        bounds = {"least": flow.TITLE_LEAST, "most": flow.TITLE_MOST}
        return replace(_asked(turn, "what", None), text=say(turn, "title", **bounds))
    alike = _alike(turn, title)
    if not alike:
        return _next(turn, made)
    progress = turn.tx.initiatives.progress(alike)
    lines = [line(turn, one, progress[one.id]) for one in alike]
    text = "\n".join([say(turn, "alike"), *lines, say(turn, "alike_ask")])
    own = Button(say(turn, "button.not_same"), f"idea_go_on:{made.id}")
    return Reply(text=text, buttons=(*(_see(turn, one) for one in alike), own))


def _alike(turn: Turn, title: str) -> list[Initiative]:
    """Return what neighbours want already and sounds the same, the likest first."""
    known = {one.id: one for one in turn.tx.initiatives.public(_COMPARED)}
    texts = SimilarTexts[int]()
    for one in known.values():
        texts.add(one.id, texts.vector(one.wish.title, one.wish.reason))
    hits = texts.find(texts.vector(title, ""), limit=_ALIKE_MOST) if known else []
    return [known[hit.key] for hit in hits if hit.score >= _ALIKE_LEAST]


def _next(turn: Turn, found: Initiative) -> Reply:
    """Ask for the first thing that is missing."""
    if not found.wish.place:
        return _asked(turn, "where", found)
    if not found.wish.reason:
        return _asked(turn, "why", found)
    return _asked(turn, "needs", found)


def _read_back(turn: Turn, found: Initiative) -> Reply:
    buttons = tuple(_button(turn, name, found) for name in ("submit", "change", "later"))
    text = say(turn, "readback", card=wording(turn.rules, found))
    notes = asked(turn, str(found.id), "sure")
    return Reply(text=text, buttons=buttons, step=STEP, notes=notes)


def _needs(turn: Turn, wish: Wish) -> Wish:
    """Return the wish with what her words say is needed: hours and points as numbers."""
    words = with_amounts(turn.meaning.text or turn.words)
    if words.strip("。 ") in say(turn, "words.nothing").split():
        return replace(wish, hours=0, points=0, things="")
    hours, points = _HOURS.search(words), _POINTS.search(words)
    things = _POINTS.sub("", _HOURS.sub("", words))
    return replace(
        wish,
        hours=int(hours[1]) if hours else 0,
        points=int(points[1]) if points else 0,
        things=_tidied(things),
    )


def _tidied(things: str) -> str:
    """Return what is left of a list when the numbers were taken out of it."""
    parts = (_LEFT_OVER.sub("", part) for part in re.split(r"[,，、;；]", things))
    return "、".join(part for part in parts if part)


def _write(turn: Turn, found: Initiative, wish: Wish) -> Initiative:
    return flow.write_draft(turn.tx, turn.rules, found.id, turn.contact.person_id, wish)


def _guarded(turn: Turn, number: str, answer: Answer) -> Reply:
    """Answer about one of hers; a refusal is a sentence."""
    if not _NUMBER.fullmatch(number):
        return Reply(text=turn.say("too_late"))
    try:
        found = flow.own(turn.tx, int(number), turn.contact.person_id)
        return answer(turn, found)
    except RefusedError as refused:
        return _refused(turn, refused)


def _asked(turn: Turn, asks: str, found: Initiative | None) -> Reply:
    title = "" if found is None else found.wish.title
    notes = asked(turn, "" if found is None else str(found.id), asks)
    return Reply(text=say(turn, asks, title=title), step=STEP, notes=notes)


def _refused(turn: Turn, refused: RefusedError) -> Reply:
    return Reply(text=turn.rules.texts.say(f"case.refused.{refused.reason}"))


def _begins(turn: Turn) -> bool:
    """Say whether her words only say that she has an idea, or wants to see those of others."""
    words = turn.words.strip("。！!？? ")
    return words in (say(turn, "words.leads") + " " + say(turn, "words.list")).split()


def _title(turn: Turn, words: str) -> str:
    """Return her words without those that only say that she has an idea."""
    for lead in say(turn, "words.leads").split():
        if words.startswith(lead):
            words = words.removeprefix(lead)
            break
    return words.strip("，,。：: ")


def _when(turn: Turn, found: Initiative) -> str:
    return turn.rules.texts.moment(found.look_by or turn.tx.now, turn.tx.now)


def _button(turn: Turn, name: str, found: Initiative) -> Button:
    return Button(say(turn, f"button.{name}"), f"idea_{name}:{found.id}")


def _see(turn: Turn, found: Initiative) -> Button:
    return Button(say(turn, "button.see", number=found.id), f"initiative:{found.id}")
