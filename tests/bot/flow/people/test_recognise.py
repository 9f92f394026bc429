"""Staff confirm who somebody is."""

import pytest
import sqlalchemy as sa

from bot.flow.people.recognise import confirm_resident
from bot.model.case import RefusedError
from bot.model.people import Verification
from bot.ports.storage import Storage
from bot.store.tables import person as person_table
from tests.bot.community import Community, rules


async def test_a_resident_is_confirmed_by_name_and_it_is_on_record(
    storage: Storage, engine: sa.Engine
) -> None:
    community = Community(storage, rules())
    await community.fill()
    case = await community.report()
    wang, admin = await community.staff("wang"), await community.staff("admin")
    for staff, name, reason in ((admin, "李阿姨", "not_allowed"), (wang, " ", "name_missing")):
        with pytest.raises(RefusedError, match=reason):
            await storage.write(lambda tx, s=staff, n=name: confirm_resident(tx, case.id, s, n))  # type: ignore[misc]
    await storage.write(lambda tx: confirm_resident(tx, case.id, wang, "李阿姨"))
    person = await storage.read(lambda views: views.people.person(case.reporter_id))
    assert (person.name, person.verification) == ("李阿姨", Verification.RESIDENT_CONFIRMED)
    page = await storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    assert (page.events[-1].kind.value, page.events[-1].actor) == ("known", f"staff:{wang.id}")
    with engine.connect() as connection:
        stored = connection.execute(sa.select(person_table.c.name)).scalars().all()
    assert "李" not in str(stored)
