"""The workbench shows what several residents speak of, and what may be the same incident."""

import pytest

from bot.incidents import CaseMemory
from bot.store.engines.bell import LocalBell
from nlp.places.grammar import Place
from tests.bot.community import Community, meaning
from tests.fakes.clock import FakeClock
from tests.web.conftest import INTERPRETER, Make


@pytest.fixture
def memory(community: Community, bell: LocalBell) -> CaseMemory:
    return CaseMemory(storage=community.storage, bell=bell, interpreter=INTERPRETER)


async def test_what_three_speak_of_stands_at_home_and_fades(
    make: Make, memory: CaseMemory, clock: FakeClock
) -> None:
    site = await make(incidents=memory)
    cases = [await site.community.report(address=f"neighbour {n}") for n in range(3)]
    await site.community.report(meaning("stair_light"), address="somebody else")
    await memory.catch_up()
    browser, _ = await site.seated("lin")

    page = await (await browser.get("/desk")).text()

    assert "最近说得多的" in page
    assert "电梯故障 · 3号楼" in page  # this interpreter knows no estate
    assert "3 张工单，3 人反映" in page
    assert all(f'<a class="number" href="/desk/cases/{case.id}">' in page for case in cases)

    clock.move(minutes=60 * 24 * 3)
    browser, _ = await site.seated("lin")
    assert "最近说得多的" not in await (await browser.get("/desk")).text()


async def test_a_case_shows_what_may_be_the_same(make: Make, memory: CaseMemory) -> None:
    site = await make(incidents=memory)
    first = await site.community.report(address="a")
    other = await site.community.report(meaning("stair_light"), address="b")
    second = await site.community.report(address="c")
    await memory.catch_up()
    browser, _ = await site.seated("lin")

    page = await (await browser.get(f"/desk/cases/{second.id}")).text()

    _, _, after = page.partition("可能是同一件事")
    candidates, _, _ = after.partition("</section>")
    assert first.number in candidates
    assert other.number not in candidates
    assert second.number not in candidates
    assert f'name="alike" value="{first.number}"' in page


async def test_what_is_told_of_the_same_house_comes_first(make: Make, memory: CaseMemory) -> None:
    site = await make(incidents=memory)
    here, elsewhere = (
        meaning(place=Place(estate="幸福里小区", building=house)) for house in ("3", "5")
    )
    near = await site.community.report(here, address="a", words="老人困在家里，那个又停了")
    words = "电梯坏了，上不去楼"
    far = [await site.community.report(elsewhere, address=f"b{n}", words=words) for n in range(3)]
    case = await site.community.report(here, address="c", words=words)
    await memory.catch_up()
    browser, _ = await site.seated("lin")

    page = await (await browser.get(f"/desk/cases/{case.id}")).text()

    candidates = page.partition("可能是同一件事")[2].partition("</section>")[0]
    assert 0 < candidates.index(near.number) < candidates.index(far[0].number)


async def test_nothing_is_shown_while_nothing_is_known(make: Make) -> None:
    site = await make()
    case = await site.community.report()
    browser, _ = await site.seated("lin")

    assert "最近说得多的" not in await (await browser.get("/desk")).text()
    page = await (await browser.get(f"/desk/cases/{case.id}")).text()
    assert "可能是同一件事" not in page
