"""Another organisation on the page of a case: whom to ask, how it stands, the link to hand over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

import segno
from aiohttp import web
from markupsafe import Markup

from bot.flow.cases.referral import Ask, note_phone, recall, refer, remind, usual_due
from bot.model.case import WORKING, Case
from bot.model.place import Organisation
from bot.model.referral import Referral
from bot.model.staff import Staff
from bot.ports.referrals import Evidence
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from bot.web.media import HEADERS
from bot.web.site import Form, number_in, number_of, site_of

_PHOTO: Final = "photo-"
_MINUTES: Final = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True, kw_only=True)
class Referrals:
    """What a case page says of other organisations; `link` is the live one's.

    `refusals` are how often each organisation sent back what has to do with this service.
    """

    all: Sequence[Referral]
    evidence: Mapping[int, Sequence[Evidence]]
    helpers: Sequence[Organisation]
    refusals: Mapping[int, int]
    link: str
    due: str

    @property
    def live(self) -> Referral | None:
        """The one that goes on."""
        return next((one for one in self.all if one.live), None)

    @property
    def phone(self) -> str:
        """Where the organisation that is asked now is reached."""
        live = self.live
        asked = live.organisation_id if live else 0
        return next((one.phone for one in self.helpers if one.id == asked), "")

    @property
    def qr_code(self) -> Markup:
        """The link as a picture that a phone reads."""
        code = segno.make(self.link, error="m")
        return Markup(code.svg_inline(scale=4, border=3, light="#FFFFFF"))  # noqa: S704  made of our own link

    def steps(self, case: Case, *, own: bool) -> Mapping[str, bool]:
        """Say which steps are possible; `own`: by the handler or a dispatcher."""
        working = own and case.handler_id is not None and case.state in WORKING
        return {
            "refer": working and self.live is None,
            "remind": own and self.live is not None,
            "recall": own and self.live is not None,
        }


def referrals_of(views: Views, rules: Rules, case: Case) -> Referrals:
    """Read what the page says."""
    found = views.referrals.of_case(case.id)
    live = next((one for one in found if one.live), None)
    evidence: dict[int, list[Evidence]] = {one.id: [] for one in found}
    for one in views.referrals.evidence_of(list(evidence)):
        evidence[one.referral_id].append(one)
    handler = None if case.handler_id is None else views.staff.get(case.handler_id)
    own_id = None if handler is None else handler.organisation_id
    usual = usual_due(views.now, rules, case).astimezone(rules.texts.zone)
    link = f"{rules.public_url}/o/{views.referrals.link_token(live.id)}" if live else ""
    return Referrals(
        all=found,
        evidence=evidence,
        helpers=[one for one in views.places.helpers() if one.id != own_id],
        refusals=views.referrals.refusals(case.service_code),
        link=link,
        due=usual.strftime(_MINUTES),
    )


async def evidence(request: web.Request) -> web.Response:
    """Send a photo that an organisation put to a case: drawn anew as JPEG when it came."""
    evidence_id = number_in(request, "evidence_id")
    found = await site_of(request).storage.read(lambda views: views.referrals.evidence(evidence_id))
    if found is None or not found[1]:
        raise web.HTTPNotFound
    return web.Response(body=found[1], content_type="image/jpeg", headers=HEADERS)


def refer_step(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    """Ask an organisation."""
    names = (name.removeprefix(_PHOTO) for name in form if name.startswith(_PHOTO))
    ask = Ask(
        organisation_id=number_of(form, "organisation"),
        asked=form.get("asked", ""),
        due_at=_moment(form.get("due", ""), rules.texts.zone),
        photos=[int(name) for name in names if name.isascii() and name.isdecimal()],
    )
    refer(tx, rules, case_id, staff, ask, version=number_of(form, "version"))


def remind_step(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    """Note that the organisation was urged."""
    del form
    remind(tx, rules, case_id, staff)


def recall_step(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    """Take the matter back."""
    recall(tx, rules, case_id, staff, form.get("why", ""))


def phone_step(tx: Tx, rules: Rules, case_id: int, staff: Staff, form: Form) -> None:
    """Write down where the organisation is reached."""
    del rules
    note_phone(tx, case_id, staff, form.get("phone", ""))


def _moment(text: str, zone: tzinfo) -> datetime | None:
    """Return the moment of a field for date and time, as clocks here show it."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        return None
