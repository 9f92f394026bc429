"""What is kept of ended cases: gathered from every table, without words, and still sound later."""

import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from bot.flow.cases import follow_up
from bot.flow.cases.rate import ask, rate
from bot.model.archive import Archived
from bot.model.case import Case
from bot.model.rating import Score
from bot.ports.storage import Storage, Tx
from bot.store import tables as t
from bot.store.cases.archives import FILES, GATHERED, LEFT_OUT, SECRET
from bot.store.exports.cases import export_cases
from bot.store.ground.personal import PersonalData, load_register
from tests.bot.community import Community, reporter_of, rules
from tests.bot.proving import finish


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


async def solved(community: Community, case: Case) -> None:
    def unit(tx: Tx) -> None:
        now = tx.cases.get(case.id)
        assert now.handler_id is not None
        who = tx.staff.get(now.handler_id)
        finish(tx, community.rules, case.id, who, "换了控制板", version=now.version)
        follow_up.confirm(tx, community.rules, case.id, reporter_of(case))

    await community.storage.write(unit)


async def archives(community: Community, case: Case) -> Sequence[Archived]:
    return await community.storage.read(lambda views: views.archives.of_case(case.id))


def test_every_table_that_names_a_case_is_gathered_or_left_out_on_purpose() -> None:
    naming = {
        table
        for table in t.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table is t.case_file
    }
    assert naming == ({part.table for part in GATHERED} & naming) | LEFT_OUT


def test_what_is_secret_or_a_file_is_a_column() -> None:
    assert set(load_register()) >= FILES
    for name in SECRET:
        table, _, column = name.partition(".")
        assert column in t.metadata.tables[table].c


async def test_an_archive_has_what_happened_and_nobodys_words(community: Community) -> None:
    case = await community.report()
    await solved(community, case)
    (kept,) = await archives(community, case)
    assert kept.sound
    content: dict[str, Any] = json.loads(kept.content)
    tables = content["tables"]
    assert content["number"] == case.number
    assert content["rules"]["service"]["code"] == "lift_fault"
    assert content["rules"]["policy"] == community.rules.policy.version
    assert content["rules"]["software"] == community.rules.software != ""
    assert tables["case_file"][0]["state"] == "archived"
    assert [event["trigger"] for event in tables["case_event"] if event["trigger"]] == [
        "assign",
        "resolve",
        "confirm",
    ]
    assert tables["transfer"][0]["amount"] == 5
    assert tables["decision"][0]["chosen_id"] == case.handler_id
    assert any(message["key"].startswith("case:1:solved") for message in tables["outbox"])
    for words in ("电梯坏了", "换了控制板", "幸福里", case.token):
        assert words not in kept.content
    assert tables["case_file"][0]["description"].startswith("mark:")


async def test_each_end_and_what_is_said_after_it_is_kept_anew(community: Community) -> None:
    case = await community.report()
    await solved(community, case)

    def rated(tx: Tx) -> None:
        ask(tx, community.rules, case, 0)
        rate(tx, community.rules, case.id, 0, Score.GOOD, reporter_of(case))

    await community.storage.write(rated)
    await community.storage.write(
        lambda tx: follow_up.dispute(tx, community.rules, case.id, reporter_of(case), "又坏了")
    )
    await solved(community, case)
    kept = await archives(community, case)
    assert [len(json.loads(one.content)["tables"]["rating"]) for one in kept] == [0, 2, 2]
    assert [
        json.loads(one.content)["tables"]["case_file"][0]["times_reopened"] for one in kept
    ] == [
        0,
        0,
        1,
    ]


async def test_it_is_still_sound_when_its_people_were_forgotten(
    community: Community, engine: sa.Engine, personal: PersonalData
) -> None:
    case = await community.report()
    await solved(community, case)
    await community.storage.write(lambda tx: tx.people.erase(case.reporter_id))
    target = io.StringIO()
    assert export_cases(engine, personal, target, with_words=False).spoilt == []
    (line,) = map(json.loads, target.getvalue().splitlines())
    (kept,) = await archives(community, case)
    assert (line["archives"][0]["sha256"], line["archives"][0]["content"]) == (
        kept.digest,
        kept.content,
    )
    assert kept.sound


@pytest.mark.parametrize("statement", ["UPDATE archive SET content = '{}'", "DELETE FROM archive"])
async def test_the_database_refuses_to_change_it(
    community: Community, engine: sa.Engine, statement: str
) -> None:
    await solved(community, await community.report())
    with pytest.raises(sa.exc.DatabaseError, match="append-only"), engine.begin() as connection:
        connection.exec_driver_sql(statement)


async def test_one_that_was_changed_all_the_same_is_named(
    community: Community, engine: sa.Engine, personal: PersonalData
) -> None:
    case = await community.report()
    with engine.begin() as connection:
        forged = {"case_id": case.id, "at": case.opened_at, "digest": "0" * 64, "content": "{}"}
        connection.execute(t.archive.insert().values(**forged))
    found = export_cases(engine, personal, io.StringIO(), with_words=False)
    assert (found.count, found.spoilt) == (1, [case.number])
