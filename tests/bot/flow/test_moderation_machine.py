"""Whatever happens to claims and proposals, in whatever order, on each database."""

import sqlalchemy as sa
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from bot.store.personal import PersonalData
from tests.bot.flow.moderation_machine import ModerationMachine


def test_claims_are_what_the_model_says(engine: sa.Engine, personal: PersonalData) -> None:
    class Rolled(ModerationMachine):
        """All of an example is one transaction that is taken back."""

        def __init__(self) -> None:
            connection = engine.connect()
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            super().__init__(connection, personal)

        def teardown(self) -> None:
            if engine.dialect.name == "sqlite":
                self.connection.exec_driver_sql("ROLLBACK")
            self.connection.close()

    run_state_machine_as_test(
        Rolled, settings=settings(deadline=None, max_examples=25, stateful_step_count=30)
    )
