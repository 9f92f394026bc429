"""Every edge of the table of a case, taken by the flows that people and clocks use.

Whatever is no edge is refused, by the flow where there is one and by the one gate always.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import product
from types import MappingProxyType

import pytest

from bot.flow.cases import assign, follow_up, handle, misroute, reporter, together
from bot.flow.cases.move import move
from bot.flow.cases.open import open_case
from bot.flow.cases.place import set_place
from bot.flow.cases.visit import visit
from bot.model.case import SYSTEM, TRANSITIONS, Actor, Case, Party, RefusedError, State, Trigger
from bot.model.staff import Staff
from bot.ports.storage import Storage, Tx
from nlp.places.grammar import Place
from tests.bot.community import Community, meaning, reporter_of, rules
from tests.bot.proving import show_work

RULES = rules()
Act = Callable[[Tx, Case], Case | None]
"""Does a step with a case; returns the case that moved where it is another one."""


def _member(tx: Tx, login: str) -> Staff:
    found = tx.staff.by_login(login)
    assert found is not None
    return found[0]


def _staff(step: Callable[..., object], login: str, *values: object) -> Act:
    """A step of staff: the handler, if it has one, or else the member with that login."""

    def act(tx: Tx, case: Case) -> None:
        staff = _member(tx, login)
        if login == "wang" and case.handler_id is not None:
            staff = tx.staff.get(case.handler_id)
        step(tx, RULES, case.id, staff, *values, version=case.version)

    return act


def _assigned_by_system(tx: Tx, case: Case) -> None:
    """Somebody comes on duty, and the case that waited is given out."""
    tx.staff.set_duty(_member(tx, "wang").id, on_duty=True)
    assign.assign(tx, RULES, case)


def _given(tx: Tx, case: Case) -> None:
    lin, wang = _member(tx, "lin"), _member(tx, "wang")
    assign.assign_to(tx, RULES, case.id, lin, wang.id, "他在附近", version=case.version)


def _handed(login: str, tx: Tx, case: Case) -> None:
    staff = _member(tx, login)
    if login == "wang" and case.handler_id is not None:
        staff = tx.staff.get(case.handler_id)
    chen = _member(tx, "chen").id
    handle.hand_over(tx, RULES, case.id, staff, chen, "要钥匙", version=case.version)


def _put_elsewhere(tx: Tx, case: Case) -> None:
    """Its place is in another grid, and nobody has begun with it."""
    zhao = _member(tx, "zhao")
    tx.staff.set_duty(zhao.id, on_duty=True)
    if case.state is State.ASSIGNED:
        case = tx.cases.save(replace(case, answered_at=None))
    elsewhere = Place(estate="和平家园", building="5")
    set_place(tx, RULES, case, reporter_of(case), elsewhere)


def _let_go(tx: Tx, case: Case) -> None:
    """Its handler left, and nobody else is there."""
    actor = Actor(Party.DISPATCHER, f"staff:{_member(tx, 'admin').id}")
    assign.pass_on(tx, RULES, case, actor, "王师傅不在这里办事了")


def _resolved(tx: Tx, case: Case) -> None:
    staff = tx.staff.get(case.handler_id or _member(tx, "wang").id)
    if case.state in {State.ASSIGNED, State.ON_SITE}:
        show_work(tx, RULES, case, staff)
    handle.resolve(tx, RULES, case.id, staff, "换了门板", version=case.version)


def _visited(login: str, tx: Tx, case: Case, *, solved: bool) -> None:
    staff = _member(tx, login)
    visit(tx, RULES, case.id, staff, "她点头", solved=solved, version=case.version)


def _merged(tx: Tx, case: Case) -> None:
    other = open_case(tx, RULES, tx.people.meet("web", "neighbour"), meaning(), words="电梯又坏了")
    lin = _member(tx, "lin")
    together.merge(tx, RULES, case.id, lin, other.number, version=case.version)


def _joined(tx: Tx, case: Case) -> None:
    """Its reporter was offered a neighbour's case, and says that it is the same."""
    other = open_case(tx, RULES, tx.people.meet("web", "neighbour"), meaning(), words="电梯又坏了")
    together.join(tx, RULES, case, other, reporter_of(case))


