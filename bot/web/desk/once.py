"""A form of a step counts once, however often it comes: phones send again what may be lost."""

import re
from collections.abc import Callable
from typing import Final

from bot.model.staff import Staff
from bot.ports.storage import Tx
from bot.web.site import Form

_ID: Final = re.compile(r"[\w-]{16,40}", re.ASCII)


def once(unit: Callable[[Tx], object], staff: Staff, form: Form) -> Callable[[Tx], None]:
    """Return the unit, which does nothing when the form of that id has done it already.

    One that was refused has done nothing: it may come again.
    """
    form_id = form.get("once", "")

    def run(tx: Tx) -> None:
        if not _ID.fullmatch(form_id) or tx.sent_forms.first(staff.id, form_id):
            unit(tx)

    return run
