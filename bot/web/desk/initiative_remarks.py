"""What staff add to an initiative: a statement, an answer, a look at what was reported."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.flow.initiatives import remarks
from bot.web.desk.once import Step
from bot.web.site import number_of

STEPS: Final[Mapping[str, Step]] = MappingProxyType(
    {
        "state": lambda tx, _, number, staff, form: remarks.state(
            tx, staff, number, form.get("words", "")
        ),
        "answer": lambda tx, rules, _, staff, form: remarks.answer_as_staff(
            tx, rules, staff, number_of(form, "remark"), form.get("words", "")
        ),
        "unhide": lambda tx, _, __, staff, form: remarks.show_again(
            tx, staff, number_of(form, "remark")
        ),
    }
)
"""What is done on an initiative's page, by the last part of the address."""
