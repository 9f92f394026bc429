"""What points are spent on, and who is on the wall."""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import at, flag, link, metadata, number, table, text

reward: Final = table(
    "reward",
    text("name"),
    text("words"),
    number("price"),
    number("stock"),
    link("organisation_id", "organisation"),
    flag("offered"),
    at("created_at"),
    sa.CheckConstraint("stock >= 0", name="ck_reward_stock"),
    sa.CheckConstraint("price > 0", name="ck_reward_price"),
)
reward_order: Final = table(
    "reward_order",
    text("key", unique=True),
    link("person_id", "person", index=True),
    link("reward_id", "reward", index=True),
    text("name"),
    number("price"),
    text("hold_id", unique=True),
    text("state"),
    text("salt"),
    text("code_hash"),
    text("token_hash", unique=True),
    at("ordered_at"),
    at("expires_at"),
    at("ended_at", needed=False),
    link("ended_by", "staff", needed=False, index=True),
)
"""Of code and address there is a seed and hashes: without the secret key they open nothing."""

order_open: Final = reward_order.c.state == sa.literal_column("'open'", sa.Text)

sa.Index(
    "uq_reward_order_code",
    reward_order.c.code_hash,
    unique=True,
    sqlite_where=order_open,
    postgresql_where=order_open,
)
sa.Index(
    "ix_reward_order_open",
    reward_order.c.expires_at,
    sqlite_where=order_open,
    postgresql_where=order_open,
)

wall_member: Final = sa.Table(
    "wall_member",
    metadata,
    sa.Column(
        "person_id",
        sa.BigInteger,
        sa.ForeignKey("person.id"),
        primary_key=True,
        autoincrement=False,
    ),
    link("building_id", "building"),
    at("joined_at"),
)
"""Who asked to be on the wall."""
