"""How a case was filed when it came is kept; of what no person saw some is drawn and looked at."""

from typing import Final

from bot.model.case import Case, RefusedError
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.filings import Lot
from bot.ports.storage import Tx
from nlp.matter.services import ServiceCatalogue

DRAWN_PERCENT: Final = 5
"""Of a hundred cases that were filed automatically, so many are looked at by a person."""


def keep_filing(tx: Tx, case: Case) -> None:
    """Keep what the program made of a new case, and draw.

    What is doubtful or of no known service a person sorts in any case.
    """
    if case.doubtful or case.service_code == ServiceCatalogue.OTHER:
        lot = Lot.ASKED
    else:
        lot = Lot.DRAWN if tx.filings.roll(case.id) < DRAWN_PERCENT else Lot.FILED
    tx.filings.keep(case.id, case.service_code, lot)


def judge(tx: Tx, case_id: int, staff: Staff, service_code: str) -> None:
    """Say what a drawn case should have been filed as; where it was not, that is a correction."""
    if not may(staff.role, Right.TEACH):
        raise RefusedError("not_allowed")
    filing = tx.filings.find(case_id)
    if filing is None or filing.lot not in {Lot.DRAWN, Lot.JUDGED}:
        raise RefusedError("not_drawn")
    if filing.lot is Lot.JUDGED:
        raise RefusedError("audited_already")
    tx.filings.judge(case_id, service_code, staff.id)
    if service_code not in {filing.service_code, tx.cases.get(case_id).service_code}:
        tx.learning.corrected(case_id, filing.service_code, service_code, staff.id)
