"""The register of personal fields against the tables, and what it refuses."""

import pytest
import sqlalchemy as sa

from bot.store.ground.personal import PersonalData, PrivacyError, load_register
from bot.store.tables import Instant, metadata

NOT_PERSONAL = {
    "alert": {"kind"},
    "ballot": {"handle"},
    "call": {"uuid", "caller_hash", "how"},
    "case_event": {"kind", "trigger", "state", "actor"},
    "case_file": {"token", "state", "service_code", "reasons", "agency"},
    "contact": {"channel", "address_hash"},
    "check_in": {"source", "datum", "grade", "reasons"},
    "consent": {"purpose"},
    "device": {"secret_hash"},
    "dialogue": {"step"},
    "inbox": {"channel", "external_id", "choice", "state", "reference"},
    "initiative": {"state"},
    "initiative_report": set(),
    "initiative_event": {"move", "state", "actor"},
    "team_task": set(),
    "team_shift": set(),
    "team_seat": {"came_by", "vouched_by"},
    "initiative_photo": set(),
    "initiative_text": set(),
    "remark": {"kind", "state", "answered_by"},
    "statement": {"office", "words"},
    "pledge": {"key", "kind", "hold_id", "state"},
    "media": {"kind", "media_type", "state", "error"},
    "media_content": set(),
    "media_correction": set(),
    "outbox": {"key", "buttons", "link", "delivery", "error"},
    "person": {"verification"},
    "presence": {"share"},
    "referral": {"service_code", "state", "salt", "token_hash"},
    "referral_evidence": set(),
    "proof": {"purpose", "media_type", "digest", "actor"},
    "proof_content": set(),
    "rating": {"step", "score"},
    "reward_order": {"key", "name", "hold_id", "state", "salt", "code_hash", "token_hash"},
    "talk_line": {"speaker"},
    "to_visit": set(),
    "track_point": {"source", "datum"},
    "vote_helper": set(),
    "vote_paper": set(),
    "vote_pin": {"first_hash", "second_hash"},
    "vote_roll": {"way"},
}
"""Text columns of the tables about residents that hold codes, hashes or our own words."""


@pytest.mark.parametrize("name", sorted(load_register()))
def test_each_entry_names_a_column_and_a_moment(name: str) -> None:
    field = load_register()[name]
    table = metadata.tables[field.table]
    assert isinstance(table.c[field.column].type, sa.Text)
    assert isinstance(table.c[field.counted_from].type, Instant)
    assert field.purpose.strip()


@pytest.mark.parametrize("table", sorted(NOT_PERSONAL))
def test_every_text_about_a_resident_has_its_entry(table: str) -> None:
    registered = {f.column for f in load_register().values() if f.table == table}
    texts = {c.name for c in metadata.tables[table].columns if isinstance(c.type, sa.Text)}
    assert texts == registered | NOT_PERSONAL[table]


WRONG = [
    ("no TOML", "[[", "not valid TOML"),
    ("no purpose", '[person.name]\nprotection = "plain"', r"\[person.name\]"),
    (
        "an unknown protection",
        '[person.name]\npurpose="x"\nprotection="rot13"\nretention_days=1\ncounted_from="created_at"',
        "protection",
    ),
    (
        "kept for no time",
        '[person.name]\npurpose="x"\nprotection="plain"\nretention_days=0\ncounted_from="created_at"',
        "retention_days",
    ),
]


@pytest.mark.parametrize(("label", "text", "named"), WRONG)
def test_a_wrong_register_is_named(label: str, text: str, named: str) -> None:
    with pytest.raises(PrivacyError, match=named):
        load_register(text)
    assert label


def test_a_field_without_an_entry_can_not_be_stored(personal: PersonalData) -> None:
    with pytest.raises(PrivacyError, match=r"person\.shoe_size"):
        personal.seal("person.shoe_size", "43")


@pytest.mark.parametrize("damaged", ["damaged", "坏了", "gAAAAAB坏", "\ud800"])
def test_what_is_no_seal_is_said_to_be_unreadable(personal: PersonalData, damaged: str) -> None:
    with pytest.raises(PrivacyError):
        personal.open("person.name", damaged)
    with pytest.raises(PrivacyError):
        personal.open_bytes("media_content.content", damaged)


def test_another_key_opens_nothing(personal: PersonalData) -> None:
    sealed = personal.seal("person.name", "李阿姨")
    assert personal.open("person.name", sealed) == "李阿姨"
    with pytest.raises(PrivacyError, match="GONGZHI_SECRET_KEY"):
        PersonalData(load_register(), b"another key").open("person.name", sealed)
