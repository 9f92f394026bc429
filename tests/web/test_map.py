"""The drawing of where a case is, and the words beside it."""

import re

import pytest

from bot.flow.check_in import check_in_by_code, note_place
from bot.model.case import Case
from bot.ports.positions import Plate
from bot.ports.storage import Tx
from channels.message import Datum, Position, PositionSource
from nlp.places.grammar import Place
from tests.bot.community import meaning
from tests.gcj02 import gcj02_from_wgs84
from tests.web.conftest import Web

_EAST_OF_BUILDING_3 = (33.58116, 114.02080)


async def page_of(site: Web, case: Case) -> str:
    browser, _ = await site.seated("lin")
    return await (await browser.get(f"/desk/cases/{case.id}")).text()


async def say_where(site: Web, case: Case, pair: tuple[float, float], datum: Datum) -> None:
    latitude, longitude = pair

    def unit(tx: Tx) -> None:
        position = Position(
            latitude=latitude,
            longitude=longitude,
            datum=datum,
            at=tx.now,
            source=PositionSource.PIN,
            accuracy_m=20.0,
        )
        note_place(tx, tx.people.contact(case.contact_id), position, case.id)

    await site.community.storage.write(unit)


async def test_a_case_in_a_building_is_drawn_in_its_grid(site: Web) -> None:
    page = await page_of(site, await site.community.report())
    assert "第一网格：工单在幸福里小区3号楼。" in page
    assert page.count('<rect class="house') == 8
    assert re.search(r'<text class="house here"[^>]*>3</text>', page)
    assert '<polygon class="grid"' in page
    assert '<circle class="point"' not in page
    assert not re.search(r'(?:src|href)="https?://', page.partition('class="map"')[2])


@pytest.mark.parametrize("datum", list(Datum))
async def test_a_position_is_drawn_where_it_is_whatever_map_it_came_from(
    site: Web, datum: Datum
) -> None:
    case = await site.community.report(meaning(place=Place(estate="幸福里小区")))
    pair = _EAST_OF_BUILDING_3
    await say_where(site, case, gcj02_from_wgs84(*pair) if datum is Datum.GCJ02 else pair, datum)
    page = await page_of(site, case)
    assert '<circle class="point"' in page
    assert "居民发来的位置离幸福里小区3号楼大约 50 米，误差 20 米" in page


@pytest.mark.parametrize("place", [Place(estate="幸福里小区"), Place(landmark="东门")])
async def test_nothing_is_drawn_where_nothing_is_known(site: Web, place: Place) -> None:
    page = await page_of(site, await site.community.report(meaning(place=place)))
    assert 'class="map"' not in page


async def test_a_checkpoint_is_a_place_too(site: Web) -> None:
    case = await site.community.report(meaning(place=Place(landmark="东门驿站")))

    def unit(tx: Tx) -> None:
        contact = tx.people.contact(case.contact_id)
        mark = next(one for one in tx.grids.marks() if one.code == "east-gate")
        done = check_in_by_code(tx, site.community.rules, contact, Plate(mark, changing=False))
        assert done.check_in_id is not None
        tx.positions.led_to(done.check_in_id, case.id)

    await site.community.storage.write(unit)
    assert "居民发来的位置离幸福里小区3号楼大约 130 米" in await page_of(site, case)
