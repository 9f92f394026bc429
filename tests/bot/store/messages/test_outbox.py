"""What the outbox knows of what a contact was told, on both databases."""

from functools import partial

from bot.ports.outbox import Outgoing
from bot.ports.storage import Storage, Tx


async def test_what_came_after_the_last_answer_is_counted_for_each_contact(
    storage: Storage,
) -> None:
    assert await counted(storage) == [0, 0]
    for her, key in ((0, "case:1:a"), (0, "inbox:1"), (0, "case:1:b"), (1, "case:2:a")):
        await storage.write(partial(tell, her=her, key=key))
    assert await counted(storage) == [1, 1]
    await storage.write(partial(tell, her=0, key="inbox:2"))
    assert await counted(storage) == [0, 1]


def tell(tx: Tx, *, her: int, key: str) -> None:
    outgoing = Outgoing(key=key, contact_id=contact(tx, her), text="好")
    tx.outbox.put(outgoing, tx.now)


def contact(tx: Tx, her: int) -> int:
    return tx.people.meet("wechat", f"o{her}").id


async def counted(storage: Storage) -> list[int]:
    return await storage.write(
        lambda tx: [tx.outbox.since_answer(contact(tx, her)) for her in (0, 1)]
    )
