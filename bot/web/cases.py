"""A case as pages tell it: the five stages as one picture, the history in plain words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal

from bot.locale.texts import Texts
from bot.model.case import (
    Case,
    CaseEvent,
    EventKind,
    Party,
    RefusedError,
    State,
    Trigger,
    next_state,
)
from bot.model.clock import CaseClock, Clock
from bot.ports.cases import CasePage, CaseRow
from bot.ports.rules import Rules
from bot.ports.storage import Views

STAGES: Final = (
    (State.FOUND, "eye"),
    (State.ASSIGNED, "user-check"),
    (State.ON_SITE, "tool"),
    (State.FOLLOW_UP, "message-question"),
    (State.ARCHIVED, "archive"),
)
_ENDS: Final = MappingProxyType(
    {
        State.MERGED: "git-merge",
        State.OUT_OF_SCOPE: "external-link",
        State.WITHDRAWN: "arrow-back-up",
    }
)
ICONS: Final = MappingProxyType(
    {
        "found": "message-circle",
        "assign": "user-check",
        "take": "user-check",
        "hand_over": "arrows-exchange",
        "return": "arrow-back-up",
        "release": "arrow-back-up",
        "routed": "road",
        "arrive": "map-pin",
        "resolve": "tool",
        "confirm": "circle-check",
        "lapse": "archive",
        "visit": "user-check",
        "dispute": "rotate-clockwise",
        "merge": "git-merge",
        "separate": "arrows-exchange",
        "joined": "git-merge",
        "left": "arrows-exchange",
        "split": "arrows-exchange",
        "asked": "message-question",
        "replied": "message-circle",
        "unanswered": "clock-exclamation",
        "agreed": "circle-check",
        "redirect": "external-link",
        "withdraw": "arrow-back-up",
        "words": "message-circle",
        "answer": "message-circle",
        "place": "map-pin",
        "time": "clock",
        "service": "list",
        "urged": "bell",
        "late": "clock-exclamation",
        "escalated": "bell",
        "alarm": "alert-triangle",
        "known": "user-check",
        "referred": "building-community",
        "referral_accepted": "circle-check",
        "referral_answer": "message-circle",
        "referral_done": "tool",
        "referral_refused": "arrow-back-up",
        "referral": "building-community",
        "proof": "camera",
        "rated": "message-question",
        "rated_words": "message-circle",
        "noted": "list",
    }
)
_SUMMARY_MOST: Final = 60
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_MOBILE: Final = re.compile(r"(?<!\d)1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)")
_LONG_NUMBER: Final = re.compile(r"(?<!\d)\d(?:[\s-]?\d){6,}[\dXx]?")

Side = Literal["pages", "desk"]
"""Who reads: residents (`pages`) or staff (`desk`); also the part of the locale."""


@dataclass(frozen=True, slots=True)
class Station:
    """One of the five round stations."""

    code: str
    icon: str
    word: str
    standing: Literal["past", "now", "ahead"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The five stations, and under the present one its person and clock.

    `ended` is the icon of an end off the line (merged, elsewhere, withdrawn), else empty; `helper`
    says which other organisation was asked, if one is.
    """

    stations: Sequence[Station]
    ended: str
    state: str
    who: str
    clock: str
    late: bool
    why: str
    helper: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history."""

    kind: str
    icon: str
    words: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A case as a list shows it."""

    id: int
    number: str
    token: str
    icon: str
    service: str
    place: str
    words: str
    state: str
    handler: str
    left: str
    due: datetime | None
    late: bool
    urgent: bool
    doubtful: bool
    times_urged: int
    picture: Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is known of a case beside its own row.

    `why` says why it is late. While its reporter is `asked` no limit runs. `owed` is until when
    she is to be answered, when she wrote again. `helper` says which organisation was asked.
    """

    why: str = ""
    helper: str = ""
    asked: bool = False
    owed: datetime | None = None


_NOTHING: Final = Beside()


def picture(
    texts: Texts,
    case: Case,
    handler_name: str,
    now: datetime,
    *,
    beside: Beside = _NOTHING,
    side: Side,
) -> Picture:
    """Return the stage picture."""
    asked, owed = beside.asked, beside.owed
    due, promise = (None, "") if asked else due_of(case)
    if due is not None and owed is not None and owed < due:
        due, promise = owed, "answer_by"
    late = due is not None and due < now
    clock = ""
    if due is not None:
        key = f"{side}.stage.{'late' if late else promise}"
        clock = texts.say(key, when=texts.moment(due, now))
    elif asked:
        clock = texts.say(f"{side}.stage.asked")
    return Picture(
        stations=_stations(texts, case),
        ended=_ENDS.get(case.state, ""),
        state=texts.say(f"{'case' if side == 'pages' else 'desk'}.state.{case.state.value}"),
        who=texts.say(f"{side}.stage.who", name=handler_name) if handler_name else "",
        clock=clock,
        late=late,
        why=beside.why if late else "",
        helper=beside.helper,
    )


def due_of(case: Case) -> tuple[datetime | None, str]:
    """Return the limit that runs, and what is promised by it."""
    if case.due_at is None:
        return None, ""
    return case.due_at, "answer_by" if case.owes_answer else "solve_by"


def answer_owed(clocks: Sequence[CaseClock]) -> datetime | None:
    """Return until when staff are to answer words that came after their first answer."""
    return next((clock.due_at for clock in clocks if clock.kind is Clock.NEXT_ANSWER), None)


def _stations(texts: Texts, case: Case) -> Sequence[Station]:
    names = [state for state, _ in STAGES]
    present = names.index(case.state) if case.state in names else -1
    reached = present if present >= 0 else _reached(case)
    return [
        Station(
            state.value,
            icon,
            texts.say(f"case.stage.{state.value}"),
            "now" if place == present else "past" if place <= reached else "ahead",
        )
        for place, (state, icon) in enumerate(STAGES)
    ]


def _reached(case: Case) -> int:
    """How far a case came that is off the line now; a reopened one begins anew."""
    if case.state is State.REOPENED:
        return 0
    return 1 if case.handler_id is not None else 0


def outcome(events: Sequence[CaseEvent]) -> str:
    """Return what the staff last said was done."""
    said = [event.words for event in events if event.trigger is Trigger.RESOLVE]
    return mask_mobiles(said[-1]) if said else ""


def history(
    texts: Texts, page: CasePage, names: Mapping[str, str], now: datetime, *, side: Side
) -> list[Line]:
    """Return the history, oldest first; `names` are those of staff by actor code."""
    lines = []
    for event in page.events:
        kind = (event.trigger or event.kind).value
        if side == "pages" and not _for_residents(event):
            continue
        actor = event.actor
        if side == "pages" and _is_of_another(event, page.case):
            key = f"pages.history.{kind}_other"
            if texts.has(key):
                when = texts.moment(event.at, now)
                lines.append(Line(kind, ICONS[kind], texts.say(key), when))
            continue
        if kind in {"assign", "hand_over"} and event.handler_id is not None:
            actor = f"staff:{event.handler_id}"
        lines.append(
            Line(
                kind,
                ICONS[kind],
                _sentence(texts, event, kind, _name(texts, actor, names, side), side),
                texts.moment(event.at, now),
            )
        )
    return lines


def _is_of_another(event: CaseEvent, case: Case) -> bool:
    """Say whether a reporter of a case merged into this one did it: her words are not told."""
    resident = event.actor.startswith("resident:")
    return resident and event.actor != f"resident:{case.reporter_id}"


def _for_residents(event: CaseEvent) -> bool:
    """Not twice who was assigned, nor by which rule, nor what we note for ourselves.

    Who she is, is not for who has the link.
    """
    told = event.kind is EventKind.ANSWER and event.actor == "system"
    ours = event.kind is EventKind.NOTED and not event.actor.startswith("resident:")
    return not told and not ours and event.kind not in {EventKind.KNOWN, EventKind.ROUTED}


def _sentence(texts: Texts, event: CaseEvent, kind: str, name: str, side: Side) -> str:
    words = event.words
    if side == "pages":
        hers = event.actor.startswith("resident:")
        words = mask_numbers(words) if hers else mask_mobiles(words)
    key = f"{side}.history.{kind}"
    for form, fits in (
        ("_bare", not words.strip()),
        ("_own", event.actor.startswith("resident:")),
        ("_staff", event.actor.startswith("staff:")),
    ):
        if fits and texts.has(key + form):
            key += form
            break
    return texts.say(key, name=name, words=words)


def _name(texts: Texts, actor: str, names: Mapping[str, str], side: Side) -> str:
    if actor.startswith(("staff:", "organisation:")):
        return names.get(actor) or texts.say(f"{side}.somebody")
    return texts.say(f"{side}.{'system' if actor == 'system' else 'resident'}")


def mask_numbers(words: str) -> str:
    """Hide telephone and identity numbers: seven digits or more, all but the first three."""
    return _LONG_NUMBER.sub(_masked, words)


def mask_mobiles(words: str) -> str:
    """Hide mobile numbers alone: staff write office numbers that are to be called."""
    return _MOBILE.sub(_masked, words)


def _masked(match: re.Match[str]) -> str:
    digits = re.sub(r"[\s-]", "", match.group())
    return digits[:3] + "*" * (len(digits) - 3)


def card(rules: Rules, row: CaseRow, now: datetime, *, asked: bool = False, side: Side) -> Card:
    """Return the case as a list shows it; while its reporter is `asked` no limit runs."""
    case, texts = row.case, rules.texts
    service = rules.service(case.service_code)
    due = None if asked else due_of(case)[0]
    shown = picture(texts, case, row.handler_name, now, beside=Beside(asked=asked), side=side)
    return Card(
        id=case.id,
        number=case.number,
        token=case.token,
        icon=service.icon,
        service=service.name,
        place=case.place,
        words=summary(case.description),
        state=shown.state,
        handler=row.handler_name,
        left=left(texts, due, now),
        due=due,
        late=shown.late,
        urgent=case.urgent,
        doubtful=case.doubtful,
        times_urged=case.times_urged,
        picture=shown,
    )


def agency_name(rules: Rules, views: Views, code: str) -> str:
    """Return what the agency is called: in our words, or as the organisation of that code."""
    key = f"desk.agency.{code}"
    return rules.texts.say(key) if rules.texts.has(key) else views.places.organisation_name(code)


def left(texts: Texts, due: datetime | None, now: datetime) -> str:
    """Say how long there is still, or how late it is."""
    if due is None:
        return ""
    span = abs(due - now)
    if span < _HOUR:
        words = texts.say("desk.left.minutes", count=max(1, round(span / timedelta(minutes=1))))
    elif span < 2 * _DAY:
        words = texts.say("desk.left.hours", count=round(span / _HOUR))
    else:
        words = texts.say("desk.left.days", count=round(span / _DAY))
    return texts.say("desk.left.late" if due < now else "desk.left.still", span=words)


def summary(words: str) -> str:
    """Return the beginning of the words, on one line."""
    flat = " ".join(words.split())
    return flat if len(flat) <= _SUMMARY_MOST else f"{flat[:_SUMMARY_MOST]}……"


def allowed(case: Case, trigger: Trigger, party: Party) -> bool:
    """Say whether the table of transitions has a row for this step."""
    try:
        next_state(case.state, trigger, party)
    except RefusedError:
        return False
    return True
