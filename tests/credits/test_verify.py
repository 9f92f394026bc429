"""Whatever is changed in an export is found and named; in a sound one nothing is found."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.lines import FORMS, read, write
from credits.notes import Signer, make_signer, parse_checkpoint, parse_note, sign_checkpoint
from credits.rotation import announce
from credits.verify import BrokenError, Trust, Witnessed
from tests.credits.exports import LOG, ORIGIN, Made, check, made
from tests.credits.making import account

SOUND = made()
LINES = {form: SOUND.lines(form) for form in FORMS}
NOTES = [*SOUND.notes]
WITNESS = make_signer("neighbours", b"w" * 32, witness=True)


@pytest.mark.parametrize("form", FORMS)
def test_a_sound_export_is_sound(form: str) -> None:
    report = check(LINES[form])
    assert (report.size, report.checkpoints) == (9, 2)
    assert report.signed is not None
    assert report.signed.size == 9
    assert report.issued == {"points": 4, "credit": 0, "vote": 0}
    assert report.open_holds == 0


def test_the_forms_have_one_root() -> None:
    roots = {str(check(LINES[form]).signed) for form in FORMS}
    assert len(roots) == 1


@pytest.mark.parametrize("form", FORMS)
def test_no_form_names_anybody(form: str) -> None:
    text = b"".join(LINES[form])
    for word in (b"resident:", b"case:12", b"staff:2", b'"key":"a"'):
        assert word not in text


@given(data=st.data(), form=st.sampled_from(FORMS))
def test_any_byte_that_is_changed_is_found(data: st.DataObject, form: str) -> None:
    raw = b"".join(LINES[form])
    place = data.draw(st.integers(0, len(raw) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != raw[place]))
    changed = raw[:place] + bytes([byte]) + raw[place + 1 :]
    with pytest.raises(BrokenError):
        check(changed.splitlines(keepends=True), Trust(key=str(LOG.verifier)))


@pytest.mark.parametrize("form", FORMS)
def test_every_byte_of_one_entry_and_of_a_checkpoint(form: str) -> None:
    """Each by itself, and the entry is named."""
    lines = LINES[form]
    for number in (5, 6):
        for place in range(len(lines[number]) - 1):
            line = lines[number]
            changed = line[:place] + bytes([line[place] ^ 1]) + line[place + 1 :]
            with pytest.raises(BrokenError) as found:
                check([*lines[:number], changed, *lines[number + 1 :]])
            if number == 6 and place > 10:
                assert found.value.where == "entry 3"


@pytest.mark.parametrize("form", FORMS)
def test_a_field_that_is_changed_with_its_leaf_is_found_by_the_root(form: str) -> None:
    """Whoever can write the database writes leaves too, but has not signed them."""
    for change in (
        {"amount": 8},
        {"activity": "check_in"},
        {"subject": "case:13"},
        {"actor": "staff:3"},
        {"key": "x"},
        {"credit": account("resident:5")},
        {"policy_version": 2},
    ):
        forged = Made([SOUND.transfers[0]._replace(**change), *SOUND.transfers[1:]])
        lines = forged.lines(form)
        honest = [line for line in LINES[form] if line.startswith(b'{"checkpoint"')]
        place = iter(honest)
        mixed = [next(place) if line.startswith(b'{"checkpoint"') else line for line in lines]
        with pytest.raises(BrokenError) as found:
            check(mixed)
        told = (found.value.where, found.value.what)
        assert "entries 0 to 2" in told[1] or "entry" in told[0], change


@pytest.mark.parametrize("form", FORMS)
def test_what_is_put_in_another_order_is_found(form: str) -> None:
    lines = LINES[form]
    with pytest.raises(BrokenError, match="entry 0: entry 1 stands in its place"):
        check([*lines[:2], lines[3], lines[2], *lines[4:]])


@pytest.mark.parametrize("form", FORMS)
def test_what_is_cut_off_is_found(form: str) -> None:
    for cut in range(len(LINES[form])):
        with pytest.raises(BrokenError):
            check(LINES[form][:cut])


@pytest.mark.parametrize("form", FORMS)
def test_what_is_cut_off_and_counted_anew_is_found_by_whoever_kept_a_checkpoint(form: str) -> None:
    short = Made(SOUND.transfers[:5])
    assert check(short.lines(form)).size == 5
    with pytest.raises(BrokenError, match="only 5 entries are here: some were taken away"):
        check(short.lines(form), Trust(since=NOTES[-1]))
    assert check(LINES[form], Trust(since=NOTES[0])).size == 9


def test_a_history_that_is_signed_again_is_found_by_whoever_kept_a_checkpoint() -> None:
    forged = Made([SOUND.transfers[0]._replace(amount=19), *SOUND.transfers[1:6]])
    assert check(forged.lines()).size == 6
    with pytest.raises(BrokenError, match="the history was rewritten"):
        check(forged.lines(), Trust(since=NOTES[0]))


def test_a_history_that_another_key_signed_is_found() -> None:
    forged = Made(SOUND.transfers, signer=make_signer(ORIGIN, bytes(32)))
    with pytest.raises(BrokenError, match="not among the keys"):
        check(forged.lines(), Trust(key=str(LOG.verifier)))
    with pytest.raises(BrokenError, match="not signed with a key that is known"):
        check(forged.lines(), Trust(since=NOTES[0]))


def test_a_key_that_was_announced_may_sign() -> None:
    following = make_signer(ORIGIN, b"n" * 32)
    note = announce(ORIGIN, following.verifier, 3, LOG)
    lines = SOUND.lines()
    lines.insert(2, write({"key": str(following.verifier), "since": 3, "announced": note}).encode())
    found = check([*lines[:-1], _signed_by(lines[-1], following)])
    assert [key.since for key in found.keys] == [0, 3]
    with pytest.raises(BrokenError, match="not signed with a key that is known"):
        check(lines)
    lines[2] = write({"key": str(following.verifier), "since": 3, "announced": ""}).encode()
    with pytest.raises(BrokenError, match="not a signed note"):
        check(lines)


def _signed_by(line: bytes, signer: Signer) -> bytes:
    checkpoint = parse_checkpoint(parse_note(read(line, checkpoint=str)["checkpoint"]).text)
    return write({"checkpoint": sign_checkpoint(checkpoint, [signer])}).encode()


def test_a_witness_has_to_have_signed_if_one_is_asked_for() -> None:
    trust = Trust(witness=WITNESS.verifier)
    with pytest.raises(BrokenError, match="the witness has signed none of these entries"):
        check(LINES["public"], trust)
    assert check(_cosigned(1, 7), trust).witnessed == Witnessed(9, 7)


def test_what_a_witness_signed_counts_though_the_log_has_grown_since() -> None:
    """It comes from time to time; the log is signed each second."""
    found = check(_cosigned(0, 7), Trust(witness=WITNESS.verifier))
    assert (found.size, found.witnessed) == (9, Witnessed(3, 7))


def _cosigned(which: int, seconds: int) -> list[bytes]:
    """The export with a witness's signature under one of its two checkpoints."""
    note = NOTES[which]
    text = note[: note.index("\n\n") + 1]
    lines = {write({"checkpoint": note}).encode(): note + WITNESS.sign(text, seconds)}
    return [
        write({"checkpoint": lines[line]}).encode() if line in lines else line
        for line in LINES["public"]
    ]


