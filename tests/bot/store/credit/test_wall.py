"""Who is on the wall, what is counted for a week, and the public totals, on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.model.wall import Done, Week, last_week
from bot.ports.storage import Storage, Tx
from bot.ports.wall import Total
from credits.ledger import Kind, Posting, resident, treasury
from credits.moves import reverse, settle
from credits.posting import post
from tests.bot.community import Community, rules
from tests.credits.making import posting
from tests.fakes.clock import FakeClock

RULES = rules()


@pytest.fixture
async def week(storage: Storage, clock: FakeClock) -> Week:
    """The week that will be over when the clock has moved on by seven days."""
    await Community(storage, RULES).fill()
    return last_week(clock.now() + timedelta(days=7), RULES.texts.zone)


async def _earn(storage: Storage, address: str, *acts: Posting) -> int:
    def unit(tx: Tx) -> int:
        person_id = tx.people.meet("web", address).person_id
        for act in acts:
            hers = act._replace(credit=resident(person_id))
            post(tx.journal, hers, now=tx.now, new_id=tx.new_transfer_id)
        return person_id

    return await storage.write(unit)


async def _join(storage: Storage, person_id: int, number: str = "3") -> None:
    def unit(tx: Tx) -> None:
        building = tx.places.building("幸福里小区", number)
        assert building is not None
        tx.wall.join(person_id, building.id)

    await storage.write(unit)


async def _done(storage: Storage, week: Week) -> list[Done]:
    return list(await storage.read(lambda views: views.wall.done(week)))


def _act(key: str, at: datetime, points: int = 5) -> Posting:
    return posting(key, "treasury", "resident:1", points, acted_at=at)


async def test_what_was_done_in_the_week_is_counted(
    storage: Storage, clock: FakeClock, week: Week
) -> None:
    before, within = week.since - timedelta(seconds=1), week.since
    clock.move(days=7)
    last = week.until - timedelta(seconds=1)
    acts = [
        _act("a", before, 1), _act("b", within, 2), _act("c", last, 4), _act("d", week.until, 8)
    ]  # fmt: skip
    clock.move(days=7)
    person_id = await _earn(storage, "a", *acts)
    await _join(storage, person_id)
    assert await _done(storage, week) == []  # she joined when the week was over
    later = Week(week.monday, week.since, clock.now() + timedelta(days=1))
    assert [one.earned for one in await _done(storage, later)] == [14]


async def test_a_week_ends_before_its_end(storage: Storage, clock: FakeClock, week: Week) -> None:
    person_id = await _earn(storage, "a")
    await _join(storage, person_id)
    clock.move(days=14)
    edges = {week.since - timedelta(microseconds=1): 1, week.since: 2, week.until: 4}
    await _earn(storage, "a", *(_act(str(at), at, n) for at, n in edges.items()))
    assert [one.earned for one in await _done(storage, week)] == [2]


async def test_what_was_taken_back_is_not_counted(
    storage: Storage, clock: FakeClock, week: Week
) -> None:
    person_id = await _earn(storage, "a", _act("a", clock.now(), 7), _act("b", clock.now(), 2))
    await _join(storage, person_id)

    def unit(tx: Tx) -> None:
        earned = tx.journal.by_keys(["a"])["a"]
        wish = reverse(earned, actor="staff:1", acted_at=tx.now)
        post(tx.journal, wish, now=tx.now, new_id=tx.new_transfer_id)

    await storage.write(unit)
    assert [one.earned for one in await _done(storage, week)] == [2]


async def test_what_a_neighbour_gave_is_not_earned(
    storage: Storage, clock: FakeClock, week: Week
) -> None:
    giver = await _earn(storage, "giver", _act("a", clock.now(), 7))
    person_id = await _earn(storage, "b")
    await _join(storage, person_id)
    gift = _act("gift", clock.now(), 7)._replace(debit=resident(giver))
    await _earn(storage, "b", gift)
    assert [one.earned for one in await _done(storage, week)] == [0]


async def test_joined_moved_and_left(storage: Storage, week: Week) -> None:
    person_id = await _earn(storage, "a")
    await _join(storage, person_id)
    await _join(storage, person_id, "5")
    assert [one.building for one in await _done(storage, week)] == ["幸福里小区5号楼"]
    await storage.write(lambda tx: tx.wall.leave(person_id))
    assert await _done(storage, week) == []


async def test_marks_change_with_the_week_and_differ_between_people(
    storage: Storage, week: Week
) -> None:
    other = replace(week, monday=week.monday + timedelta(days=7))
    marks = await storage.read(
        lambda views: [views.wall.mark_of(*of) for of in ((1, week), (2, week), (1, other))]
    )
    assert len(set(marks)) == 3


async def test_a_person_who_became_another_stays_on_the_wall_once(
    storage: Storage, week: Week
) -> None:
    old, into = await _earn(storage, "a"), await _earn(storage, "b")
    await _join(storage, old)
    await storage.write(lambda tx: tx.wall.absorb(old=old, into=into))
    await storage.write(lambda tx: tx.wall.absorb(old=old, into=into))
    assert len(await _done(storage, week)) == 1
    assert await storage.read(lambda views: views.wall.building_of(old)) is None


async def test_totals_name_nobody_and_add_up(storage: Storage, clock: FakeClock) -> None:
    person_id = await _earn(storage, "a", _act("a", clock.now(), 9), _act("b", clock.now(), 2))

    def unit(tx: Tx) -> None:
        spent = posting("c", acted_at=tx.now)._replace(
            debit=resident(person_id),
            credit=treasury(),
            amount=4,
            activity="redemption",
            kind=Kind.HOLD,
            expires_at=tx.now + timedelta(days=1),
        )
        held = post(tx.journal, spent, now=tx.now, new_id=tx.new_transfer_id)
        wishes = [
            settle(held, actor="staff:1"),
            reverse(tx.journal.by_keys(["b"])["b"], actor="staff:1", acted_at=tx.now),
        ]
        for wish in wishes:
            post(tx.journal, wish, now=tx.now, new_id=tx.new_transfer_id)

    await storage.write(unit)
    totals = await storage.read(lambda views: views.wall.totals(None))
    earned = totals[0].activity
    assert list(totals) == [
        Total(activity=earned, given=11, times_given=2, spent=0, times_spent=0, taken_back=2),
        Total(activity="redemption", given=0, times_given=0, spent=4, times_spent=1, taken_back=0),
    ]
    later = clock.now() + timedelta(days=1)
    assert await storage.read(lambda views: views.wall.totals(later)) == []
