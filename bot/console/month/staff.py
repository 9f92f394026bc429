"""What staff, and organisations they ask, do with a case in the simulated month."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot.console.month.world import World, later
from bot.flow.cases import (
    ask,
    assign,
    guest,
    handle,
    misroute,
    prove,
    referral,
    split,
    together,
    visit,
)
from bot.flow.cases.guest import Guest
from bot.flow.cases.referral import Ask
from bot.flow.cases.split import Parts
from bot.model.case import OPEN_STATES, Actor, Case, Party, RefusedError
from bot.model.number import case_number
from bot.model.proof import Purpose
from bot.model.staff import Role, Staff
from bot.oversight.permissions import Right, may
from bot.ports.storage import Tx
from nlp.matter.services import Evidence

_PHOTO: Final = b"a photo of the work"
_GUEST_WAYS: Final = (
    ("opened", "accept", "answer", "done"),
    ("opened", "refuse"),
    ("accept", "done"),
    ("opened",),
    (),
)
"""What organisations that are asked do one after the other; the last two leave it at that."""


async def take(world: World, case: Case) -> None:
    """Whoever has it takes it; where nobody has, somebody who is free does."""
    staff = _handler(world, case) or _somebody(world, case)
    await world.does(lambda tx: handle.take(tx, world.rules, case.id, staff, version=case.version))


async def arrive(world: World, case: Case) -> None:
    """The handler is at the place."""
    staff = _own(world, case)
    await world.does(
        lambda tx: handle.arrive(tx, world.rules, case.id, staff, version=case.version)
    )


async def answer(world: World, case: Case) -> None:
    """The handler writes to the reporter."""
    staff, words = _own(world, case), world.plan["staff"]["answer"]
    await world.does(lambda tx: handle.answer(tx, world.rules, case.id, staff, words))


async def ask_reporter(world: World, case: Case) -> None:
    """The handler asks, and waits for her answer."""
    staff, words = _own(world, case), world.plan["staff"]["ask"]
    await world.does(
        lambda tx: ask.ask(tx, world.rules, case.id, staff, words, version=case.version)
    )


async def hand_over(world: World, case: Case) -> None:
    """The handler gives it to a colleague."""
    staff, why = _own(world, case), world.plan["staff"]["hand_why"]
    to_staff = _somebody(world, case)
    await world.does(
        lambda tx: handle.hand_over(
            tx, world.rules, case.id, staff, to_staff.id, why, version=case.version
        )
    )


async def give(world: World, case: Case) -> None:
    """The dispatcher gives it to somebody."""
    staff, why = _dispatcher(world), world.plan["staff"]["give_why"]
    to_staff = _somebody(world, case)
    await world.does(
        lambda tx: assign.assign_to(
            tx, world.rules, case.id, staff, to_staff.id, why, version=case.version
        )
    )


async def sort(world: World, case: Case) -> None:
    """The dispatcher says what kind of matter it is."""
    staff = _dispatcher(world)
    await world.does(
        lambda tx: assign.recategorise(
            tx, world.rules, case.id, staff, case.service_code, version=case.version
        )
    )


async def resolve(world: World, case: Case) -> None:
    """The handler closes with what the service asks for as evidence."""
    staff, words = _own(world, case), world.plan["staff"]["done"]

    def unit(tx: Tx) -> None:
        _show_work(world, tx, case, staff)
        handle.resolve(tx, world.rules, case.id, staff, words, version=case.version)

    await world.does(unit)


async def redirect(world: World, case: Case) -> None:
    """It is somebody else's business: the reporter hears whose."""
    staff, said = _handler(world, case) or _dispatcher(world), world.plan["staff"]
    await world.does(
        lambda tx: handle.redirect(
            tx, world.rules, case.id, staff, said["where"], said["why"], version=case.version
        )
    )


async def merge(world: World, case: Case) -> None:
    """The dispatcher finds another case of the same kind and handles both together."""
    staff = _dispatcher(world)

    def unit(tx: Tx) -> None:
        waiting = world.standings()
        for other_id, there in reversed(waiting.items()):
            if other_id == case.id or there.state not in OPEN_STATES:
                continue
            other = tx.cases.get(other_id)
            if (other.service_code, other.urgent) == (case.service_code, case.urgent):
                number = case_number(other_id)
                together.merge(tx, world.rules, case.id, staff, number, version=case.version)
                return
        raise RefusedError("no_such_case")

    await world.does(unit)


async def separate(world: World, case: Case) -> None:
    """The dispatcher sees that they were two matters after all."""
    staff = _dispatcher(world)
    await world.does(
        lambda tx: together.separate(tx, world.rules, case.id, staff, version=case.version)
    )


async def split_up(world: World, case: Case) -> None:
    """The handler sees that her words hold two matters."""
    staff = _own(world, case)
    words = case.description
    parts = Parts(stays=words, goes=words, service_code=case.service_code)
    await world.does(
        lambda tx: split.split(tx, world.rules, case.id, staff, parts, version=case.version)
    )


async def send_back(world: World, case: Case) -> None:
    """The handler sees that it came to the wrong person."""
    staff, why = _own(world, case), world.plan["staff"]["back_why"]
    await world.does(
        lambda tx: misroute.send_back(tx, world.rules, case.id, staff, why, version=case.version)
    )


