"""Checks an exported ledger, line by line, and trusts nothing of it but what hashes and keys show.

It needs no database and shares no code with what wrote the export: only the tree's and the notes'.
"""

from binascii import unhexlify
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from re import Match
from typing import Any, Final, NamedTuple

from credits.lines import AUDITOR, FORMAT, FORMS, VERSION, LineError, read
from credits.merkle import Frontier, leaf_hash
from credits.notes import (
    Checkpoint,
    NoteError,
    Verifier,
    open_checkpoint,
    parse_checkpoint,
    parse_note,
)
from credits.replay import BrokenRuleError, Entry, Replay
from credits.rotation import Key, chain, valid_at
from credits.shapes import Alike, Shapes, shape_of

ALWAYS: Final = {
    "written": "every line is written in the one way it can be",
    "numbered": "entries are numbered without a gap, and as many as the first line says",
    "leaves": "each leaf is the hash of its entry",
    "roots": "each checkpoint has the root of the entries before it, so each extends the one"
    " before",
    "signed": "each checkpoint is signed with the key of its time, each key announced by the one"
    " before",
    "sides": "ledgers, kinds and accounts go together",
    "once": "a hold ends once, with its own amount; what is reversed was moved before, and only"
    " once",
    "issued": "no more is taken back than was ever issued, in each ledger",
}
"""What is checked in every form: a name for each, and what it says."""

AUDITED: Final = {
    "balances": "no account goes below zero, what is held included, replayed entry by entry",
    "follows": "who follows names the accounts of the entry that is followed",
    "moments": "no act is later than its record; holds end in their time or lapse after it",
    "sums": "what all accounts have is what the treasury issued",
}
"""What only the auditor's form lets be checked."""

CHECKS: Final = ALWAYS | AUDITED


