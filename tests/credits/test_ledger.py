"""What the ledger accepts and refuses."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from credits.ledger import (
    Account,
    InvalidPosting,
    KeyConflict,
    Ledger,
    LedgerError,
    Posting,
    effect,
    post,
    post_many,
    resident,
    treasury,
)
from tests.credits.making import NOON, account, ids, posting
from tests.fakes.journal import MemoryJournal

Batch = list[tuple[str, str, str, int]]

# label: batches of (key, from, to, points), each with its outcome; then the balances.
SCENARIOS: dict[str, tuple[list[tuple[Batch, str]], dict[str, int]]] = {
    "points come from the treasury": (
        [([("a", "treasury", "resident:1", 5)], "written")],
        {"resident:1": 5, "treasury": -5},
    ),
    "the same key again changes nothing": (
        [
            ([("a", "treasury", "resident:1", 5)], "written"),
            ([("a", "treasury", "resident:1", 5)], "written"),
        ],
        {"resident:1": 5, "treasury": -5},
    ),
    "the same key twice in one batch counts once": (
        [([("a", "treasury", "resident:1", 5)] * 2, "written")],
        {"resident:1": 5},
    ),
    "the same key for other points is a conflict": (
        [
            ([("a", "treasury", "resident:1", 5)], "written"),
            ([("a", "treasury", "resident:1", 6)], "KeyConflict"),
        ],
        {"resident:1": 5},
    ),
    "a conflict inside a batch writes nothing": (
        [
            (
                [("a", "treasury", "resident:1", 5), ("a", "treasury", "resident:2", 5)],
                "KeyConflict",
            ),
        ],
        {"resident:1": 0, "resident:2": 0},
    ),
    "two contacts join: all the points move": (
        [
            ([("a", "treasury", "resident:1", 5)], "written"),
            ([("link", "resident:1", "resident:2", 5)], "written"),
        ],
        {"resident:1": 0, "resident:2": 5, "treasury": -5},
    ),
    "one point more than there is": (
        [
            ([("a", "treasury", "resident:1", 5)], "written"),
            ([("link", "resident:1", "resident:2", 6)], "Overdrawn"),
        ],
        {"resident:1": 5, "resident:2": 0},
    ),
    "each is covered, both together are not: nothing is written": (
        [
            ([("a", "treasury", "resident:1", 5)], "written"),
            (
                [("b", "resident:1", "resident:2", 3), ("c", "resident:1", "resident:3", 3)],
                "Overdrawn",
            ),
        ],
        {"resident:1": 5, "resident:2": 0, "resident:3": 0},
    ),
    "points earned earlier in the batch may be moved later in it": (
        [([("a", "treasury", "resident:1", 5), ("b", "resident:1", "resident:2", 5)], "written")],
        {"resident:1": 0, "resident:2": 5},
    ),
    "points earned later in the batch may not be moved earlier": (
        [([("b", "resident:1", "resident:2", 5), ("a", "treasury", "resident:1", 5)], "Overdrawn")],
        {"resident:1": 0, "resident:2": 0},
    ),
    "a retry after the points are gone is still the old transfer": (
        [
            ([("a", "treasury", "resident:1", 5)], "written"),
            ([("b", "resident:1", "resident:2", 5)], "written"),
            ([("b", "resident:1", "resident:2", 5)], "written"),
        ],
        {"resident:1": 0, "resident:2": 5},
    ),
    "points may go back to the treasury": (
        [
            ([("a", "treasury", "resident:1", 5)], "written"),
            ([("b", "resident:1", "treasury", 2)], "written"),
        ],
        {"resident:1": 3, "treasury": -3},
    ),
}


def _outcome(journal: MemoryJournal, batch: Batch, start: int) -> str:
    numbers = iter(range(start, start + 100))
    try:
        post_many(
            journal,
            [posting(*row) for row in batch],
            now=NOON,
            new_id=lambda: f"{next(numbers):08}",
        )
    except LedgerError as error:
        return type(error).__name__
    return "written"


@pytest.mark.parametrize("label", SCENARIOS)
def test_scenario(label: str) -> None:
    batches, balances = SCENARIOS[label]
    journal = MemoryJournal()
    outcomes = [_outcome(journal, batch, 100 * i) for i, (batch, _) in enumerate(batches)]
    assert outcomes == [expected for _, expected in batches]
    assert {owner: journal.balance(account(owner)) for owner in balances} == balances


def _changed(**changes: Any) -> Posting:
    return replace(posting(), **changes)


OTHER_BODIES = {
    "another payer": _changed(debit=resident(9)),
    "another resident": _changed(credit=resident(2)),
    "other points": _changed(amount=4),
    "another activity": _changed(activity="link_accounts"),
    "another case": _changed(subject="case:13"),
    "another policy": _changed(policy_version=2),
    "another time": _changed(acted_at=NOON + timedelta(microseconds=1)),
    "another actor": _changed(actor="staff:3"),
}


def test_other_bodies_cover_every_field() -> None:
    differing = {
        name
        for name in Posting.__dataclass_fields__
        if any(getattr(other, name) != getattr(posting(), name) for other in OTHER_BODIES.values())
    }
    assert differing == Posting.__dataclass_fields__.keys() - {"key"}


@pytest.mark.parametrize("label", OTHER_BODIES)
def test_the_same_key_with(label: str) -> None:
    journal = MemoryJournal()
    post(journal, posting(), now=NOON, new_id=ids())
    with pytest.raises(KeyConflict):
        post(journal, OTHER_BODIES[label], now=NOON, new_id=ids())
    assert len(journal.transfers) == 1


INVALID = {
    "no points": _changed(amount=0),
    "negative points": _changed(amount=-1),
    "points that are a yes": _changed(amount=True),
    "half points": _changed(amount=0.5),
    "policy version 0": _changed(policy_version=0),
    "policy version that is a yes": _changed(policy_version=True),
    "to oneself": _changed(debit=resident(1)),
    "treasury to treasury": _changed(credit=treasury()),
    "between ledgers": _changed(credit=Account(cast("Ledger", "credit"), "resident:1")),
    "no key": _changed(key=""),
    "no activity": _changed(activity=""),
    "no subject": _changed(subject=""),
    "no actor": _changed(actor=""),
    "a time without a zone": _changed(acted_at=NOON.replace(tzinfo=None)),
}


@pytest.mark.parametrize("label", INVALID)
def test_refused_with_all_of_its_batch(label: str) -> None:
    journal = MemoryJournal()
    with pytest.raises(InvalidPosting):
        post_many(journal, [posting("good"), INVALID[label]], now=NOON, new_id=ids())
    assert journal.transfers == []


def test_now_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidPosting):
        post(MemoryJournal(), posting(), now=NOON.replace(tzinfo=None), new_id=ids())


@pytest.mark.parametrize(
    "owner",
    [
        "",
        "resident:0",
        "resident:-1",
        "resident:01",
        "resident:",
        "resident:1 ",
        "staff:1",
        "Treasury",
    ],
)
def test_no_such_owner(owner: str) -> None:
    with pytest.raises(InvalidPosting):
        account(owner)


def test_a_transfer_says_what_was_posted_and_when() -> None:
    later = NOON + timedelta(hours=3)
    transfer = post(MemoryJournal(), posting(), now=later, new_id=ids())
    assert (transfer.id, transfer.recorded_at, transfer.acted_at) == ("00000001", later, NOON)
    assert (transfer.debit, transfer.credit, transfer.amount) == (treasury(), resident(1), 5)
    assert (transfer.key, transfer.activity, transfer.subject) == (
        "k",
        "report_confirmed",
        "case:12",
    )
    assert (transfer.policy_version, transfer.actor) == (1, "staff:2")


def test_a_retry_gives_the_first_transfer() -> None:
    journal, new_id = MemoryJournal(), ids()
    first = post(journal, posting(), now=NOON, new_id=new_id)
    again = post(journal, posting(), now=NOON + timedelta(days=1), new_id=new_id)
    assert again is first
    assert post(journal, first, now=NOON, new_id=new_id) is first


def test_transfers_come_back_in_the_order_of_the_postings() -> None:
    journal, new_id = MemoryJournal(), ids()
    post(journal, posting("b"), now=NOON, new_id=new_id)
    batch = [posting(key) for key in ("c", "b", "a", "c")]
    written = post_many(journal, batch, now=NOON, new_id=new_id)
    assert [transfer.key for transfer in written] == ["c", "b", "a", "c"]
    assert [transfer.key for transfer in journal.entries(resident(1))] == ["b", "c", "a"]
    assert post_many(journal, [], now=NOON, new_id=new_id) == []


@pytest.mark.parametrize("zone", [timezone(timedelta(hours=8)), ZoneInfo("America/New_York")])
def test_the_same_instant_in_another_zone_is_the_same_body(zone: timezone | ZoneInfo) -> None:
    # 01:30 happens twice in New York on this day; Python calls such a time unequal to any other.
    acted_at = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    journal = MemoryJournal()
    first = post(journal, posting(acted_at=acted_at.astimezone(zone)), now=NOON, new_id=ids())
    assert post(journal, posting(acted_at=acted_at), now=NOON, new_id=ids()) is first


def test_effect() -> None:
    link = posting(debit="resident:1", credit="resident:2", amount=7)
    assert [effect(link, resident(person)) for person in (1, 2, 3)] == [-7, 7, 0]