async def let_go(world: World, case: Case) -> None:
    """The handler leaves while nobody else is there."""
    actor, why = Actor(Party.DISPATCHER, f"staff:{_dispatcher(world).id}"), "他走了"

    def unit(tx: Tx) -> None:
        for on_duty in (False, True):
            for member in world.staff:
                tx.staff.set_duty(member.id, on_duty=on_duty)
            if not on_duty:
                assign.pass_on(tx, world.rules, tx.cases.get(case.id), actor, why)

    await world.does(unit)


async def find_it_solved(world: World, case: Case) -> None:
    """Somebody visits a person who might not answer: it is solved."""
    await _visit(world, case, "visit_good", solved=True)


async def find_it_unsolved(world: World, case: Case) -> None:
    """Somebody visits a person who might not answer: it goes on."""
    await _visit(world, case, "visit_bad", solved=False)


async def refer(world: World, case: Case) -> None:
    """The handler asks another organisation, which does as such organisations do."""
    staff, words = _own(world, case), world.plan["staff"]["refer"]

    def unit(tx: Tx) -> tuple[str, datetime]:
        helper = world.rng.choice(list(tx.places.helpers()))
        due_at = referral.usual_due(tx.now, world.rules, case)
        asked = Ask(organisation_id=helper.id, asked=words, due_at=due_at)
        made = referral.refer(tx, world.rules, case.id, staff, asked, version=case.version)
        return tx.referrals.link_token(made.id), due_at

    token, due_at = await world.does(unit)
    way = _GUEST_WAYS[world.rng.randrange(len(_GUEST_WAYS))]
    when = world.clock.time
    for number, step in enumerate(way):
        when = later(world.rules, when, world.rng.uniform(0.5, 8), urgent=case.urgent)
        world.at(when, partial(_guest_does, world, token, step, number))
    if not way or way[-1] == "opened":
        end = due_at + timedelta(days=world.rng.choice((1, 9)))
        world.at(end, partial(_recall, world, case.id))


async def _visit(world: World, case: Case, said: str, *, solved: bool) -> None:
    """Afterwards she can be asked by message again, so that her next case may lapse."""
    staff, words = _dispatcher(world), world.plan["staff"]

    def unit(tx: Tx) -> None:
        why = words["visit_why"]
        visit.mark(tx, world.rules, case.id, staff, why, version=case.version)
        visit.visit(
            tx, world.rules, case.id, staff, words[said], solved=solved, version=case.version
        )
        tx.visits.unmark(case.reporter_id)

    await world.does(unit)


async def _guest_does(world: World, token: str, step: str, number: int) -> None:
    who = Guest(token=token, form=f"{token}-{number}", name="值班室", phone="")
    said, rules = world.plan["staff"], world.rules
    steps: dict[str, Callable[[Tx], None]] = {
        "opened": lambda tx: guest.opened(tx, token),
        "accept": lambda tx: guest.accept(tx, rules, who),
        "answer": lambda tx: guest.report(tx, rules, who, said["guest_answer"], [], done=False),
        "done": lambda tx: guest.report(tx, rules, who, said["guest_done"], [], done=True),
        "refuse": lambda tx: guest.refuse(tx, rules, who, said["guest_refuse"]),
    }
    await _unless_over(world, steps[step])


async def _recall(world: World, case_id: int) -> None:
    case = await world.case(case_id)
    if case.handler_id is None:
        return
    staff = _own(world, case)
    words = world.plan["staff"]["recall"]
    await _unless_over(world, lambda tx: referral.recall(tx, world.rules, case_id, staff, words))


async def _unless_over(world: World, unit: Callable[[Tx], None]) -> None:
    """The case may have ended meanwhile: then there is nothing left to do."""
    try:
        await world.does(unit)
    except RefusedError as refused:
        world.refused[refused.reason] += 1


def _show_work(world: World, tx: Tx, case: Case, staff: Staff) -> None:
    missing = prove.lacking(world.rules, case, tx.proofs.of_case(case.id))
    if missing is Evidence.PHOTO:
        for purpose in (Purpose.BEFORE, Purpose.AFTER):
            prove.add_photo(
                tx, world.rules, case.id, staff, purpose, _PHOTO,
                media_type="image/jpeg", shown=True,
            )  # fmt: skip
    elif missing is Evidence.SIGNATURE:
        name = world.plan["staff"]["name"]
        prove.sign(tx, world.rules, case.id, staff, name, b"", media_type="")


def _handler(world: World, case: Case) -> Staff | None:
    return next((one for one in world.staff if one.id == case.handler_id), None)


def _own(world: World, case: Case) -> Staff:
    staff = _handler(world, case)
    if staff is None:
        raise RefusedError("not_yours")
    return staff


def _dispatcher(world: World) -> Staff:
    found = next((one for one in world.staff if one.role is Role.DISPATCHER), None)
    if found is None:
        raise RefusedError("not_allowed")
    return found


def _somebody(world: World, case: Case) -> Staff:
    """Somebody else who handles cases, of the same agency if there is one."""
    others = [
        one
        for one in world.staff
        if one.id != case.handler_id
        and may(one.role, Right.HANDLE_CASE)
        and not may(one.role, Right.DISPATCH_CASE)
    ]
    near = [one for one in others if one.agency == case.agency]
    return world.rng.choice(near or others)
