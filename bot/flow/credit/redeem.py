"""Points become something: ordered, handed out at a counter, taken back, or lapsed.

An order holds its points and one of the stock in the unit that writes it, and every end of it
moves all three in one unit as well. Locks are taken in one order everywhere: contact, person,
order, reward, balances.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final

from bot.flow.telling.inform import hold_address, write_to
from bot.model.case import RefusedError
from bot.model.place import OrganisationKind
from bot.model.reward import KEPT, OPEN_MOST, Offer, Order, OrderState, Reward
from bot.model.staff import Staff
from bot.oversight.permissions import Right, Service, may, served
from bot.ports.rewards import NewOrder
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from credits.ledger import (
    Kind,
    LedgerError,
    Overdrawn,
    Posting,
    Transfer,
    resident,
    treasury,
)
from credits.moves import settle, void
from credits.posting import Chain, Outcome, post, post_many

REDEMPTION: Final = "redemption"
"""The move of the policy under which points are spent."""

_WINDOW: Final = timedelta(minutes=15)
_TRIES_EACH: Final = 10
_TRIES_ALL: Final = 60
_AT_ONCE: Final = 50
_NAME_MOST: Final = 20
_WORDS_MOST: Final = 200
_NUMBER_MOST: Final = 100_000


def order(tx: Tx, rules: Rules, person_id: int, reward_id: int, key: str) -> Order:
    """Order the reward; asked again with the same key it gives the same order.

    Raises RefusedError when she isn't known well enough, has too few points or too many open
    orders, or when nothing is left.
    """
    key = f"{person_id}:{key}"
    tx.people.hold(person_id)
    before = tx.rewards.by_key(key)
    if before is not None:
        return before
    if not served(tx.people.person(person_id).verification, Service.SPEND_POINTS):
        raise RefusedError("reward_stranger")
    if len(tx.rewards.open_of(person_id)) >= OPEN_MOST:
        raise RefusedError("reward_many")
    reward = tx.rewards.hold(reward_id)
    if reward is None or not reward.offered:
        raise RefusedError("reward_gone")
    if reward.stock < 1:
        raise RefusedError("reward_sold_out")
    held = _hold(tx, rules, person_id, reward, key)
    tx.rewards.put_back(reward.id, -1)
    new = NewOrder(
        key=key,
        person_id=person_id,
        reward=reward,
        hold_id=held.id,
        expires_at=tx.now + KEPT,
    )
    return tx.rewards.place(new)


def _hold(tx: Tx, rules: Rules, person_id: int, reward: Reward, key: str) -> Transfer:
    wish = Posting(
        key=f"order:{key}",
        debit=resident(person_id),
        credit=treasury(),
        amount=reward.price,
        activity=REDEMPTION,
        subject=f"reward:{reward.id}",
        policy_version=rules.policy.version,
        acted_at=tx.now,
        actor=f"resident:{person_id}",
        kind=Kind.HOLD,
        expires_at=tx.now + KEPT,
    )
    try:
        return post(tx.journal, wish, now=tx.now, new_id=tx.new_transfer_id)
    except Overdrawn:
        raise RefusedError("reward_few_points") from None


def cancel(tx: Tx, person_id: int, order_id: int) -> Order:
    """She doesn't want it any more: points and stock are free again."""
    tx.people.hold(person_id)
    found = tx.rewards.order(order_id)
    if found is None or found.person_id != person_id:
        raise RefusedError("order_unknown")
    if found.state is not OrderState.OPEN or found.expires_at <= tx.now:
        raise RefusedError("order_over")
    _free(tx, found, OrderState.CANCELLED)
    held = tx.journal.by_ids([found.hold_id])[found.hold_id]
    wish = void(held, actor=f"resident:{person_id}")
    post(tx.journal, wish, now=tx.now, new_id=tx.new_transfer_id)
    return found


def at_counter(tx: Tx, staff: Staff, code: str) -> Order | RefusedError:
    """Return the open order with that code, or why this member can't hand it out.

    A wrong code is counted, and after some nothing is looked at for a while; one that a colleague
    was quicker with is no guess. So that the count is kept, a refusal is returned and not raised.
    """
    if not may(staff.role, Right.HAND_OUT):
        return RefusedError("not_allowed")
    since = tx.now - _WINDOW
    counters = ((f"counter:{staff.id}", _TRIES_EACH), ("counter:all", _TRIES_ALL))
    if any(tx.sessions.failures(one, since) >= most for one, most in counters):
        return RefusedError("order_tries")
    owner = tx.rewards.owner_of(code)
    if owner is not None:
        hold_address(tx, owner)
    found = tx.rewards.by_code(code)
    if found is None:
        for subject, _ in counters if not tx.rewards.was_a_code(code) else ():
            tx.sessions.count_failure(subject, since)
        return RefusedError("order_wrong_code")
    if found.expires_at <= tx.now:
        return RefusedError("order_lapsed")
    if found.organisation_id != staff.organisation_id and not may(staff.role, Right.HAND_OUT_ALL):
        return RefusedError("order_elsewhere")
    return found


