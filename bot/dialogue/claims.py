"""'把垃圾分好了': a claim from the first word until it waits, then what becomes of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.dialogue.turn import Reply, Turn
from bot.flow.credit.claims import (
    add_to_claim,
    bear_witness,
    claimable,
    make_claim,
    open_question,
    wants_more,
    withdraw_claim,
)
from bot.flow.credit.claims import appeal as appeal_to
from bot.flow.credit.claims import day_word as word_of_day
from bot.model.case import RefusedError
from bot.ports.media import MediaState
from bot.ports.moderation import Claim
from channels.message import Button
from credits.policy import Activity, Confirmer, Evidence
from nlp.matter.kinds import Kind

STEP: Final = "claim"
_NOTES: Final = ("claim", "claim_words", "claim_place", "claim_media", "asks")
_NO_PHOTO: Final = "no_photo"
_TELLS: Final = 12
"""So many characters tell for whom it was."""

_PROVEN: Final = "report_confirmed"
_BUTTONS_MOST: Final = 8
_PHOTOS_MOST: Final = 6
_NO_PHOTO_MOST: Final = 20
"""So few characters at the most say no more than that there is none."""

_CHECKED_IN: Final = timedelta(hours=12)
_NUMBER: Final = re.compile(r"[0-9]{1,15}")  # fits the database
_ANSWERS: Final = frozenset({Kind.UNCLEAR, Kind.CHATTER, Kind.ADDITION})


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of a claim that is not made yet; `asks` is what she was asked last."""

    claim: str = ""
    claim_words: str = ""
    claim_place: str = ""
    claim_media: str = ""
    asks: str = ""

    @property
    def media(self) -> list[int]:
        """The photos so far."""
        return list(map(int, self.claim_media.split()))[:_PHOTOS_MOST]

    @property
    def waits_for_photo(self) -> bool:
        """Say whether a photo may come still: she was not asked for anything after it."""
        return not self.media and self.asks not in {_NO_PHOTO, "place"}


def claim(turn: Turn) -> Reply:
    """She says that she did something for others."""
    return _begun(turn, turn.words, turn.meaning.place.text)


def or_matter(turn: Turn) -> Reply:
    """Her words may tell of a deed or of a matter: ask which, before anybody is sent."""
    buttons = (
        Button(_say(turn, "button.deed"), "deed"),
        Button(_say(turn, "button.matter"), "record"),
    )
    notes = {"words": turn.words}
    return Reply(text=_say(turn, "or_matter"), buttons=buttons, step="deed", notes=notes)


def it_is(turn: Turn) -> Reply:
    """It was a deed that she told of."""
    words = turn.state.notes.get("words", "")
    if turn.state.step != "deed" or not words:
        return Reply(text=turn.say("too_late"))
    return _begun(turn, words, turn.interpreter.interpret(words).place.text)


def _begun(turn: Turn, words: str, place: str) -> Reply:
    waited = turn.state.notes.get("media", "").split()
    draft = Draft(_activity(turn, words), words, place, " ".join([*waited, *_photos(turn)]))
    none = not draft.media and any(word in words for word in _words(turn, "words_no_photo"))
    return _go_on(turn, replace(draft, asks=_NO_PHOTO) if none else draft)


def earning(turn: Turn) -> Reply:
    """Say what earns points, and how it is told."""
    policy = turn.rules.policy
    done = claimable(policy, turn.tx.now, turn.rules.texts.zone)
    lines = [_say(turn, "earning_line", name=one.name, points=one.points) for one in done]
    proven = policy.activities.get(_PROVEN)
    if proven is not None:
        lines.append(_say(turn, "earning_proven", points=proven.points))
    text = "\n".join([_say(turn, "earning"), *lines, _say(turn, "earning_how")])
    return Reply(text=text, link=f"{turn.rules.public_url}/points")


def chosen(turn: Turn, code: str) -> Reply:
    """She pressed what it was."""
    return _go_on(turn, replace(_draft(turn), claim=code))


