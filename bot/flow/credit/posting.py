"""Points that move within a unit."""

from collections.abc import Sequence

from bot.ports.storage import Tx
from credits.ledger import LedgerError
from credits.posting import Chain, post_many


def post_all(tx: Tx, chains: Sequence[Chain]) -> None:
    """Write the chains within this unit, after what has expired was freed; raise LedgerError."""
    for outcome in post_many(tx.journal, chains, now=tx.now, new_id=tx.new_transfer_id):
        if isinstance(outcome, LedgerError):
            raise outcome
