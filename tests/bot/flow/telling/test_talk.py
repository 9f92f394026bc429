"""A resident and staff talk, both ways, in the resident's channel."""

import pytest

from bot.flow.telling.talk import close, hear, reply
from bot.model.case import RefusedError
from bot.ports.storage import Storage, Tx
from tests.bot.community import Community, rules


async def opened(community: Community, words: str) -> tuple[int, int]:
    def unit(tx: Tx) -> tuple[int, int]:
        contact = tx.people.meet("web", "resident")
        return hear(tx, contact, words).id, contact.id

    return await community.storage.write(unit)


async def test_both_ways_until_it_is_closed(storage: Storage) -> None:
    community = Community(storage, rules())
    await community.fill()
    talk_id, contact_id = await opened(community, "有人吗")
    assert (await opened(community, "在吗"))[0] == talk_id
    lin = await community.staff("lin")
    rows = await storage.read(lambda views: views.talks.open_talks())
    assert [(row.last_words, row.waits_for_staff) for row in rows] == [("在吗", True)]
    await storage.write(lambda tx: reply(tx, community.rules, talk_id, lin, "在的，您说"))
    rows = await storage.read(lambda views: views.talks.open_talks())
    assert [(row.last_words, row.waits_for_staff) for row in rows] == [("在的，您说", False)]
    assert await community.news(contact_id) == ["林晓：在的，您说"]
    await storage.write(lambda tx: close(tx, community.rules, talk_id, lin))
    assert await storage.read(lambda views: views.talks.open_talks()) == []
    with pytest.raises(RefusedError, match="talk_closed"):
        await storage.write(lambda tx: reply(tx, community.rules, talk_id, lin, "还在吗"))
    lines = await storage.read(lambda views: views.talks.lines(talk_id))
    assert [line.words for line in lines] == ["有人吗", "在吗", "在的，您说"]
