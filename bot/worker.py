"""What happens in the background: sending, clocks, forgetting."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Final

from bot.flow.cards.case_card import as_it_stands
from bot.flow.cards.initiative_card import show_changed
from bot.flow.cases.clocks import fire
from bot.flow.cases.duty import give_out_what_waits
from bot.flow.cases.held import give_up_old, sort_out
from bot.flow.credit.redeem import release_lapsed
from bot.flow.credit.season import close_season
from bot.flow.erase import erase_due
from bot.flow.initiatives.pledging import go_on_rested, lapse_due, tell_late
from bot.flow.initiatives.shift_reminders import remind, to_remind
from bot.flow.votes.news import tell_ended, tell_opened
from bot.flow.votes.steps import wind_up
from bot.flow.votes.thanks import thank
from bot.ports.bell import DESK, OUTBOX, Bell, contact_topic
from bot.ports.initiative_cards import InitiativeCard
from bot.ports.outbox import Claimed, Delivery
from bot.ports.rules import Rules
from bot.ports.storage import Patient, Storage, StorageError, Tx, Views
from bot.ports.timers import Timer
from channels.base import Channel, NotYetError, SendError, TakesLong, UntilSheWritesError

_log = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=60)
"""How long a message may be in flight; after half of it a send is given up as uncertain."""

_AT_ONCE_MOST: Final = 64
_POLL_SECONDS: Final = 1.0
_TIMER_SECONDS: Final = 1.0
_SHIFT_SECONDS: Final = 10.0
_FORGET_SECONDS: Final = 3600.0
_ERASE_SECONDS: Final = 15.0
_LAPSE_SECONDS: Final = 10.0
_CARDS_SECONDS: Final = 3.0
_SEASON_SECONDS: Final = 1800.0
_ATTEMPTS_MOST: Final = 6
_FIRST_DELAY: Final = timedelta(seconds=5)
_STUMBLED_DELAY: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _End:
    """How a send ended: a SendError when surely not, another when nobody knows."""

    claimed: Claimed
    error: Exception | None = None
    reference: str | None = None


class Worker:
    """Sends the outbox, fires timers, blanks what is past its retention."""

    def __init__(
        self,
        *,
        storage: Storage,
        bell: Bell,
        rules: Rules,
        channels: Sequence[Channel],
        alone: bool,
        lease: timedelta = LEASE,
    ) -> None:
        """`alone` when no other process works on the same database."""
        self._alone = alone
        self._lease = lease
        self._in_flight = 0
        self._season_closed: date | None = None
        self._ends: list[_End] = []
        self._ended = asyncio.Event()
        self._storage = storage
        self._bell = bell
        self._rules = rules
        self._channels: Mapping[str, Channel] = {channel.name: channel for channel in channels}

    async def run(self) -> None:
        """Work until cancelled."""
        if self._alone:
            await self._storage.write(lambda tx: tx.outbox.expire_leases(all_=True))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._deliver())
            group.create_task(_every(_TIMER_SECONDS, self._fire_timers))
            group.create_task(_every(_SHIFT_SECONDS, self._give_out))
            group.create_task(_every(self._lease.total_seconds() / 4, self._expire))
            group.create_task(_every(_FORGET_SECONDS, self._forget))
            group.create_task(_every(_ERASE_SECONDS, self._erase))
            group.create_task(_every(_LAPSE_SECONDS, self._lapse))
            group.create_task(_every(_LAPSE_SECONDS, self._wind_up))
            group.create_task(_every(_LAPSE_SECONDS, self._remind))
            group.create_task(_every(_CARDS_SECONDS, self._show_changed))
            group.create_task(_every(_SEASON_SECONDS, self._close_season))

    async def _deliver(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._settle())
            with self._bell.listen(OUTBOX) as ear:
                while True:
                    if not await self._start_sends(group):
                        await ear.wait(_POLL_SECONDS)

    async def _start_sends(self, group: asyncio.TaskGroup) -> int:
        """Begin to send due messages, each contact's oldest; return how many there were."""
        free = _AT_ONCE_MOST - self._in_flight
        if not free:
            return 0
        claim = partial(_claim, self._rules, free, self._lease)
        claiming = asyncio.ensure_future(self._storage.write(claim))
        try:
            claimed = await asyncio.shield(claiming)
        except asyncio.CancelledError:
            with suppress(StorageError):  # then they are in doubt when the lease is over
                await self._storage.write(partial(_give_back, await claiming))
            raise
        except StorageError as error:
            _log.warning("the outbox can't be used, trying again: %s", error)
            return 0
        self._in_flight += len(claimed)
        for one in claimed:
            group.create_task(self._send(one))
        return len(claimed)

    async def _send(self, claimed: Claimed) -> None:
        end = await self._carry(claimed)
        self._ends.append(end)  # apart from the await: the list may be another one by then
        self._ended.set()

    async def _carry(self, claimed: Claimed) -> _End:
        channel = self._channels.get(claimed.channel)
        if channel is None:
            off = SendError("channel_off", retryable=True, retry_after_seconds=300)
            return _End(claimed, error=off)
        try:
            async with asyncio.timeout(await self._patience(channel, claimed)):
                return _End(claimed, reference=await channel.send(claimed.message))
        except SendError as error:
            return _End(claimed, error=error)
        except Exception as error:  # noqa: BLE001  whatever it was, it may have gone out
            _log.warning("message %d: nobody knows if it went out: %r", claimed.id, error)
            return _End(claimed, error=error)

    async def _patience(self, channel: Channel, claimed: Claimed) -> float:
        """Return the seconds that sending may take; the lease is made as long where need be."""
        if not isinstance(channel, TakesLong):
            return self._lease.total_seconds() / 2
        seconds = channel.send_seconds
        until = timedelta(seconds=2 * seconds)
        try:
            await self._storage.write(lambda tx: tx.outbox.prolong(claimed.id, tx.now + until))
        except StorageError as error:
            raise NotYetError("not_now", retry_after_seconds=_POLL_SECONDS) from error
        return seconds

    async def _settle(self) -> None:
        """Write down how sends ended, as many together as there are; none waits for another."""
        while True:
            await self._ended.wait()
            self._ended.clear()
            ends, self._ends = self._ends, []
            try:
                await self._storage.write(partial(_write_down, ends))
            except StorageError as error:
                _log.warning("what was sent can't be written down, trying again: %s", error)
                self._ends += ends
                self._ended.set()
                await asyncio.sleep(_POLL_SECONDS)
            else:
                self._in_flight -= len(ends)

    async def _fire_timers(self) -> None:
        while True:
            due: list[Timer] = []
            try:
                unit = partial(_fire_one, self._rules, due)
                if not await self._storage.write(Patient(unit)):
                    return
            except StorageError:
                raise
            except Exception:  # noqa: BLE001  logged whole; the other timers go on
                _log.exception("a timer stumbled and is put off: %s", due)
                await self._storage.write(partial(_put_off, due))

    async def _give_out(self) -> None:
        await self._storage.write(partial(give_out_what_waits, rules=self._rules))

    async def _expire(self) -> None:
        expired = await self._storage.write(lambda tx: tx.outbox.expire_leases())
        if expired:
            _log.warning("%d messages were interrupted while they were sent", expired)

    async def _forget(self) -> None:
        if given_up := await self._storage.write(give_up_old):
            _log.info("%d held messages have failed: she has not written for a month", given_up)
        blanked = await self._storage.write(lambda tx: tx.forget_what_is_due())
        while blanked:
            _log.info("blanked %d personal fields past their retention", blanked)
            blanked = await self._storage.write(lambda tx: tx.forget_what_is_due())

    async def _erase(self) -> None:
        while await self._storage.write(partial(erase_due, rules=self._rules)):
            _log.info("a person was erased as asked")

    async def _lapse(self) -> None:
        while await self._storage.read(_overdue):
            await self._storage.write(partial(release_lapsed, rules=self._rules))
        while await self._storage.read(lambda views: bool(views.initiatives.lapsed(1))):
            await self._storage.write(partial(lapse_due, rules=self._rules))
        while await self._storage.read(lambda views: bool(views.initiatives.rested(1))):
            await self._storage.write(partial(go_on_rested, rules=self._rules))
        while await self._storage.read(lambda views: bool(views.initiatives.late(1))):
            await self._storage.write(partial(tell_late, rules=self._rules))

    async def _remind(self) -> None:
        while await self._storage.read(partial(to_remind, rules=self._rules)):
            await self._storage.write(Patient(partial(remind, rules=self._rules)))

    async def _show_changed(self) -> None:
        """A card is edited once a beat, however often its initiative changed meanwhile."""
        while (card := await self._storage.read(_changed_card)) is not None:
            await self._storage.write(partial(show_changed, card=card))

    async def _wind_up(self) -> None:
        while (vote_id := await self._storage.read(lambda views: views.votes.due())) is not None:
            try:
                await self._storage.write(partial(wind_up, vote_id=vote_id))
            except StorageError:
                raise
            except Exception:  # noqa: BLE001  logged whole; the other votes go on
                _log.exception("vote %d could not be counted and is put off", vote_id)
                await self._storage.write(partial(_put_off_vote, vote_id))
        for unit in (tell_opened, tell_ended, thank):
            while await self._storage.write(Patient(partial(unit, rules=self._rules))):
                pass

    async def _close_season(self) -> None:
        """Once a day, and once after a start."""
        zone = self._rules.texts.zone
        today = await self._storage.read(lambda views: views.now.astimezone(zone).date())
        last: str | None = ""
        while last is not None and self._season_closed != today:
            unit = partial(close_season, rules=self._rules, after=last)
            last = await self._storage.write(Patient(unit))
        self._season_closed = today


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await work()
        except StorageError as error:
            _log.warning("background work has to wait: %s", error)
        except Exception:  # noqa: BLE001  logged whole; the loop must go on
            _log.exception("background work failed; it is tried again")
        await asyncio.sleep(seconds)


