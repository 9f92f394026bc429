"""Votes and their rolls; ballots lie in `ballots.py`."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from bot.model.people import Verification
from bot.ports.votes import Question, Scope, Vote, Way
from bot.store import tables as t
from bot.store.ground.unit import Unit, columns_of
from bot.store.prepared import Prepared
from bot.store.votes.ballots import Ballots
from bot.store.votes.others import OthersEntries
from bot.store.votes.pins import Pins
from credits.ballots import Method
from credits.bands import STEPS
from credits.bands import read as read_bands
from credits.ledger import Ledger
from credits.policy import VoteRules
from credits.tally import Tally
from credits.vote_file import Ballot
from credits.voting import VoteState

_QUESTION: Final = tuple(Question.__dataclass_fields__)
_OVER: Final = (VoteState.OPEN.value, VoteState.CLOSED.value)


class SqlVotes(OthersEntries, Pins):
    """See `bot.ports.votes.Votes`."""

    def __init__(self, unit: Unit) -> None:
        super().__init__(unit)
        self._ballots = Ballots(unit)

    def find(self, vote_id: int) -> Vote | None:
        """Return it if there is one."""
        return next(iter(self._some(_ALL.where(t.vote.c.id == vote_id))), None)

    def hold(self, vote_id: int, *, share: bool = False) -> Vote:
        """Return it, locked."""
        row = self._unit.run(_HOLD[share], vote=vote_id).first()
        if row is None:
            raise KeyError(vote_id)
        return vote_of(row)

    def in_states(self, states: Collection[VoteState], limit: int) -> Sequence[Vote]:
        """Return those in these states."""
        wanted = t.vote.c.state.in_([one.value for one in states])
        return self._some(_ALL.where(wanted).order_by(t.vote.c.id.desc()).limit(limit))

    def about(self, subject: str) -> Sequence[Vote]:
        """Return what was opened about it."""
        opened = (t.vote.c.subject == subject) & t.vote.c.opened_at.is_not(None)
        return self._some(_ALL.where(opened).order_by(t.vote.c.id.desc()))

    def due(self) -> int | None:
        """Return the one whose time has been up for longest."""
        now, again = self._unit.now, t.vote.c.again_at
        over = sa.and_(t.vote.c.state.in_(_OVER), t.vote.c.ends_at <= now)
        waits = sa.or_(again.is_(None), again <= now)
        query = (
            sa.select(t.vote.c.id)
            .where(over, waits)
            .order_by(t.vote.c.ends_at, t.vote.c.id)
            .limit(1)
        )
        found: int | None = self._unit.run(query).scalar()
        return found

    def place(self, question: Question) -> str | None:
        """Look it up among grids or buildings."""
        if question.scope is Scope.COMMUNITY:
            return ""
        building = sa.select(t.building.c.estate + t.building.c.number)
        grid = sa.select(t.organisation.c.name).where(t.organisation.c.kind == "grid")
        query, key = {
            Scope.GRID: (grid, t.organisation.c.id),
            Scope.BUILDING: (building, t.building.c.id),
        }[question.scope]
        found: str | None = self._unit.run(query.where(key == question.scope_id)).scalar()
        return found

    def make(self, question: Question, made_by: int) -> int:
        """Insert it."""
        made = Vote(id=0, question=question, state=VoteState.PLANNED, made_by=made_by)
        return self._unit.insert(t.vote, _row(made) | {"made_at": self._unit.now})

    def save(self, vote: Vote) -> None:
        """Change it."""
        self._unit.run(t.vote.update().where(t.vote.c.id == vote.id).values(**_row(vote)))

    def put_off(self, vote_id: int, until: datetime) -> None:
        """Say when it is looked at again."""
        self._unit.run(t.vote.update().where(t.vote.c.id == vote_id).values(again_at=until))

    def fix_roll(self, vote: Vote, rules: VoteRules) -> int:
        """Insert everybody at once."""
        weight = _weight(rules) if vote.question.weighted else sa.literal(0)
        eligible = _eligible(vote.question).with_only_columns(
            sa.literal(vote.id, sa.BigInteger), t.person.c.id, sa.literal(value=False), weight
        )
        columns = ("vote_id", "person_id", "voted", "weight")
        self._unit.run(t.vote_roll.insert().from_select(columns, eligible))
        return self._counted(t.vote_roll.c.vote_id == vote.id)

    def has_voted(self, vote_id: int, person_id: int) -> bool | None:
        """Look at the roll."""
        voted: bool | None = self._unit.run(_VOTED, vote=vote_id, person=person_id).scalar()
        return voted

    def voted_in(self, vote_ids: Collection[int], person_id: int) -> Mapping[int, bool]:
        """Look at the rolls."""
        roll = t.vote_roll.c
        query = sa.select(roll.vote_id, roll.voted).where(roll.person_id == person_id)
        rows = self._unit.run(query.where(roll.vote_id.in_(list(vote_ids))))
        return {row.vote_id: row.voted for row in rows}

    def way(self, vote_id: int, person_id: int) -> Way | Literal[""] | None:
        """Look at the roll."""
        way: str | None = self._unit.run(_WAY, vote=vote_id, person=person_id).scalar()
        return Way(way) if way else None if way is None else ""

    def turnouts(self, vote_ids: Collection[int]) -> Mapping[int, int]:
        """Count those who have."""
        roll = t.vote_roll.c
        voters = sa.func.count().label("voters")
        query = sa.select(roll.vote_id, voters).where(roll.vote_id.in_(list(vote_ids)))
        rows = self._unit.run(query.where(roll.voted).group_by(roll.vote_id))
        return {row.vote_id: row.voters for row in rows}

    def turnout(self, vote_id: int) -> int:
        """Count those who have."""
        return self._counted((t.vote_roll.c.vote_id == vote_id) & t.vote_roll.c.voted)

    def ways(self, vote_id: int) -> Mapping[Way, int]:
        """Count them."""
        voters = sa.func.count().label("voters")
        query = sa.select(t.vote_roll.c.way, voters).group_by(t.vote_roll.c.way)
        voted = (t.vote_roll.c.vote_id == vote_id) & t.vote_roll.c.voted
        found = {Way(row.way): row.voters for row in self._unit.run(query.where(voted))}
        return dict.fromkeys(Way, 0) | found

    def own(self, vote: Vote, person_id: int, *, helper_id: int | None = None) -> Ballot | None:
        """Open it."""
        return self._ballots.own(vote, person_id, helper_id)

    def cast(
        self, vote: Vote, person_id: int, choice: str, way: Way, *, helper_id: int | None = None
    ) -> Ballot:
        """Put it in the place of the earlier one."""
        self._unit.run(_MARK, vote=vote.id, person=person_id, way=way.value)
        weight = 0
        if vote.question.weighted:
            weight = self._unit.run(_WEIGHT, vote=vote.id, person=person_id).scalar()
        return self._ballots.put(vote, person_id, choice, weight, helper_id)

    def absorb(self, *, old: int, into: int) -> None:
        """Give her place and ballot to who she is from now on, or drop them if she has one."""
        query = _ALL.join(t.vote_roll, t.vote_roll.c.vote_id == t.vote.c.id)
        self.absorb_entries(old=old, into=into)
        self.drop_pin(old)
        for vote in self._some(
            query.where(t.vote_roll.c.person_id == old).with_for_update(of=t.vote)
        ):
            place = _place(vote.id, old)
            other = self.has_voted(vote.id, into)
            if vote.state is VoteState.OPEN and self.has_voted(vote.id, old):
                self._ballots.move(vote, old, None if other else into)
            if other is None:
                self._unit.run(t.vote_roll.update().where(place).values(person_id=into))
                continue
            voted = bool(self.has_voted(vote.id, old)) or other
            way = self.way(vote.id, into) or self.way(vote.id, old) or ""
            thanked = sa.select(t.vote_roll.c.thanked).where(place)
            both = {"thanked": True} if self._unit.run(thanked).scalar() else {}
            hers = t.vote_roll.update().where(_place(vote.id, into))
            self._unit.run(hers.values(voted=voted, way=way, **both))
            self._unit.run(t.vote_roll.delete().where(place))
            if vote.state is VoteState.OPEN:
                self.save(replace(vote, roll=vote.roll - 1))

    def open_ballots(self, vote: Vote) -> Sequence[tuple[Ballot, int]]:
        """Open them all."""
        return self._ballots.open_all(vote)

    def publish(self, vote: Vote, ballots: Sequence[Ballot]) -> None:
        """Keep what is public, and nothing else."""
        rows = [
            {"vote_id": vote.id, "place": place, **columns_of(one)}
            for place, one in enumerate(ballots)
        ]
        self._unit.insert_many(t.counted_ballot, rows)
        self.destroy(vote)

    def destroy(self, vote: Vote) -> None:
        """Delete the rows, and the salt without which no handle can be made again."""
        self._ballots.destroy(vote)
        self._unit.run(t.vote_paper.delete().where(t.vote_paper.c.vote_id == vote.id))
        self._unit.run(t.vote.update().where(t.vote.c.id == vote.id).values(veil=""))

    def counted(self, vote_id: int) -> Sequence[Ballot]:
        """Return what was published."""
        table = t.counted_ballot
        query = sa.select(table.c.code, table.c.choice).where(table.c.vote_id == vote_id)
        return [
            Ballot(row.code, row.choice) for row in self._unit.run(query.order_by(table.c.place))
        ]

    def _counted(self, which: sa.ColumnElement[bool]) -> int:
        query = sa.select(sa.func.count()).select_from(t.vote_roll).where(which)
        return int(self._unit.run(query).scalar_one())

    def _some(self, query: sa.Select[Any]) -> list[Vote]:
        return [vote_of(row) for row in self._unit.run(query)]


_ALL: Final = sa.select(t.vote)
_ONE: Final = _ALL.where(t.vote.c.id == sa.bindparam("vote"))
_HOLD: Final = {share: Prepared(_ONE.with_for_update(read=share)) for share in (False, True)}
_PLACE: Final = sa.and_(
    t.vote_roll.c.vote_id == sa.bindparam("vote"),
    t.vote_roll.c.person_id == sa.bindparam("person"),
)
_VOTED: Final = Prepared(sa.select(t.vote_roll.c.voted).where(_PLACE))
_WAY: Final = Prepared(sa.select(t.vote_roll.c.way).where(_PLACE))
_WEIGHT: Final = Prepared(sa.select(t.vote_roll.c.weight).where(_PLACE))
_MARK: Final = Prepared(
    t.vote_roll.update()
    .where(_PLACE, t.vote_roll.c.way != sa.bindparam("way"))
    .values(voted=sa.true(), way=sa.bindparam("way"))
)


def _place(vote_id: int, person_id: int) -> sa.ColumnElement[bool]:
    return (t.vote_roll.c.vote_id == vote_id) & (t.vote_roll.c.person_id == person_id)


def _weight(rules: VoteRules) -> sa.ColumnElement[int]:
    """What somebody's vote weighs, in few steps, as `credits.levels.vote_weight` has it."""
    owner = sa.literal("resident:") + sa.cast(t.person.c.id, sa.Text)
    earned = (
        sa.select(t.balance.c.posted)
        .where(t.balance.c.owner == owner, t.balance.c.ledger == Ledger.VOTE.value)
        .correlate(t.person)
        .scalar_subquery()
    )
    step = max(1, rules.bonus_cap // STEPS)
    return sa.case(
        *((earned >= step * number, rules.base + step * number) for number in range(STEPS, 0, -1)),
        else_=rules.base,
    )


def _eligible(question: Question) -> sa.Select[Any]:
    """Return who is known well enough and still reaches us, of that place."""
    levels = list(Verification)
    known = levels[levels.index(question.level) :]
    query = sa.select(t.person).where(
        t.person.c.verification.in_([level.value for level in known]),
        t.person.c.id.in_(sa.select(t.contact.c.person_id).where(t.contact.c.address != "")),
    )
    if question.scope is Scope.COMMUNITY:
        return query
    homes = sa.select(t.household.c.id).join(
        t.building, t.building.c.id == t.household.c.building_id
    )
    column = t.building.c.grid_id if question.scope is Scope.GRID else t.building.c.id
    return query.where(t.person.c.household_id.in_(homes.where(column == question.scope_id)))


def _row(vote: Vote) -> dict[str, Any]:
    question = columns_of(vote.question) | {
        "options": json.dumps(vote.question.options, ensure_ascii=False),
        "method": vote.question.method.value,
        "scope": vote.question.scope.value,
        "level": vote.question.level.value,
    }
    rest = columns_of(vote) | {
        "state": vote.state.value,
        "bands": json.dumps([asdict(band) for band in vote.bands]) if vote.bands else "",
        "result": "" if vote.result is None else json.dumps(asdict(vote.result)),
    }
    return question | {k: v for k, v in rest.items() if k not in {"id", "question"}}


def vote_of(row: Any) -> Vote:
    """Return the vote of a row of its table."""
    asked = {name: getattr(row, name) for name in _QUESTION} | {
        "options": tuple(json.loads(row.options)),
        "method": Method(row.method),
        "scope": Scope(row.scope),
        "level": Verification(row.level),
    }
    rest = {
        name: getattr(row, name) for name in Vote.__dataclass_fields__ if name != "question"
    } | {"state": VoteState(row.state)}
    rest["bands"] = read_bands(json.loads(row.bands)) if row.bands else ()
    rest["result"] = _tally(json.loads(row.result)) if row.result else None
    return Vote(question=Question(**asked), **rest)


def _tally(kept: Mapping[str, Any]) -> Tally:
    return Tally(
        kept["cast"],
        kept["blank"],
        tuple(kept["totals"]),
        tuple(kept["winners"]),
        tuple(map(tuple, kept["rounds"])),
        tuple(map(tuple, kept["duels"])),
    )
