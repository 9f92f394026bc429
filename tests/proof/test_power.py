"""The short form of the loss of power that `python -m tests.prove` gives at length."""

from pathlib import Path

import pytest

from tests.proof.power import prove


def test_what_was_told_survives_and_all_fits(tmp_path: Path) -> None:
    survived = prove(tmp_path, orders=24, seed=3, every=3, synchronous="FULL")
    assert survived.told == 48
    assert survived.states > 100


def test_without_waiting_for_the_disk_the_proof_finds_a_loss(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="was told and is lost"):
        prove(tmp_path, orders=24, seed=3, every=1, synchronous="NORMAL")
