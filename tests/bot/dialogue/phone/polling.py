"""A vote that is open, and a caller who may vote in it."""

from datetime import timedelta
from typing import Any, Final

from bot.flow.votes import steps as vote_steps
from bot.model.people import Verification
from bot.ports.storage import Storage, Tx
from bot.ports.votes import Question
from channels.call import PHONE, Listening, Say
from credits.ballots import Method
from tests.bot.dialogue.looking import RULES
from tests.bot.dialogue.phone.caller import NUMBER, Caller

PIN: Final = "072951"
SPOKEN_SECONDS: Final = 1.0
"""A part that is waited after for less is followed by another."""


async def may_vote(storage: Storage, number: str = NUMBER, pin: str = PIN) -> int:
    """Confirm who calls from that number, and let two issue a number to her."""

    def unit(tx: Tx) -> int:
        person_id = tx.people.meet(PHONE, number).person_id
        tx.people.verify(person_id, Verification.RESIDENT_CONFIRMED)
        for login, half, keep in (
            ("lin", pin[:3], tx.votes.begin_pin),
            ("wang", pin[3:], tx.votes.complete_pin),
        ):
            found = tx.staff.by_login(login)
            assert found is not None
            keep(person_id, half, found[0].id)
        return person_id

    return await storage.write(unit)


async def opened(storage: Storage, **named: Any) -> int:
    """Open a vote; the longer ago, the sooner it ends."""

    def unit(tx: Tx) -> int:
        told: dict[str, Any] = {
            "title": "楼下空地做什么",
            "options": ("种花", "停车", "健身"),
            "method": Method.SINGLE,
            "ends_at": tx.now + timedelta(hours=2),
        }
        lin, admin = tx.staff.by_login("lin"), tx.staff.by_login("admin")
        assert lin is not None
        assert admin is not None
        made = vote_steps.prepare(tx, lin[0], Question(**told | named))
        vote_steps.offer(tx, lin[0], made)
        vote_steps.open_it(tx, RULES, admin[0], made)
        return made

    return await storage.write(unit)


async def enters(caller: Caller) -> str:
    """Call, press 4, and hear what there is to hear."""
    await caller.calls()
    return await hears(caller, "4")


async def hears(caller: Caller, keys: str = "") -> str:
    """Press these keys, or none, and listen until something is waited for."""
    said = await (caller.presses(keys) if keys else caller.waits())
    return await _to_the_end(caller, said)


async def _to_the_end(caller: Caller, said: Say) -> str:
    texts = [said.text]
    while said.listening is Listening.KEYS and said.wait_seconds < SPOKEN_SECONDS:
        said = await caller.waits()
        texts.append(said.text)
    return "".join(texts)


def code_of(text: str) -> str:
    """Return the receipt that was read out, as it is published."""
    read = text.partition("票号是：")[2].partition("再说一遍")[0]
    return "".join(filter(str.isdecimal, read))