def _turned(changes: dict[int, dict[str, object]]) -> list[bytes]:
    """An export that is signed as it is, by a log that writes what its rules forbid."""
    transfers = [
        one._replace(**changes.get(place, {}))  # type: ignore[arg-type]
        for place, one in enumerate(SOUND.transfers)
    ]
    return Made(transfers).lines()


@pytest.mark.parametrize(
    ("where", "changes"),
    [
        ("entry 1", {0: {"amount": 1}}),
        ("entry 0", {0: {"credit": account("treasury")}}),
        ("entry 4", {4: {"amount": 2}}),
        ("entry 4", {4: {"rest": 0}}),
        ("entry 5", {5: {"follows": SOUND.transfers[1].id}}),
        ("entry 5", {5: {"credit": account("resident:3")}}),
        ("entry 7", {7: {"amount": 7}}),
        ("entry 7", {7: {"follows": SOUND.transfers[1].id}}),
        ("entry 7", {7: {"follows": SOUND.transfers[2].id}}),
        ("entry 8", {8: {"kind": "void"}}),
        ("entry 1", {1: {"expires_at": None}}),
        ("entry 0", {0: {"acted_at": SOUND.transfers[8].recorded_at}}),
        ("entry 4", {4: {"acted_at": SOUND.transfers[0].acted_at.replace(hour=1)}}),
        ("entry 0", {0: {"rest": 1}}),
    ],
)
def test_what_the_rules_forbid_is_found_though_it_is_signed(
    where: str, changes: dict[int, dict[str, object]]
) -> None:
    with pytest.raises(BrokenError) as found:
        check(_turned(changes))
    assert found.value.where == where


