"""Which approvals are audited, and what came of it."""

from collections.abc import Sequence

import sqlalchemy as sa

from bot.ports.moderation import AuditPeriod, AuditResult
from bot.store import tables as t
from bot.store.ground.unit import Unit, columns_of
from credits.drawing import Draw, commitment


class SqlAuditBook:
    """See `bot.ports.proposals.AuditBook`.

    The secret of a period is worked out from the installation's key: it lies in no table, and
    whoever changed the key would be found out by the commitment.
    """

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def secret(self, period: str) -> str:
        """Return the secret of the period."""
        return self._unit.personal.fingerprint("audit draw", period)

    def commit(self, period: str) -> None:
        """Publish the commitment, once."""
        committed = commitment(period, self.secret(period))
        values = {"period": period, "committed": committed, "at": self._unit.now}
        self._unit.insert_if_absent(t.audit_period, ("period",), values)

    def periods(self, limit: int) -> Sequence[AuditPeriod]:
        """Return the periods."""
        query = sa.select(t.audit_period).order_by(t.audit_period.c.period.desc()).limit(limit)
        return [AuditPeriod(row.period, row.committed, row.at) for row in self._unit.run(query)]

    def keep(self, draw: Draw) -> None:
        """Keep it once."""
        values = columns_of(draw) | {"audited": draw.audited, "at": self._unit.now}
        self._unit.insert_if_absent(t.audit_draw, ("claim_id",), values)

    def open_draws(self, limit: int) -> Sequence[Draw]:
        """Return those that wait for an auditor; what was taken back meanwhile does not."""
        done = sa.select(t.audit_result.c.claim_id)
        query = (
            sa.select(t.audit_draw)
            .join(t.claim, t.claim.c.id == t.audit_draw.c.claim_id)
            .where(
                t.audit_draw.c.audited,
                t.claim.c.state == "approved",
                t.audit_draw.c.claim_id.not_in(done),
            )
        )
        return self._draws(query.order_by(t.audit_draw.c.id).limit(limit))

    def draws_of(self, period: str) -> Sequence[Draw]:
        """Return all of the period."""
        query = sa.select(t.audit_draw).where(t.audit_draw.c.period == period)
        return self._draws(query.order_by(t.audit_draw.c.claim_id))

    def draw_of(self, claim_id: int) -> Draw | None:
        """Return the draw of the claim."""
        query = sa.select(t.audit_draw).where(t.audit_draw.c.claim_id == claim_id)
        return next(iter(self._draws(query)), None)

    def result_of(self, claim_id: int) -> AuditResult | None:
        """Return what the auditor said."""
        query = sa.select(t.audit_result).where(t.audit_result.c.claim_id == claim_id)
        return next(iter(self._results(query)), None)

    def results(self, limit: int) -> Sequence[AuditResult]:
        """Return what auditors said."""
        query = sa.select(t.audit_result).order_by(t.audit_result.c.id.desc())
        return self._results(query.limit(limit))

    def judge(self, result: AuditResult) -> bool:
        """Keep it once."""
        sealed = self._unit.personal.seal("audit_result.words", result.words)
        values = columns_of(result) | {"words": sealed}
        return self._unit.insert_if_absent(t.audit_result, ("claim_id",), values) is not None

    def _draws(self, query: sa.Executable) -> Sequence[Draw]:
        return [
            Draw(claim_id=row.claim_id, period=row.period, percent=row.percent, roll=row.roll)
            for row in self._unit.run(query)
        ]

    def _results(self, query: sa.Executable) -> Sequence[AuditResult]:
        opened = self._unit.personal.open
        return [
            AuditResult(
                row.claim_id,
                row.staff_id,
                row.confirmed,
                opened("audit_result.words", row.words),
                row.at,
            )
            for row in self._unit.run(query)
        ]
