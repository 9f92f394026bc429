"""Whatever is posted, in whatever order: the rules alone, with a journal in memory."""

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.credits.machine import LedgerMachine


def test_the_ledger_is_what_the_model_says() -> None:
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(deadline=None, max_examples=150, stateful_step_count=30),
    )
