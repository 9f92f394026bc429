"""The team of an initiative 提议: neighbours join it, and take what is to be done."""

from dataclasses import replace
from typing import Final

from bot.flow.initiatives.initiatives import got
from bot.flow.initiatives.remarks import hold_back, known_words
from bot.flow.telling.inform import write_to
from bot.model.case import RefusedError
from bot.model.initiative import Initiative
from bot.model.team import JOINABLE, WORKING, Task
from bot.oversight.permissions import Service, served
from bot.ports.bell import INITIATIVES
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views

MEMBERS_MOST: Final = 60
TASKS_MOST: Final = 30
_WORDS_LEAST: Final = 2
TASK_WORDS_MOST: Final = 80


def join(tx: Tx, person_id: int, initiative_id: int) -> Initiative:
    """She wants to help carry it out, whether she pledged anything or not; again is the same."""
    tx.people.hold(person_id)
    found = shown(tx, initiative_id)
    if found.state not in JOINABLE:
        raise RefusedError("initiative_not_now")
    if belongs(tx, found, person_id):
        return found
    check_known(tx, person_id)
    if len(tx.teams.members(found.id)) >= MEMBERS_MOST:
        raise RefusedError("team_full")
    tx.teams.join(found.id, person_id)
    tx.ring(INITIATIVES)
    return found


def check_known(tx: Tx, person_id: int) -> None:
    """Raise RefusedError for who is not known well enough to help carry something out."""
    if not served(tx.people.person(person_id).verification, Service.PLEDGE):
        raise RefusedError("pledge_stranger")


def leave(tx: Tx, person_id: int, initiative_id: int) -> None:
    """She does not go on: what she took and is not done is free, and so are seats to come."""
    found = got(tx, initiative_id)
    for task in tx.teams.tasks(found.id):
        if task.taken_by == person_id and task.done_at is None:
            tx.teams.save_task(replace(task, taken_by=None))
    for seat in tx.teams.all_seats(found.id):
        if seat.person_id == person_id and seat.came_at is None:
            tx.teams.drop_seat(seat.id)
    tx.teams.leave(found.id, person_id)
    tx.ring(INITIATIVES)


def leave_all(tx: Tx, person_id: int) -> None:
    """She goes for good."""
    for initiative_id in tx.teams.teams_of(person_id):
        leave(tx, person_id, initiative_id)


def add_task(tx: Tx, lead_id: int, initiative_id: int, words: str) -> Task:
    """The lead says what is to be done; the same words again are the same task."""
    found = led(tx, lead_id, initiative_id)
    words = " ".join(words.split())
    if not _WORDS_LEAST <= len(words) <= TASK_WORDS_MOST:
        raise RefusedError("team_words")
    hold_back(words, known_words(found))
    tasks = tx.teams.tasks(found.id)
    same = next((one for one in tasks if one.words == words and one.done_at is None), None)
    if same is not None:
        return same
    if len(tasks) >= TASKS_MOST:
        raise RefusedError("team_many")
    tx.ring(INITIATIVES)
    return tx.teams.add_task(Task(id=0, initiative_id=found.id, words=words, made_at=tx.now))


def take_task(tx: Tx, person_id: int, initiative_id: int, task_id: int) -> Task:
    """She says that she does it."""
    found = of_team(tx, person_id, initiative_id)
    task = _task(tx, found, task_id)
    if task.taken_by == person_id:
        return task
    if task.taken_by is not None or task.done_at is not None:
        raise RefusedError("task_taken")
    tx.ring(INITIATIVES)
    return tx.teams.save_task(replace(task, taken_by=person_id))


def give_up_task(tx: Tx, person_id: int, initiative_id: int, task_id: int) -> Task:
    """She can't do it after all."""
    found = of_team(tx, person_id, initiative_id)
    task = _task(tx, found, task_id)
    if task.taken_by != person_id or task.done_at is not None:
        raise RefusedError("initiative_not_now")
    tx.ring(INITIATIVES)
    return tx.teams.save_task(replace(task, taken_by=None))


def finish_task(tx: Tx, lead_id: int, initiative_id: int, task_id: int) -> Task:
    """The lead saw that it is done, by whoever took it."""
    found = led(tx, lead_id, initiative_id)
    task = _task(tx, found, task_id)
    if task.done_at is not None:
        return task
    tx.ring(INITIATIVES)
    return tx.teams.save_task(replace(task, done_at=tx.now))


def tell_stopped(tx: Tx, rules: Rules, initiative: Initiative) -> None:
    """Tell who joined that it is not gone on with; who pledged hears it with what goes back."""
    told = {one.person_id for one in tx.initiatives.pledges(initiative.id)}
    title = initiative.wish.title
    text = rules.texts.say("team.told.stopped", number=initiative.id, title=title)
    for person_id in tx.teams.members(initiative.id):
        if person_id not in told:
            key = f"initiative:{initiative.id}:{initiative.version}:stopped:{person_id}"
            write_to(tx, rules, person_id, key=key, text=text)


def belongs(views: Views | Tx, initiative: Initiative, person_id: int) -> bool:
    """Say whether she leads it or has joined."""
    return person_id == initiative.author_id or person_id in views.teams.members(initiative.id)


def shown(tx: Tx, initiative_id: int) -> Initiative:
    """Return it, locked; RefusedError while it is hidden."""
    found = got(tx, initiative_id)
    if found.hidden:
        raise RefusedError("team_hidden")
    return found


def led(tx: Tx, lead_id: int, initiative_id: int) -> Initiative:
    """Return it, locked, if she leads it and it is being worked on."""
    found = shown(tx, initiative_id)
    if found.author_id != lead_id:
        raise RefusedError("team_lead")
    return _worked_on(found)


def of_team(tx: Tx, person_id: int, initiative_id: int) -> Initiative:
    """Return it, locked, if she belongs to it and it is being worked on."""
    found = shown(tx, initiative_id)
    if not belongs(tx, found, person_id):
        raise RefusedError("team_stranger")
    return _worked_on(found)


def _worked_on(found: Initiative) -> Initiative:
    if found.state not in WORKING:
        raise RefusedError("initiative_not_now")
    return found


def _task(tx: Tx, found: Initiative, task_id: int) -> Task:
    task = next((one for one in tx.teams.tasks(found.id) if one.id == task_id), None)
    if task is None:
        raise RefusedError("initiative_unknown")
    return task
