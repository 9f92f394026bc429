"""What protects every page: headers for the browser, and forms only from our own pages."""

from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.web.site import site_of

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'{more_images}; "
    "media-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_USUAL: Final = (
    ("Content-Security-Policy", _POLICY.format(more_images="")),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
)
_SENSING: Final = (
    ("Content-Security-Policy", _POLICY.format(more_images=" blob:")),
    ("Permissions-Policy", "camera=(self), microphone=(self), geolocation=(self)"),
)
"""A page that takes pictures shows them before they are sent."""

LOCATING: Final = ("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
"""The header of a page that asks where the browser is, and for nothing else."""

_SENSING_PAGES: Final = frozenset({"/", "/checkin", "/desk/prompts"})
_HEADERS: Final = (
    ("Server", "gongzhi"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
"""`same-origin`, not `no-referrer`: with the latter browsers send our own forms as from
nowhere (Origin: null), and they could not be told from those of others."""

_CHANGING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Set the headers of any answer, streams included; a file may have a stricter policy."""
    for name, value in _SENSING if request.path in _SENSING_PAGES else _USUAL:
        response.headers.setdefault(name, value)
    for name, value in _HEADERS:
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", "no-store")
    if site_of(request).secure_cookies:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")


@web.middleware
async def own_forms_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what another site's page sends in a visitor's name."""
    if request.method in _CHANGING and not _from_here(request):
        raise web.HTTPForbidden
    return await handler(request)


def _from_here(request: web.Request) -> bool:
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return fetched in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin is None:
        return True  # no browser sends a form of another site without saying whence
    hosts = {request.host, urlsplit(site_of(request).rules.public_url).netloc}
    return origin.partition("://")[2] in hosts