class BrokenError(Exception):
    """The first thing that is wrong; `where` names the line, the entry or the checkpoint."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")
        self.where = where
        self.what = what


@dataclass(frozen=True, slots=True)
class Trust:
    """What the auditor has from elsewhere: a checkpoint, the log's key, a witness's key."""

    since: str = ""
    key: str = ""
    witness: Verifier | None = None


class Witnessed(NamedTuple):
    """The last checkpoint that the witness signed: of how many entries, and when, in seconds."""

    size: int
    seconds: int


@dataclass(slots=True)
class Report:
    """What was found."""

    form: str = ""
    origin: str = ""
    size: int = 0
    signed: Checkpoint | None = None
    checkpoints: int = 0
    keys: Sequence[Key] = ()
    witnessed: Witnessed | None = None
    roots: dict[int, bytes] = field(default_factory=dict)
    issued: dict[str, int] = field(default_factory=dict)
    accounts: int = 0
    open_holds: int = 0
    checked: tuple[str, ...] = ()
    """The names of what was checked, as CHECKS has them."""


class Audit:
    """Takes the lines of an export in order; the first that is wrong raises BrokenError."""

    def __init__(
        self,
        recall: Callable[[int], bytes],
        *,
        trust: Trust | None = None,
        leaf: Callable[[bytes], object] | None = None,
    ) -> None:
        """`recall` gives the line of an earlier entry; `leaf` is told each hash."""
        self.report = Report()
        self._trust = trust or Trust()
        self._told = leaf
        self._recall = recall
        self._frontier = Frontier()
        self._published: list[tuple[str, int, str]] = []
        self._since: Checkpoint | None = None
        self._since_met = False
        self._signed = 0

    def run(self, lines: Iterable[bytes]) -> Report:
        """Check them all."""
        reading = iter(lines)
        self._header(next(reading, b""))
        beside = 1
        for alike, other in self._shapes.sorted(reading):
            self._alike(alike)
            if other.startswith(b'{"index":'):
                self._entry(other)
            elif other:
                beside += 1
                self._beside(other, beside + self._frontier.size)
        self._end()
        return self.report

    def _header(self, line: bytes) -> None:
        try:
            said = read(line, format=str, version=int, form=str, origin=str, size=int, signed=int)
        except LineError as error:
            raise BrokenError("line 1", f"this is no exported ledger: {error}") from error
        if (said["format"], said["version"]) != (FORMAT, VERSION) or said["form"] not in FORMS:
            raise BrokenError("line 1", "this is a format that is not known here")
        self.report.form, self.report.origin = said["form"], said["origin"]
        self.report.size, self._signed = said["size"], said["signed"]
        named = said["form"] == AUDITOR
        self.replay = Replay(self._earlier, named=named)
        self._shapes = Shapes(said["form"])
        self.report.checked = tuple(CHECKS if named else ALWAYS)

    def _alike(self, alike: Alike) -> None:
        """Take entries whose shapes are known; up to the checkpoint that is held, if it is near."""
        size = self._frontier.size
        near = self._since.size - size if self._since is not None else 0
        if 0 < near < len(alike.lines):
            self._alike(alike.part(slice(near)))
            self._alike(alike.part(slice(near, None)))
            return
        said = self._shapes.read(alike, size) if alike.lines else None
        if said is None:
            for line in alike.lines:
                self._entry(line)
            return
        place, issue = size, self.replay.issue
        try:
            for place, (shape, mark) in enumerate(
                zip(alike.shapes, said.credits, strict=True), size
            ):
                if shape.issues:
                    issue(shape.issues, shape.amount, mark)
                else:
                    self.replay.apply(place, shape.entry(said.rows[place - size]))
        except BrokenRuleError as error:
            raise BrokenError(f"entry {place}", str(error)) from error
        self._add(said.leaves)

    def _entry(self, line: bytes) -> None:
        """Take an entry as the pattern reads it."""
        size = self._frontier.size
        where = f"entry {size}"
        if not size:
            self._keys()
        found = self._shapes.pattern.fullmatch(line)
        if found is None:
            raise BrokenError(where, "it is not written as it should be")
        if int(found["index"]) != size:
            raise BrokenError(where, f"entry {int(found['index'])} stands in its place")
        leaf = leaf_hash(found["outer"] + self._sealed(found))
        if leaf.hex().encode() != found["leaf"]:
            raise BrokenError(where, "its leaf is not the hash of what it says")
        try:
            shape = shape_of(found)
            self.replay.take(size, shape.entry(shape.differing(line)))
        except BrokenRuleError as error:
            raise BrokenError(where, str(error)) from error
        self._shapes.learn(line, shape)
        self._add([leaf])

    def _sealed(self, found: Match[bytes]) -> bytes:
        if self.report.form != AUDITOR:
            return unhexlify(found["sealed"])
        return sha256(unhexlify(found["nonce"]) + found["middle"]).digest()

    def _add(self, leaves: Sequence[bytes]) -> None:
        """Put them into the tree; look there at the checkpoint that is held."""
        self._frontier.add(*leaves)
        if self._told is not None:
            for leaf in leaves:
                self._told(leaf)
        if self._since is not None and self._since.size == self._frontier.size:
            self._meet(self._since)

    def _earlier(self, index: int) -> Entry:
        line = self._recall(index)
        found = self._shapes.entry(line) if line.startswith(b'{"index":%d,' % index) else None
        if found is None:
            raise BrokenRuleError(f"entry {index} is not where it was")
        return found

    def _beside(self, line: bytes, number: int) -> None:
        try:
            if line.startswith(b'{"key":'):
                said = read(line, key=str, since=int, announced=str)
                self._key(said)
            else:
                self._checkpoint(read(line, checkpoint=str)["checkpoint"])
        except LineError as error:
            raise BrokenError(f"line {number}", str(error)) from error

    def _key(self, said: dict[str, Any]) -> None:
        if self._frontier.size or self.report.checkpoints:
            raise BrokenError(f"key {said['key'][:60]}", "keys stand before all entries")
        self._published.append((said["key"], said["since"], said["announced"]))

    def _keys(self) -> Sequence[Key]:
        if not self.report.keys:
            try:
                self.report.keys = chain(self.report.origin, self._published)
            except NoteError as error:
                raise BrokenError("keys", str(error)) from error
            self._trusted()
        return self.report.keys

    def _trusted(self) -> None:
        trust, known = self._trust, [str(key.verifier) for key in self.report.keys]
        if trust.key and trust.key.strip() not in known:
            raise BrokenError("keys", "the key you gave is not among the keys of this log")
        if trust.since:
            try:
                told = parse_checkpoint(parse_note(trust.since).text)
                since, _ = open_checkpoint(trust.since, valid_at(self.report.keys, told.size))
            except NoteError as error:
                raise BrokenError("the checkpoint you hold", str(error)) from error
            if since.origin != self.report.origin:
                raise BrokenError("the checkpoint you hold", "it is of another log")
            self._since = since
            if since.size == self._frontier.size:
                self._meet(since)

    def _meet(self, since: Checkpoint) -> None:
        if self._frontier.root() != since.root:
            raise BrokenError(
                f"the checkpoint you hold, of {since.size} entries",
                "these entries are not those it was signed for: the history was rewritten, "
                "or you were shown another one",
            )
        self._since_met = True

    def _checkpoint(self, note: str) -> None:
        keys, size = self._keys(), self._frontier.size
        where = f"checkpoint of {size} entries"
        before = self.report.signed
        try:
            found, _ = open_checkpoint(note, valid_at(keys, size))
            witness = self._trust.witness
            seconds = None if witness is None else parse_note(note).by(witness)
        except NoteError as error:
            raise BrokenError(where, str(error)) from error
        if found.origin != self.report.origin or found.size != size:
            raise BrokenError(where, f"one of {found.size} entries of {found.origin} stands here")
        if found.root != self._frontier.root():
            first = before.size if before else 0
            raise BrokenError(
                where, f"entries {first} to {size - 1} are not those that it was signed for"
            )
        self.report.signed = found
        if seconds is not None:
            self.report.witnessed = Witnessed(size, seconds)
        self.report.roots[size] = found.root
        self.report.checkpoints += 1

    def _end(self) -> None:
        report, size = self.report, self._frontier.size
        self._keys()
        if size != report.size:
            raise BrokenError("end", f"{size} entries are here, {report.size} should be")
        if report.signed is None:
            raise BrokenError("end", "these entries are signed by nobody")
        if report.signed.size != self._signed:
            raise BrokenError(
                "the last checkpoint",
                f"it is of {report.signed.size} entries, and should be of {self._signed}",
            )
        if self._since is not None and not self._since_met:
            raise BrokenError(
                f"the checkpoint you hold, of {self._since.size} entries",
                f"only {size} entries are here: some were taken away",
            )
        if self._trust.witness is not None and report.witnessed is None:
            raise BrokenError("end", "the witness has signed none of these entries")
        report.issued = dict(self.replay.issued)
        report.accounts = sum(map(len, self.replay.accounts.values()))
        report.open_holds = self.replay.holds()
        self._check_sums()

    def _check_sums(self) -> None:
        if self.report.form != AUDITOR:
            return
        sums = {
            ledger: sum(account.posted for account in accounts.values())
            for ledger, accounts in self.replay.accounts.items()
        }
        if sums != self.replay.issued:
            raise BrokenError("end", "what all accounts have is not what was issued")