def _parted(tx: Tx, case: Case) -> None:
    """The reporter of the main case takes it back."""
    link = tx.relations.main_of(case.id)
    if link is not None:
        main = tx.cases.get(link.other_id)
        reporter.withdraw(tx, RULES, main.id, reporter_of(main))


def _done(_: object) -> None:
    """The step is done; the case is looked up afterwards."""


def _not_ours(tx: Tx, _: Case) -> Case:
    elsewhere = next(one for one in RULES.services.services if one.elsewhere is not None)
    contact = tx.people.meet("web", "neighbour")
    return open_case(tx, RULES, contact, meaning(elsewhere.code), words="社保卡丢了")


ACTS: MappingProxyType[tuple[Trigger, Party], Act] = MappingProxyType(
    {
        (Trigger.ASSIGN, Party.SYSTEM): _assigned_by_system,
        (Trigger.ASSIGN, Party.DISPATCHER): _given,
        (Trigger.TAKE, Party.HANDLER): _staff(handle.take, "wang"),
        (Trigger.TAKE, Party.DISPATCHER): _staff(handle.take, "lin"),
        (Trigger.HAND_OVER, Party.HANDLER): partial(_handed, "wang"),
        (Trigger.HAND_OVER, Party.DISPATCHER): partial(_handed, "lin"),
        (Trigger.HAND_OVER, Party.SYSTEM): _put_elsewhere,
        (Trigger.RETURN, Party.HANDLER): _staff(misroute.send_back, "wang", "归市政管"),
        (Trigger.RELEASE, Party.DISPATCHER): _let_go,
        (Trigger.ARRIVE, Party.HANDLER): _staff(handle.arrive, "wang"),
        (Trigger.ARRIVE, Party.DISPATCHER): _staff(handle.arrive, "lin"),
        (Trigger.RESOLVE, Party.HANDLER): _resolved,
        (Trigger.CONFIRM, Party.REPORTER): lambda tx, case: _done(
            follow_up.confirm(tx, RULES, case.id, reporter_of(case))
        ),
        (Trigger.LAPSE, Party.SYSTEM): lambda tx, case: follow_up.lapse(tx, RULES, case),
        (Trigger.VISIT, Party.HANDLER): partial(_visited, "chen", solved=True),
        (Trigger.VISIT, Party.DISPATCHER): partial(_visited, "lin", solved=True),
        (Trigger.DISPUTE, Party.HANDLER): partial(_visited, "chen", solved=False),
        (Trigger.DISPUTE, Party.DISPATCHER): partial(_visited, "lin", solved=False),
        (Trigger.DISPUTE, Party.REPORTER): lambda tx, case: _done(
            follow_up.dispute(tx, RULES, case.id, reporter_of(case), "没好")
        ),
        (Trigger.MERGE, Party.DISPATCHER): _merged,
        (Trigger.MERGE, Party.REPORTER): _joined,
        (Trigger.SEPARATE, Party.DISPATCHER): _staff(together.separate, "lin"),
        (Trigger.SEPARATE, Party.SYSTEM): _parted,
        (Trigger.REDIRECT, Party.SYSTEM): _not_ours,
        (Trigger.REDIRECT, Party.HANDLER): _staff(handle.redirect, "wang", "12345", "归市里管"),
        (Trigger.REDIRECT, Party.DISPATCHER): _staff(handle.redirect, "lin", "12345", "归市里管"),
        (Trigger.WITHDRAW, Party.REPORTER): lambda tx, case: _done(
            reporter.withdraw(tx, RULES, case.id, reporter_of(case))
        ),
    }
)
"""How people and clocks do it: a new edge of the table needs its line here."""


INSTEAD: MappingProxyType[tuple[Trigger, Party], frozenset[State]] = MappingProxyType(
    {
        (Trigger.ASSIGN, Party.DISPATCHER): frozenset({State.ASSIGNED, State.ON_SITE}),
        (Trigger.HAND_OVER, Party.SYSTEM): frozenset(State),
        (Trigger.SEPARATE, Party.SYSTEM): frozenset(State),
        (Trigger.REDIRECT, Party.SYSTEM): frozenset(State),
    }
)
"""Where a flow does something else: it hands over, or chooses the case by itself."""