def _changed_card(views: Views) -> InitiativeCard | None:
    return views.initiative_cards.next_changed()


def _overdue(views: Views) -> bool:
    return views.rewards.is_due() or bool(views.journal.overdue(views.now, 1))


def _fire_one(rules: Rules, due: list[Timer], tx: Tx) -> bool:
    """Fire the timer that is due first; `due` names it, should it stumble."""
    due[:] = tx.timers.claim_due(1)
    for timer in due:
        fire(tx, rules, timer)
    return bool(due)


def _put_off(due: Sequence[Timer], tx: Tx) -> None:
    for timer in due:
        tx.timers.set(timer.kind, timer.case_id, tx.now + _STUMBLED_DELAY)


def _put_off_vote(vote_id: int, tx: Tx) -> None:
    tx.votes.put_off(vote_id, tx.now + _STUMBLED_DELAY)


def _give_back(claimed: Sequence[Claimed], tx: Tx) -> None:
    """They surely did not go out: the service stops before it has begun to send them."""
    for one in claimed:
        tx.outbox.postpone(one.id, due_at=tx.now, error="")


def _claim(rules: Rules, limit: int, lease: timedelta, tx: Tx) -> Sequence[Claimed]:
    claimed = tx.outbox.claim(limit=limit, lease_until=tx.now + lease)
    return [as_it_stands(tx, rules, one) for one in claimed]


