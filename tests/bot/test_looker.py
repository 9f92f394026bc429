"""What the looker finds without being told: late claims, rules and words that were agreed on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

import pytest

from bot.flow.cases.assign import recategorise
from bot.flow.credit import two_people
from bot.flow.credit.claims import make_claim
from bot.flow.words import homophones, learning
from bot.looker import Looker
from bot.ports.bell import CLAIMS, DESK
from bot.ports.learning import LessonState
from bot.ports.rules import PolicyBook, Rules
from bot.ports.storage import Storage, Tx
from bot.store.engines.bell import LocalBell
from bot.web.desk.waiting import Notice, notices
from credits.rulebook import packaged_text
from nlp.meaning import Interpreter
from tests.bot.community import Community, interpreter, rules
from tests.bot.misheard import PAIR
from tests.fakes.clock import FakeClock

RULES = rules()
INTERPRETER = interpreter()
SECONDS = 20.0


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, RULES)
    await made.fill()
    return made


@asynccontextmanager
async def looking(
    storage: Storage, bell: LocalBell, own: Rules, interpreter: Interpreter | None = None
) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        reads = interpreter or INTERPRETER.taught([], [])
        looker = Looker(storage=storage, bell=bell, rules=own, interpreter=reads)
        task = group.create_task(looker.run())
        yield
        task.cancel()


async def test_rules_that_two_agreed_on_count_without_a_new_start(
    community: Community, storage: Storage, bell: LocalBell
) -> None:
    own = replace(RULES, book=PolicyBook(RULES.policy))
    ding, admin = await community.staff("ding"), await community.staff("admin")
    old = own.policy.version
    text = packaged_text().replace(f"version = {old}", f"version = {old + 1}")
    text = text.replace("points = 10", "points = 9", 1)
    async with looking(storage, bell, own), asyncio.timeout(SECONDS):
        number = await storage.write(
            lambda tx: two_people.propose_policy(tx, own, ding, text, "少一点")
        )
        await storage.write(lambda tx: two_people.decide(tx, own, number, admin, agrees=True))
        while own.policy.version == old:
            await asyncio.sleep(0.01)
    assert own.policy.version == old + 1


LATE = [
    ("in time", "yu", 1, [Notice("claims", "/desk/claims", 1)]),
    ("late", "yu", 80, [Notice("claims", "/desk/claims", 1, late=1)]),
    ("not yet for the supervisor", "ding", 1, []),
    ("a day later for the supervisor", "ding", 80 + 24, [Notice("late_claims", "/desk/claims", 1)]),
    ("no business of a grid worker", "wang", 200, []),
]


@pytest.mark.parametrize(("label", "login", "hours", "told"), LATE)
async def test_claims_stand_where_moderators_begin(
    community: Community, storage: Storage, clock: FakeClock, label: str, login: str, hours: int,
    told: list[Notice],
) -> None:  # fmt: skip
    await _claim(storage)
    clock.move(hours=hours)
    staff = await community.staff(login)
    assert await storage.read(partial(notices, staff)) == told, label


async def test_the_workbench_hears_when_a_claim_becomes_late(
    community: Community, storage: Storage, bell: LocalBell, clock: FakeClock
) -> None:
    del community
    await _claim(storage)
    with bell.listen(DESK) as ear:
        async with looking(storage, bell, RULES):
            clock.move(hours=80)
            bell.ring({CLAIMS})
            assert await ear.wait(SECONDS)


async def _agreed(community: Community) -> None:
    """A correction was agreed to, and a day has passed."""
    case, lin = await community.report(), await community.staff("lin")
    ding = await community.staff("ding")

    def unit(tx: Tx) -> None:
        recategorise(tx, RULES, case.id, lin, "street_light", version=case.version)
        [lesson] = tx.learning.lessons(LessonState.WAITING, 1)
        learning.accept(tx, lesson.id, ding)

    await community.storage.write(unit)


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not holds():
            await asyncio.sleep(0.01)


async def test_released_words_count_in_every_process_without_a_new_start(
    community: Community, storage: Storage, bell: LocalBell
) -> None:
    await _agreed(community)
    ding = await community.staff("ding")
    processes = [INTERPRETER.taught([], []) for _ in range(2)]
    before = processes[0].weights

    async def release() -> None:
        found = await storage.read(learning.sources)
        made = learning.draft(processes[0], found)
        await storage.write(lambda tx: learning.release(tx, ding, made))

    async with (
        looking(storage, bell, RULES, processes[0]),
        looking(storage, bell, RULES, processes[1]),
    ):
        await release()
        await _until(lambda: all(one.weights != before for one in processes))
        assert processes[0].weights == processes[1].weights
        later = INTERPRETER.taught([], [])
        await Looker(storage=storage, bell=bell, rules=RULES, interpreter=later).take_up_words()
        assert later.weights == processes[0].weights
        await storage.write(lambda tx: learning.go_back(tx, ding, 0))
        await _until(lambda: all(one.weights == before for one in processes))


async def test_words_heard_as_others_are_read_as_agreed_without_a_new_start(
    community: Community, storage: Storage, bell: LocalBell
) -> None:
    own, ding = INTERPRETER.taught([], []), await community.staff("ding")
    await storage.write(lambda tx: tx.homophones.decide(PAIR, ding.id, counts=True))
    looker = Looker(storage=storage, bell=bell, rules=RULES, interpreter=own)
    await looker.take_up_homophones()
    assert own.interpret("店梯坏了").text == "电梯坏了"
    await storage.write(lambda tx: homophones.take_back(tx, ding, PAIR))
    await looker.take_up_homophones()
    assert own.interpret("店梯坏了").text == "店梯坏了"


@pytest.mark.usefixtures("community")
async def test_an_estate_that_is_new_is_found_without_a_new_start(
    storage: Storage, bell: LocalBell
) -> None:
    own = INTERPRETER.taught([], [])
    looker = Looker(storage=storage, bell=bell, rules=RULES, interpreter=own)
    await looker.take_up_estates()
    words = "梧桐苑3号楼停水了"
    assert own.interpret(words).place.estate is None
    grid = await storage.read(lambda views: views.places.grids()[0].id)
    await storage.write(lambda tx: tx.places.put_building("梧桐苑", "3", grid, (31.2, 121.4)))
    await looker.take_up_estates()
    found = own.interpret(words)
    assert (found.place.estate, found.place.building) == ("梧桐苑", "3")
    assert own.by_sound("无同苑3号楼").name == "梧桐苑"
    assert own.interpret("幸福里小区3号楼停水了").place.estate == "幸福里小区"


ENOUGH = [("proven", 0, True), ("tried on too few", 1, False)]


@pytest.mark.parametrize(("label", "least", "released"), ENOUGH)
async def test_what_was_agreed_to_is_released_a_day_later_where_it_was_tried_on_enough(
    community: Community, storage: Storage, bell: LocalBell, clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch, label: str, least: int, *, released: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr(learning, "CASES_LEAST", least)
    await _agreed(community)
    clock.move(hours=24)
    own = INTERPRETER.taught([], [])
    before = own.weights
    looker = Looker(storage=storage, bell=bell, rules=RULES, interpreter=own)
    await looker.release_words()
    await looker.take_up_words()
    assert (own.weights != before) == released, label


async def _claim(storage: Storage) -> None:
    await storage.write(
        lambda tx: make_claim(
            tx,
            RULES,
            tx.people.meet("web", "her"),
            "mediation",
            words="把话说开了",
            place="3号楼",
            media_ids=[],
        )
    )
