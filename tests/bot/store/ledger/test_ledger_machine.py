"""Whatever is posted, in whatever order: the same rules over each database."""

import sqlalchemy as sa
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from bot.store.ground.personal import PersonalData
from bot.store.ground.unit import Unit
from bot.store.ledger.journal import SqlJournal
from credits.posting import Journal
from tests.credits.machine import LedgerMachine
from tests.credits.making import NOON
from tests.rolled import Rolled


def test_the_ledger_is_what_the_model_says(engine: sa.Engine, personal: PersonalData) -> None:
    class Stored(Rolled, LedgerMachine):
        def open_journal(self) -> Journal:
            self.begin(engine)
            return SqlJournal(Unit(self.connection, NOON, personal))

    run_state_machine_as_test(
        Stored, settings=settings(deadline=None, max_examples=30, stateful_step_count=30)
    )
