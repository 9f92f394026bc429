"""A witness signs what only grew, and nothing else; a fork that is shown to two is found."""

from dataclasses import replace

import pytest

from credits.merkle import Tree, leaf_hash
from credits.notes import Checkpoint, make_signer, parse_note, sign_checkpoint
from credits.rotation import announce
from credits.witness import Memory, RefusedError, cosign, follow, read_memory, write_memory
from tests.credits.exports import held

ORIGIN = "example.org/ledger"
LOG = make_signer(ORIGIN, bytes(range(32)))
WITNESS = make_signer("neighbours", b"w" * 32, witness=True)
LEAVES = [leaf_hash(bytes([number])) for number in range(20)]
FORKED = [*LEAVES[:7], leaf_hash(b"another"), *LEAVES[8:]]


def show(leaves: list[bytes], size: int, origin: str = ORIGIN) -> str:
    return sign_checkpoint(Checkpoint(origin, size, Tree(held(leaves)).root(size)), [LOG])


def sign(memory: Memory, leaves: list[bytes], size: int) -> tuple[str, Memory]:
    old = min(memory.size, size)
    proof = Tree(held(leaves)).consistency(old, size)
    return cosign(memory, show(leaves, size), proof, WITNESS, 1_790_000_000)


def test_what_only_grows_is_signed() -> None:
    memory = Memory(LOG.verifier, None)
    for size in (0, 3, 3, 10, 20):
        note, memory = sign(memory, LEAVES, size)
        assert parse_note(note).by(WITNESS.verifier) == 1_790_000_000
        assert read_memory(write_memory(memory)) == memory
    assert memory.size == 20


@pytest.mark.parametrize(("size", "reason"), [(12, "does not extend"), (10, "does not extend")])
def test_a_fork_is_not_signed(size: int, reason: str) -> None:
    """The log shows one history to the witness, then another."""
    _, memory = sign(Memory(LOG.verifier, None), LEAVES, 10)
    with pytest.raises(RefusedError, match=reason):
        sign(memory, FORKED, size)


def test_a_log_that_became_shorter_is_not_signed() -> None:
    _, memory = sign(Memory(LOG.verifier, None), LEAVES, 10)
    with pytest.raises(RefusedError, match="has 5 entries, and had 10 before"):
        sign(memory, LEAVES, 5)


def test_another_key_or_another_log_is_not_signed() -> None:
    _, memory = sign(Memory(LOG.verifier, None), LEAVES, 10)
    other = Memory(make_signer(ORIGIN, bytes(32)).verifier, memory.last)
    with pytest.raises(RefusedError, match="not signed with a key that is known"):
        sign(other, LEAVES, 12)
    with pytest.raises(RefusedError, match=r"not of example\.org/ledger"):
        cosign(memory, show(LEAVES, 12, "elsewhere"), [], WITNESS, 1)


def test_who_kept_a_fork_finds_the_other_one_signed() -> None:
    """Two people were shown two histories of one size: only one of them is witnessed."""
    _, memory = sign(Memory(LOG.verifier, None), LEAVES, 20)
    assert memory.last is not None
    assert replace(memory.last, root=Tree(held(FORKED)).root(20)) != memory.last
    assert parse_note(show(FORKED, 20)).by(WITNESS.verifier) is None


def test_a_key_that_was_announced_is_followed_and_no_other() -> None:
    following = make_signer(ORIGIN, b"n" * 32)
    first = (str(LOG.verifier), 0, "")
    note = announce(ORIGIN, following.verifier, 3, LOG)
    memory = Memory(LOG.verifier, None)
    assert follow(memory, [first]) == memory
    after = follow(memory, [first, (str(following.verifier), 3, note)])
    assert after.verifier == following.verifier
    with pytest.raises(RefusedError, match="not a signed note"):
        follow(memory, [first, (str(following.verifier), 3, "")])
    with pytest.raises(RefusedError, match="not among the keys"):
        follow(memory, [(str(following.verifier), 0, "")])
