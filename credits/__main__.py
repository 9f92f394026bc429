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
import unicodedata
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO

from credits.merkle import ProofError
from credits.notes import NoteError, Signer, Verifier, make_signer, parse_verifier
from credits.proving import Held, prove_all
from credits.reading import Export, open_to_read
from credits.recount import recount, say
from credits.verify import CHECKS, Audit, BrokenError, Report, Trust
from credits.vote_file import BEGINS
from credits.witness import (
    Memory,
    RefusedError,
    UnknownWitnessError,
    cosign,
    follow,
    opened,
    read_memory,
    write_memory,
)
from credits.words import broken, chinese, sentences

_PIPE: Final = "-"
_PROGRESS_EVERY: Final = 100_000
_PATIENCE_SECONDS: Final = 30
_ANSWER_MOST: Final = 1_000_000
_PEEK_MOST: Final = 100
_OBEYED: Final = {"Cc", "Cf", "Cs"}
"""Characters that control, format, or are halves of others."""
_LATEST_SECONDS: Final = 253_402_300_799
"""The end of the year 9999: a witness tells the time itself."""


def main() -> int:
    """Run a command; return 0 when all holds, 1 when something is broken, 2 for wrong usage."""
    arguments = _parser().parse_args()
    try:
        return int(arguments.command(arguments))
    except BrokenError as error:
        _tell(f"BROKEN  {broken(error)}", to=sys.stderr)
    except RefusedError as error:
        _tell(f"REFUSED  {error}", to=sys.stderr)
    except (OSError, NoteError, ProofError, ValueError, LookupError, TypeError) as error:
        print(_shown(f"credits: {chinese(str(error))}"), file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="python -m credits", description="自己检查账本和投票；为账本作见证。"
    )
    commands = top.add_subparsers(required=True)
    checking = commands.add_parser("verify", help="检查导出的账本，或者计完的投票")
    checking.add_argument("export", type=Path, help="文件；- 表示从管道读")
    checking.add_argument("--since", type=Path, help="你以前保存的账本签名")
    checking.add_argument("--key", default="", help="账本的钥匙，从别处得到的")
    checking.add_argument("--witness", default="", help="见证人的钥匙，要求有其签名")
    checking.add_argument("--proofs", action="store_true", help="把所有证明也做一遍、查一遍")
    checking.set_defaults(command=_verify)
    naming = commands.add_parser("witness-key", help="生成见证人的钥匙，打印公开的那一把")
    naming.add_argument("name")
    naming.add_argument("file", type=Path)
    naming.set_defaults(command=_make_key)
    seeing = commands.add_parser("witness", help="账本只往下接着写时，替它签字")
    seeing.add_argument("url", help="账本的地址：https://…/ledger")
    seeing.add_argument("--key", type=Path, required=True, help="见证人钥匙的文件")
    seeing.add_argument("--memory", type=Path, required=True, help="上次签过什么；没有就新建")
    seeing.add_argument("--log-key", default="", help="账本的钥匙；第一次要用")
    seeing.add_argument("--keep", type=Path, help="把签过字的账本签名写进这个文件")
    seeing.set_defaults(command=_witness)
    return top


def _verify(arguments: argparse.Namespace) -> int:
    with _file(arguments.export) as file:
        with file.open("rb") as lines:
            if lines.readline(_PEEK_MOST).startswith(BEGINS):
                lines.seek(0)
                for line in say(recount(lines, key=arguments.key)):
                    _tell(line)
                return 0
        return _verify_ledger(arguments, file)


def _verify_ledger(arguments: argparse.Namespace, file: Path) -> int:
    trust = Trust(
        since=_held(arguments.since) if arguments.since else "",
        key=arguments.key,
        witness=_witness_key(arguments.witness) if arguments.witness else None,
    )
    with open_to_read(file) as first, file.open("rb") as again, tempfile.TemporaryFile() as leaves:
        export, held = Export(first, again), Held(leaves)
        audit = Audit(export.entry, trust=trust, leaf=held.add if arguments.proofs else None)
        report = audit.run(_told(export, file.stat().st_size))
        _say(report, trust)
        if not arguments.proofs:
            return 0
        included, extended = prove_all(held, report.roots)
        _tell(f"proofs: {included} of inclusion, {extended} of consistency, made and checked")
    return 0


def _held(file: Path) -> str:
    """Return the checkpoint in the file: downloaded, or copied and saved by some editor."""
    return file.read_text("utf-8-sig").rstrip() + "\n"


