"""What the log says of a transfer, byte by byte, and that each field counts."""

from dataclasses import dataclass
from typing import Any

import pytest

from credits.entry import (
    NO_SALT,
    Written,
    leaf_data,
    mark_of,
    middle_shell,
    named_hash,
    outer_shell,
    sealed_hash,
)
from credits.merkle import leaf_hash

SALT = bytes(range(32))
NONCE = b"n" * 16
ONE = Written(
    id="00061e-1",
    key="solved:12",
    kind="transfer",
    follows=None,
    ledger="points",
    debit="treasury",
    credit="resident:7",
    amount=5,
    rest=0,
    activity="report_confirmed",
    subject="case:12",
    policy_version=3,
    actor="resident:7",
    acted_at=1_790_000_000_000_000,
    recorded_at=1_790_000_000_000_001,
    expires_at=None,
)


@dataclass(frozen=True, slots=True)
class Shells:
    outer: bytes
    middle: bytes
    leaf: bytes


def shells(
    one: Written, *, salt: bytes = SALT, nonce: bytes = NONCE, at: int | None = None
) -> Shells:
    named = named_hash(one, NO_SALT, salt)
    outer = outer_shell(one, at)
    middle = middle_shell(one, "", mark_of(one.credit, salt), named)
    return Shells(outer, middle, leaf_hash(leaf_data(outer, sealed_hash(nonce, middle))))


def test_the_encoding_stays_as_it_was() -> None:
    """Vectors of version 1: a verifier of anybody's can be tried on them."""
    made = shells(ONE)
    assert made.outer == (
        b'{"v":1,"ledger":"points","kind":"transfer","debit":"treasury","credit":"resident",'
        b'"amount":5,"rest":0,"follows":null}'
    )
    assert made.middle == (
        b'{"activity":"report_confirmed","policy":3,"acted":1790000000000000,'
        b'"recorded":1790000000000001,"expires":null,"debit":"",'
        b'"credit":"a4bd6131f9b864ba6a2c234d3beb0d10cf4fb3f5bcdf42b984cd56ad7e87b556",'
        b'"named":"2ecf718486a4b458085b6227bbf42664d32758fe5eb7daa72aab14c4aee38748"}'
    )
    assert made.leaf.hex() == "219874588480489e9811ecabda860e0ef7488a13a809b19f92bd274d62984623"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "00061e-2"),
        ("key", "solved:13"),
        ("kind", "hold"),
        ("follows", "00061e-0"),
        ("ledger", "vote"),
        ("debit", "resident:8"),
        ("credit", "resident:8"),
        ("amount", 6),
        ("rest", 1),
        ("activity", "check_in"),
        ("subject", "case:13"),
        ("policy_version", 4),
        ("actor", "staff:7"),
        ("acted_at", 1),
        ("recorded_at", 1),
        ("expires_at", 1),
    ],
)
def test_every_field_changes_the_leaf(field: str, value: Any) -> None:
    assert set(ONE._fields) == set(Written._fields)
    assert shells(ONE._replace(**{field: value})).leaf != shells(ONE).leaf


def test_salt_nonce_and_what_is_followed_change_the_leaf() -> None:
    leaves = {
        shells(ONE).leaf,
        shells(ONE, salt=bytes(32)).leaf,
        shells(ONE, nonce=b"m" * 16).leaf,
        shells(ONE, at=0).leaf,
    }
    assert len(leaves) == 4


def test_the_shells_but_the_inner_name_nobody() -> None:
    made = shells(ONE)
    for word in (b":7", b":12", b"00061e", b"solved"):
        assert word not in made.outer + made.middle


def test_letters_that_json_could_write_in_two_ways_are_written_in_one() -> None:
    one = ONE._replace(activity='调解,"x"')
    assert b'"activity":"%E8%B0%83%E8%A7%A3%2C%22x%22"' in shells(one).middle
