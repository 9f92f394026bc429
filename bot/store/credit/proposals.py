"""What takes two people."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.ports.moderation import Proposal, ProposalKind, ProposalState
from bot.store import tables as t
from bot.store.ground.unit import Unit, columns_of

_PENDING = t.proposal.c.state == ProposalState.PENDING.value


class SqlProposals:
    """See `bot.ports.proposals.Proposals`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def pending(self, limit: int) -> Sequence[Proposal]:
        """Return those that wait."""
        waiting = (_PENDING, t.proposal.c.lapses_at > self._unit.now)
        query = sa.select(t.proposal).where(*waiting).order_by(t.proposal.c.lapses_at)
        return self._proposals(query.limit(limit))

    def ended(self, limit: int) -> Sequence[Proposal]:
        """Return those that ended."""
        query = sa.select(t.proposal).where(~_PENDING).order_by(t.proposal.c.id.desc())
        return self._proposals(query.limit(limit))

    def get(self, proposal_id: int) -> Proposal:
        """Return the proposal, locked until the unit ends."""
        query = sa.select(t.proposal).where(t.proposal.c.id == proposal_id).with_for_update()
        found = next(iter(self._proposals(query)), None)
        if found is None:
            raise KeyError(proposal_id)
        return found

    def make(self, proposal: Proposal) -> int:
        """Insert it."""
        values = columns_of(proposal)
        del values["id"]
        values["words"] = self._unit.personal.seal("proposal.words", proposal.words)
        values |= {"kind": proposal.kind.value, "state": proposal.state.value}
        return self._unit.insert(t.proposal, values)

    def decide(self, proposal: Proposal) -> None:
        """Keep what became of it."""
        values = {
            "state": proposal.state.value,
            "decided_by": proposal.decided_by,
            "decided_at": proposal.decided_at,
        }
        self._unit.run(t.proposal.update().where(t.proposal.c.id == proposal.id).values(**values))

    def lapse(self) -> Sequence[Proposal]:
        """End those whose time is up."""
        over = sa.select(t.proposal).where(_PENDING, t.proposal.c.lapses_at <= self._unit.now)
        lapsed = [
            replace(one, state=ProposalState.LAPSED, decided_at=self._unit.now)
            for one in self._proposals(over.with_for_update())
        ]
        for one in lapsed:
            self.decide(one)
        return lapsed

    def policy(self) -> tuple[int, str] | None:
        """Return the newest policy."""
        query = sa.select(t.policy_version).order_by(t.policy_version.c.version.desc()).limit(1)
        row = self._unit.run(query).first()
        return None if row is None else (row.version, row.content)

    def adopt(self, version: int, text: str, proposal_id: int) -> None:
        """Insert the version; the key keeps two from having the same."""
        values = {"version": version, "content": text, "proposal_id": proposal_id}
        self._unit.run(t.policy_version.insert().values(**values, at=self._unit.now))

    def let_in_by(self, member_id: int, since: datetime, until: datetime) -> Collection[int]:
        """Look into the audit log."""
        query = sa.select(t.audit.c.staff_id).where(
            t.audit.c.staff_id.is_not(None),
            t.audit.c.subject == f"member:{member_id}",
            t.audit.c.deed == "POST /desk/staff/{member_id}/key",
            t.audit.c.at.between(since, until),
        )
        return set(self._unit.run(query).scalars())

    def _proposals(self, query: sa.Executable, **values: Any) -> Sequence[Proposal]:
        opened = self._unit.personal.open
        return [
            Proposal(
                **{
                    **row,
                    "kind": ProposalKind(row["kind"]),
                    "state": ProposalState(row["state"]),
                    "words": opened("proposal.words", row["words"]),
                }
            )
            for row in self._unit.run(query, **values).mappings()
        ]