def more(turn: Turn) -> Reply:
    """She answers what was missing."""
    draft = _draft(turn)
    draft = replace(
        draft,
        claim=draft.claim or _activity(turn, turn.words),
        claim_place=draft.claim_place or turn.meaning.place.text,
        claim_media=" ".join([draft.claim_media, *_photos(turn)]).strip(),
    )
    if draft.asks == "place":
        draft = replace(draft, claim_place=turn.words or draft.claim_place)
    elif _says_no_photo(turn):
        draft = replace(draft, asks=_NO_PHOTO)
    elif turn.words:
        draft = replace(draft, claim_words="，".join(filter(None, [draft.claim_words, turn.words])))
    return _go_on(turn, draft)


def may_be_meant(turn: Turn) -> bool:
    """Say whether her words may be the answer; while a photo is waited for a matter is one."""
    told = turn.state.notes.get("asks") in {"place", "who"}
    return told or turn.meaning.kind is not Kind.REPORT


def photo(turn: Turn) -> Reply | None:
    """A photo alone: for the claim that is being made, was asked about, just made or appealed."""
    if turn.state.step == STEP:
        return more(turn)
    found = open_question(turn.tx, turn.contact)
    if found is None and turn.current_case() is None:
        found = wants_more(turn.tx, turn.contact)
    return None if found is None else _added(turn, found)


def answer(turn: Turn) -> Reply | None:
    """Put her words to the claim that they answer or go on about; None when they don't."""
    if turn.state.step == STEP:
        return more(turn) if _says_no_photo(turn) else None
    if turn.state.step != "open":
        return None
    asked = open_question(turn.tx, turn.contact) if turn.meaning.kind in _ANSWERS else None
    found = asked or _just_made(turn)
    return None if found is None else _added(turn, found)


def _just_made(turn: Turn) -> Claim | None:
    """Return the claim of just now where she says more of it, or only where it was."""
    more_of_it = turn.meaning.kind is Kind.ADDITION and not turn.meaning.classification.clear
    where = turn.interpreter.names_only_a_place(turn.words) and bool(turn.meaning.place)
    if not (more_of_it or where) or turn.current_case() is not None:
        return None
    return wants_more(turn.tx, turn.contact)


def _says_no_photo(turn: Turn) -> bool:
    """Say whether she was asked for a photo and says that there is none."""
    if turn.state.notes.get("asks") != "photo" or turn.media or len(turn.words) > _NO_PHOTO_MOST:
        return False
    alone = turn.words.strip("。！!，,~ ") in _words(turn, "words_none")
    return alone or any(word in turn.words for word in _words(turn, "words_no_photo"))


def appeal(turn: Turn, identifier: str = "") -> Reply:
    """She does not agree: somebody else looks anew."""
    said = identifier or turn.words
    number = _NUMBER.search(said)
    words = "" if identifier else turn.words
    try:
        made = appeal_to(
            turn.tx, turn.rules, turn.contact, int(number[0]) if number else None, words
        )
    except RefusedError as refused:
        return _refused(turn, refused)
    when = turn.rules.texts.moment(made.look_by, turn.tx.now)
    return Reply(text=_say(turn, "appealed", claim=made.id, when=when))


def witness(turn: Turn) -> Reply:
    """A neighbour gives her word for somebody's claim, by its number."""
    number = _NUMBER.search(turn.meaning.text)
    if number is None:
        return Reply(text=_say(turn, "witness_which"))
    try:
        bear_witness(turn.tx, turn.rules, turn.contact, int(number[0]))
    except RefusedError as refused:
        return _refused(turn, refused)
    return Reply(text=_say(turn, "witnessed", claim=number[0]))


def withdrawn(turn: Turn, identifier: str) -> Reply:
    """She takes it back."""
    if not _NUMBER.fullmatch(identifier):
        return Reply(text=turn.say("too_late"))
    try:
        withdraw_claim(turn.tx, int(identifier), turn.contact)
    except RefusedError as refused:
        return _refused(turn, refused)
    return Reply(text=_say(turn, "withdrawn", claim=identifier))


def day_word(turn: Turn) -> Reply:
    """Say the word of the day; a claim that is being made goes on."""
    text = _say(turn, "day_word", word=word_of_day(turn.tx, turn.rules, turn.tx.now))
    return Reply(text=text, step=turn.state.step, notes=turn.state.notes)


