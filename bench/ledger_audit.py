"""An exported ledger is checked, beside reading and hashing its lines; proofs apart.

Time is that of the processor: others share the machine, and neither waits for anything.
"""

import io
import resource
import time
from collections.abc import Iterator
from hashlib import sha256

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
from credits.merkle import Frontier, leaf_hash
from credits.notes import Checkpoint, make_signer, sign_checkpoint
from credits.proving import prove_all
from credits.reading import Export
from credits.verify import Audit

ENTRIES = 200_000
RESIDENTS = 1000
ROUNDS = 3
_ORIGIN = "bench/ledger"
_MILLION = 1_000_000


async def run() -> list[Figure]:
    """Measure both in turns, and take the best of each: others share the machine."""
    content = "".join(_lines()).encode()
    ours, plain = [], []
    leaves: list[bytes] = []
    roots: dict[int, bytes] = {}
    for _ in range(ROUNDS):
        plain.append(_read_and_hash(content))
        leaves.clear()
        began = time.process_time()
        export = Export(io.BytesIO(content), io.BytesIO(content))
        report = Audit(export.entry, leaf=leaves.append).run(export.lines())
        ours.append(time.process_time() - began)
        assert report.size == ENTRIES
        roots = report.roots
    began = time.process_time()
    prove_all(leaves, roots)
    proofs = (time.process_time() - began) * _MILLION / ENTRIES
    factor = _MILLION / ENTRIES
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    reference = min(plain) * factor
    return [
        _figure("seconds_per_million", min(ours) * factor, reference, "s"),
        _figure("proof_seconds_per_million", proofs, reference, "s"),
        Figure("ledger_audit", "peak_memory", peak, len(content) / 2**20, "the export", "MiB"),
    ]


def _figure(name: str, ours: float, reference: float, unit: str) -> Figure:
    told = "reading and hashing the same lines"
    return Figure("ledger_audit", name, ours, reference, told, unit)


def _read_and_hash(content: bytes) -> float:
    began = time.process_time()
    for line in io.BytesIO(content):
        sha256(line).digest()
    return time.process_time() - began


def _lines() -> Iterator[str]:
    """Nearly all from the treasury; of 16 one is spent, one held and posted, one reversed."""
    signer = make_signer(_ORIGIN, bytes(32))
    yield header(AUDITOR, _ORIGIN, ENTRIES, ENTRIES)
    yield write({"key": str(signer.verifier), "since": 0, "announced": ""})
    frontier = Frontier()
    for one, follows in _transfers():
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
        if not (index + 1) % 4096 or index + 1 == ENTRIES:
            told = Checkpoint(_ORIGIN, index + 1, frontier.root())
            yield write({"checkpoint": sign_checkpoint(told, [signer])})


def _salt(owner: str) -> bytes:
    return NO_SALT if owner == "treasury" else sha256(owner.encode()).digest()


def _transfers() -> Iterator[tuple[Written, int | None]]:
    last = 0
    for number in range(ENTRIES):
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