def _write_down(ends: Sequence[_End], tx: Tx) -> None:
    tx.outbox.sent([end.claimed.id for end in ends if end.error is None])
    for end in ends:
        if isinstance(end.error, SendError):
            _refused(tx, end.claimed, end.error)
        elif end.error is not None:
            tx.outbox.give_up(end.claimed.id, Delivery.UNCERTAIN, repr(end.error))
            tx.ring(DESK)
        elif end.claimed.card_of is not None and end.reference is not None:
            tx.outbox.card_shown(end.claimed.card_of, end.reference)
        elif end.reference is not None:
            _card_is(tx, end.claimed, end.reference)
        tx.ring(contact_topic(end.claimed.contact_id))
    tx.ring(OUTBOX)  # behind each may wait another of its contact


def _card_is(tx: Tx, claimed: Claimed, reference: str) -> None:
    if claimed.initiative_id is not None:
        tx.initiative_cards.shown(claimed.contact_id, claimed.initiative_id, reference)


def _refused(tx: Tx, claimed: Claimed, error: SendError) -> None:
    if isinstance(error, NotYetError):
        due_at = tx.now + timedelta(seconds=error.retry_after_seconds)
        tx.outbox.postpone(claimed.id, due_at=due_at, error=error.code, tried=False)
        return
    if isinstance(error, UntilSheWritesError):
        tx.held.hold(claimed, error.code)
        sort_out(tx, claimed.contact_id)
        tx.ring(DESK)
        return
    if not error.retryable or claimed.attempts >= _ATTEMPTS_MOST:
        tx.outbox.give_up(claimed.id, Delivery.FAILED, error.code)
        _card_is(tx, claimed, "")
        tx.ring(DESK)
        return
    delay = max(
        timedelta(seconds=error.retry_after_seconds), _FIRST_DELAY * 4 ** (claimed.attempts - 1)
    )
    tx.outbox.postpone(claimed.id, due_at=tx.now + delay, error=error.code)
