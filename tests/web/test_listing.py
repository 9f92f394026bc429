"""The list and the board: filters that are links, the search, pages."""

import pytest

from bot.flow.cases.handle import arrive, take
from bot.flow.cases.open import open_case
from bot.model.case import Case
from bot.model.number import spoken_number
from bot.ports.storage import Tx
from bot.web.desk import listing
from bot.web.desk.choice import choice_of
from nlp.matter.emergencies import Emergency
from nlp.places.grammar import Place
from tests.bot.community import Community, meaning, rules
from tests.web.conftest import Web


async def opened(
    community: Community, service: str, place: Place, words: str, *, urgent: bool = False
) -> Case:
    heard = meaning(service, place=place, emergency=Emergency("fire", ()) if urgent else None)

    def unit(tx: Tx) -> Case:
        contact = tx.people.meet("web", f"resident of {words}")
        return open_case(tx, community.rules, contact, heard, words=words)

    return await community.storage.write(unit)


async def three(site: Web) -> tuple[Case, Case, Case]:
    """A lift in grid 1, dirt in grid 2, a fire."""
    lift = await opened(
        site.community, "lift_fault", Place(estate="幸福里小区", building="3"), "电梯坏了"
    )
    dirt = await opened(
        site.community, "garbage", Place(estate="和平家园", building="5"), "垃圾满了"
    )
    fire = await opened(site.community, "fire_lane", Place(), "楼道着火了100%真的", urgent=True)
    return lift, dirt, fire


QUERIES = (
    ("everything", "", "lift dirt fire"),
    ("a group", "?group=lift", "lift"),
    ("a grid", "?grid={grid_2}", "dirt"),
    ("urgent", "?urgent=1", "fire"),
    ("words of the place", "?q=和平家园", "dirt"),
    ("words of the matter", "?q=垃圾", "dirt"),
    ("both", "?q=和平 垃圾", "dirt"),
    ("both, but not of one case", "?q=和平 电梯", ""),
    ("digits", "?q=100%25", "fire"),
    ("a sign is no word", "?q=%25", ""),
    ("somebody", "?handler={wang}", "lift fire"),
    ("since a day", "?from=2020-01-01", "lift dirt fire"),
    ("until a day", "?until=2020-01-01", ""),
    (
        "nonsense is nothing asked for",
        "?grid=x&handler=-1&from=9&view=no&stage=no&agency=no",
        "lift dirt fire",
    ),
    ("no such group", "?group=nonsense", "lift dirt fire"),
    ("another stage", "?stage=archived", ""),
    ("two at once", "?group=lift&q=垃圾", ""),
    ("the board", "?view=board", "lift dirt fire"),
    ("the board of a grid", "?view=board&grid={grid_2}", "dirt"),
)


@pytest.mark.parametrize(
    ("query", "expected"), [q[1:] for q in QUERIES], ids=[q[0] for q in QUERIES]
)
async def test_filters(site: Web, query: str, expected: str) -> None:
    cases = dict(zip(("lift", "dirt", "fire"), await three(site), strict=True))
    grids = await site.community.storage.read(lambda views: views.places.grids())
    wang = await site.community.staff("wang")
    browser, _ = await site.seated("lin")
    address = query.format(grid_2=grids[1].id, wang=wang.id)
    page = await (await browser.get(f"/desk/all{address}")).text()
    shown = {name for name, case in cases.items() if f'href="/desk/cases/{case.id}"' in page}
    assert shown == set(expected.split())


async def test_what_is_late_is_found_by_the_limit_that_runs(site: Web) -> None:
    lift, _, _ = await three(site)
    for login, days, found in (("lin", 0, False), ("admin", 30, True)):
        site.clock.move(days=days)
        browser, _ = await site.seated(login)
        page = await (await browser.get("/desk/all?late=1")).text()
        assert (f'href="/desk/cases/{lift.id}"' in page) is found


async def test_mine(site: Web) -> None:
    lift, dirt, _ = await three(site)
    browser, _ = await site.seated("wang")
    page = await (await browser.get("/desk/all?handler=me")).text()
    assert f'href="/desk/cases/{lift.id}"' in page
    assert f'href="/desk/cases/{dirt.id}"' not in page


async def test_older_pages_show_each_case_once(site: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_PAGE", 2)
    cases = await three(site)
    browser, _ = await site.seated("lin")
    first = await (await browser.get("/desk/all")).text()
    second = await (await browser.get(f"/desk/all?before={cases[1].id}")).text()
    assert [f'cases/{case.id}"' in first for case in cases] == [False, True, True]
    assert [f'cases/{case.id}"' in second for case in cases] == [True, False, False]
    assert f"before={cases[1].id}" in first
    assert "before=" not in second


def test_links_keep_what_is_asked_and_begin_with_the_newest() -> None:
    query = {"stage": "archived", "q": "电梯", "before": "7", "grid": "nonsense"}
    choice = choice_of(query, rules())
    assert choice.link(late="1") == "/desk/all?q=%E7%94%B5%E6%A2%AF&stage=archived&late=1"
    assert choice.link(stage="", q="") == "/desk/all"
    assert choice.link(before="5").endswith("&before=5")


async def test_the_board_puts_each_case_under_its_stage(site: Web) -> None:
    lift, _, _ = await three(site)
    wang = await site.community.staff("wang")
    rules = site.community.rules

    def go_there(tx: Tx) -> None:
        case = take(tx, rules, lift.id, wang, version=lift.version)
        arrive(tx, rules, lift.id, wang, version=case.version)

    await site.community.storage.write(go_there)
    browser, _ = await site.seated("lin")
    page = await (await browser.get("/desk/all?view=board")).text()
    columns = page.split('<section class="column')[1:]
    assert [f'/desk/cases/{lift.id}"' in column for column in columns] == [
        False,
        False,
        True,
        False,
    ]


async def test_a_number_is_found_as_it_is_written_and_as_the_telephone_says_it(site: Web) -> None:
    lift, dirt, _ = await three(site)
    browser, _ = await site.seated("lin")
    for number in (lift.number, lift.number.lower(), spoken_number(lift.id)):
        page = await browser.get(f"/desk/all?q={number}")
        assert page.url.path == f"/desk/cases/{lift.id}", number
    page = await browser.get(f"/desk/all?q={spoken_number(dirt.id)} 垃圾")
    assert page.url.path == f"/desk/cases/{dirt.id}"
