"""A complaint about somebody who serves: it does not reach whom it is about."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from bot.flow.cases.move import note
from bot.flow.cases.open import open_case
from bot.flow.telling.alerts import alarm
from bot.model.case import SYSTEM, Case, EventKind
from bot.model.people import Contact
from bot.model.staff import Role, Staff
from bot.ports.alerts import AlertKind
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from nlp.matter.classifier import Classification
from nlp.meaning import Meaning

_TITLES: Final = (
    "师傅", "主任", "书记", "站长", "队长", "班长", "经理", "老师", "网格员", "工", "队", "姐", "哥"
)  # fmt: skip
_NAMES_MOST: Final = 2
_NOT_SORTED: Final = Classification((), 0, doubtful=True, clear=False)


def complaint(
    tx: Tx, rules: Rules, contact: Contact, meaning: Meaning, words: str
) -> tuple[Case, str]:
    """Open a case that nobody gets by machine; return it, and the names of who looks into it.

    These are the dispatchers whom she does not mean, or else the administrators.
    """
    members = tx.staff.all()
    unsorted = replace(meaning, classification=_NOT_SORTED)
    not_to = [one.id for one in members]
    case = open_case(tx, rules, contact, unsorted, words=words, not_to=not_to)
    looks = _who_looks(members, named_in(words, members))
    said = rules.texts.say("case.event.about_staff", names=_names_of(rules, looks))
    note(tx, case, EventKind.NOTED, SYSTEM, said)
    alarm(tx, rules, case, AlertKind.NEWS, [one.id for one in looks], words)
    return case, _names_of(rules, looks[:_NAMES_MOST])


def _who_looks(members: Sequence[Staff], meant: Sequence[Staff]) -> Sequence[Staff]:
    for role in (Role.DISPATCHER, Role.ADMINISTRATOR):
        looks = [one for one in members if one.role is role and one not in meant]
        if looks:
            return looks
    return []


def _names_of(rules: Rules, members: Sequence[Staff]) -> str:
    return "、".join(one.name for one in members) or rules.texts.say("case.event.community")


def named_in(words: str, members: Iterable[Staff]) -> list[Staff]:
    """Return the members who are named: 王建国, 王师傅, 小王."""
    return [one for one in members if any(name in words for name in _names(one.name))]


def _names(name: str) -> list[str]:
    surname = name[:1]
    return [name, f"小{surname}", *(f"{surname}{title}" for title in _TITLES)]
