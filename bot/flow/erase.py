"""Somebody asked to be forgotten: what is open is taken back, then all that is personal goes."""

from bot.flow.cases.reporter import withdraw
from bot.flow.credit.claims import withdraw_all
from bot.flow.credit.redeem import cancel_all
from bot.flow.initiatives import initiatives, pledging, team
from bot.model.case import OPEN_STATES, Actor, Party
from bot.ports.rules import Rules
from bot.ports.storage import Tx


def erase_due(tx: Tx, rules: Rules) -> int:
    """Erase a person whose time has come; return how many there were."""
    due = tx.people.due_for_erasure()
    for person_id in due:
        actor = Actor(Party.REPORTER, f"resident:{person_id}")
        for case in tx.cases.of_person(person_id, limit=1000):
            if case.state in OPEN_STATES:
                withdraw(tx, rules, case.id, actor)
            tx.relations.separate(case.id)
        cancel_all(tx, person_id)
        withdraw_all(tx, person_id)
        pledging.take_back_all(tx, person_id)
        initiatives.withdraw_all(tx, rules, person_id)
        team.leave_all(tx, person_id)
        tx.people.erase(person_id)
    return len(due)