def _go_on(turn: Turn, draft: Draft) -> Reply:
    """Ask for what is missing, one thing at a time; then let the claim wait."""
    known = {
        one.code: one for one in claimable(turn.rules.policy, turn.tx.now, turn.rules.texts.zone)
    }
    activity = known.get(draft.claim)
    if activity is None:
        buttons = [Button(one.name, f"claim:{one.code}") for one in known.values()]
        text = _say(turn, "which" if known else "nothing")
        return _asked(text, draft, "which", buttons[:_BUTTONS_MOST])
    if activity.evidence is Evidence.PHOTO and draft.waits_for_photo:
        word = word_of_day(turn.tx, turn.rules, turn.tx.now)
        return _asked(_say(turn, "photo", name=activity.name, word=word), draft, "photo")
    if activity.evidence is Evidence.CODE and not _checked_in(turn):
        return Reply(text=_say(turn, "code", name=activity.name))
    if activity.evidence is Evidence.PHOTO and not draft.claim_place:
        none = _say(turn, "no_photo") if draft.asks == _NO_PHOTO else ""
        return _asked(none + _say(turn, "place"), draft, "place")
    tells = len(draft.claim_words) >= _TELLS or draft.asks == "who"
    if activity.evidence is Evidence.WORDS and not tells:
        return _asked(_say(turn, "who", name=activity.name), draft, "who")
    return _made(turn, activity, draft)


def _made(turn: Turn, activity: Activity, draft: Draft) -> Reply:
    made = make_claim(
        turn.tx,
        turn.rules,
        turn.contact,
        activity.code,
        words=draft.claim_words,
        place=draft.claim_place,
        media_ids=draft.media,
    )
    when = turn.rules.texts.moment(made.look_by, turn.tx.now)
    lines = [_say(turn, "made", claim=made.id, name=activity.name, when=when)]
    unseen = activity.evidence is Evidence.PHOTO and not draft.media
    if draft.asks == _NO_PHOTO and unseen:
        lines.insert(0, _say(turn, "no_photo"))
    if unseen or activity.confirmed_by is Confirmer.NEIGHBOUR:
        lines.append(_say(turn, "ask_witness", claim=made.id))
    back = Button(_say(turn, "button.withdraw"), f"withdraw_claim:{made.id}")
    return Reply(text="\n".join(lines), buttons=(back,), notes={"media": ""})


def _added(turn: Turn, asked: Claim) -> Reply:
    media_ids = list(map(int, _photos(turn)))
    place = turn.meaning.place.text
    add_to_claim(turn.tx, turn.rules, asked.id, turn.contact, turn.words, media_ids, place=place)
    return Reply(text=_say(turn, "added", claim=asked.id))


def _asked(text: str, draft: Draft, asks: str, buttons: Sequence[Button] = ()) -> Reply:
    notes = {name: getattr(draft, name) for name in _NOTES} | {"asks": asks, "media": ""}
    return Reply(text=text, buttons=tuple(buttons), step=STEP, notes=notes)


def _draft(turn: Turn) -> Draft:
    notes = turn.state.notes if turn.state.step == STEP else {}
    return Draft(**{name: notes.get(name, "") for name in _NOTES})


def _photos(turn: Turn) -> list[str]:
    kept = [one for one in turn.media if not one.spoken and one.state is not MediaState.LOST]
    return [str(one.id) for one in kept]


def _activity(turn: Turn, told: str) -> str:
    """Return the activity whose words are in what she told; '' when none, or several, are."""
    found = _said(turn, told, "words") or _said(turn, told, "words_else")
    return found[0] if len(found) == 1 else ""


def _said(turn: Turn, told: str, table: str) -> list[str]:
    texts = turn.rules.texts
    return [
        one.code
        for one in claimable(turn.rules.policy, turn.tx.now, texts.zone)
        if texts.has(f"claims.{table}.{one.code}")
        and any(word in told for word in texts.say(f"claims.{table}.{one.code}").split())
    ]


def _checked_in(turn: Turn) -> bool:
    since = turn.tx.now - _CHECKED_IN
    return turn.tx.positions.last_visit(turn.contact.person_id, since) is not None


def _refused(turn: Turn, refused: RefusedError) -> Reply:
    return Reply(text=_say(turn, f"refused.{refused.reason}"))


def _words(turn: Turn, key: str) -> list[str]:
    return _say(turn, key).split()


def _say(turn: Turn, key: str, **values: object) -> str:
    return turn.rules.texts.say(f"claims.{key}", **values)
