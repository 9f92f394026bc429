"""Whatever happens to claims and proposals, in whatever order, on each database."""

import sqlalchemy as sa
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from bot.store.ground.personal import PersonalData
from tests.bot.flow.credit.moderation_machine import ModerationMachine


def test_claims_are_what_the_model_says(engine: sa.Engine, personal: PersonalData) -> None:
    class Stored(ModerationMachine):
        def __init__(self) -> None:
            super().__init__(engine, personal)

    run_state_machine_as_test(
        Stored, settings=settings(deadline=None, max_examples=25, stateful_step_count=30)
    )
