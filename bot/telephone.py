"""The telephone as the operator has set it up: the line, the exchange, calls, connecting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.calls import StoredAttempts, StoredCallBook
from bot.model.hours import ServiceHours
from bot.ports.clock import Clock
from bot.ports.storage import Storage
from bot.settings import Settings
from channels.base import Conversation, Runs
from channels.call import Ear, Transfers, Voice
from channels.phone.ari import Access
from channels.phone.call_back import Phone
from channels.phone.connecting import Connecting, NobodyThere
from channels.phone.exchange import Exchange
from channels.phone.figures import nearly_all
from channels.phone.line import Parts
from channels.phone.numbers import dialled
from channels.phone.placing import Placing
from channels.phone.registration import Registration
from channels.phone.server import Address, PhoneServer
from channels.webchat import Pace

_EXCHANGE_PACE: Final = (500, 3000.0)
_STRANGER_PACE: Final = (10, 10.0)
"""How many registrations at once, and how many a minute."""


@dataclass(frozen=True, slots=True)
class Telephone:
    """The channel, the route of the dialplan, and who takes callers that want a person."""

    channel: Phone
    registration: Registration
    transfers: Transfers
    running: Sequence[Runs]


def make_telephone(
    settings: Settings,
    storage: Storage,
    clock: Clock,
    hours: ServiceHours,
    pace: Callable[[tuple[int, float]], Pace],
) -> Telephone:
    """Make it; without an exchange news is told by people, see `channels.phone.call_back`."""
    exchange = _exchange(settings)
    placing = None
    if exchange is not None and settings.phone_endpoint:
        placing = Placing(
            exchange,
            endpoint=settings.phone_endpoint,
            caller_id=dialled(settings.phone_number),
        )
    return Telephone(
        channel=Phone(
            placing=placing,
            attempts=StoredAttempts(storage, called=settings.phone_number),
            lines=settings.phone_lines,
            allowed=hours.when_callable,
            now=clock.now,
        ),
        registration=Registration(
            secret=settings.phone_secret,
            area=settings.phone_area,
            registry=StoredCallBook(storage, clock),
            pace=pace(_EXCHANGE_PACE),
            stranger_pace=pace(_STRANGER_PACE),
        ),
        transfers=_transfers(settings, exchange),
        running=[] if exchange is None else [exchange],
    )


def make_phone_line(
    settings: Settings,
    storage: Storage,
    clock: Clock,
    *,
    conversation: Conversation,
    ear: Ear,
    voice: Voice,
    transfers: Transfers,
) -> PhoneServer | None:
    """Make the telephone line, where one is wanted."""
    if settings.phone_line is None:
        return None
    parts = Parts(
        conversation=conversation,
        ear=ear,
        voice=voice,
        book=StoredCallBook(storage, clock),
        transfers=transfers,
        now=clock.now,
    )
    return PhoneServer(Address(*settings.phone_line), parts)


def watch_line(line: PhoneServer, watch: Callable[[str, str, Callable[[], float]], None]) -> None:
    """Have it watched how the line does."""
    figures = line.figures
    watch("phone_calls", "Telephone calls now", lambda: line.calls)
    watch("phone_cut_short", "Callers who were not done yet", lambda: figures.cut_short)
    watch(
        "phone_answer_p99_seconds",
        "From the end of a turn to the first sound of the answer",
        lambda: nearly_all(figures.answers),
    )
    watch(
        "phone_lag_p99_seconds",
        "From a piece of speech to its words",
        lambda: nearly_all(figures.lags),
    )


def _exchange(settings: Settings) -> Exchange | None:
    if not settings.ari_url:
        return None
    return Exchange(
        Access(
            url=settings.ari_url,
            user=settings.ari_user,
            password=settings.ari_password,
            app=settings.ari_app,
        )
    )


def _transfers(settings: Settings, exchange: Exchange | None) -> Transfers:
    if exchange is None or not settings.phone_transfers:
        return NobodyThere()
    return Connecting(
        exchange, staff=settings.phone_staff, caller_id=dialled(settings.phone_number)
    )
