"""Postings that follow an earlier transfer: they repeat what it was about."""

from datetime import datetime
from typing import Final

from credits.ledger import Kind, Posting, Transfer

SYSTEM: Final = "system"


def settle(hold: Transfer, amount: int | None = None, *, actor: str) -> Posting:
    """Return the wish to post the hold, or a part of it; what is not posted is free again."""
    taken = hold.amount if amount is None else amount
    return _after(hold, Kind.POST, actor)._replace(amount=taken)


def void(hold: Transfer, *, actor: str) -> Posting:
    """Return the wish to free the hold."""
    return _after(hold, Kind.VOID, actor)


def lapse(hold: Transfer) -> Posting:
    """Return the wish to free a hold whose time is up."""
    return _after(hold, Kind.LAPSE, SYSTEM)


def reverse(transfer: Transfer, *, actor: str, acted_at: datetime) -> Posting:
    """Return the wish to give back what the transfer moved; it was decided at `acted_at`."""
    back = _after(transfer, Kind.REVERSAL, actor)
    return back._replace(debit=transfer.credit, credit=transfer.debit, acted_at=acted_at)


def _after(transfer: Transfer, kind: Kind, actor: str) -> Posting:
    """Return a posting about the same; its key can exist once, so it resolves once."""
    return transfer.wish._replace(
        key=f"{kind}:{transfer.id}",
        actor=actor,
        kind=kind,
        follows=transfer.id,
        expires_at=None,
    )
