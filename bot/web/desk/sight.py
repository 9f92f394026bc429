"""What the page of a case knows of it, read from one snapshot."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.flow.cases.prove import lacking
from bot.flow.cases.recording import unheard_words
from bot.flow.cases.suggest import Suggestion, suggest
from bot.model.archive import Archived
from bot.model.case import OPEN_STATES, Case
from bot.model.clock import CaseClock
from bot.model.people import Person
from bot.model.proof import Proof
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.calls import KnownCall
from bot.ports.cases import CasePage
from bot.ports.corrections import Correction
from bot.ports.incidents import Incidents
from bot.ports.media import Media, MediaState
from bot.ports.rules import Rules
from bot.ports.storage import Views
from bot.ports.visits import Visit
from bot.web.cases import Card, agency_name, card
from bot.web.desk.kin import Kin, kin_of
from bot.web.desk.map import CaseMap, map_of
from bot.web.desk.referrals import Referrals, referrals_of
from nlp.matter.services import Evidence

_OTHERS_MOST: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSight:
    """All a page needs to know about one case; `words` are hers, if there are any yet.

    `lacking` is what closing still needs besides a note.
    """

    page: CasePage
    person: Person
    channel: str
    others: Sequence[Card]
    colleagues: Sequence[Staff]
    suggestion: Suggestion | None
    agency_name: str
    names: Mapping[str, str]
    media: Sequence[Media]
    corrections: Mapping[int, Correction]
    calls: Sequence[KnownCall]
    proofs: Sequence[Proof]
    archives: Sequence[Archived]
    lacking: Evidence | None
    words: str
    kin: Kin
    referrals: Referrals
    visit: Visit | None
    visit_reason: str | None
    clocks: Sequence[CaseClock]
    map: CaseMap | None

    @property
    def photos(self) -> list[Media]:
        """What can be looked at: a photo is shown when it was made small."""
        return [media for media in self.media if media.state is MediaState.KEPT]

    @property
    def recordings(self) -> list[Media]:
        """What can be listened to."""
        return [media for media in self.media if media.spoken]

    @property
    def parties(self) -> Mapping[str, str]:
        """Names of who may owe something, by the code that a clock has."""
        asked = self.referrals.live
        return self.names if asked is None else {**self.names, asked.actor: asked.organisation}

    @property
    def number(self) -> str:
        """Return the number she called from last; empty when there is none."""
        return next((call.caller for call in reversed(self.calls) if call.caller), "")


def look(rules: Rules, incidents: Incidents, case_id: int, views: Views) -> CaseSight | None:
    """Read all of it from one snapshot; None when there is no such case."""
    page = views.cases.page(case_id)
    if page is None:
        return None
    case, members = page.case, views.staff.all()
    rows = views.cases.rows_of_person(case.reporter_id, _OTHERS_MOST)
    media, proofs = views.media.of_case(case_id), views.proofs.of_case(case_id)
    return CaseSight(
        page=page,
        person=views.people.person(case.reporter_id),
        channel=views.people.contact(case.contact_id).channel,
        others=[card(rules, row, views.now, side="desk") for row in rows if row.case.id != case_id],
        colleagues=sorted(
            (
                member
                for member in members
                if member.id != case.handler_id and may(member.role, Right.HANDLE_CASE)
            ),
            key=lambda member: (not member.on_duty, member.agency != case.agency, member.id),
        ),
        suggestion=suggest(views.dispatch, rules, case, views.now)
        if case.state in OPEN_STATES
        else None,
        agency_name=agency_name(rules, views, case.agency),
        names={f"staff:{member.id}": member.name for member in members} | page.names,
        media=media,
        corrections={one.media_id: one for one in views.corrections.of([one.id for one in media])},
        calls=views.calls.of_case(case_id),
        proofs=proofs,
        archives=views.archives.of_case(case_id),
        lacking=lacking(rules, case, proofs),
        words=_words(rules, case, media),
        kin=kin_of(views, case, incidents),
        referrals=referrals_of(views, rules, case),
        visit=views.visits.of_case(case.id, case.times_reopened),
        visit_reason=views.visits.reason(case.reporter_id),
        clocks=views.clocks.running(case_id),
        map=map_of(rules, views, case),
    )


def _words(rules: Rules, case: Case, media: Sequence[Media]) -> str:
    """Return the description; nothing when it only says that somebody has to listen."""
    messages: defaultdict[int, list[Media]] = defaultdict(list)
    for one in media:
        if one.spoken:
            messages[one.inbox_id].append(one)
    unheard = {unheard_words(rules, recordings) for recordings in messages.values()}
    return "" if case.description in unheard else case.description
