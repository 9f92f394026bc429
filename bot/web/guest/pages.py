"""What an organisation sees and sends behind its link.

The link is the key: there is no account, and no cookie that another site could misuse.
"""

import re
import secrets
from collections.abc import Callable, Sequence
from functools import partial
from types import MappingProxyType
from typing import Final

from aiohttp import web

from bot.flow.cases.guest import Guest, accept, opened, refuse, report
from bot.flow.cases.referral import WORDS_MOST
from bot.model.case import RefusedError
from bot.model.referral import ReferralState
from bot.ports.rules import Rules
from bot.ports.storage import StorageError, Tx
from bot.web.guest.forms import PHOTOS_MOST, FormError, FormReader, Sent
from bot.web.guest.sight import GuestSight, look, own_photo, photo
from bot.web.site import Form, Site, number_in, see, site_of
from channels.webchat import Pace

_PATH: Final = "/o/{token}"
_TOKEN: Final = re.compile(r"[0-9a-f]{64}")
_BURST, _PER_MINUTE = 12, 6.0
_GONE: Final = frozenset({ReferralState.RECALLED, ReferralState.EXPIRED})
_PHOTO_HEADERS: Final = (
    ("Cache-Control", "private, no-store"),
    ("Content-Security-Policy", "default-src 'none'; sandbox"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
_NOTHING: Final[Form] = MappingProxyType({})

Step = Callable[[Tx, Rules, Guest, Sent], None]


class GuestPages:
    """The pages behind the links; `now` counts seconds, for the pace of each link."""

    def __init__(self, *, now: Callable[[], float]) -> None:
        self._pace = Pace(burst=_BURST, per_minute=_PER_MINUTE, now=now)
        self._reader = FormReader()

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return the routes."""
        return [
            web.get(_PATH, _show),
            web.get(f"{_PATH}/photos/{{media_id}}", _photo),
            web.get(f"{_PATH}/evidence/{{evidence_id}}", _own_photo),
            *(
                web.post(f"{_PATH}/{name}", partial(self._take, name, step))
                for name, step in _STEPS.items()
            ),
        ]

    async def _take(self, name: str, step: Step, request: web.Request) -> web.Response:
        """Let the form have its effect once; whatever is wrong, what was typed stays."""
        site, token = site_of(request), _token(request)
        if await site.storage.read(partial(look, token)) is None:
            raise web.HTTPNotFound
        if self._pace.delay(token):
            return await _page(site, token, problem="guest.problem.too_fast", code=429)
        sent = Sent()
        try:
            sent = await self._reader.read(request)
            guest = sent.guest(token)
            await site.storage.write(lambda tx: step(tx, site.rules, guest, sent))
        except FormError as wrong:
            key, code, sent = f"guest.problem.{wrong.problem}", 400, Sent(dict(wrong.typed))
        except RefusedError as refused:
            key, code = f"case.refused.{refused.reason}", 409
        except StorageError:
            key, code = "guest.problem.not_stored", 503
        else:
            raise see(f"/o/{token}")
        return await _page(site, token, problem=key, code=code, step=name, typed=sent.typed)


async def _show(request: web.Request) -> web.Response:
    site, token = site_of(request), _token(request)
    if request.method == "GET":
        await _note_opened(site, token)
    return await _page(site, token)


async def _note_opened(site: Site, token: str) -> None:
    sight = await site.storage.read(partial(look, token))
    if sight is not None and sight.referral.state is ReferralState.SENT:
        await site.storage.write(partial(opened, token=token))


async def _page(
    site: Site,
    token: str,
    *,
    problem: str = "",
    code: int = 200,
    step: str = "",
    typed: Form = _NOTHING,
) -> web.Response:
    sight = await site.storage.read(partial(look, token))
    if sight is None:
        raise web.HTTPNotFound
    said = site.rules.texts.say(problem) if problem else ""
    if sight.over:
        return site.page("guest_over.html", status=_over_code(sight), sight=sight, problem=said)
    return site.page(
        "guest.html",
        status=code,
        sight=sight,
        token=token,
        service=site.rules.service(sight.case.service_code),
        late=site.clock.now() > sight.referral.due_at,
        form=secrets.token_urlsafe(12),
        problem=said,
        step=step,
        typed=typed,
        words_most=WORDS_MOST,
        photos_most=PHOTOS_MOST,
    )


def _over_code(sight: GuestSight) -> int:
    return 410 if sight.referral.live or sight.referral.state in _GONE else 200


async def _photo(request: web.Request) -> web.Response:
    query = partial(photo, _token(request), number_in(request, "media_id"))
    return _picture(await site_of(request).storage.read(query))


async def _own_photo(request: web.Request) -> web.Response:
    query = partial(own_photo, _token(request), number_in(request, "evidence_id"))
    return _picture(await site_of(request).storage.read(query))


def _picture(content: bytes | None) -> web.Response:
    """Send the photo: all of them were drawn anew as JPEG when they came."""
    if not content:
        raise web.HTTPNotFound
    response = web.Response(body=content, content_type="image/jpeg")
    response.headers.update(_PHOTO_HEADERS)
    return response


def _accept(tx: Tx, rules: Rules, guest: Guest, sent: Sent) -> None:
    del sent
    accept(tx, rules, guest)


def _report(tx: Tx, rules: Rules, guest: Guest, sent: Sent) -> None:
    words, done = sent.fields.get("words", ""), sent.fields.get("act") == "done"
    report(tx, rules, guest, words, sent.photos, done=done)


def _refuse(tx: Tx, rules: Rules, guest: Guest, sent: Sent) -> None:
    refuse(tx, rules, guest, sent.fields.get("reason", ""))


def _token(request: web.Request) -> str:
    token = request.match_info["token"]
    if not _TOKEN.fullmatch(token):
        raise web.HTTPNotFound
    return token


_STEPS: Final = MappingProxyType({"accept": _accept, "report": _report, "refuse": _refuse})
