"""A Bot API server for tests: real HTTP, long polling, webhooks, chats one can look at."""

from tests.fakes.botapi.faults import Fault
from tests.fakes.botapi.server import BotApi

__all__ = ["BotApi", "Fault"]
