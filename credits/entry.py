"""What the log says of a transfer: three shells, each of which commits to the one within.

The outer one (`entry`) names nobody and no act: what was moved, between which kinds of accounts.
The middle one (`act`) tells an auditor what for, when, and between which accounts, by marks that
are the same for one account everywhere. The inner one (`named`) is the only that names: who, which
case, whose hand. It is hashed with salts that are kept with the accounts, outside the log: once a
salt is gone, nobody can show any more whose mark that was, and all hashes stay what they were.

    named  = SHA-256("gongzhi named/1" 00 ‖ salt of debit ‖ salt of credit ‖ inner shell)
    mark   = SHA-256("gongzhi account/1" 00 ‖ salt ‖ owner)
    sealed = SHA-256(nonce ‖ middle shell)
    leaf   = SHA-256(00 ‖ outer shell ‖ sealed)

All three are JSON without spaces, in ASCII, with the keys in the order below: docs/ledger.md.
"""

import json.encoder
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple
from urllib.parse import quote

SALT_BYTES: Final = 32
NONCE_BYTES: Final = 16
NO_SALT: Final = bytes(SALT_BYTES)
_quoted: Final = json.encoder.encode_basestring_ascii


class Written(NamedTuple):
    """A transfer as it stands in the journal; moments are microseconds since 1970 in UTC."""

    id: str
    key: str
    kind: str
    follows: str | None
    ledger: str
    debit: str
    credit: str
    amount: int
    rest: int
    activity: str
    subject: str
    policy_version: int
    actor: str
    acted_at: int
    recorded_at: int
    expires_at: int | None


def mark_of(owner: str, salt: bytes) -> str:
    """Return the mark of an account; the treasury has none."""
    return sha256(b"gongzhi account/1\0" + salt + owner.encode()).hexdigest()


def named_text(one: Written) -> str:
    """Return the inner shell: all that names somebody or something."""
    follows = "null" if one.follows is None else _quoted(one.follows)
    return (
        f"[{_quoted(one.id)},{_quoted(one.key)},{_quoted(one.debit)},{_quoted(one.credit)},"
        f"{_quoted(one.subject)},{_quoted(one.actor)},{follows}]"
    )


def named_hash(one: Written, debit_salt: bytes, credit_salt: bytes) -> str:
    """Return the commitment to the inner shell."""
    inner = named_text(one).encode()
    return sha256(b"gongzhi named/1\0" + debit_salt + credit_salt + inner).hexdigest()


def outer_shell(one: Written, follows: int | None) -> bytes:
    """Return the outer shell; `follows` is the index of the leaf that the transfer follows."""
    debit, credit = kind_of(one.debit), kind_of(one.credit)
    start = _outer_start(one.ledger, one.kind, debit, credit, one.amount, one.rest)
    return start + (b"null}" if follows is None else b"%d}" % follows)


def middle_shell(one: Written, debit: str, credit: str, named: str) -> bytes:
    """Return the middle shell, with the marks of both accounts."""
    return (
        f'{{"activity":"{_plain(one.activity)}","policy":{one.policy_version},'
        f'"acted":{one.acted_at},"recorded":{one.recorded_at},'
        f'"expires":{"null" if one.expires_at is None else one.expires_at},'
        f'"debit":"{debit}","credit":"{credit}","named":"{named}"}}'
    ).encode()


def sealed_hash(nonce: bytes, middle: bytes) -> bytes:
    """Return the commitment to the middle shell."""
    return sha256(nonce + middle).digest()


def leaf_data(outer: bytes, sealed: bytes) -> bytes:
    """Return what the leaf is the hash of."""
    return outer + sealed


def kind_of(owner: str) -> str:
    """Return which kind of account it is: `treasury`, `resident` or `rejected`."""
    return owner.partition(":")[0]


@lru_cache(maxsize=1024)
def _outer_start(ledger: str, kind: str, debit: str, credit: str, amount: int, rest: int) -> bytes:
    """Return all but what is followed: of a million entries, a few hundred differ."""
    return (
        f'{{"v":1,"ledger":"{ledger}","kind":"{kind}","debit":"{debit}",'
        f'"credit":"{credit}","amount":{amount},"rest":{rest},"follows":'
    ).encode()


@lru_cache(maxsize=1024)
def _plain(activity: str) -> str:
    """Return the code of the activity without a letter that JSON would write in two ways."""
    return quote(activity, safe="")
