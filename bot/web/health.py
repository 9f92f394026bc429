"""For machines: alive, ready, counted."""

from aiohttp import web

from bot.web.site import site_of


async def alive(_request: web.Request) -> web.Response:
    """The process answers."""
    return web.json_response({"alive": True})


async def ready(request: web.Request) -> web.Response:
    """The service can do its work, or says why not."""
    try:
        reasons = await site_of(request).ready()
    except Exception as error:  # noqa: BLE001  whatever it is, it is a reason
        reasons = [f"{type(error).__name__}: {error}"]
    return web.json_response(
        {"ready": not reasons, "reasons": reasons}, status=503 if reasons else 200
    )


async def metrics(request: web.Request) -> web.Response:
    """Return all counts."""
    site = site_of(request)
    body = await site.counters.scrape(site.storage)
    return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4"})


async def asset(request: web.Request) -> web.Response:
    """Send a static file; under its own version it never changes."""
    assets = site_of(request).assets
    found = assets.files.get(request.match_info["name"])
    if found is None:
        raise web.HTTPNotFound
    current = request.match_info["version"] == assets.version
    return web.Response(
        body=found.body,
        content_type=found.content_type,
        charset="utf-8",
        headers={"Cache-Control": "public, max-age=31536000, immutable" if current else "no-cache"},
    )