def _witness_key(text: str) -> Verifier:
    """Return the key of somebody outside: what the log signed itself is no witness's word."""
    found = parse_verifier(text)
    if not found.is_witness:
        raise NoteError(f"{found} is not the key of a witness")
    return found


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
            print(f"\r{number:,} 行，{done}%", end="", file=sys.stderr)
        yield line
    print("\r", end="", file=sys.stderr)


def _say(report: Report, trust: Trust) -> None:
    signed = report.signed
    _tell(f"SOUND  {report.size} entries of {report.origin}, {report.form} form")
    if signed is not None:
        behind = report.size - signed.size
        root = base64.b64encode(signed.root).decode()
        _tell(f"signed: {signed.size} entries, root {root}; {behind} not signed yet")
    _tell(f"checkpoints: {report.checkpoints}; open holds: {report.open_holds}")
    for ledger, amount in report.issued.items():
        _tell(f"issued and not taken back, {ledger}: {amount}")
    _tell("checked:")
    for name in report.checked:
        _tell(f"  - {CHECKS[name]}")
    for key in report.keys:
        _tell(f"key from entry {key.since}: {key.verifier}")
    _say_trust(report, trust)


def _say_trust(report: Report, trust: Trust) -> None:
    """Tell what a witness has signed, and what could not be checked without more from elsewhere."""
    if trust.witness is not None and report.witnessed is not None:
        seen, seconds = report.witnessed
        moment = datetime.fromtimestamp(min(seconds, _LATEST_SECONDS), UTC)
        _tell(
            f"witnessed: the first {seen} entries by {trust.witness.name}, "
            f"at {moment:%Y-%m-%d %H:%M} UTC; {report.size - seen} came later"
        )
    if not trust.key:
        _tell("not checked: whose key that is. Compare it with one you got elsewhere (--key).")
    if not trust.since:
        _tell("not checked: that nothing was rewritten since you last looked (--since).")
    if trust.witness is None:
        _tell("not checked: that others are shown the same (--witness).")


def _tell(text: str, to: TextIO | None = None) -> None:
    """Print the sentence in Chinese."""
    print(_shown(chinese(text)), file=to)


def _shown(text: str) -> str:
    """Return it without what a terminal would obey: some of the words are of whom is checked."""
    return "".join(
        one
        if one == "\n" or unicodedata.category(one) not in _OBEYED
        else "\N{REPLACEMENT CHARACTER}"
        for one in text
    )


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
    with _alone(arguments.memory):
        return _sign(arguments)


@contextmanager
def _alone(memory: Path) -> Iterator[None]:
    """Hold the memory: of two runs at once neither would know what the other signs.

    RefusedError while another run holds it.
    """
    import fcntl  # noqa: PLC0415  Windows has none, and an auditor's check runs there too

    with memory.with_name(f"{memory.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RefusedError(f"another run holds {memory}, wait until it has ended") from error
        yield


def _sign(arguments: argparse.Namespace) -> int:
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
    _tell(f"signed: {found.size} entries of {found.origin}, which extend {memory.size}")
    taken = _send(f"{url}/cosignature", signed, signer)
    return 0 if taken or arguments.keep else 1


def _remembered(arguments: argparse.Namespace) -> Memory:
    if arguments.memory.exists():
        return read_memory(arguments.memory.read_text("utf-8"))
    if not arguments.log_key:
        raise RefusedError("the first time the log's key is needed: --log-key")
    return Memory(parse_verifier(arguments.log_key), None)


def _fetch(url: str) -> str:
    try:
        return _answer(_http(url))
    except urllib.error.HTTPError as error:
        error.close()
        raise RefusedError(f"there is no ledger, or it is empty: {url}") from error


def _send(url: str, note: str, signer: Signer) -> bool:
    """Bring it to the log; say why it was not taken, and what to do."""
    request = _http(url)
    request.data = note.encode()
    request.add_header("Content-Type", "text/plain; charset=utf-8")
    try:
        _answer(request)
    except urllib.error.HTTPError as error:
        with error:
            said = error.read(_ANSWER_MOST).decode(errors="replace")
        if said == UnknownWitnessError.said:
            _tell(f"the log does not know you: {signer.verifier}", to=sys.stderr)
        else:
            why = said if said in sentences() else str(error)
            _tell(f"the log did not take the signature: {why}", to=sys.stderr)
        return False
    return True


def _answer(request: urllib.request.Request) -> str:
    with urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS) as answer:  # noqa: S310
        return str(answer.read(_ANSWER_MOST).decode())


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
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name as well
    finally:
        os.close(folder)


def _seconds() -> int:
    """Return the time; a witness has a clock of its own."""
    return int(time.time())  # noqa: TID251


if __name__ == "__main__":
    sys.exit(main())
