"""Who carries an initiative out: the team, tasks, shifts, who was there, photos of the result."""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import at, flag, link, number, table, text

team_member: Final = table(
    "team_member",
    link("initiative_id", "initiative"),
    link("person_id", "person", index=True),
    at("joined_at"),
    sa.UniqueConstraint("initiative_id", "person_id"),
)
team_task: Final = table(
    "team_task",
    link("initiative_id", "initiative", index=True),
    text("words"),
    link("taken_by", "person", needed=False, index=True),
    at("made_at", index=True),
    at("done_at", needed=False),
)
team_shift: Final = table(
    "team_shift",
    link("initiative_id", "initiative", index=True),
    at("starts_at"),
    at("ends_at"),
    text("place"),
    sa.Column("latitude", sa.Float),
    sa.Column("longitude", sa.Float),
    number("seats"),
    flag("called_off"),
    at("made_at", index=True),
    sa.CheckConstraint("ends_at > starts_at", name="ck_team_shift_times"),
)
team_seat: Final = table(
    "team_seat",
    link("shift_id", "team_shift"),
    link("person_id", "person", index=True),
    at("taken_at"),
    at("came_at", needed=False),
    text("came_by"),
    text("vouched_by"),
    at("left_at", needed=False),
    flag("reminded"),
    sa.UniqueConstraint("shift_id", "person_id"),
)
team_code: Final = table(
    "team_code",
    link("shift_id", "team_shift", index=True),
    link("shown_by", "person"),
    text("code_hash"),
    at("until"),
)
initiative_photo: Final = table(
    "initiative_photo",
    link("initiative_id", "initiative", index=True),
    link("media_id", "media", index=True),
    text("words"),
    flag("shown"),
    at("at", index=True),
    sa.UniqueConstraint("initiative_id", "media_id"),
)