WAYS: MappingProxyType[State, tuple[tuple[Trigger, Party], ...]] = MappingProxyType(
    {
        State.FOUND: (),
        State.ASSIGNED: ((Trigger.TAKE, Party.HANDLER),),
        State.ON_SITE: ((Trigger.TAKE, Party.HANDLER), (Trigger.ARRIVE, Party.HANDLER)),
        State.FOLLOW_UP: ((Trigger.TAKE, Party.HANDLER), (Trigger.RESOLVE, Party.HANDLER)),
        State.ARCHIVED: (
            (Trigger.TAKE, Party.HANDLER),
            (Trigger.RESOLVE, Party.HANDLER),
            (Trigger.CONFIRM, Party.REPORTER),
        ),
        State.REOPENED: (
            (Trigger.TAKE, Party.HANDLER),
            (Trigger.RESOLVE, Party.HANDLER),
            (Trigger.DISPUTE, Party.REPORTER),
        ),
        State.MERGED: ((Trigger.MERGE, Party.DISPATCHER),),
        State.OUT_OF_SCOPE: ((Trigger.REDIRECT, Party.HANDLER),),
        State.WITHDRAWN: ((Trigger.WITHDRAW, Party.REPORTER),),
    }
)
"""How a case comes to a state."""


def _edges() -> list[tuple[State, Trigger, Party]]:
    found = [
        (source, row.trigger, party)
        for row in TRANSITIONS
        for source, party in product(sorted(row.sources), sorted(row.parties))
    ]
    assert len(set(found)) == len(found)
    return found


EDGES = _edges()


async def in_state(storage: Storage, state: State) -> int:
    """Return a case that came to the state while nobody of the staff was on duty."""
    community = Community(storage, RULES)
    await community.fill()

    def unit(tx: Tx) -> int:
        for member in tx.staff.all():
            tx.staff.set_duty(member.id, on_duty=False)
        contact = tx.people.meet("web", "resident")
        case = open_case(tx, RULES, contact, meaning(), words="3号楼2单元电梯坏了")
        for step in WAYS[state]:
            ACTS[step](tx, tx.cases.get(case.id))
        return case.id

    case_id = await storage.write(unit)
    assert (await community.case(case_id)).state is state
    return case_id


async def moves(storage: Storage, case_id: int) -> list[tuple[Trigger | None, str, State]]:
    page = await storage.read(lambda views: views.cases.page(case_id))
    assert page is not None
    told = [event for event in page.events if event.trigger is not None]
    return [(event.trigger, event.actor, event.state) for event in told]


@pytest.mark.parametrize(("state", "trigger", "party"), EDGES)
async def test_each_edge_is_taken(
    storage: Storage, state: State, trigger: Trigger, party: Party
) -> None:
    case_id = await in_state(storage, state)
    before = await moves(storage, case_id)

    def unit(tx: Tx) -> int:
        other = ACTS[trigger, party](tx, tx.cases.get(case_id))
        return case_id if other is None else other.id

    moved_id = await storage.write(unit)
    after = await moves(storage, moved_id)
    row = next(r for r in TRANSITIONS if r.trigger is trigger and state in r.sources)
    fresh = after[len(before) if moved_id == case_id else 0 :]
    assert (fresh[0][0], fresh[0][2]) == (trigger, row.target)
    kind = {Party.REPORTER: "resident:", Party.SYSTEM: "system"}.get(party, "staff:")
    assert fresh[0][1].startswith(kind)


@pytest.mark.parametrize("state", State)
async def test_whatever_is_no_edge_is_refused(storage: Storage, state: State) -> None:
    case_id = await in_state(storage, state)
    before = await moves(storage, case_id)

    def by_gate(trigger: Trigger, party: Party, tx: Tx) -> None:
        with pytest.raises(RefusedError):
            move(tx, tx.cases.get(case_id), trigger, Actor(party, SYSTEM.code))

    def by_flow(act: Act, tx: Tx) -> None:
        with pytest.raises(RefusedError):
            act(tx, tx.cases.get(case_id))

    for trigger, party in product(Trigger, Party):
        if (state, trigger, party) in EDGES:
            continue
        await storage.write(partial(by_gate, trigger, party))
        act = ACTS.get((trigger, party))
        if act is not None and state not in INSTEAD.get((trigger, party), ()):
            await storage.write(partial(by_flow, act))
    assert await moves(storage, case_id) == before
