"""The channel as the service sees it: what it can do, and that its token stays inside."""

import logging

import pytest

from channels.base import Channel, HasFiles, HasRoutes, Runs
from channels.message import OutboundMessage
from tests.channels.telegram.parts import LeaseOf, Store, channel, running, until
from tests.fakes.botapi import BotApi


async def test_it_can_do_what_the_service_asks_of_it(server: BotApi, store: Store) -> None:
    telegram = channel(server, store)
    as_channel: Channel = telegram
    assert as_channel.name == "telegram"
    assert all(isinstance(telegram, ability) for ability in (HasFiles, HasRoutes, Runs))
    assert telegram.routes() == []
    async with running(telegram):
        await until(lambda: server.calls)


@pytest.mark.parametrize("token", ["", "secret", "secret:1", ":secret", "²:secret"])
def test_a_token_that_can_be_none_is_refused_without_being_shown(
    token: str, server: BotApi, store: Store
) -> None:
    with pytest.raises(ValueError, match="begins with the bot's number") as error:
        channel(server, store, token=token)
    assert "secret" not in str(error.value)


async def test_a_lease_that_can_not_be_given_back_is_no_trouble(
    server: BotApi, store: Store
) -> None:
    class Stuck(LeaseOf):
        async def release(self) -> None:
            raise OSError("the database is gone")

    async with running(channel(server, store, Stuck())):
        await until(lambda: server.updates.polls)


async def test_a_lease_that_can_not_be_taken_is_waited_for(server: BotApi, store: Store) -> None:
    class Failing(LeaseOf):
        async def hold(self) -> bool:
            self.held += 1
            if self.held == 1:
                raise OSError("the database is busy")
            return True

    async with running(channel(server, store, Failing())):
        await until(lambda: server.updates.polls)


async def test_no_log_line_shows_the_token(
    server: BotApi, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        server.chat(11)
        async with running(channel(server, store)) as telegram:
            await telegram.send(OutboundMessage(key="k", address="11", text="好"))
            reference = server.methods.keep(b"x", "voice")["file_id"]
            await telegram.fetch(reference, most=9)
            await until(lambda: server.updates.polls)
            assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
    assert server.token not in caplog.text
