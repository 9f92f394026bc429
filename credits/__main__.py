"""`python -m credits`: what an auditor and a witness run. A shell around the pure parts."""

import argparse
import base64
import json
import os
import secrets
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from credits.merkle import ProofError
from credits.notes import NoteError, Signer, make_signer, parse_verifier
from credits.proving import Held, prove_all
from credits.reading import Export
from credits.recount import recount, say
from credits.verify import CHECKS, Audit, BrokenError, Report, Trust
from credits.vote_file import BEGINS
from credits.witness import Memory, RefusedError, cosign, follow, opened, read_memory, write_memory

_PIPE: Final = "-"
_PROGRESS_EVERY: Final = 100_000
_PATIENCE_SECONDS: Final = 30
_ANSWER_MOST: Final = 1_000_000
_PEEK_MOST: Final = 100


def main() -> int:
    """Run a command; return 0 when all holds, 1 when something is broken, 2 for wrong usage."""
    arguments = _parser().parse_args()
    try:
        return int(arguments.command(arguments))
    except BrokenError as error:
        print(f"BROKEN  {error}", file=sys.stderr)
    except RefusedError as error:
        print(f"REFUSED  {error}", file=sys.stderr)
    except (OSError, NoteError, ProofError, ValueError, LookupError, TypeError) as error:
        print(f"credits: {error}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m credits", description=__doc__)
    commands = top.add_subparsers(required=True)
    checking = commands.add_parser("verify", help="check an exported ledger, or a counted vote")
    checking.add_argument("export", type=Path, help="the file; - for what comes through a pipe")
    checking.add_argument("--since", type=Path, help="a checkpoint that you kept")
    checking.add_argument("--key", default="", help="the log's key, as you got it elsewhere")
    checking.add_argument("--witness", default="", help="a witness's key that has to have signed")
    checking.add_argument("--proofs", action="store_true", help="make and check all proofs too")
    checking.set_defaults(command=_verify)
    naming = commands.add_parser("witness-key", help="make a witness's key; prints the public one")
    naming.add_argument("name")
    naming.add_argument("file", type=Path)
    naming.set_defaults(command=_make_key)
    seeing = commands.add_parser("witness", help="sign the log's checkpoint if it only grew")
    seeing.add_argument("url", help="where the log is: https://…/ledger")
    seeing.add_argument("--key", type=Path, required=True, help="the file of the witness's key")
    seeing.add_argument("--memory", type=Path, required=True, help="what it signed last; is made")
    seeing.add_argument("--log-key", default="", help="the log's key; needed the first time")
    seeing.add_argument("--keep", type=Path, help="write the signed checkpoint into this file")
    seeing.set_defaults(command=_witness)
    return top


def _verify(arguments: argparse.Namespace) -> int:
    with _file(arguments.export) as file:
        with file.open("rb") as lines:
            if lines.readline(_PEEK_MOST).startswith(BEGINS):
                lines.seek(0)
                print("\n".join(say(recount(lines, key=arguments.key))))
                return 0
        return _verify_ledger(arguments, file)


def _verify_ledger(arguments: argparse.Namespace, file: Path) -> int:
    trust = Trust(
        since=arguments.since.read_text("utf-8") if arguments.since else "",
        key=arguments.key,
        witness=parse_verifier(arguments.witness) if arguments.witness else None,
    )
    with file.open("rb") as first, file.open("rb") as again, tempfile.TemporaryFile() as leaves:
        export, held = Export(first, again), Held(leaves)
        audit = Audit(export.entry, trust=trust, leaf=held.add if arguments.proofs else None)
        report = audit.run(_told(export, file.stat().st_size))
        _say(report, trust)
        if not arguments.proofs:
            return 0
        included, extended = prove_all(held, report.roots)
        print(f"proofs: {included} of inclusion, {extended} of consistency, made and checked")
    return 0


@contextmanager
def _file(export: Path) -> Iterator[Path]:
    """Yield a file that can be read twice: a pipe is kept in one as long as it is checked."""
    if str(export) != _PIPE:
        yield export
        return
    with tempfile.NamedTemporaryFile() as kept:
        shutil.copyfileobj(sys.stdin.buffer, kept)
        kept.flush()
        yield Path(kept.name)


