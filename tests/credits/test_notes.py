"""Signed notes: what others sign we read, and nothing passes that was changed."""

import pytest

from credits.merkle import EMPTY_ROOT
from credits.notes import (
    Checkpoint,
    NoteError,
    make_signer,
    open_checkpoint,
    parse_checkpoint,
    parse_note,
    parse_verifier,
    sign_checkpoint,
)

# The example of golang.org/x/mod/sumdb/note, whose format C2SP describes.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
    "pRZb6KE6RyyBwJnAM=\n"
)

LOG = make_signer("example.org/ledger", bytes(range(32)))
OTHER = make_signer("example.org/ledger", bytes(32))
WITNESS = make_signer("neighbours", b"w" * 32, witness=True)
CHECKPOINT = Checkpoint("example.org/ledger", 7, EMPTY_ROOT)
NOTE = sign_checkpoint(CHECKPOINT, [LOG])


def test_a_note_of_another_program_is_read() -> None:
    assert parse_note(GO_NOTE).by(parse_verifier(GO_KEY)) == 0
    with pytest.raises(NoteError, match="is wrong"):
        parse_note(GO_NOTE.replace("don't", "do")).by(parse_verifier(GO_KEY))


def test_keys_are_published_and_read_again() -> None:
    for signer in (LOG, WITNESS):
        assert parse_verifier(str(signer.verifier)) == signer.verifier
    assert "_key" not in repr(LOG)


@pytest.mark.parametrize(
    "text", ["", "name", "name+00000000+AQ==", "a b+00000000+AQ==", str(LOG.verifier)[:-2]]
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parse_verifier(text)


def test_a_key_whose_name_was_changed_is_refused() -> None:
    with pytest.raises(NoteError, match="do not belong together"):
        parse_verifier("x" + str(LOG.verifier))


def test_a_checkpoint_is_signed_and_opened() -> None:
    assert open_checkpoint(NOTE, [LOG.verifier]) == (CHECKPOINT, [LOG.verifier])


def test_two_keys_sign_while_one_follows_the_other() -> None:
    note = sign_checkpoint(CHECKPOINT, [LOG, OTHER])
    assert open_checkpoint(note, [OTHER.verifier]) == (CHECKPOINT, [OTHER.verifier])
    assert open_checkpoint(note, [LOG.verifier, OTHER.verifier])[1] == [
        LOG.verifier,
        OTHER.verifier,
    ]


def test_a_witness_signs_with_the_time() -> None:
    note = NOTE + WITNESS.sign(str(CHECKPOINT), 1_790_000_000)
    assert parse_note(note).by(WITNESS.verifier) == 1_790_000_000
    assert open_checkpoint(note, [LOG.verifier, WITNESS.verifier])[1] == [
        LOG.verifier,
        WITNESS.verifier,
    ]


def test_a_key_that_nobody_knows_signs_nothing() -> None:
    with pytest.raises(NoteError, match="not signed with a key that is known"):
        open_checkpoint(NOTE, [OTHER.verifier])


def test_no_byte_of_a_checkpoint_can_be_changed() -> None:
    raw = NOTE.encode()
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises((NoteError, UnicodeDecodeError)):
            open_checkpoint(changed.decode(), [LOG.verifier])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n7\n",
        "origin\n07\nAAAA\n",
        "origin\n-1\nAAAA\n",
        "origin\n7\nAAAA\n",
        f"{CHECKPOINT}more\n",
        str(CHECKPOINT)[:-1],
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parse_checkpoint(text)


@pytest.mark.parametrize(
    "note", ["", "text\n", "text\n\n", "text\n\n— a\n", "text\n\n- a AAAAAAAA\n"]
)
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(NoteError):
        parse_note(note)
