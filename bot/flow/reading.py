"""Words of staff are read before they go out to somebody."""

from typing import Final

from bot.model.case import EventKind
from bot.oversight.disclosure import Finding, find_personal
from bot.ports.rules import Rules
from bot.ports.storage import Views

_HERS: Final = frozenset({EventKind.FOUND, EventKind.WORDS, EventKind.PLACE, EventKind.REPLIED})


def read_before_sending(views: Views, rules: Rules, case_id: int, words: str) -> list[Finding]:
    """Return what may be personal of others. Where others hear it too, nothing is hers alone."""
    page = views.cases.page(case_id)
    if page is None:
        return []
    own = [member.name for member in views.staff.all()]
    own += [place.phone for place in views.places.helpers()]
    own += [one.elsewhere.phone for one in rules.services.services if one.elsewhere]
    if not views.relations.joined(case_id):
        hers = f"resident:{page.case.reporter_id}"
        own += [page.case.description, page.case.place]
        own += [one.words for one in page.events if one.kind in _HERS and one.actor == hers]
    return find_personal(words, own=own)
