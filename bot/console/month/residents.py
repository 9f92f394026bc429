"""What residents do in the simulated month: they write, and press what they are offered."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot.console.month.world import World
from bot.model.case import Case
from bot.model.number import case_number
from bot.model.rating import Score

PEOPLE: Final = 120
_OLD: Final = 0.4
"""The share of residents who write as old people do."""

_SCORES: Final = (Score.GOOD, Score.GOOD, Score.FAIR, Score.BAD)


async def report(world: World) -> None:
    """Somebody writes of something new."""
    number = world.rng.randrange(PEOPLE)
    entries = world.plan["report"]
    entry = world.rng.choices(entries, [one["share"] for one in entries])[0]
    words = entry["old" if number < PEOPLE * _OLD else "young"]
    estate = world.rng.choice(list(world.estates))
    house = f"{world.rng.randint(1, 8)}号楼{world.rng.randint(1, 4)}单元"
    await _write_of(world, f"resident-{number}", words.format(place=f"{estate}{house}"))


async def same_again(world: World, case: Case) -> None:
    """A neighbour writes of the same, and does not know that it was reported."""
    await _write_of(world, f"resident-{world.rng.randrange(PEOPLE)}", case.description)


async def confirm(world: World, case: Case) -> None:
    """She presses 好了, and says how it was."""
    await _press(world, case, f"confirm:{case.id}")
    await _rate(world, case)


async def confirm_in_words(world: World, case: Case) -> None:
    """She writes that it is solved."""
    await world.says(_reporter(world, case), world.plan["words"]["solved"])


async def dispute(world: World, case: Case) -> None:
    """She presses 没好, and says how it was."""
    await _press(world, case, f"dispute:{case.id}")
    await _rate(world, case)


async def withdraw(world: World, case: Case) -> None:
    """She takes it back, and is sure."""
    await _press(world, case, f"drop:{case.id}")
    await _press(world, case, f"withdraw:{case.id}")


async def urge(world: World, case: Case) -> None:
    """She urges."""
    await world.says(_reporter(world, case), world.plan["words"]["urge"])


async def ask_how_it_is(world: World, case: Case) -> None:
    """She asks how it stands."""
    await world.says(_reporter(world, case), world.plan["words"]["progress"])


async def put_right(world: World, case: Case) -> None:
    """She notices that she named the wrong estate."""
    elsewhere = [estate for estate in world.estates if estate not in case.place]
    house = f"{world.rng.choice(elsewhere)}{world.rng.randint(1, 8)}号楼"
    await world.says(_reporter(world, case), world.plan["words"]["moved"].format(place=house))


async def met(world: World, case: Case) -> None:
    """A neighbour met with it too."""
    words = world.plan["words"]["met"].format(number=case_number(case.id))
    await world.says(f"resident-{world.rng.randrange(PEOPLE)}", words)


async def reply(world: World, case: Case) -> None:
    """She answers what staff asked."""
    await world.says(_reporter(world, case), world.plan["words"]["replied"])


async def thank(world: World, case: Case) -> None:
    """She thanks."""
    await world.says(_reporter(world, case), world.plan["words"]["thanks"])


async def silent(world: World, case: Case) -> None:
    """She does not answer."""
    del world, case


def days(count: int, world: World, reports: float) -> Sequence[timedelta]:
    """Return when somebody writes, from the beginning: by day mostly, at night seldom."""
    hours = (1,) * 6 + (3, 8, 12, 12, 10, 9, 7, 7, 9, 10, 10, 12, 13, 12, 9, 6, 3, 2)
    moments = []
    for day in range(count):
        for _ in range(round(world.rng.gauss(reports, reports / 6))):
            hour = world.rng.choices(range(24), hours)[0]
            moments.append(timedelta(days=day, hours=hour, seconds=world.rng.randrange(3600)))
    return sorted(moments)


async def _write_of(world: World, address: str, words: str) -> None:
    before = set(world.standings())
    await world.says(address, words)
    for case_id in sorted(set(world.standings()) - before):
        world.people[(await world.case(case_id)).reporter_id] = address


async def _rate(world: World, case: Case) -> None:
    score = world.rng.choice(_SCORES)
    await _press(world, case, f"rate:{case.id}:{case.times_reopened}:{score.value}")


async def _press(world: World, case: Case, choice: str) -> None:
    await world.says(_reporter(world, case), choice.partition(":")[0], choice)


def _reporter(world: World, case: Case) -> str:
    return world.people[case.reporter_id]
