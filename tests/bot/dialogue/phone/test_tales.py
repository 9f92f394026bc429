"""The conversations of the telephone, each on its own storage."""

import pytest

from bot.ports.storage import Storage
from bot.store.engines.bell import LocalBell
from tests.bot.dialogue.phone.tale import Tale, told
from tests.bot.dialogue.phone.tales import TALES
from tests.fakes.clock import FakeClock


@pytest.mark.parametrize("tale", TALES, ids=lambda tale: tale.label)
async def test_tale(tale: Tale, storage: Storage, bell: LocalBell, clock: FakeClock) -> None:
    await told(tale, storage, bell, clock)


def test_there_are_enough_of_them() -> None:
    assert len({tale.label for tale in TALES}) == len(TALES) >= 60
