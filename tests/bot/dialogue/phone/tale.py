"""A telephone conversation as a table a moderator could read."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from bot.flow.cases import handle
from bot.flow.cases.ask import ask
from bot.model.number import spoken_number
from bot.ports.bell import Bell
from bot.ports.outbox import Delivery
from bot.ports.storage import Storage, Tx
from channels.call import Heard, Say
from tests.bot.community import Community
from tests.bot.dialogue.looking import RULES
from tests.bot.dialogue.phone.caller import NUMBER, Caller, switchboard
from tests.bot.dialogue.phone.polling import may_vote, opened
from tests.bot.proving import finish
from tests.fakes.clock import FakeClock

LIFT = "幸福里小区三号楼二单元电梯坏了"
LEAK = "幸福里小区三号楼水管漏水"
SILENT, MUMBLES, HANGS_UP, UNANSWERED = "（不说话）", "（听不清）", "（挂断）", "（没人接）"
KEY = "按"
_EVENTS = {
    SILENT: Heard.SILENCE,
    MUMBLES: Heard.UNCLEAR,
    HANGS_UP: Heard.HUNG_UP,
    UNANSWERED: Heard.UNANSWERED,
}

Line = tuple[str, str, str]
"""What she does, a piece of what she hears then, and where the call stands."""

Found = tuple[str, str, str]
"""Service, place and a piece of the words of a case; one to be listened to begins with 听 ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tale:
    """One conversation. `before` is what happened before: a lift was told of, solved, or we
    are asked to call about it (asked); a leak was, which is urgent; the news of it are gone; staff
    asked the reporter a question, and we call to put it (told); a vote is open to her (vote).
    """

    label: str
    lines: tuple[Line, ...]
    cases: tuple[Found, ...] = ()
    before: str = ""
    number: str = NUMBER
    transfers: bool = False
    night: bool = False
    urgent: bool = False


def tale(label: str, *lines: Line, cases: Iterable[Found] = (), **more: object) -> Tale:
    return Tale(label=label, lines=lines, cases=tuple(cases), **more)  # type: ignore[arg-type]


async def told(tale: Tale, storage: Storage, bell: Bell, clock: FakeClock) -> Caller:
    """Hold the conversation and look at each answer, then at what it left."""
    await Community(storage, RULES).fill()
    rules = replace(RULES, transfers=tale.transfers)
    async with switchboard(storage, bell, rules) as board:
        caller = Caller(board, storage, clock, number=tale.number)
        digits = await happened_before(tale.before, caller)
        if tale.night:
            clock.move(hours=14)
        said = await caller.calls()
        assert said.text
        for number, (act, essence, state) in enumerate(tale.lines):
            said = await do(caller, filled(act, digits))
            where = f"{tale.label}, line {number}: {act}"
            assert essence in said.text, f"{where}: {said.text}"
            assert await caller.state() == state, f"{where}: {said.text}"
            if act != HANGS_UP:
                assert_speakable(said)
        if tale.lines[-1][0] != HANGS_UP and tale.lines[-1][2] != "over":
            await caller.hangs_up()
    await _assert_left(tale, caller)
    return caller


def assert_speakable(say: Say) -> None:
    """Only what can be said aloud: no line ends, links, marks or letters of case numbers."""
    assert say.text.endswith(("。", "？")), say.text
    for mark in ("\n", "http", "工单", "*", "{", "【", "①"):
        assert mark not in say.text, say.text
    assert not any(letter.isascii() and letter.isalpha() for letter in say.text), say.text


async def do(caller: Caller, act: str) -> Say:
    if act == HANGS_UP:
        return await caller.hangs_up()
    if act == MUMBLES:
        return await caller.mumbles()
    if act in _EVENTS:
        return await caller.turn(_EVENTS[act])
    if act.startswith(KEY) and act[1:].strip("0123456789*#") == "":
        return await caller.presses(act[1:])
    return await caller.says(act)


def filled(act: str, digits: str) -> str:
    """Put the number into what she says or presses."""
    spoken = "".join("零一二三四五六七八九"[int(digit)] for digit in digits)
    return act.format(digits=digits, spoken=spoken)


async def happened_before(before: str, caller: Caller) -> str:
    """Let happen what a tale begins after; return the number of the case in digits."""
    if before == "vote":
        await may_vote(caller.storage, caller.number)
        await opened(caller.storage)
    if before in {"", "vote"}:
        return "000000"
    earlier = Caller(caller.line, caller.storage, caller.clock, uuid="earlier")
    await earlier.calls()
    await earlier.says(LEAK if before == "leak" else LIFT)
    await earlier.presses("1")
    await earlier.hangs_up()
    (case,) = await earlier.cases()
    if before in {"solved", "asked", "leak"}:
        await caller.storage.write(partial(_solve, case.id))
    if before in {"question", "told"}:
        key = await caller.storage.write(partial(_ask, case.id))
        caller.about = key if before == "told" else ""
    if before in {"asked", "leak"}:
        caller.about = f"case:{case.id}:solved:0"
    if before == "gone":
        caller.about = "case:1:nothing"
    return spoken_number(case.id)


def _solve(case_id: int, tx: Tx) -> None:
    case = tx.cases.get(case_id)
    handler = tx.staff.get(case.handler_id or 0)
    case = handle.take(tx, RULES, case_id, handler, version=case.version)
    finish(tx, RULES, case_id, handler, "换了控制板", version=case.version)


def _ask(case_id: int, tx: Tx) -> str:
    """Let staff ask the reporter; return the key of the news."""
    case = tx.cases.get(case_id)
    handler = tx.staff.get(case.handler_id or 0)
    ask(tx, RULES, case_id, handler, "几点方便上门", version=case.version)
    keys = (f"case:{case_id}:asked:{event}" for event in range(99))
    return next(key for key in keys if tx.outbox.find(key))


async def _assert_left(tale: Tale, caller: Caller) -> None:
    """The cases are those of the tale, and every answer went out in the call."""
    cases = await caller.cases()
    found = sorted((one.service_code, one.place, one.description) for one in cases)
    expected = sorted(tale.cases)
    assert len(found) == len(expected), f"{tale.label}: {found}"
    for (service, place, words), one in zip(expected, found, strict=True):
        assert (service, place) == one[:2], f"{tale.label}: {found}"
        assert words in one[2], f"{tale.label}: {found}"
    counts = await caller.storage.read(lambda views: views.outbox.counts())
    assert not counts.get(Delivery.SENDING.value), tale.label
    assert any(case.urgent for case in cases) == tale.urgent, tale.label
