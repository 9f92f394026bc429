"""The tree against RFC 6962's vectors, an independent library's, and every way a proof can lie."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.merkle import (
    EMPTY_ROOT,
    Frontier,
    ProofError,
    Tree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)
from credits.proving import prove_all
from tests.credits.exports import held

RFC6962_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
RFC6962_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
ORACLE = json.loads((Path(__file__).parent / "vectors" / "pymerkle.json").read_text())
LEAVES = [leaf_hash(f"entry {number}".encode()) for number in range(700)]


def frontier(leaves: Sequence[bytes]) -> bytes:
    found = Frontier()
    for leaf in leaves:
        found.add(leaf)
    return found.root()


@pytest.mark.parametrize("size", range(len(RFC6962_ROOTS)))
def test_roots_are_those_of_the_rfc(size: int) -> None:
    leaves = [leaf_hash(data) for data in RFC6962_LEAVES[:size]]
    assert frontier(leaves).hex() == RFC6962_ROOTS[size]
    assert Tree(held(leaves)).root(size).hex() == RFC6962_ROOTS[size]


@pytest.mark.parametrize("size", list(ORACLE["roots"]))
def test_roots_are_those_of_the_oracle(size: str) -> None:
    root = ORACLE["roots"][size]
    assert frontier(LEAVES[: int(size)]).hex() == root
    assert Tree(held(LEAVES)).root(int(size)).hex() == root


@pytest.mark.parametrize("case", ORACLE["inclusion"], ids=lambda case: str(case["index"]))
def test_proofs_are_made_of_the_hashes_of_the_oracle(case: dict[str, object]) -> None:
    proof = Tree(held(LEAVES)).inclusion(int(str(case["index"])), int(str(case["size"])))
    assert sorted(one.hex() for one in proof) == case["hashes"]


def rfc_nodes() -> dict[str, bytes]:
    """The tree of seven leaves of RFC 6962, 2.1.3, with the names that its nodes have there."""
    found = dict(zip("abcdefj", LEAVES[:7], strict=True))
    for name, left, right in ("gab", "hcd", "ief", "kgh", "lij"):
        found[name] = node_hash(found[left], found[right])
    return found


@pytest.mark.parametrize(("index", "proof"), [(0, "bhl"), (3, "cgl"), (4, "fjk"), (6, "ik")])
def test_proofs_of_inclusion_are_those_of_the_rfc(index: int, proof: str) -> None:
    nodes = rfc_nodes()
    assert Tree(held(LEAVES[:7])).inclusion(index, 7) == [nodes[name] for name in proof]


@pytest.mark.parametrize(("old", "proof"), [(3, "cdgl"), (4, "l"), (6, "ijk")])
def test_proofs_of_consistency_are_those_of_the_rfc(old: int, proof: str) -> None:
    nodes = rfc_nodes()
    assert Tree(held(LEAVES[:7])).consistency(old, 7) == [nodes[name] for name in proof]


SIZES = st.integers(1, 700)


@given(size=SIZES, part=st.floats(0, 0.999))
def test_every_leaf_is_proved_and_no_other(size: int, part: float) -> None:
    index = int(size * part)
    tree = Tree(held(LEAVES))
    proof, root = tree.inclusion(index, size), tree.root(size)
    verify_inclusion(LEAVES[index], index, size, proof, root)
    spoilt = [
        (LEAVES[(index + 1) % 700], index, proof, root),
        (LEAVES[index], index, [*proof, root], root),
        (LEAVES[index], index, proof, bytes(32)),
        (LEAVES[index], size, proof, root),
        *[(LEAVES[index], index, proof[:cut], root) for cut in range(len(proof))],
        *[
            (LEAVES[index], index, [*proof[:at], bytes(32), *proof[at + 1 :]], root)
            for at in range(len(proof))
        ],
    ]
    for leaf, place, path, top in spoilt:
        with pytest.raises(ProofError):
            verify_inclusion(leaf, place, size, path, top)


@given(size=SIZES, part=st.floats(0, 1))
def test_every_beginning_is_proved_and_no_fork(size: int, part: float) -> None:
    old = int(size * part)
    tree = Tree(held(LEAVES))
    proof, before, root = tree.consistency(old, size), tree.root(old), tree.root(size)
    verify_consistency(old, before, size, root, proof)
    forked = Tree(held([*LEAVES[: old - 1], bytes(32), *LEAVES[old:]]))
    spoilt = [
        (forked.root(old), root, proof) if old else (bytes(32), root, proof),
        *([(before, bytes(32), proof)] if old else []),
        (before, root, [*proof, root]),
        *[(before, root, proof[:cut]) for cut in range(len(proof))],
    ]
    for older, newer, path in spoilt:
        with pytest.raises(ProofError):
            verify_consistency(old, older, size, newer, path)


def test_a_shorter_log_can_not_begin_with_a_longer_one() -> None:
    with pytest.raises(ProofError):
        verify_consistency(2, bytes(32), 1, bytes(32), [])


def test_there_is_no_proof_of_what_is_not_there() -> None:
    tree = Tree(held(LEAVES[:3]))
    assert tree.root(0) == EMPTY_ROOT
    with pytest.raises(ValueError, match="no leaf 3 among 3"):
        tree.inclusion(3, 3)
    with pytest.raises(ValueError, match="beginning"):
        tree.consistency(4, 3)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 512, 700])
def test_all_proofs_of_a_log_are_made_and_a_wrong_root_is_found(size: int) -> None:
    log, beginning = held(LEAVES), size // 2 + 1
    roots = {one: frontier(LEAVES[:one]) for one in {beginning, size}}
    assert prove_all(log, roots) == (size, len(roots) - 1)
    with pytest.raises(ProofError):
        prove_all(log, roots | {size: bytes(32)})
    if len(roots) > 1:
        with pytest.raises(ProofError):
            prove_all(log, roots | {beginning: bytes(32)})


@pytest.mark.parametrize("place", [0, 1, 255, 256, 400, 599])
def test_a_leaf_that_is_not_the_signed_one_has_no_proof(place: int) -> None:
    changed = held([*LEAVES[:place], bytes(32), *LEAVES[place + 1 :]])
    with pytest.raises(ProofError):
        prove_all(changed, {600: frontier(LEAVES[:600])})
