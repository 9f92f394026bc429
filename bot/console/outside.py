"""What `doctor` looks at outside: Telegram, WeChat, the model for speech, line and exchange."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import aiohttp

from bot.app import model_folder
from bot.console.finding import Finding
from bot.settings import REACHED_AT, Settings
from channels.phone.connection import HUNG_UP
from nlp.speech.models import is_model
from nlp.voice.synthesis import SoundError, VoiceProcess

_LISTENS_SECONDS: Final = 2.0
_NOT_THIS_SERVER: Final = 40164
_SECRET_REFUSED: Final = frozenset({40001, 40013, 40125})
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


def wechat(settings: Settings, found: Callable[..., Finding]) -> Iterator[Finding]:
    """Ask WeChat for a token, which it gives to the account's own servers only."""
    if not settings.wechat_app_id:
        yield found("wechat", "ok", "no_wechat")
        return
    asked = asyncio.run(_token(settings))
    answer = asked if isinstance(asked, dict) else {}
    number, words = answer.get("errcode", 0), answer.get("errmsg", "")
    if answer.get("access_token"):
        yield found("wechat", "ok", "wechat")
    elif number == _NOT_THIS_SERVER:
        yield found("wechat", "broken", "wechat_server", words=words)
    elif number in _SECRET_REFUSED:
        yield found("wechat", "broken", "wechat_secret", number=number)
    elif number:
        yield found("wechat", "broken", "wechat_refused", number=number, words=words)
    else:
        yield found("wechat", "broken", "wechat_away", url=settings.wechat_base_url)
    if not settings.address.startswith("https:"):
        yield found("wechat", "advice", "wechat_address", address=settings.address)


def voice(settings: Settings, found: Callable[..., Finding]) -> Iterator[Finding]:
    """Look for a model."""
    model = model_folder(settings)
    if model is None:
        yield found("voice", "advice", "no_voice")
    elif not is_model(model):
        yield found("voice", "broken", "voice_wrong", folder=model)
    else:
        yield found("voice", "ok", "voice", name=Path(model).name)


def phone(settings: Settings, found: Callable[..., Finding]) -> Iterator[Finding]:
    """See whether the line listens, whether it is ours, and whether it can speak."""
    if settings.phone_line is None:
        yield found("phone", "ok", "no_phone")
        return
    key = asyncio.run(_who_listens(*settings.phone_line))
    level = {"phone": "ok", "phone_other": "broken"}.get(key, "advice")
    yield found("phone", level, key, address=settings.phone_audiosocket)
    audible = asyncio.run(_speaks())
    yield found("sound", "ok" if audible else "broken", "speaks" if audible else "mute")


async def _speaks() -> bool:
    """Let the synthesiser say something."""
    process = VoiceProcess()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(process.run())
        try:
            return bool(await process.speak("请讲", voice="cmn", slow=False))
        except SoundError:
            return False
        finally:
            running.cancel()


def exchange(settings: Settings, found: Callable[..., Finding]) -> Iterator[Finding]:
    """Ask the exchange who it is, and see what it is set up for."""
    if (settings.ari_url or settings.phone_number) and not settings.phone_secret:
        yield found("phone", "advice", "phone_no_secret")
    url = settings.ari_url
    if not url:
        yield found("exchange", "ok", "no_exchange")
        return
    key = asyncio.run(_exchange(settings))
    yield found("exchange", "ok" if key == "exchange" else "broken", key, url=url)
    if key == "exchange" and not settings.phone_endpoint:
        yield found("exchange", "advice", "exchange_no_endpoint")
    if key == "exchange" and not settings.phone_staff:
        yield found("exchange", "advice", "exchange_no_staff")


async def _exchange(settings: Settings) -> str:
    known = aiohttp.encode_basic_auth(settings.ari_user, settings.ari_password)
    url = f"{settings.ari_url.rstrip('/')}/asterisk/info"
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT, headers={"Authorization": known}) as session,
            session.get(url) as answer,
        ):
            if answer.status in {401, 403}:
                return "exchange_password"
            info = await answer.json(content_type=None)
    except ValueError:
        return "exchange_other"
    except (aiohttp.ClientError, OSError, TimeoutError):
        return "exchange_away"
    return "exchange" if isinstance(info, dict) and "system" in info else "exchange_other"


async def _who_listens(host: str, port: int) -> str:
    """Hang up before a call is named: the line closes without a word, other programs do not."""
    try:
        async with asyncio.timeout(_LISTENS_SECONDS):
            reader, writer = await asyncio.open_connection(REACHED_AT.get(host, host), port)
    except (OSError, TimeoutError):
        return "phone_away"
    try:
        writer.write(HUNG_UP)
        async with asyncio.timeout(_LISTENS_SECONDS):
            return "phone_other" if await reader.read(1) else "phone"
    except ConnectionError:
        return "phone"
    except TimeoutError:
        return "phone_other"
    finally:
        writer.close()


async def _who(settings: Settings) -> tuple[int, Any]:
    url = f"{settings.telegram_base_url.rstrip('/')}/bot{settings.telegram_token}/getMe"
    try:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session, session.get(url) as answer:
            return answer.status, await answer.json(content_type=None)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return 0, None


async def _token(settings: Settings) -> Any:
    url = f"{settings.wechat_base_url.rstrip('/')}/cgi-bin/stable_token"
    asked = {
        "grant_type": "client_credential",
        "appid": settings.wechat_app_id,
        "secret": settings.wechat_secret,
    }
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as session,
            session.post(url, json=asked) as answer,
        ):
            return await answer.json(content_type=None)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return None
