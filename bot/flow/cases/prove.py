"""Evidence of work done: photos from the place, the signature of who was there."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from bot.flow.cases.move import note
from bot.model.case import WORKING, Actor, Case, EventKind, Party, RefusedError
from bot.model.proof import Proof, Purpose
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.proofs import NewProof
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from nlp.matter.services import Evidence

PHOTOS_MOST: Final = 8
"""Of one purpose in one round."""

_NAME_MOST: Final = 30
_SHOWN_BY: Final = MappingProxyType(
    {Evidence.PHOTO: Purpose.AFTER, Evidence.SIGNATURE: Purpose.SIGNATURE}
)


def add_photo(
    tx: Tx,
    rules: Rules,
    case_id: int,
    staff: Staff,
    purpose: Purpose,
    photo: bytes,
    *,
    media_type: str,
    shown: bool,
) -> None:
    """Keep a photo from before or after the work; with `shown` the reporter sees it at the end."""
    case = _working(tx, case_id, staff)
    if purpose is Purpose.SIGNATURE:
        raise ValueError("a signature is no photo")
    proofs = tx.proofs.of_case(case_id)
    here = [one for one in proofs if (one.round, one.purpose) == (case.times_reopened, purpose)]
    if len(here) >= PHOTOS_MOST:
        raise RefusedError("photos_enough")
    new = NewProof(
        case_id=case.id,
        round=case.times_reopened,
        purpose=purpose,
        media_type=media_type,
        content=photo,
        shown=shown,
        name="",
        actor=f"staff:{staff.id}",
    )
    _keep(tx, rules, case, new)


def sign(
    tx: Tx,
    rules: Rules,
    case_id: int,
    staff: Staff,
    name: str,
    drawing: bytes,
    *,
    media_type: str,
) -> None:
    """Keep the signature of who was there: drawn, or the name typed, or both."""
    name = " ".join(name.split())
    if not name and not drawing:
        raise RefusedError("signature_empty")
    if len(name) > _NAME_MOST:
        raise RefusedError("too_long")
    case = _working(tx, case_id, staff)
    new = NewProof(
        case_id=case.id,
        round=case.times_reopened,
        purpose=Purpose.SIGNATURE,
        media_type=media_type if drawing else "",
        content=drawing,
        shown=False,
        name=name,
        actor=f"staff:{staff.id}",
    )
    _keep(tx, rules, case, new)


def check_evidence(tx: Tx, rules: Rules, case: Case) -> None:
    """Refuse, and say what is missing, unless closing has what the service asks for."""
    missing = lacking(rules, case, tx.proofs.of_case(case.id))
    if missing is not None:
        raise RefusedError(f"{missing.value}_missing")


def lacking(rules: Rules, case: Case, proofs: Sequence[Proof]) -> Evidence | None:
    """Return what closing this round still needs besides the note; None when it is all there."""
    evidence = rules.service(case.service_code).evidence
    if evidence is None:
        return None
    there = {proof.purpose for proof in proofs if proof.round == case.times_reopened}
    return None if _SHOWN_BY[evidence] in there else evidence


def released(case: Case, proofs: Sequence[Proof]) -> list[Proof]:
    """Return the photos that the reporter sees: those of each round from its closing on."""
    return [
        proof
        for proof in proofs
        if proof.shown and (case.solved_at is not None or proof.round < case.times_reopened)
    ]


def _keep(tx: Tx, rules: Rules, case: Case, new: NewProof) -> None:
    if tx.proofs.add(new):
        words = rules.texts.say(f"case.proof.{new.purpose.value}")
        note(tx, case, EventKind.PROOF, Actor(Party.HANDLER, new.actor), words)


def _working(tx: Tx, case_id: int, staff: Staff) -> Case:
    """Return the case while it is being worked on by this member, or seen by a dispatcher."""
    try:
        case = tx.cases.get(case_id)
    except KeyError:
        raise RefusedError("no_such_case") from None
    if case.handler_id != staff.id and not may(staff.role, Right.DISPATCH_CASE):
        raise RefusedError("not_yours")
    if case.state not in WORKING:
        raise RefusedError("not_now")
    return case
