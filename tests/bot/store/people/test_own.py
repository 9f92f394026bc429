"""All that is kept about a person is given to her and goes when she asks, table by table."""

import pytest
import sqlalchemy as sa

from bot.ports.own import Holdings
from bot.ports.storage import Storage, Tx, Views
from bot.store.ground.personal import load_register
from bot.store.people.erase import BLANKED, DELETED
from bot.store.people.own import APART, OWN
from bot.store.tables import metadata
from channels.message import Attachment, AttachmentKind, InboundMessage
from tests.bot.community import Community, rules
from tests.fakes.clock import FakeClock

_ABOUT = {"person.id", "contact.id"}
_GIVEN = {part.table.name for part in OWN} | {table.name for table in APART}
_ERASED = {f"{one.table.name}.{name}" for one in BLANKED for name in one.columns}
_GONE = {table.name for table, _ in DELETED}
_OTHERWISE = {"contact.address", "ballot.sealed"}
"""The one is replaced together with its hash; a ballot is nobody's, and goes when it is counted."""


def _about_a_person(table: sa.Table) -> bool:
    return any(key.target_fullname in _ABOUT for key in table.foreign_keys)


@pytest.mark.parametrize(
    "table", [one for one in metadata.sorted_tables if _about_a_person(one)], ids=str
)
def test_every_table_that_names_a_person_is_given_to_her(table: sa.Table) -> None:
    assert table.name in _GIVEN


@pytest.mark.parametrize("name", sorted(load_register()))
def test_every_personal_field_goes_when_she_asks(name: str) -> None:
    assert name in _ERASED | _OTHERWISE or name.partition(".")[0] in _GONE


def test_every_column_that_is_given_has_a_name_and_every_table_a_title() -> None:
    texts = rules().texts
    for part in OWN:
        assert texts.has(f"points.own.table.{part.table.name}"), part.table
        for name in part.columns:
            assert texts.has(f"points.own.column.{name}"), name


async def test_she_is_given_her_own_in_clear_and_nobody_elses(
    storage: Storage, clock: FakeClock
) -> None:
    community = Community(storage, rules())
    await community.fill()
    case = await community.report()
    await community.report(address="other")

    def unit(tx: Tx) -> int:
        contact = tx.people.meet("web", "resident")
        photo = Attachment(kind=AttachmentKind.PHOTO, media_type="image/jpeg", content=b"photo")
        message = InboundMessage(
            channel="web",
            address="resident",
            external_id="1",
            text="电梯坏了",
            sent_at=clock.now(),
            attachments=(photo,),
        )
        stored = tx.inbox.store(contact.id, message)
        assert stored is not None
        tx.media.add(stored, contact.id, photo)
        tx.people.call(contact.person_id, "李阿姨")
        return contact.person_id

    def look(views: Views) -> tuple[Holdings, list[bytes]]:
        files = [views.own.content(one) for one in views.own.files(person_id)]
        return views.own.gather(person_id), files

    person_id = await storage.write(unit)
    held, files = await storage.read(look)
    assert files == [b"photo"]
    assert [row["name"] for row in held.tables["person"]] == ["李阿姨"]
    assert [row["address"] for row in held.tables["contact"]] == ["resident"]
    assert [row["text"] for row in held.tables["inbox"]] == ["电梯坏了"]
    assert [row["id"] for row in held.tables["case_file"]] == [case.id]
    assert held.tables["case_event"]
    assert held.transfers == []
