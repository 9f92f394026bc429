"""Whatever goes wrong, a person reads what happened and what to do next; the log has the rest."""

import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.model.case import RefusedError
from bot.ports.storage import StorageError
from bot.web.site import form_of, site_of

_log = logging.getLogger(__name__)

_KNOWN: Final = frozenset({400, 401, 403, 404, 405, 413, 429, 503})
_SECRET: Final = frozenset({"password", "csrf", "version"})


@web.middleware
async def errors_are_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every failure into a page; redirects pass."""
    try:
        return await handler(request)
    except web.HTTPException as answer:
        if answer.status < 400:  # noqa: PLR2004  redirects are no failures
            raise
        return _page(request, answer.status, headers=_kept(answer))
    except RefusedError as refused:
        sentence = site_of(request).rules.texts.say(f"case.refused.{refused.reason}")
        return _page(request, 409, sentence=sentence)
    except StorageError as error:
        _log.warning("the storage could not serve %s: %s", request.method, error)
        return await _not_stored(request)
    except ConnectionError:
        raise  # nobody is there to read a page
    except Exception:  # noqa: BLE001  logged whole; the person gets a page
        _log.exception("a request failed: %s", _route(request))
        return _page(request, 500)


async def _not_stored(request: web.Request) -> web.Response:
    """Say that nothing was kept, with what was typed, to be sent again by one press."""
    typed: Mapping[str, str] = {}
    if request.method == "POST":
        typed = await form_of(request)
    again = request.path if request.method == "POST" and "password" not in typed else ""
    return _page(request, 503, kind="not_stored" if again else "503", typed=typed, again=again)


def _page(
    request: web.Request,
    status: int,
    *,
    kind: str = "",
    sentence: str = "",
    typed: Mapping[str, str] = MappingProxyType({}),
    again: str = "",
    headers: Mapping[str, str] = MappingProxyType({}),
) -> web.Response:
    site = site_of(request)
    name = kind or (str(status) if status in _KNOWN or status == 409 else "500")  # noqa: PLR2004
    desk = request.path.startswith("/desk")
    values: dict[str, Any] = {
        "kind": name,
        "sentence": sentence,
        "again": again,
        "hidden": {k: v for k, v in typed.items() if k in _SECRET},
        "typed": {k: v for k, v in typed.items() if k not in _SECRET},
        "desk": desk,
        "home": "/desk" if desk else "/",
    }
    response = site.page("error.html", status=status, **values)
    response.headers.extend(headers)
    return response


def _kept(answer: web.HTTPException) -> Mapping[str, str]:
    return {
        name: answer.headers[name] for name in ("Allow", "Retry-After") if name in answer.headers
    }


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return f"{request.method} {resource.canonical if resource else 'none'}"