def hand_out(
    tx: Tx, rules: Rules, staff: Staff, code: str
) -> tuple[Chain, Callable[[Outcome], Order | RefusedError]]:
    """Begin the errand of a counter (`bot.till`): what was ordered is handed out, once.

    The order is not looked at again in the end: of those who came together the ledger lets one
    settle the hold.
    """
    found = at_counter(tx, staff, code)
    if isinstance(found, RefusedError):
        return (), lambda _: found
    held = tx.journal.by_ids([found.hold_id])[found.hold_id]
    return (settle(held, actor=f"staff:{staff.id}"),), partial(_settled, tx, rules, staff, found)


def _settled(
    tx: Tx, rules: Rules, staff: Staff, found: Order, outcome: Outcome
) -> Order | RefusedError:
    """The points are spent: end the order, and let her read so."""
    if isinstance(outcome, LedgerError):
        return RefusedError("order_wrong_code")
    tx.rewards.end(found.id, OrderState.COLLECTED, staff.id)
    left = tx.journal.balance(resident(found.person_id)).free
    values = {"name": found.name, "price": found.price, "where": found.organisation}
    text = rules.texts.say("points.told.collected", **values, left=left)
    write_to(tx, rules, found.person_id, key=f"order:{found.id}:collected", text=text)
    return found


def release_lapsed(tx: Tx, rules: Rules) -> int:
    """End the orders whose time is up, with notice; free every hold whose time is up."""
    for owner in tx.rewards.owners_due(_AT_ONCE):
        hold_address(tx, owner)
    due = tx.rewards.due(_AT_ONCE)
    for found in sorted(due, key=lambda one: (one.reward_id, one.id)):
        _free(tx, found, OrderState.LAPSED)
    # Every batch frees what has expired, so an empty one does.
    post_many(tx.journal, [], now=tx.now, new_id=tx.new_transfer_id)
    for found in due:
        text = rules.texts.say("points.told.lapsed", name=found.name, price=found.price)
        write_to(tx, rules, found.person_id, key=f"order:{found.id}:lapsed", text=text)
    return len(due)


def cancel_all(tx: Tx, person_id: int) -> int:
    """Free all that she ordered and has not collected; return how many orders that were."""
    waiting = [one for one in tx.rewards.open_of(person_id) if one.expires_at > tx.now]
    tx.people.hold(person_id)
    for one in waiting:  # all orders are locked before the balances are
        tx.rewards.order(one.id)
    for one in waiting:
        cancel(tx, person_id, one.id)
    return len(waiting)


def _free(tx: Tx, found: Order, state: OrderState) -> None:
    tx.rewards.hold(found.reward_id)
    tx.rewards.put_back(found.reward_id, 1)
    tx.rewards.end(found.id, state, None)


def add_reward(tx: Tx, staff: Staff, offer: Offer) -> int:
    """Put something into the catalogue."""
    _check(tx, staff, offer)
    return tx.rewards.add(offer)


def add_shop(tx: Tx, staff: Staff, name: str) -> int:
    """Add a shop that hands out rewards."""
    if not may(staff.role, Right.MANAGE_REWARDS):
        raise RefusedError("not_allowed")
    known = tx.places.organisations()
    if not 1 <= len(name) <= _NAME_MOST or name in {one.name for one in known}:
        raise RefusedError("shop_name")
    number = 1 + sum(one.kind is OrganisationKind.SHOP for one in known)
    return tx.places.add_organisation(f"shop-{number}", name, OrganisationKind.SHOP, None)


def change_reward(tx: Tx, staff: Staff, reward_id: int, offer: Offer, *, stock_was: int) -> None:
    """Change it; orders keep their price. `stock_was` is the stock that the member has seen."""
    _check(tx, staff, offer)
    if tx.rewards.hold(reward_id) is None:
        raise RefusedError("reward_unknown")
    if not tx.rewards.change(reward_id, offer, stock_was=stock_was):
        raise RefusedError("reward_moved")


def _check(tx: Tx, staff: Staff, offer: Offer) -> None:
    if not may(staff.role, Right.MANAGE_REWARDS):
        raise RefusedError("not_allowed")
    if not 1 <= len(offer.name) <= _NAME_MOST or len(offer.words) > _WORDS_MOST:
        raise RefusedError("reward_words")
    if not (1 <= offer.price <= _NUMBER_MOST and 0 <= offer.stock <= _NUMBER_MOST):
        raise RefusedError("reward_numbers")
    if offer.organisation_id not in {one.id for one in tx.places.organisations()}:
        raise RefusedError("reward_where")