def _told(export: Export, total: int) -> Iterator[bytes]:
    """Tell how far it is, if somebody looks."""
    if not sys.stderr.isatty():
        yield from export.lines()
        return
    for number, line in enumerate(export.lines(), 1):
        if not number % _PROGRESS_EVERY:
            done = 100 * export.place // max(1, total)
            print(f"\r{number:,} lines, {done} %", end="", file=sys.stderr)
        yield line
    print("\r", end="", file=sys.stderr)


def _say(report: Report, trust: Trust) -> None:
    signed = report.signed
    print(f"SOUND  {report.size} entries of {report.origin}, {report.form} form")
    if signed is not None:
        behind = report.size - signed.size
        root = base64.b64encode(signed.root).decode()
        print(f"signed: {signed.size} entries, root {root}; {behind} not signed yet")
    print(f"checkpoints: {report.checkpoints}; open holds: {report.open_holds}")
    for ledger, amount in report.issued.items():
        print(f"issued and not taken back, {ledger}: {amount}")
    print("checked:")
    for name in report.checked:
        print(f"  - {CHECKS[name]}")
    for key in report.keys:
        print(f"key from entry {key.since}: {key.verifier}")
    if not trust.key:
        print("not checked: whose key that is. Compare it with one you got elsewhere (--key).")
    if not trust.since:
        print("not checked: that nothing was rewritten since you last looked (--since).")
    if trust.witness is None:
        print("not checked: that others are shown the same (--witness).")


def _make_key(arguments: argparse.Namespace) -> int:
    seed = secrets.token_hex(32)
    signer = make_signer(arguments.name, bytes.fromhex(seed), witness=True)
    with os.fdopen(os.open(arguments.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as to:
        to.write(f"{arguments.name}\n{seed}\n")
    print(signer.verifier)
    return 0


def _signer(file: Path) -> Signer:
    name, _, seed = file.read_text("utf-8").strip().partition("\n")
    return make_signer(name, bytes.fromhex(seed), witness=True)


def _witness(arguments: argparse.Namespace) -> int:
    signer, memory = _signer(arguments.key), _remembered(arguments)
    url = arguments.url.rstrip("/")
    keys = json.loads(_fetch(f"{url}/keys"))
    memory = follow(memory, [(one["key"], one["since"], one["announced"]) for one in keys])
    note = _fetch(f"{url}/checkpoint")
    # Others may have signed already: what they said is kept, not judged.
    found = opened(memory, note)
    told = json.loads(_fetch(f"{url}/consistency?from={memory.size}&to={found.size}"))
    proof = [base64.b64decode(one, validate=True) for one in told["proof"]]
    signed, after = cosign(memory, note, proof, signer, _seconds())
    _replace(arguments.memory, write_memory(after))
    if arguments.keep:
        _replace(arguments.keep, signed)
    _send(f"{url}/cosignature", signed)
    print(f"signed: {found.size} entries of {found.origin}, which extend {memory.size}")
    return 0


def _remembered(arguments: argparse.Namespace) -> Memory:
    if arguments.memory.exists():
        return read_memory(arguments.memory.read_text("utf-8"))
    if not arguments.log_key:
        raise RefusedError("the first time the log's key is needed: --log-key")
    return Memory(parse_verifier(arguments.log_key), None)


def _fetch(url: str) -> str:
    with urllib.request.urlopen(_http(url), timeout=_PATIENCE_SECONDS) as answer:  # noqa: S310
        return str(answer.read(_ANSWER_MOST).decode())


def _send(url: str, note: str) -> None:
    """Bring it to the log; a log that does not take it has it in the file all the same."""
    request = _http(url)
    request.data = note.encode()
    request.add_header("Content-Type", "text/plain; charset=utf-8")
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS) as answer:  # noqa: S310
            answer.read(_ANSWER_MOST)
    except urllib.error.HTTPError as error:
        print(f"the log did not take the signature: {error}", file=sys.stderr)
        error.close()


def _http(url: str) -> urllib.request.Request:
    if not url.startswith(("http://", "https://")):
        raise RefusedError(f"{url!r} is not an address of a log")
    return urllib.request.Request(url)  # noqa: S310  checked above


def _replace(file: Path, text: str) -> None:
    """Write it whole or not at all, and durably: who forgets could sign a fork."""
    part = file.with_name(f"{file.name}.part")
    with part.open("w", encoding="utf-8") as target:
        target.write(text)
        target.flush()
        os.fsync(target.fileno())
    part.replace(file)


def _seconds() -> int:
    """Return the time; a witness has a clock of its own."""
    return int(time.time())  # noqa: TID251


if __name__ == "__main__":
    sys.exit(main())
