"""An exported ledger is checked, beside reading and hashing its lines; proofs apart.

The reference reads the same file in the same way and hashes it as any log of lines is hashed: a
leaf for each line, and the nodes above them up to a root (RFC 6962). It looks at nothing, replays
nothing, and takes one hash where an entry has two: what an audit costs above it is the checking.

Time is that of the processor: others share the machine, and neither waits for anything.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final

from bench.figure import Figure
from credits.entry import (
    NO_SALT,
    Written,
    leaf_data,
    mark_of,
    middle_shell,
    named_hash,
    outer_shell,
    sealed_hash,
)
from credits.lines import AUDITOR, auditor_line, header, write
from credits.merkle import TILE_WIDTH, Frontier, leaf_hash
from credits.notes import Checkpoint, make_signer, sign_checkpoint
from credits.proving import Held, prove_all
from credits.reading import Export, open_to_read
from credits.verify import Audit

ENTRIES = 200_000
RESIDENTS = 1000
ROUNDS = 3
_ORIGIN = "bench/ledger"
_MILLION = 1_000_000
_WATCHED: Final = """
import re, sys
from pathlib import Path
from credits.__main__ import main
main()
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1], file=sys.stderr)
"""
"""The auditor's command, which tells in the end how many KiB it had at most."""


async def run() -> list[Figure]:
    """Measure both in turns, and take the best of each: others share the machine."""
    with tempfile.TemporaryDirectory() as folder:
        file, part = Path(folder) / "whole", Path(folder) / "part"
        for target, entries in ((file, ENTRIES), (part, ENTRIES // 10)):
            with target.open("w", encoding="ascii") as written:
                written.writelines(_lines(entries))
        ours, proofs, plain = [], [], []
        for _ in range(ROUNDS):
            plain.append(_read_and_hash(file))
            seconds, proving = _audit(file)
            ours.append(seconds)
            proofs.append(proving)
        peaks = _peak(file), _peak(part)
    factor = _MILLION / ENTRIES
    reference = min(plain) * factor
    return [
        _figure("seconds_per_million", min(ours) * factor, reference),
        _figure("proof_seconds_per_million", min(proofs) * factor, reference),
        Figure("ledger_audit", "peak_memory", *peaks, "that for a tenth of the entries", "MiB"),
    ]


def _figure(name: str, ours: float, reference: float) -> Figure:
    told = "reading and hashing the same lines into one root"
    return Figure("ledger_audit", name, ours, reference, told, "s")


def _read_and_hash(file: Path) -> float:
    began = time.process_time()
    frontier = Frontier()
    with open_to_read(file) as lines:
        while leaves := [sha256(b"\0" + line).digest() for line in islice(lines, TILE_WIDTH)]:
            frontier.add(*leaves)
    frontier.root()
    return time.process_time() - began


def _audit(file: Path) -> tuple[float, float]:
    """Return what the audit takes, and what all proofs do."""
    began = time.process_time()
    with open_to_read(file) as first, file.open("rb") as again:
        export = Export(first, again)
        report = Audit(export.entry).run(export.lines())
    ended = time.process_time()
    assert report.size == ENTRIES
    with tempfile.TemporaryFile() as leaves, file.open("rb") as lines:
        held = Held(leaves)
        for line in lines:
            if line.startswith(b'{"index":'):
                held.add(bytes.fromhex(line[-67:-3].decode()))
        proving = time.process_time()
        prove_all(held, report.roots)
    return ended - began, time.process_time() - proving


def _peak(file: Path) -> float:
    """Return how much memory `python -m credits verify --proofs` takes at most."""
    command = [sys.executable, "-c", _WATCHED, "verify", str(file), "--proofs"]
    told = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603  ours
    return int(told.stderr) / 1024


def _lines(entries: int) -> Iterator[str]:
    """Nearly all from the treasury; of 16 one is spent, one held and posted, one reversed."""
    signer = make_signer(_ORIGIN, bytes(32))
    yield header(AUDITOR, _ORIGIN, entries, entries)
    yield write({"key": str(signer.verifier), "since": 0, "announced": ""})
    frontier = Frontier()
    for one, follows in _transfers(entries):
        index = frontier.size
        salts = [_salt(side) for side in (one.debit, one.credit)]
        pairs = zip((one.debit, one.credit), salts, strict=True)
        marks = ["" if salt == NO_SALT else mark_of(side, salt) for side, salt in pairs]
        outer = outer_shell(one, follows)
        middle = middle_shell(one, marks[0], marks[1], named_hash(one, *salts))
        nonce = sha256(b"%d" % index).digest()[:16]
        leaf = leaf_hash(leaf_data(outer, sealed_hash(nonce, middle)))
        frontier.add(leaf)
        yield auditor_line(index, outer, nonce.hex(), middle, leaf.hex())
        if not (index + 1) % 4096 or index + 1 == entries:
            told = Checkpoint(_ORIGIN, index + 1, frontier.root())
            yield write({"checkpoint": sign_checkpoint(told, [signer])})


def _salt(owner: str) -> bytes:
    return NO_SALT if owner == "treasury" else sha256(owner.encode()).digest()


def _transfers(entries: int) -> Iterator[tuple[Written, int | None]]:
    last = 0
    for number in range(entries):
        who = f"resident:{number // 16 % RESIDENTS + 1}"
        place = number % 16
        if place == 12:
            yield _transfer(number, "transfer", who, "treasury", None)
        elif place == 13:
            last = number
            yield _transfer(number, "hold", who, "treasury", None)
        elif place == 14:
            yield _transfer(number, "post", who, "treasury", last)
        elif place == 15:
            yield _transfer(number, "reversal", who, "treasury", number - 15)
        else:
            yield _transfer(number, "transfer", "treasury", who, None)


def _transfer(
    number: int, kind: str, debit: str, credit: str, follows: int | None
) -> tuple[Written, int | None]:
    expires = 2_000_000_000_000_000 if kind == "hold" else None
    told = None if follows is None else f"{follows:012}"
    one = Written(
        f"{number:012}", f"k{number}", kind, told, "points", debit, credit, 1, 0,
        "report_confirmed", "case:12", 1, "system", 1_790_000_000_000_000,
        1_790_000_000_000_000, expires,
    )  # fmt: skip
    return one, follows
