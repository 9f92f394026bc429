"""What an organisation is shown of a case: what it needs to help, nothing of who reported it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.model.case import Case
from bot.model.referral import Referral
from bot.ports.media import Media, MediaState
from bot.ports.referrals import Evidence
from bot.ports.storage import Views
from bot.web.cases import mask_numbers

_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_HIDDEN: Final = "***"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestSight:
    """One referral as its organisation sees it; of one that has ended only that it has."""

    referral: Referral
    case: Case
    over: bool
    handler: str
    office: str
    office_phone: str
    asked: str
    words: str
    place: str
    reason: str
    photos: Sequence[Media]
    evidence: Sequence[Evidence]


def look(token: str, views: Views) -> GuestSight | None:
    """Return what is behind the link."""
    referral = views.referrals.by_token(token)
    if referral is None:
        return None
    page = views.cases.page(referral.case_id)
    if page is None:
        return None
    case = page.case
    over = not referral.live or views.now >= referral.ends_at
    secrets = _secrets(views, case)
    office = views.places.organisation_of(views.staff.get(case.handler_id or referral.staff_id))
    return GuestSight(
        referral=referral,
        case=case,
        over=over,
        handler=page.handler_name,
        office=office.name,
        office_phone=office.phone,
        asked=veil(referral.asked, secrets),
        words=veil(case.description, secrets),
        place=veil(case.place, secrets),
        reason=veil(referral.reason, secrets),
        photos=() if over else _released(views, referral),
        evidence=() if over else views.referrals.evidence_of([referral.id]),
    )


def photo(token: str, media_id: int, views: Views) -> bytes | None:
    """Return a photo that was released to whoever holds the link."""
    sight = look(token, views)
    if sight is None or all(media.id != media_id for media in sight.photos):
        return None
    return views.media.content(media_id)


def own_photo(token: str, evidence_id: int, views: Views) -> bytes | None:
    """Return a photo that the organisation uploaded itself."""
    sight = look(token, views)
    if sight is None or all(one.id != evidence_id for one in sight.evidence):
        return None
    found = views.referrals.evidence(evidence_id)
    return found[1] if found else None


def veil(words: str, secrets: Sequence[str]) -> str:
    """Hide telephone and identity numbers, mail addresses, and whatever names the reporter."""
    for secret in secrets:
        words = words.replace(secret, _HIDDEN)
    return mask_numbers(_MAIL.sub(_HIDDEN, words))


def _secrets(views: Views, case: Case) -> list[str]:
    """Return names and addresses of all who reported or follow it, the longest first."""
    joined = views.relations.joined(case.id)
    ids = {case.reporter_id, *(one.reporter_id for one in joined)}
    followers = views.relations.followers(case.id)
    known: set[str] = set()
    for person_id in ids | {one.person_id for one in followers}:
        known |= {views.people.person(person_id).name, *views.people.addresses_of(person_id)}
    return sorted((one for one in known if one.strip()), key=len, reverse=True)


def _released(views: Views, referral: Referral) -> list[Media]:
    media = [views.media.get(media_id) for media_id in views.referrals.released(referral.id)]
    return [one for one in media if one is not None and one.state is MediaState.KEPT]
