"""Who has voted is thanked with points, whatever she chose, once the vote is counted.

Not while it is open: what is given by activity is told to everybody, and whoever watched that
number would see when a neighbour votes. So all acts are of the moment at which the vote ended.
"""

from typing import Final

from bot.flow.credit.posting import post_all
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from bot.ports.votes import Voted
from credits.earning import earn
from credits.ledger import resident
from credits.linking import lifetime

VOTED: Final = "public_vote"
_AT_ONCE: Final = 20


def thank(tx: Tx, rules: Rules) -> int:
    """Thank the next of those who voted in votes that are counted; return how many they were."""
    voters = tx.vote_news.unthanked(_AT_ONCE)
    for one in voters:
        tx.people.hold(one.person_id)
        if tx.vote_news.note_thanked(one) and VOTED in rules.policy.activities:
            _credit(tx, rules, one)
    return len(voters)


def _credit(tx: Tx, rules: Rules, one: Voted) -> None:
    earned = earn(
        rules.policy,
        VOTED,
        person_id=one.person_id,
        subject=f"vote:{one.vote_id}",
        key=f"vote:{one.vote_id}:{one.person_id}",
        acted_at=one.ended_at,
        actor="system",
        history=lifetime(tx.journal, resident(one.person_id)),
        zone=rules.texts.zone,
    )
    if earned.chain:
        post_all(tx, [earned.chain])
