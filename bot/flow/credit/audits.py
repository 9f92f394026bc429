"""A third person looks again at approvals that were drawn."""

from bot.flow.credit.moderate import checked, deciders, judged_by
from bot.flow.credit.two_people import take_back
from bot.model.case import RefusedError
from bot.model.staff import Staff
from bot.oversight.permissions import Right
from bot.ports.bell import CLAIMS
from bot.ports.moderation import AuditResult
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from credits.claims import ClaimError, check_judge


def audit(
    tx: Tx, rules: Rules, claim_id: int, staff: Staff, words: str, *, confirms: bool
) -> int | None:
    """Confirm an approval, or object: then its points are to be taken back.

    Return the number of the proposal that an objection became, if it did.
    """
    claim = judged_by(tx, claim_id, staff, Right.AUDIT_CLAIMS)
    found = tx.audit_book.draw_of(claim.id)
    if found is None or not found.audited:
        raise RefusedError("not_drawn")
    if not confirms:
        words = checked(words)
    try:
        check_judge(
            tx.claims.judge(staff.id),
            [tx.claims.concerned(claim.contact_id)],
            submitted_by=claim.submitted_by,
            decided_by=deciders(tx, claim),
        )
    except ClaimError as refused:
        raise RefusedError(f"claim_{refused.reason}") from None
    if not tx.audit_book.judge(AuditResult(claim.id, staff.id, confirms, words.strip(), tx.now)):
        raise RefusedError("audited_already")
    tx.ring(CLAIMS)
    return None if confirms else take_back(tx, rules, claim.id, staff, words, alone=False)
