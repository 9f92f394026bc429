"""The end of a season: points whose time is up go back, and whose is near are told of it."""

from typing import Final

from bot.flow.telling.inform import write_to
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from credits.ledger import Account
from credits.posting import post_many
from credits.season import Ending, end_of_season, endings, noticed

_AT_ONCE: Final = 50


def close_season(tx: Tx, rules: Rules, after: str) -> str | None:
    """Look at the next residents who have points, in the order of their accounts.

    Return the last one, None when there were no more. On the same day it does nothing twice.
    """
    holders = tx.journal.holders(after, _AT_ONCE)
    for account in holders:
        _close(tx, rules, account)
    return holders[-1].owner if holders else None


def _close(tx: Tx, rules: Rules, account: Account) -> None:
    tx.people.hold(account.person_id)
    zone, entries = rules.texts.zone, tx.journal.entries(account)
    for one in noticed(
        rules.policy,
        endings(rules.policy, entries, account, zone),
        tx.now.astimezone(zone).date(),
    ):
        _give_notice(tx, rules, account, one)
    over = end_of_season(rules.policy, entries, account, tx.now, zone)
    if over is not None:
        post_many(tx.journal, [[over]], now=tx.now, new_id=tx.new_transfer_id)


def _give_notice(tx: Tx, rules: Rules, account: Account, ending: Ending) -> None:
    """Once for each season's end."""
    day = rules.texts.day(ending.noon(rules.texts.zone), tx.now)
    text = rules.texts.say("talk.points.notice", points=ending.points, day=day)
    key = f"season:{account.owner}:{ending.last_day.isoformat()}"
    write_to(tx, rules, account.person_id, key=key, text=text)
