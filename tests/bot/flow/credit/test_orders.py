"""Whatever happens to orders, in whatever order, on each database."""

import sqlalchemy as sa
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from bot.store.ground.personal import PersonalData
from tests.bot.flow.credit.order_machine import OrderMachine


def test_orders_are_what_the_model_says(engine: sa.Engine, personal: PersonalData) -> None:
    class Stored(OrderMachine):
        def __init__(self) -> None:
            super().__init__(engine, personal)

    run_state_machine_as_test(
        Stored, settings=settings(deadline=None, max_examples=40, stateful_step_count=30)
    )
