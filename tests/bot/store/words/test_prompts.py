"""Recordings of what the telephone line says, on both databases."""

import pytest

from bot.ports.bell import PROMPTS
from bot.ports.prompts import CANTONESE, MANDARIN
from bot.ports.storage import Storage, Tx
from bot.store.engines.bell import LocalBell
from tests.bot.community import Community, rules
from tests.fakes.clock import FakeClock
from tests.nlp.sound.sounds import sine


@pytest.fixture
async def staff_id(storage: Storage) -> int:
    community = Community(storage, rules())
    await community.fill()
    return (await community.staff("lin")).id


async def test_a_recording_is_found_by_its_set_and_its_text(
    storage: Storage, clock: FakeClock, staff_id: int
) -> None:
    first, _ = await storage.write(
        lambda tx: (
            tx.prompts.keep(MANDARIN, "请讲", sine(0.5), staff_id),
            tx.prompts.keep("四川话", "请讲", sine(0.7), staff_id),
        )
    )
    found = await storage.read(lambda views: views.prompts.of(MANDARIN))
    assert [(one.id, one.text, one.seconds, one.staff_id) for one in found] == [
        (first, "请讲", 0.5, staff_id)
    ]
    assert found[0].recorded_at < clock.now()
    assert await storage.read(lambda views: views.prompts.sound(first)) == sine(0.5)
    assert await storage.read(lambda views: views.prompts.dialects()) == [MANDARIN, "四川话"]
    assert await storage.read(lambda views: views.prompts.of(CANTONESE)) == []


async def test_a_new_recording_takes_the_place_of_the_old_one(
    storage: Storage, clock: FakeClock, staff_id: int
) -> None:
    def keep(tx: Tx, seconds: float) -> str:
        prompt = tx.prompts.get(tx.prompts.keep(MANDARIN, "请讲", sine(seconds), staff_id))
        assert prompt is not None
        return prompt.mark

    old = await storage.write(lambda tx: keep(tx, 0.5))
    clock.move(seconds=1)
    new = await storage.write(lambda tx: keep(tx, 0.8))
    assert old != new
    found = await storage.read(lambda views: views.prompts.of(MANDARIN))
    assert [one.seconds for one in found] == [0.8]


async def test_a_removed_one_is_gone_and_everybody_is_told(
    storage: Storage, bell: LocalBell, staff_id: int
) -> None:
    kept = await storage.write(lambda tx: tx.prompts.keep(MANDARIN, "请讲", sine(0.5), staff_id))
    with bell.listen(PROMPTS) as ear:
        assert await storage.write(lambda tx: tx.prompts.remove(kept))
        assert await ear.wait(1)
    assert not await storage.write(lambda tx: tx.prompts.remove(kept))
    assert await storage.read(lambda views: views.prompts.get(kept)) is None
    assert await storage.read(lambda views: views.prompts.sound(kept)) == b""
