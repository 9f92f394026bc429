"""What `doctor` looks at outside the service: Telegram, and the model for speech."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import aiohttp

from bot.app import model_folder
from bot.console.finding import Finding
from bot.settings import Settings
from nlp.voice_models import is_model

_TIMEOUT: Final = aiohttp.ClientTimeout(total=5)


def telegram(settings: Settings, found: Callable[..., Finding]) -> Iterator[Finding]:
    """Ask Telegram who the bot is."""
    if not settings.telegram_token:
        yield found("telegram", "ok", "no_telegram")
        return
    code, answer = asyncio.run(_who(settings))
    name = answer.get("result", {}).get("username") if isinstance(answer, dict) else None
    if name:
        yield found("telegram", "ok", "telegram", name=name)
    elif code in {401, 404}:
        yield found("telegram", "broken", "telegram_token")
    else:
        yield found("telegram", "broken", "telegram_away", url=settings.telegram_base_url)
    if settings.telegram_webhook_secret and not settings.address.startswith("https:"):
        yield found("telegram", "broken", "telegram_webhook", address=settings.address)


def voice(settings: Settings, found: Callable[..., Finding]) -> Iterator[Finding]:
    """Look for a model."""
    model = model_folder(settings)
    if model is None:
        yield found("voice", "advice", "no_voice")
    elif not is_model(model):
        yield found("voice", "broken", "voice_wrong", folder=model)
    else:
        yield found("voice", "ok", "voice", name=Path(model).name)


async def _who(settings: Settings) -> tuple[int, Any]:
    url = f"{settings.telegram_base_url.rstrip('/')}/bot{settings.telegram_token}/getMe"
    try:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session, session.get(url) as answer:
            return answer.status, await answer.json(content_type=None)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return 0, None
