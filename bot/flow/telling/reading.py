"""Words of staff are read before they go out to somebody."""

from typing import Final

from bot.flow.telling.talk import RESIDENT
from bot.model.case import EventKind
from bot.oversight.disclosure import Finding, find_personal
from bot.ports.rules import Rules
from bot.ports.storage import Views

_HERS: Final = frozenset({EventKind.FOUND, EventKind.WORDS, EventKind.PLACE, EventKind.REPLIED})
_CASES_MOST: Final = 10


def read_before_sending(views: Views, rules: Rules, case_id: int, words: str) -> list[Finding]:
    """Return what may be personal of others. Where others hear it too, nothing is hers alone."""
    page = views.cases.page(case_id)
    if page is None:
        return []
    own = _public(views, rules)
    if not views.relations.joined(case_id):
        hers = f"resident:{page.case.reporter_id}"
        own += [page.case.description, page.case.place]
        own += [one.words for one in page.events if one.kind in _HERS and one.actor == hers]
    return find_personal(words, own=own)


def read_before_replying(views: Views, rules: Rules, talk_id: int, words: str) -> list[Finding]:
    """Return what may be personal of others than the resident of the talk."""
    own = _public(views, rules)
    own += [line.words for line in views.talks.lines(talk_id) if line.speaker == RESIDENT]
    contact = views.people.contact(views.talks.get(talk_id).contact_id)
    for row in views.cases.rows_of_person(contact.person_id, _CASES_MOST):
        own += [row.case.description, row.case.place]
    return find_personal(words, own=own)


def _public(views: Views, rules: Rules) -> list[str]:
    """Names of staff and numbers of organisations are no secret."""
    texts = [member.name for member in views.staff.all()]
    texts += [place.phone for place in views.places.helpers()]
    return texts + [one.elsewhere.phone for one in rules.services.services if one.elsewhere]
