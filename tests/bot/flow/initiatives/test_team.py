"""Who carries an initiative out: tasks, joining, leaving, photos of the result."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.flow.erase import erase_due
from bot.flow.initiatives import initiatives, review, shifts, team
from bot.flow.initiatives.result import add_photo, public_photos
from bot.ports.storage import Tx
from tests.bot.flow.initiatives.square import RULES, Square
from tests.bot.flow.initiatives.teaming import on, person, photo
from tests.bot.flow.initiatives.test_initiatives import hide
from tests.fakes.clock import FakeClock


async def test_tasks_are_made_by_the_lead_and_taken_by_the_team(square: Square) -> None:
    one = await square.in_progress()
    a, b, c = (person(square, who) for who in "abc")
    task = await square.do(team.add_task, a, one.id, "量尺寸")
    assert await square.do(team.add_task, a, one.id, " 量尺寸 ") == task
    assert await square.refused(team.add_task, b, one.id, "买螺丝") == "team_lead"
    assert await square.refused(team.take_task, b, one.id, task.id) == "team_stranger"
    await square.do(team.join, b, one.id)
    await square.do(team.join, b, one.id)
    await square.do(team.join, c, one.id)
    taken = await square.do(team.take_task, b, one.id, task.id)
    assert taken.taken_by == b
    assert await square.refused(team.take_task, c, one.id, task.id) == "task_taken"
    assert await square.refused(team.give_up_task, c, one.id, task.id) == "initiative_not_now"
    await square.do(team.give_up_task, b, one.id, task.id)
    await square.do(team.take_task, c, one.id, task.id)
    assert await square.refused(team.finish_task, c, one.id, task.id) == "team_lead"
    done = await square.do(team.finish_task, a, one.id, task.id)
    assert done.done_at is not None
    assert await square.refused(team.give_up_task, c, one.id, task.id) == "initiative_not_now"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("", "team_words"),
        ("很", "team_words"),
        ("很" * 81, "team_words"),
        ("打给 13800138000 要钥匙", "remark_personal"),
        ("去 5号楼 301 室搬东西", "remark_personal"),
    ],
)
async def test_what_a_task_may_not_say(square: Square, words: str, reason: str) -> None:
    one = await square.in_progress()
    assert await square.refused(team.add_task, person(square, "a"), one.id, words) == reason


async def test_a_place_that_is_somebodys_home_is_not_shown(
    square: Square, clock: FakeClock
) -> None:
    one = await square.in_progress()
    begins = clock.now() + timedelta(hours=1)
    refused = await square.refused(
        shifts.add_shift, person(square, "a"), one.id, begins, begins + timedelta(hours=2),
        "5号楼 301 室王阿姨家", 3,
    )  # fmt: skip
    assert refused == "remark_personal"


async def test_only_who_is_known_joins_and_only_what_was_agreed_on(square: Square) -> None:
    gathering = await square.published()
    assert await square.refused(team.join, person(square, "b"), gathering.id) == (
        "initiative_not_now"
    )
    one = await square.in_progress()

    def stranger(tx: Tx) -> int:
        return tx.people.meet("web", "stranger").person_id

    unknown = await square.storage.write(stranger)
    assert await square.refused(team.join, unknown, one.id) == "pledge_stranger"
    assert await square.refused(team.add_task, person(square, "a"), 999, "量尺寸") == (
        "initiative_unknown"
    )


async def test_nothing_is_done_while_it_is_hidden(square: Square) -> None:
    one = await square.in_progress()
    await hide(square, one)
    a = person(square, "a")
    assert await square.refused(team.join, person(square, "e"), one.id) == "team_hidden"
    assert await square.refused(team.add_task, a, one.id, "量尺寸") == "team_hidden"


async def test_photos_of_the_result_are_shown_once_staff_have_looked(square: Square) -> None:
    one = await square.in_progress()
    a, b = person(square, "a"), person(square, "b")
    first, second = await photo(square, "a"), await photo(square, "a", 2)
    other = await photo(square, "b")
    assert await square.refused(add_photo, b, one.id, other, "扶手") == "initiative_unknown"
    assert await square.refused(add_photo, a, one.id, other, "扶手") == "result_no_photo"
    for each in (first, first, second):
        await square.do(add_photo, a, one.id, each, "新的扶手")
    told = await square.do(initiatives.tell_result, one.id, a, "装好了")
    kept = await square.storage.read(lambda views: views.teams.photos(one.id))
    assert [each.media_id for each in kept] == [first.id, second.id]
    assert await square.storage.read(lambda views: public_photos(views, told)) == []
    await square.do(
        review.finish, RULES, one.id, square.lin, [], version=told.version, photos=[kept[1].id]
    )
    done = await square.fresh(one)
    shown = await square.storage.read(lambda views: public_photos(views, done))
    assert [each.media_id for each in shown] == [second.id]
    assert (
        await square.storage.read(lambda views: public_photos(views, replace(done, hidden=True)))
        == []
    )
    await square.do(lambda tx: tx.people.erase(a))
    assert await square.storage.read(lambda views: public_photos(views, done)) == []


async def test_who_joined_hears_that_it_is_called_off(square: Square) -> None:
    one = await square.in_progress()
    for who in "de":
        await square.do(team.join, person(square, who), one.id)
    await square.do(review.send_back, RULES, one.id, square.lin, "楼里要大修", version=one.version)
    assert "班也都不用来了" in await square.told("e")
    assert "班也都不用来了" not in await square.told("d")
    assert "您放的都退回了" in await square.told("d")


async def test_who_leaves_frees_what_she_took(square: Square, clock: FakeClock) -> None:
    shift = await on(square, "a", clock)
    a, b = person(square, "a"), person(square, "b")
    await square.do(shifts.take_seat, b, shift.id)
    task = await square.do(team.add_task, a, shift.initiative_id, "量尺寸")
    await square.do(team.take_task, b, shift.initiative_id, task.id)
    own = await square.storage.read(lambda views: views.own.gather(b))
    assert {"team_member", "team_task", "team_seat"} <= own.tables.keys()
    await square.do(lambda tx: tx.people.erase_at(b, tx.now))
    clock.move(seconds=1)
    assert await square.do(erase_due, RULES) == 1

    def left(views: Any) -> tuple[Any, ...]:
        about = shift.initiative_id
        taken = [each.taken_by for each in views.teams.tasks(about)]
        return views.teams.members(about), taken, views.teams.seats(shift.id)

    assert await square.storage.read(left) == ([], [None], [])
