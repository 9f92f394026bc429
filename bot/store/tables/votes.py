"""Votes, who may vote, and ballots apart from voters."""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import at, counted, flag, link, metadata, number, table, text

vote: Final = table(
    "vote",
    text("title"),
    text("words"),
    text("options"),
    text("method"),
    number("most"),
    text("scope"),
    sa.Column("scope_id", sa.BigInteger),
    number("quorum"),
    at("ends_at"),
    text("subject"),
    text("state"),
    link("made_by", "staff"),
    link("offered_by", "staff", needed=False),
    link("opened_by", "staff", needed=False),
    at("made_at"),
    at("opened_at", needed=False),
    number("roll"),
    text("veil"),
    text("reason"),
    text("result"),
    text("signed"),
    text("key"),
    at("again_at", needed=False),
    text("level"),
    flag("weighted"),
    text("bands"),
)
sa.Index("ix_vote_state", vote.c.state, vote.c.ends_at)

vote_roll: Final = table(
    "vote_roll",
    link("vote_id", "vote"),
    link("person_id", "person", index=True),
    flag("voted"),
    at("told_at", needed=False),
    flag("end_told"),
    flag("thanked"),
    counted("weight"),
    sa.Column("way", sa.Text, nullable=False, default="", server_default=""),
    sa.UniqueConstraint("vote_id", "person_id"),
)
"""Who may vote, and whether she has; not when. `told_at` is when she was told of the opening."""

_end_untold: Final = vote_roll.c.told_at.is_not(None) & ~vote_roll.c.end_told
sa.Index(
    "ix_vote_roll_end_untold",
    vote_roll.c.person_id,
    sqlite_where=_end_untold,
    postgresql_where=_end_untold,
)

_unthanked: Final = vote_roll.c.voted & ~vote_roll.c.thanked
sa.Index(
    "ix_vote_roll_unthanked",
    vote_roll.c.person_id,
    sqlite_where=_unthanked,
    postgresql_where=_unthanked,
)

vote_paper: Final = table(
    "vote_paper",
    link("vote_id", "vote"),
    link("person_id", "person", index=True),
    text("choice"),
    link("entered_by", "staff"),
    at("entered_at", index=True),
    sa.UniqueConstraint("vote_id", "person_id"),
)
"""What the first of two entered from paper; it goes when the second agrees."""

vote_helper: Final = table(
    "vote_helper",
    link("person_id", "person"),
    link("helper_id", "person", index=True),
    link("recorded_by", "staff"),
    at("since"),
    sa.UniqueConstraint("person_id"),
)
"""Who votes for somebody that can't."""

vote_pin: Final = table(
    "vote_pin",
    link("person_id", "person"),
    text("first_hash"),
    link("first_by", "staff"),
    at("first_at"),
    text("second_hash"),
    link("second_by", "staff", needed=False),
    at("second_at", needed=False),
    number("wrong"),
    sa.UniqueConstraint("person_id"),
)
"""By what somebody votes on the telephone: two halves of one number, each as a keyed hash.

`wrong` counts wrong ones that were keyed in a row.
"""

ballot: Final = sa.Table(
    "ballot",
    metadata,
    sa.Column("handle", sa.Text, primary_key=True),
    link("vote_id", "vote", index=True),
    text("sealed"),
    at("until"),
    sqlite_with_rowid=False,
)
"""Until it is counted. No number and no moment: they would tell in which order people voted."""

counted_ballot: Final = table(
    "counted_ballot",
    link("vote_id", "vote"),
    number("place"),
    text("code"),
    text("choice"),
    sa.UniqueConstraint("vote_id", "place"),
)
"""What is published."""
