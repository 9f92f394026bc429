"""Her message lets go out what was refused until she writes, behind the answer."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from bot.ports.outbox import Outgoing
from bot.ports.storage import Tx
from bot.store import tables as t
from tests.bot.dialogue.talker import Talker

KEY = "claim:1:decided"


def refuse(talker: Talker, tx: Tx) -> None:
    """News for her are refused until she writes."""
    her = tx.people.meet(talker.channel, talker.address).id
    tx.outbox.put(Outgoing(key=KEY, contact_id=her, text="申报通过了"), tx.now)
    (claimed,) = tx.outbox.claim(limit=1, lease_until=tx.now + timedelta(minutes=1))
    tx.held.hold(claimed, "blocked")


def outbox(engine: sa.Engine) -> list[tuple[str, str]]:
    query = sa.select(t.outbox.c.key, t.outbox.c.delivery).order_by(t.outbox.c.id)
    with engine.connect() as connection:
        return [(key.partition(":")[0], delivery) for key, delivery in connection.execute(query)]


SAID = [
    ("her words", "我的积分", {}, [("inbox", "waiting"), ("claim", "waiting")]),
    ("a call for help", "着火了快来人", {}, [("claim", "held"), ("inbox", "waiting")]),
    (
        "what may be a danger",
        "厨房那个灶有点不对劲，有股怪味",
        {},
        [("claim", "held"), ("inbox", "waiting")],
    ),
    (
        "words in a group",
        "我的积分",
        {"room": "-5"},
        [("claim", "held"), ("inbox", "waiting"), ("inbox", "waiting")],
    ),
]


@pytest.mark.parametrize(("label", "words", "more", "left"), SAID)
async def test_it_comes_behind_the_answer(
    talker: Talker,
    engine: sa.Engine,
    label: str,
    words: str,
    more: dict[str, Any],
    left: list[tuple[str, str]],
) -> None:
    await talker.storage.write(partial(refuse, talker))
    await talker.send(words, **more)
    found = [one for one in outbox(engine) if one[0] in {"inbox", "claim"}]
    assert found == left, label
