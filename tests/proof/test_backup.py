"""A backup while residents write, restored elsewhere: what was acknowledged is in it."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.store import tables as t
from bot.store.engines.database import make_engine, newest_revision, parse_url, revision_of
from bot.store.exports.backup import verify
from bot.store.ground.personal import PersonalData, load_register
from nlp.matter.kinds import Kind
from nlp.meaning import build_interpreter
from tests import postgres
from tests.proof.command import gongzhi
from tests.proof.service import Said, ServiceProcess, each_by_somebody_else, say_all
from tests.proof.texts import own_texts

BEFORE, DURING = 20, 120
KEY = "a secret key that only proofs know"


@pytest.fixture
def other_url(database_url: str, tmp_path: Path, postgres_server: str) -> Iterator[str]:
    """An empty database of the other kind."""
    if database_url.startswith("sqlite"):
        with postgres.database(postgres_server) as url:
            yield url
    else:
        yield f"sqlite:///{tmp_path}/other.sqlite"


async def test_a_backup_under_load_holds_what_was_acknowledged(
    tmp_path: Path, database_url: str, other_url: str
) -> None:
    service = ServiceProcess(database_url, tmp_path)
    archive = tmp_path / "backup.tar.gz"
    messages = each_by_somebody_else(own_texts(BEFORE + DURING))
    acknowledged, later = messages[:BEFORE], messages[BEFORE:]
    try:
        await service.start()
        await say_all(service.url, acknowledged)
        writing = asyncio.ensure_future(say_all(service.url, later))
        await asyncio.sleep(0.2)
        assert not writing.done()
        manifest = await printed(tmp_path, database_url, "backup", str(archive), "--json")
        assert manifest["revision"] == newest_revision()
        await writing
    finally:
        service.kill()
    assert verify(archive) == manifest
    same_kind = tmp_path / "same"
    for target, folder in ((other_url, tmp_path / "elsewhere"), (None, same_kind)):
        folder.mkdir()
        url = target or f"sqlite:///{folder}/restored.sqlite"
        assert await printed(folder, url, "restore", str(archive), "--json") == manifest
        _check(url, acknowledged, messages)


async def printed(folder: Path, database_url: str, *arguments: str) -> dict[str, object]:
    """Run the command beside the service, and return the JSON it prints."""
    ended = await asyncio.to_thread(
        gongzhi, folder, *arguments, database_url=database_url, secret_key=KEY
    )
    assert ended.code == 0, ended.err
    told: dict[str, object] = json.loads(ended.out)
    return told


def _check(url: str, acknowledged: list[Said], messages: list[Said]) -> None:
    """It is whole: no message without its effect, no effect without its message."""
    engine = make_engine(parse_url(url))
    assert revision_of(engine) == newest_revision()
    with engine.connect() as connection:
        inbox = connection.execute(sa.select(t.inbox)).all()
        answers = connection.execute(
            sa.select(t.outbox.c.key).where(t.outbox.c.key.like("inbox:%"))
        ).scalars()
        answered = {int(key.partition(":")[2]) for key in answers}
        owners = set(connection.execute(sa.select(t.case_file.c.contact_id)).scalars())
        begun = connection.execute(
            sa.select(t.case_event.c.case_id).where(t.case_event.c.kind == "found")
        ).all()
    engine.dispose()
    kept = {row.external_id.partition(":")[2] for row in inbox}
    assert {one.identifier for one in acknowledged} <= kept, "an acknowledged message is lost"
    assert kept <= {one.identifier for one in messages}
    assert answered == {row.id for row in inbox if row.state == "handled"}
    assert len(owners) == len(begun)
    _check_words(inbox, messages, owners)


def _check_words(inbox: Sequence[sa.Row[Any]], said: list[Said], owners: set[int]) -> None:
    """The words can be read with the key, and each handled report has its case."""
    personal = PersonalData(load_register(), KEY.encode())
    interpreter = build_interpreter()
    texts = {one.identifier: one.text for one in said}
    for row in inbox:
        text = personal.open("inbox.text", row.text)
        assert text == texts[row.external_id.partition(":")[2]]
        report = interpreter.interpret(text).kind in {Kind.REPORT, Kind.EMERGENCY}
        assert (row.contact_id in owners) == (report and row.state == "handled")
