"""What was pledged for an initiative that will not be goes back, and who pledged is told."""

from collections.abc import Sequence

from bot.flow.credit.posting import post_all
from bot.flow.telling.inform import write_to
from bot.model.initiative import Initiative, Pledge, PledgeKind, PledgeState
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from credits.ledger import Posting
from credits.moves import reverse, settle, void


def give_back(tx: Tx, rules: Rules, initiative: Initiative, actor: str, *, why: str) -> None:
    """Give back all that stands, whether it was set aside or given already."""
    standing = [
        one
        for one in tx.initiatives.pledges(initiative.id)
        if one.state in {PledgeState.OPEN, PledgeState.GIVEN}
    ]
    post_all(tx, [[_back(tx, one, actor)] for one in _points(standing) if is_held(tx, one)])
    tx.initiatives.settle([one.id for one in standing], PledgeState.BACK)
    for person_id in sorted({one.person_id for one in standing}):
        points = sum(one.amount for one in _points(standing) if one.person_id == person_id)
        say = rules.texts.say
        told = say("initiatives.told.points_back", points=points) if points else ""
        title = initiative.wish.title
        text = say(f"initiatives.told.{why}", number=initiative.id, title=title, back=told)
        key = f"initiative:{initiative.id}:{initiative.version}:back:{person_id}"
        write_to(tx, rules, person_id, key=key, text=text)


def take_points(tx: Tx, pledges: Sequence[Pledge], actor: str) -> None:
    """Let the points that are held be given."""
    holds = tx.journal.by_ids([one.hold_id for one in _points(pledges)])
    post_all(tx, [[settle(hold, actor=actor)] for hold in holds.values()])


def _back(tx: Tx, pledge: Pledge, actor: str) -> Posting:
    hold = tx.journal.by_ids([pledge.hold_id])[pledge.hold_id]
    if pledge.state is PledgeState.OPEN:
        return void(hold, actor=actor)
    key = settle(hold, actor=actor).key
    return reverse(tx.journal.by_keys([key])[key], actor=actor, acted_at=tx.now)


def is_held(tx: Tx, pledge: Pledge) -> bool:
    """Say whether the ledger has not freed it by itself: a hold whose time is up is free."""
    if pledge.state is not PledgeState.OPEN:
        return True
    hold = tx.journal.by_ids([pledge.hold_id])[pledge.hold_id]
    over = hold.expires_at is not None and hold.expires_at <= tx.now
    return not over and not tx.journal.followed([hold.id])


def _points(pledges: Sequence[Pledge]) -> list[Pledge]:
    return [one for one in pledges if one.kind is PledgeKind.POINTS]
