"""Each field of a posting: what it may hold, what follows it, how it comes back."""

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
from tests.credits.making import NOON, Book, ids, posting, said
from tests.credits.steps import BAD, GIFT, PENDING, W
from tests.fakes.journal import MemoryJournal


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