@pytest.mark.parametrize(
    "line",
    [b"", b"{}\n", b"[1]\n", b'{"format":"x"}\n', b"\xff\n", LINES["public"][0][:-3] + b" }\n"],
)
def test_what_is_no_export_is_refused(line: bytes) -> None:
    with pytest.raises(BrokenError, match="line 1"):
        check([line])


@pytest.mark.parametrize("form", FORMS)
def test_where_no_signature_is_that_is_said(form: str) -> None:
    bare = [line for line in LINES[form] if not line.startswith(b'{"checkpoint"')]
    with pytest.raises(BrokenError, match="end: these entries are signed by nobody"):
        check(bare)


def _piped(content: bytes, *more: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "credits", "verify", "-", *more]
    return subprocess.run(command, input=content, capture_output=True, check=False)


def test_a_pipe_is_checked_as_a_file_is() -> None:
    """What it reverses is read again."""
    content = b"".join(LINES["auditor"])
    sound, broken = _piped(content), _piped(content.replace(b'"amount":9', b'"amount":8', 1))
    assert (sound.returncode, sound.stderr) == (0, b"")
    assert "没有问题  example.org/ledger，9 条记录" in sound.stdout.decode()
    assert "没有哪个账户变成负的" in sound.stdout.decode()
    assert (broken.returncode, broken.stdout) == (1, b"")
    assert broken.stderr.decode() == "有问题  第 0 条：内容和它的指纹对不上，有人改过\n"


def test_a_witness_is_told_with_how_much_it_signed_and_is_never_the_log_itself() -> None:
    content = b"".join(_cosigned(0, 1_790_000_000))
    seen = _piped(content, "--witness", str(WITNESS.verifier))
    assert seen.returncode == 0
    said = "见证人 neighbours 签过前 3 条（2026-09-21 14:13 UTC）；后来的 6 条还没有签"
    assert said in seen.stdout.decode()
    itself = _piped(content, "--witness", str(LOG.verifier))
    assert (itself.returncode, itself.stdout) == (1, b"")
    assert "不是见证人的钥匙" in itself.stderr.decode()


def test_a_checkpoint_that_was_copied_from_the_page_is_the_one_that_was_downloaded(
    tmp_path: Path,
) -> None:
    """An editor may have put a mark before it and other ends to its lines, and none to the last."""
    held = tmp_path / "ledger.txt"
    held.write_bytes(b"\xef\xbb\xbf" + NOTES[0].strip().replace("\n", "\r\n").encode())
    found = _piped(b"".join(LINES["public"]), "--since", str(held))
    assert (found.returncode, found.stderr) == (0, b"")


@pytest.mark.parametrize("name", ["\x1b[8m", "\x9b2J", "\ud800", "\u202e"])
def test_what_an_export_says_can_not_command_the_terminal(name: str) -> None:
    """Or whoever wrote it could hide what follows, or turn it round."""
    spoilt = write({"key": f"x{name}y", "since": 0, "announced": ""}).encode()
    found = _piped(b"".join([*LINES["public"][:5], spoilt]))
    assert found.returncode == 1
    said = f"有问题  钥匙 x\ufffd{name[1:]}y：钥匙应该写在所有记录前面\n"
    assert found.stderr.decode() == said
