"""What takes two people, and which approvals are audited."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.ports.moderation import AuditPeriod, AuditResult, Proposal
from credits.drawing import Draw


class ProposalViews(Protocol):
    """What pages look at."""

    def pending(self, limit: int) -> Sequence[Proposal]:
        """Return what waits for a second, the first to lapse first."""
        ...

    def ended(self, limit: int) -> Sequence[Proposal]:
        """Return what was agreed, refused or has lapsed, the newest first."""
        ...

    def let_in_by(self, member_id: int, since: datetime, until: datetime) -> Collection[int]:
        """Return who gave the member a log-in in that time."""
        ...

    def policy(self) -> tuple[int, str] | None:
        """Return version and text of the newest policy that two agreed on."""
        ...


class Proposals(ProposalViews, Protocol):
    """All proposals."""

    def get(self, proposal_id: int) -> Proposal:
        """Return the proposal, locked until the unit ends; KeyError if there is none."""
        ...

    def make(self, proposal: Proposal) -> int: ...

    def decide(self, proposal: Proposal) -> None:
        """Keep state, and who decided when."""
        ...

    def lapse(self) -> Sequence[Proposal]:
        """Let those end whose time is up; return them."""
        ...

    def adopt(self, version: int, text: str, proposal_id: int) -> None:
        """From now on these are the rules."""
        ...


class AuditBookViews(Protocol):
    """What pages look at."""

    def periods(self, limit: int) -> Sequence[AuditPeriod]:
        """Return the periods, the newest first."""
        ...

    def open_draws(self, limit: int) -> Sequence[Draw]:
        """Return those drawn that nobody has audited, the oldest first."""
        ...

    def draws_of(self, period: str) -> Sequence[Draw]:
        """Return all draws of a period."""
        ...

    def draw_of(self, claim_id: int) -> Draw | None: ...

    def result_of(self, claim_id: int) -> AuditResult | None: ...

    def results(self, limit: int) -> Sequence[AuditResult]:
        """Return what was said of those drawn, the newest first."""
        ...

    def secret(self, period: str) -> str:
        """Return the secret of the period; it is shown when the period is over."""
        ...


class AuditBook(AuditBookViews, Protocol):
    """All draws."""

    def commit(self, period: str) -> None:
        """Publish what binds to the secret of the period; once."""
        ...

    def keep(self, draw: Draw) -> None:
        """Keep the draw of a claim; a second time the first stays."""
        ...

    def judge(self, result: AuditResult) -> bool:
        """Keep what the auditor says; false when somebody has said it already."""
        ...
