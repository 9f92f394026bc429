"""All ways in and out: each channel is made here, and told where to put what it hears."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from bot.clients import StoredCallers
from bot.devices import StoredKeys
from bot.intake import Intake
from bot.lease import StoredLease
from bot.locale.texts import Texts
from bot.mailbox import StoredMailbox
from bot.ports.bell import Bell
from bot.ports.clock import Clock
from bot.ports.rules import Rules
from bot.ports.storage import Storage
from bot.settings import Settings
from bot.telephone import make_telephone
from bot.web.check_in import CheckInPage
from channels.base import Channel, HasRoutes, Runs
from channels.call import Transfers
from channels.owntracks import OwnTracks
from channels.telegram.channel import Telegram
from channels.uploads import Uploads
from channels.voice_api import VoiceApi
from channels.webchat import Pace, WebChat
from channels.wechat.channel import WeChat
from channels.wechat.secrecy import Secrecy

_CHAT_PACE: Final = (12, 30.0)
_UPLOAD_PACE: Final = (12, 12.0)  # an album of nine fits
_CALLER_PACE: Final = (30, 60.0)
_DEVICE_PACE: Final = (120, 30.0)
"""How many at once, and how many a minute, of one visitor, caller or device."""


@dataclass(frozen=True, slots=True)
class Doors:
    """`channels` are those through which messages go out; `let_go` ends open connections.

    `transfers` is who takes callers that want a person.
    """

    channels: Sequence[Channel]
    transfers: Transfers
    routes: Sequence[web.AbstractRouteDef]
    running: Sequence[Runs]
    let_go: Callable[[web.Application], Awaitable[None]]


def make_doors(
    settings: Settings,
    storage: Storage,
    bell: Bell,
    intake: Intake,
    rules: Rules,
    clock: Clock,
    *,
    alone: bool,
    lease: timedelta,
) -> Doors:
    """Make all channels; `alone` and `lease` as for the worker."""
    words, pace = _words(rules.texts, clock), _pace(_CHAT_PACE)
    chat = WebChat(
        receive=intake.receive,
        mailbox=StoredMailbox(storage, bell, WebChat.name),
        words=words,
        pace=pace,
        now=clock.now,
    )
    uploads = Uploads(
        receive=intake.receive,
        words=words,
        pace=pace,
        upload_pace=_pace(_UPLOAD_PACE),
        now=clock.now,
    )
    voice = VoiceApi(
        receive=intake.receive,
        callers=StoredCallers(storage),
        pace=_pace(_CALLER_PACE),
        now=clock.now,
        public_url=settings.address,
    )
    phones = OwnTracks(
        receive=intake.receive,
        keys=StoredKeys(storage),
        pace=_pace(_DEVICE_PACE),
        now=clock.now,
    )
    check_in = CheckInPage(receive=intake.receive, now=time.monotonic)
    channels: list[Channel] = [chat, voice]
    if settings.telegram_token:
        only = StoredLease(storage, Telegram.name, alone=alone, lasting=lease / 2)
        channels.append(_telegram(settings, intake, only, words, clock))
    if settings.wechat_app_id:
        channels.append(_wechat(settings, intake, clock))
    telephone = make_telephone(settings, storage, clock, rules.hours, _pace)
    channels.append(telephone.channel)
    parts = [*channels, uploads, phones, check_in, telephone.registration]
    return Doors(
        channels=channels,
        transfers=telephone.transfers,
        routes=[route for part in parts if isinstance(part, HasRoutes) for route in part.routes()],
        running=[
            *(channel for channel in channels if isinstance(channel, Runs)),
            *telephone.running,
        ],
        let_go=chat.let_go,
    )


def _telegram(
    settings: Settings, intake: Intake, lease: StoredLease, words: Callable[..., str], clock: Clock
) -> Telegram:
    return Telegram(
        token=settings.telegram_token,
        base_url=settings.telegram_base_url,
        webhook_secret=settings.telegram_webhook_secret,
        public_url=settings.address,
        receive=intake.receive,
        set_aside=intake.set_aside,
        lease=lease,
        words=words,
        now=clock.now,
    )


def _wechat(settings: Settings, intake: Intake, clock: Clock) -> WeChat:
    secrecy = Secrecy(
        app_id=settings.wechat_app_id,
        token=settings.wechat_token,
        aes_key=settings.wechat_aes_key,
    )
    return WeChat(
        app_id=settings.wechat_app_id,
        secret=settings.wechat_secret,
        secrecy=secrecy,
        base_url=settings.wechat_base_url,
        receive=intake.receive,
        set_aside=intake.set_aside,
        now=clock.now,
    )


def _pace(limit: tuple[int, float]) -> Pace:
    burst, per_minute = limit
    return Pace(burst=burst, per_minute=per_minute, now=time.monotonic)


def _words(texts: Texts, clock: Clock) -> Callable[..., str]:
    def say(key: str, **values: object) -> str:
        at = values.get("at")
        if isinstance(at, datetime):
            return texts.moment(at, clock.now())
        return texts.say(key, **values)

    return say
