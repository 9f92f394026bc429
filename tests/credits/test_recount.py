"""A counted vote as a file: what holds, and how each way to tamper with it is named."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from credits.__main__ import main
from credits.ballots import Method
from credits.bands import Band
from credits.bands import line as bands_line
from credits.lines import write
from credits.merkle import Frontier
from credits.notes import Checkpoint, make_signer, sign_checkpoint
from credits.recount import recount, say
from credits.tally import count
from credits.verify import BrokenError
from credits.vote_file import Ballot, Header, leaves, lines
from credits.words import chinese

SIGNER = make_signer("community.example/ledger", bytes(32))
KEY = str(SIGNER.verifier)
CHOICES = ["1", "1", "2", "-", "2", "1"]


def _file(
    choices: list[str], *, roll: int = 9, bands: tuple[Band, ...] = (), **named: Any
) -> list[bytes]:
    told: dict[str, Any] = {
        "vote": 7, "title": "装不装", "options": ["装", "不装"], "method": Method.SINGLE, "most": 1,
        "roll": roll, "quorum": 50, "opened": 1, "ended": 2, "ballots": len(choices),
    }  # fmt: skip
    header = Header(**told | named)
    ballots = [Ballot(f"{number:012}", choice) for number, choice in enumerate(choices, 1)]
    tree = Frontier()
    tree.add(*leaves(header, ballots, bands))
    checkpoint = Checkpoint(f"{SIGNER.verifier.name}/vote/7", tree.size, tree.root())
    signed = sign_checkpoint(checkpoint, [SIGNER])
    return [
        one.encode()
        for one in lines(header, ballots, count(header.paper, choices), signed, KEY, bands)
    ]  # fmt: skip


def test_what_was_counted_is_said_in_chinese() -> None:
    found = recount(_file(["-"], quorum=0, method=Method.APPROVAL))
    words = "\n".join(map(chinese, say(found)))
    for told in ("怎么投：赞成的都选上", "没有人选任何一项；弃权 1 张", "投多少人都算数"):
        assert told in words
    assert "至少 50% 的人投才算数：够了" in map(chinese, say(recount(_file(CHOICES))))


def test_what_is_sound_is_counted_again() -> None:
    found = recount(_file(CHOICES), key=KEY)
    assert (found.tally.totals, found.tally.winners, found.tally.blank) == ((3, 2), (1,), 1)
    assert found.has_quorum
    assert not recount(_file(CHOICES, roll=13)).has_quorum


def _changed(line: bytes, **values: Any) -> bytes:
    return write(json.loads(line) | values).encode()


def _forged(line: bytes, choice: str) -> bytes:
    code = json.loads(line)["code"]
    return _changed(line, choice=choice, leaf=Ballot(code, choice).leaf().hex())


def _without(file: list[bytes], place: int) -> list[bytes]:
    return [*file[:place], *file[place + 1 :]]


def _renumbered(file: list[bytes]) -> list[bytes]:
    """One ballot is taken away, and all the others are made to fit."""
    kept = _without(file, 3)
    ballots = [_changed(one, index=number) for number, one in enumerate(kept[1:-1])]
    return [_changed(kept[0], ballots=len(ballots)), *ballots, kept[-1]]


TAMPERED: list[tuple[str, Callable[[list[bytes]], list[bytes]], str]] = [
    ("a changed ballot", lambda f: [*f[:3], _changed(f[3], choice="1"), *f[4:]], "^ballot 2: it was changed: code 000000000003"),
    ("a missing ballot", lambda f: _without(f, 3), "^ballot 2: it is missing: ballot 3"),
    ("the last ballot is missing", lambda f: _without(f, len(f) - 2), "^end: 5 ballots are here, 6 should be"),
    ("a changed ballot whose hash fits", lambda f: [*f[:3], _forged(f[3], "1"), *f[4:]], "^signature: .* not those that were signed"),
    ("a missing ballot, and all made to fit", _renumbered, "^signature: .* not those that were signed"),
    ("another question", lambda f: [_changed(f[0], title="拆不拆"), *f[1:]], "^signature: "),
    ("options change places", lambda f: [_changed(f[0], options=["不装", "装"]), *f[1:]], "^signature: "),
    ("another result", lambda f: [*f[:-1], _changed(f[-1], result=json.loads(f[-1])["result"] | {"winners": [2]})], "^result: "),
    ("no result", lambda f: f[:-1], "^end: the result is missing"),
    ("more than the result", lambda f: [*f, f[-1]], "^end: something follows"),
    ("a ballot of no option", lambda f: [*f[:3], _forged(f[3], "3"), *f[4:]], "^ballot 2: it is not written"),
    ("ballots change places", lambda f: [*f[:2], _changed(f[3], index=1), _changed(f[2], index=2), *f[4:]], "^ballot 2: its code"),
    ("no code", lambda f: [*f[:2], _changed(f[2], code="12"), *f[3:]], "^ballot 1: its code"),
    ("another version", lambda f: [_changed(f[0], version=2), *f[1:]], "^line 1: "),
    ("no method", lambda f: [_changed(f[0], method="lots"), *f[1:]], "^line 1: nobody could vote"),
    ("another vote's signature", lambda f: [_changed(f[0], vote=8), *f[1:]], "^signature: it is of .*/vote/7"),
    ("no key", lambda f: [*f[:-1], _changed(f[-1], key="x")], "^signature: "),
    ("nothing at all", lambda _: [], "^line 1: this is no vote"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("tamper", "named"), [one[1:] for one in TAMPERED], ids=[one[0] for one in TAMPERED]
)
def test_whoever_tampers_is_found(tamper: Callable[[list[bytes]], list[bytes]], named: str) -> None:
    with pytest.raises(BrokenError, match=named):
        recount(tamper(_file(CHOICES)))


def test_more_ballots_than_people_are_no_vote() -> None:
    with pytest.raises(BrokenError, match="6 ballots of 5 people"):
        recount(_file(CHOICES, roll=5))


def test_who_signs_with_a_key_of_her_own_is_found_by_whoever_knows_the_key() -> None:
    other = str(make_signer("community.example/ledger", bytes([1] * 32)).verifier)
    with pytest.raises(BrokenError, match="another key"):
        recount(_file(CHOICES), key=other)


def test_the_auditors_command_takes_votes_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "vote.jsonl"
    monkeypatch.setattr("sys.argv", ["credits", "verify", str(file)])
    file.write_bytes(b"".join(_file(CHOICES)))
    assert main() == 0
    assert "没有问题  第 7 号投票：9 个人，6 张票" in capsys.readouterr().out
    file.write_bytes(b"".join(_without(_file(CHOICES), 3)))
    assert main() == 1
    assert "有问题  第 2 张票：少了这张票" in capsys.readouterr().err


MANY = ["1"] * 9 + ["2"] * 12
BANDS = (Band(100, {"1": 9, "2": 2}), Band(120, {"2": 10}))


def test_the_advisory_count_is_counted_again_beside_the_equal_one() -> None:
    found = recount(_file(MANY, roll=30, bands=BANDS), key=KEY)
    assert found.tally.totals == (9, 12)
    assert found.weighed is not None
    assert found.weighed.totals == (900, 1400)
    assert any("advisory: 不装" in line for line in say(found))


WEIGHTS: list[tuple[str, tuple[Band, ...], str]] = [
    ("of other ballots", (Band(100, {"1": 10, "2": 1}), BANDS[1]), "^weights: .* not of these"),
    ("of too few", (Band(100, {"1": 9, "2": 5}), Band(120, {"2": 7})), "^weights: fewer than 10"),
    ("no number", (Band(100, {"1": "9", "2": 2}), BANDS[1]), "^weights: it is not written"),  # type: ignore[dict-item]
    ("below nothing", (Band(100, {"1": 9, "2": -1}), Band(120, {"2": 13})), "^weights: "),
]


@pytest.mark.parametrize(
    ("bands", "found"), [one[1:] for one in WEIGHTS], ids=[one[0] for one in WEIGHTS]
)
def test_weights_that_do_not_fit_are_named(bands: tuple[Band, ...], found: str) -> None:
    with pytest.raises(BrokenError, match=found):
        recount(_file(MANY, roll=30, bands=bands))


def test_weights_that_were_changed_or_taken_away_break_the_signature() -> None:
    file = _file(MANY, roll=30, bands=BANDS)
    other = bands_line((Band(100, BANDS[0].choices), Band(130, BANDS[1].choices))).encode()
    for changed in ([*file[:-2], other, file[-1]], [*file[:-2], file[-1]]):
        with pytest.raises(BrokenError, match=r"^signature: .* not those that were signed"):
            recount(changed)
