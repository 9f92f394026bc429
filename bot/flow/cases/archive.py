"""Stage 5, 数据归档: the end of a case, and the thanks for it."""

from dataclasses import fields, replace

from bot.flow.cases.move import move
from bot.model.case import Actor, Case, Trigger
from bot.model.people import Verification
from bot.oversight.permissions import Service, served
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from credits.earning import earn
from credits.ledger import resident
from credits.linking import lifetime
from credits.posting import post


def archive(
    tx: Tx,
    rules: Rules,
    case: Case,
    trigger: Trigger,
    actor: Actor,
    *,
    words: str = "",
    thanked: Case | None = None,
) -> int:
    """End the case; a report that its reporter confirmed earns points. Return how many.

    `thanked` is the confirming reporter's own case, where hers was handled within this one.
    """
    case = move(tx, replace(case, closed_at=tx.now), trigger, actor, words=words)
    agreed = trigger in {Trigger.CONFIRM, Trigger.VISIT}
    earned = thank(tx, rules, thanked or case, actor) if agreed else 0
    keep(tx, rules, case)
    return earned


def keep(tx: Tx, rules: Rules, case: Case) -> None:
    """Keep all that is needed to reproduce the case; again when something is said later."""
    service = rules.service(case.service_code)
    tx.archives.keep(
        case.id,
        {
            "service": {field.name: getattr(service, field.name) for field in fields(service)},
            "policy": rules.policy.version,
            "software": rules.software,
        },
    )


def thanks_key(case: Case) -> str:
    """Return the key of the transfer: a case is thanked for once."""
    return f"case:{case.id}:confirmed"


def thank(tx: Tx, rules: Rules, case: Case, actor: Actor) -> int:
    """Post the points for a report that proved true: once a case, however often it reopened."""
    tx.people.hold(case.reporter_id)
    level: Verification = tx.people.person(case.reporter_id).verification
    if not served(level, Service.EARN_POINTS):
        return 0
    key = thanks_key(case)
    if tx.journal.by_keys([key]):
        return 0
    earned = earn(
        rules.policy,
        "report_confirmed",
        person_id=case.reporter_id,
        subject=f"case:{case.id}",
        key=key,
        acted_at=tx.now,
        actor=actor.code,
        history=lifetime(tx.journal, resident(case.reporter_id)),
        zone=rules.texts.zone,
    )
    if earned.chain:
        post(tx.journal, *earned.chain, now=tx.now, new_id=tx.new_transfer_id)
    return earned.points
