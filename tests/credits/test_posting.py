"""What the ledger writes and refuses, as scenarios that a moderator could read."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from credits.ledger import (
    Account,
    InvalidPosting,
    KeyConflict,
    Kind,
    Ledger,
    Overdrawn,
    Posting,
    Transfer,
    UnknownTransfer,
    resident,
    treasury,
)
from credits.moves import lapse, reverse, settle, void
from credits.posting import post, post_many
from tests.credits.making import NOON, Book, Step, ids, posting, said
from tests.fakes.journal import MemoryJournal

GIFT: Step = ("move", "a", "treasury", 1, 5)
HOLD: Step = ("hold", "h", 1, "treasury", 5, 24)
PENDING: Step = ("hold", "p", "treasury", 1, 5, 24)
W, OVER, AGAIN, BAD = "written", "Overdrawn", "AlreadyFollowed", "InvalidPosting"
CLASH, UNKNOWN = "KeyConflict", "UnknownTransfer"

# label: batches of one chain each, or hours that pass, with the outcome; then for each owner
# what is posted, held, and coming.
SCENARIOS: dict[str, tuple[list[tuple[list[Step] | float, str]], dict[str | int, tuple[int, ...]]]]
SCENARIOS = {
    "points come from the treasury": ([([GIFT], W)], {1: (5, 0, 0), "treasury": (-5, 0, 0)}),
    "the same key again changes nothing": ([([GIFT], W), ([GIFT], W)], {1: (5, 0, 0)}),
    "the same key for other points is a conflict": (
        [([GIFT], W), ([("move", "a", "treasury", 1, 6)], CLASH)],
        {1: (5, 0, 0)},
    ),
    "all the points may move": (
        [([GIFT], W), ([("move", "b", 1, 2, 5)], W)],
        {1: (0, 0, 0), 2: (5, 0, 0)},
    ),
    "one point more than there is": (
        [([GIFT], W), ([("move", "b", 1, 2, 6)], OVER)],
        {1: (5, 0, 0), 2: (0, 0, 0)},
    ),
    "a retry after the points are gone is still the old transfer": (
        [([GIFT], W), ([("move", "b", 1, 2, 5)], W), ([("move", "b", 1, 2, 5)], W)],
        {1: (0, 0, 0), 2: (5, 0, 0)},
    ),
    "points may go back to the treasury": (
        [([GIFT], W), ([("move", "b", 1, "treasury", 2)], W)],
        {1: (3, 0, 0), "treasury": (-3, 0, 0)},
    ),
    "a chain is written whole": (
        [([GIFT, ("move", "b", 1, 2, 5)], W)],
        {1: (0, 0, 0), 2: (5, 0, 0)},
    ),
    "of a refused chain nothing is written": (
        [([GIFT, ("move", "b", 1, 2, 6)], OVER), ([("move", "c", 1, 2, 1)], OVER)],
        {1: (0, 0, 0), 2: (0, 0, 0)},
    ),
    "what was refused can be tried again": (
        [([("move", "b", 1, 2, 5)], OVER), ([GIFT], W), ([("move", "b", 1, 2, 5)], W)],
        {1: (0, 0, 0), 2: (5, 0, 0)},
    ),
    "a key twice in a chain is a conflict": ([([GIFT, GIFT], CLASH)], {1: (0, 0, 0)}),
    "a chain again gives the same": ([([GIFT, HOLD], W), ([GIFT, HOLD], W)], {1: (5, 5, 0)}),
    "a chain of which a part is there already is a conflict": (
        [([GIFT], W), ([GIFT, HOLD], CLASH), ([HOLD, GIFT], CLASH)],
        {1: (5, 0, 0)},
    ),
    "what is held can't be moved": (
        [([GIFT], W), ([HOLD], W), ([("move", "b", 1, 2, 1)], OVER)],
        {1: (5, 5, 0), "treasury": (-5, 0, 5)},
    ),
    "nor held again": (
        [([GIFT], W), ([HOLD], W), ([("hold", "i", 1, 2, 1, 1)], OVER)],
        {1: (5, 5, 0)},
    ),
    "beside a hold the rest can be moved": (
        [([GIFT], W), ([("hold", "h", 1, 2, 3, 24)], W), ([("move", "b", 1, 3, 2)], W)],
        {1: (3, 3, 0), 2: (0, 0, 3), 3: (2, 0, 0)},
    ),
    "what is coming can't be spent": (
        [([PENDING], W), ([("move", "b", 1, 2, 1)], OVER)],
        {1: (0, 0, 5), "treasury": (0, 5, 0)},
    ),
    "a hold is posted": (
        [([GIFT], W), ([HOLD], W), ([("post", "h", 5)], W)],
        {1: (0, 0, 0), "treasury": (0, 0, 0)},
    ),
    "of a hold a part is posted, the rest is free": (
        [([GIFT], W), ([HOLD], W), ([("post", "h", 2)], W), ([("move", "b", 1, 2, 3)], W)],
        {1: (0, 0, 0), 2: (3, 0, 0)},
    ),
    "never more than was held": (
        [([GIFT], W), ([HOLD], W), ([("post", "h", 6)], BAD)],
        {1: (5, 5, 0)},
    ),
    "nor nothing of it": ([([GIFT], W), ([HOLD], W), ([("post", "h", 0)], BAD)], {1: (5, 5, 0)}),
    "a hold is voided": ([([GIFT], W), ([HOLD], W), ([("void", "h")], W)], {1: (5, 0, 0)}),
    "a hold resolves once: void, then post": (
        [([GIFT], W), ([HOLD], W), ([("void", "h")], W), ([("post", "h", 5)], AGAIN)],
        {1: (5, 0, 0)},
    ),
    "a hold resolves once: post, then void": (
        [([GIFT], W), ([HOLD], W), ([("post", "h", 1)], W), ([("void", "h")], AGAIN)],
        {1: (4, 0, 0)},
    ),
    "a hold resolves once: both in one chain": (
        [([GIFT], W), ([HOLD], W), ([("void", "h"), ("post", "h", 5)], AGAIN)],
        {1: (5, 5, 0)},
    ),
    "posted again with the same points is the same": (
        [([GIFT], W), ([HOLD], W), ([("post", "h", 2)], W), ([("post", "h", 2)], W)],
        {1: (3, 0, 0)},
    ),
    "posted again with other points is a conflict": (
        [([GIFT], W), ([HOLD], W), ([("post", "h", 2)], W), ([("post", "h", 3)], CLASH)],
        {1: (3, 0, 0)},
    ),
    "just before its time is up a hold can be posted": (
        [([GIFT], W), ([HOLD], W), (23.999, ""), ([("post", "h", 5)], W)],
        {1: (0, 0, 0)},
    ),
    "when its time is up it can't": (
        [([GIFT], W), ([HOLD], W), (24, ""), ([("post", "h", 5)], AGAIN)],
        {1: (5, 0, 0), "treasury": (-5, 0, 0)},
    ),
    "nor voided": (
        [([GIFT], W), ([HOLD], W), (24, ""), ([("void", "h")], AGAIN)],
        {1: (5, 0, 0)},
    ),
    "when its time is up all of it can be moved": (
        [([GIFT], W), ([HOLD], W), (24, ""), ([("move", "b", 1, 2, 5)], W)],
        {1: (0, 0, 0), 2: (5, 0, 0)},
    ),
    "a lapse is written by whoever comes next": (
        [([PENDING], W), (24, ""), ([("move", "b", "treasury", 2, 1)], W)],
        {1: (0, 0, 0), 2: (1, 0, 0), "treasury": (-1, 0, 0)},
    ),
    "by whoever only asks again as well": (
        [([GIFT], W), ([HOLD], W), (24, ""), ([GIFT], W)],
        {1: (5, 0, 0)},
    ),
    "nobody lapses a hold before its time": (
        [([GIFT], W), ([HOLD], W), (23.999, ""), ([("lapse", "h")], BAD)],
        {1: (5, 5, 0)},
    ),
    "a hold made again after it lapsed is still the old one": (
        [([GIFT], W), ([HOLD], W), (24, ""), ([HOLD], W)],
        {1: (5, 0, 0)},
    ),
    "a transfer is reversed": (
        [([GIFT], W), ([("reverse", "a")], W)],
        {1: (0, 0, 0), "treasury": (0, 0, 0)},
    ),
    "at most once": (
        [([GIFT], W), ([("reverse", "a")], W), (1, ""), ([("reverse", "a")], CLASH)],
        {1: (0, 0, 0)},
    ),
    "a shortfall is written off": (
        [([GIFT], W), ([("move", "b", 1, 2, 3)], W), ([("reverse", "a")], W)],
        {1: (0, 0, 0), 2: (3, 0, 0), "treasury": (-3, 0, 0)},
    ),
    "what is held is not taken": (
        [([GIFT], W), ([("hold", "h", 1, 2, 3, 24)], W), ([("reverse", "a")], W)],
        {1: (3, 3, 0), "treasury": (-3, 0, 0)},
    ),
    "with nothing left a reversal moves nothing, and counts": (
        [
            ([GIFT], W),
            ([("move", "b", 1, 2, 5)], W),
            ([("reverse", "a")], W),
            ([("move", "c", "treasury", 1, 2)], W),
            ([("reverse", "a")], W),
        ],
        {1: (2, 0, 0), 2: (5, 0, 0)},
    ),
    "what was spent is given back whole": (
        [([GIFT], W), ([("move", "b", 1, "treasury", 5)], W), ([("reverse", "b")], W)],
        {1: (5, 0, 0)},
    ),
    "a post can be reversed": (
        [([PENDING], W), ([("post", "p", 4)], W), ([("reverse", "post:00000001")], W)],
        {1: (0, 0, 0), "treasury": (0, 0, 0)},
    ),
    "a hold can't be reversed": ([([PENDING], W), ([("reverse", "p")], UNKNOWN)], {1: (0, 0, 5)}),
    "nor a reversal": (
        [([GIFT], W), ([("reverse", "a")], W), ([("reverse", "reversal:00000001")], UNKNOWN)],
        {1: (0, 0, 0)},
    ),
    "a transfer can't be voided": ([([GIFT], W), ([("void", "a")], UNKNOWN)], {1: (5, 0, 0)}),
    "nor posted": ([([GIFT], W), ([("post", "a", 5)], UNKNOWN)], {1: (5, 0, 0)}),
}


@pytest.mark.parametrize("label", SCENARIOS)
def test_scenario(label: str) -> None:
    steps, balances = SCENARIOS[label]
    book = Book(MemoryJournal())
    for step, expected in steps:
        if isinstance(step, list):
            assert book.take(step) == [expected], step
        else:
            book.wait(step)
    assert {owner: book.has(owner) for owner in balances} == balances


def test_one_bad_posting_does_not_fail_its_batch() -> None:
    book = Book(MemoryJournal())
    chains: list[list[Step]] = [
        [("move", "b", 1, 2, 5)],
        [GIFT],
        [("move", "b", 1, 2, 5)],
        [("move", "c", "treasury", 3, 1), ("move", "d", 1, 2, 1)],
        [("move", "c", "treasury", 3, 2)],
        [GIFT],
    ]
    assert book.take(*chains) == [OVER, W, W, OVER, W, W]
    assert [book.has(person) for person in (1, 2, 3)] == [(0, 0, 0), (5, 0, 0), (2, 0, 0)]


def test_accounts_are_locked_in_the_order_of_their_names() -> None:
    book = Book(MemoryJournal())  # which sees to it
    gifts: list[list[Step]] = [[("move", f"g{n}", "treasury", n, 1)] for n in (9, 100, 10, 2)]
    assert book.take(*gifts) == [W] * 4


def test_a_refused_chain_frees_what_it_followed() -> None:
    book = Book(MemoryJournal())
    book.take([GIFT])
    book.take([HOLD])
    too_much: Step = ("move", "b", 1, 2, 6)
    assert book.take([("void", "h"), too_much], [("post", "h", 5)]) == [OVER, W]
    assert book.has(1) == (0, 0, 0)


def test_a_lapse_says_what_it_was_about() -> None:
    book = Book(MemoryJournal())
    book.take([PENDING])
    hold = book.made("p")
    book.wait(30)
    book.take()
    lapsed = book.made(f"lapse:{hold.id}")
    assert (lapsed.kind, lapsed.follows, lapsed.amount) == (Kind.LAPSE, hold.id, hold.amount)
    assert (lapsed.subject, lapsed.activity) == (hold.subject, hold.activity)
    assert (lapsed.actor, lapsed.acted_at) == ("system", hold.acted_at)
    assert lapsed.recorded_at == NOON + timedelta(hours=30)


def test_what_a_reversal_writes_off_is_in_it() -> None:
    book = Book(MemoryJournal())
    for step in (GIFT, ("move", "b", 1, 2, 3), ("reverse", "a")):
        book.take([step])
    back = book.made("reversal:00000001")
    assert (back.amount, back.rest, back.follows) == (2, 3, "00000001")
    assert (back.debit, back.credit) == (resident(1), treasury())


def test_what_is_not_posted_of_a_hold_is_in_the_post() -> None:
    book = Book(MemoryJournal())
    for step in (GIFT, HOLD, ("post", "h", 2)):
        book.take([step])
    posted = book.made("post:00000002")
    assert (posted.amount, posted.rest) == (2, 3)


def test_ledgers_are_apart() -> None:
    book = Book(MemoryJournal())
    book.take([GIFT])
    spent = posting("b", "resident:1", "treasury", 5, ledger=Ledger.VOTE)
    assert [said(one) for one in book.post([[spent]])] == [OVER]


def _changed(**changes: Any) -> Posting:
    return posting()._replace(**changes)


OTHER_BODIES = {
    "another payer": _changed(debit=resident(9)),
    "another resident": _changed(credit=resident(2)),
    "other points": _changed(amount=4),
    "another activity": _changed(activity="link_accounts"),
    "another case": _changed(subject="case:13"),
    "another policy": _changed(policy_version=2),
    "another time": _changed(acted_at=NOON - timedelta(microseconds=1)),
    "another actor": _changed(actor="staff:3"),
    "only held": _changed(kind=Kind.HOLD, expires_at=NOON + timedelta(hours=1)),
    "following another": _changed(kind=Kind.VOID, follows="x"),
}


def test_other_bodies_cover_every_field() -> None:
    differing = {
        name
        for name in Posting._fields
        if any(getattr(other, name) != getattr(posting(), name) for other in OTHER_BODIES.values())
    }
    assert differing == set(Posting._fields) - {"key"}


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
    "an act that is yet to come": _changed(acted_at=NOON + timedelta(microseconds=1)),
    "a transfer that follows": _changed(follows="00000001"),
    "a transfer that lapses": _changed(expires_at=NOON + timedelta(hours=1)),
    "a hold that never lapses": _changed(kind=Kind.HOLD),
    "a hold that lapses at once": _changed(kind=Kind.HOLD, expires_at=NOON),
    "a hold that lapses in no zone": _changed(kind=Kind.HOLD, expires_at=datetime(2027, 1, 1)),  # noqa: DTZ001
    "a void of nothing": _changed(kind=Kind.VOID),
}


@pytest.mark.parametrize("label", INVALID)
def test_refused_alone(label: str) -> None:
    journal = MemoryJournal()
    chains = [[posting("good")], [INVALID[label]], [posting("fine")]]
    outcomes = post_many(journal, chains, now=NOON, new_id=ids())
    assert [said(one) for one in outcomes] == [W, BAD, W]
    assert [one.key for one in journal.transfers] == ["good", "fine"]


def _other_accounts(follower: Posting) -> list[Posting]:
    return [
        follower._replace(debit=follower.credit, credit=follower.debit),
        follower._replace(debit=resident(8)),
        follower._replace(credit=resident(8)),
    ]


def test_a_follower_repeats_what_its_original_was_about() -> None:
    book = Book(MemoryJournal())
    for step in (GIFT, ("hold", "h", 1, 2, 5, 24)):
        book.take([step])
    hold, gift = book.made("h"), book.made("a")
    book.wait(1)
    bent = [
        one
        for follower in (settle(hold, actor="x"), void(hold, actor="x"))
        for one in (
            *_other_accounts(follower),
            follower._replace(acted_at=NOON + timedelta(minutes=1)),
        )
    ]
    back = reverse(gift, actor="x", acted_at=book.now)
    bent += [*_other_accounts(back), back._replace(amount=4), back._replace(amount=6)]
    bent += [void(hold, actor="x")._replace(amount=4)]
    assert {said(one) for one in book.post([[one] for one in bent])} == {BAD}
    assert book.has(1) == (5, 5, 0)


def test_what_is_followed_has_to_be_there() -> None:
    book = Book(MemoryJournal())
    book.take([PENDING])
    lost = void(book.made("p"), actor="x")._replace(follows="99999999")
    with pytest.raises(UnknownTransfer):
        post(book.journal, lost, now=NOON, new_id=book.new_id)


def test_lapsing_again_is_the_same_lapse() -> None:
    book = Book(MemoryJournal())
    book.take([PENDING])
    book.wait(24)
    assert book.take([("lapse", "p")]) == [W]
    assert book.take([("lapse", "p")]) == [W]
    assert lapse(book.made("p")).expires_at is None
    assert book.has(1) == (0, 0, 0)


def test_now_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidPosting):
        post(MemoryJournal(), posting(), now=NOON.replace(tzinfo=None), new_id=ids())


def test_a_transfer_says_what_was_posted_and_when() -> None:
    later = NOON + timedelta(hours=3)
    transfer = post(MemoryJournal(), posting(), now=later, new_id=ids())
    assert (transfer.id, transfer.recorded_at, transfer.acted_at) == ("00000001", later, NOON)
    assert (transfer.debit, transfer.credit, transfer.amount) == (treasury(), resident(1), 5)
    assert (transfer.key, transfer.activity) == ("k", "report_confirmed")
    assert (transfer.subject, transfer.actor) == ("case:12", "staff:2")
    assert (transfer.policy_version, transfer.rest, transfer.kind) == (1, 0, Kind.TRANSFER)


def test_a_retry_gives_the_first_transfer() -> None:
    journal, new_id = MemoryJournal(), ids()
    first = post(journal, posting(), now=NOON, new_id=new_id)
    again = post(journal, posting(), now=NOON + timedelta(days=1), new_id=new_id)
    assert again is first
    assert post(journal, first.wish, now=NOON, new_id=new_id) is first


def test_post_writes_a_chain_or_raises() -> None:
    journal, new_id = MemoryJournal(), ids()
    first, second = posting("a"), posting("b", "resident:1", "resident:2", 6)
    with pytest.raises(Overdrawn):
        post(journal, first, second, now=NOON, new_id=new_id)
    assert journal.transfers == []
    assert post(journal, first, now=NOON, new_id=new_id).key == "a"


def test_transfers_come_back_in_the_order_of_the_postings() -> None:
    journal, new_id = MemoryJournal(), ids()
    post(journal, posting("b"), now=NOON, new_id=new_id)
    chains = [[posting("c"), posting("d")], [posting("b")], [posting("a")]]
    outcomes = post_many(journal, chains, now=NOON, new_id=new_id)
    assert [[one.key for one in chain] for chain in outcomes if isinstance(chain, tuple)] == [
        ["c", "d"],
        ["b"],
        ["a"],
    ]
    assert [one.key for one in journal.entries(resident(1))] == ["b", "c", "d", "a"]
    assert post_many(journal, [], now=NOON, new_id=new_id) == []


def test_a_hold_is_written_with_its_moments_in_utc() -> None:
    journal, shanghai = MemoryJournal(), ZoneInfo("Asia/Shanghai")
    given = {"acted_at": NOON, "expires_at": NOON + timedelta(days=1)}
    told = {name: moment.astimezone(shanghai) for name, moment in given.items()}
    hold = posting(lapses_at=told["expires_at"], acted_at=told["acted_at"])
    made = post(journal, hold, now=NOON, new_id=ids())
    assert made.expires_at is not None
    assert (made.acted_at.tzinfo, made.expires_at.tzinfo) == (UTC, UTC)
    assert (made.acted_at, made.expires_at) == (given["acted_at"], given["expires_at"])
    assert post(journal, hold, now=NOON, new_id=ids()) is made


def test_a_transfer_begins_with_the_fields_of_its_posting() -> None:
    assert Transfer._fields[: len(Posting._fields)] == Posting._fields


@pytest.mark.parametrize("zone", [timezone(timedelta(hours=8)), ZoneInfo("America/New_York")])
def test_the_same_instant_in_another_zone_is_the_same_body(zone: timezone | ZoneInfo) -> None:
    # 01:30 happens twice in New York on this day; Python calls such a time unequal to any other.
    acted_at = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    journal = MemoryJournal()
    first = post(journal, posting(acted_at=acted_at.astimezone(zone)), now=NOON, new_id=ids())
    assert first.acted_at.tzinfo is UTC
    again = posting(acted_at=acted_at.astimezone(zone))
    assert post(journal, again, now=NOON, new_id=ids()) is first
    assert post(journal, posting(acted_at=acted_at), now=NOON, new_id=ids()) is first


def test_many_that_are_overdue_are_freed_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("credits.posting.LAPSES_MOST", 2)
    book = Book(MemoryJournal())
    book.take(*[[("hold", f"h{n}", "treasury", n, 1, 24 - n)] for n in (1, 2, 3)])
    book.wait(24)
    book.take()
    assert [book.has(n)[2] for n in (1, 2, 3)] == [1, 0, 0]
    assert book.take([("post", "h1", 1)]) == [AGAIN]
    assert book.has(1) == (0, 0, 0)
