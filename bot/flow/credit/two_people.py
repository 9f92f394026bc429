"""What takes two people: points by hand, large reversals, new rules. Nobody agrees with herself."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final

from bot.flow.credit.claims import activity_name, tell_claimant
from bot.flow.credit.moderate import checked, judged_by, write
from bot.flow.telling.news import reach, send
from bot.model.case import RefusedError
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.bell import CLAIMS, POLICY
from bot.ports.moderation import Claim, ClaimEvent, Proposal, ProposalKind, ProposalState
from bot.ports.outbox import Outgoing
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from channels.call import PHONE
from credits.changes import changes
from credits.claims import ClaimError, ClaimState, Concerned, Deed, after, check_judge, check_second
from credits.earning import disprove
from credits.ledger import Ledger, Posting, resident, treasury
from credits.moves import reverse
from credits.policy import PolicyError
from credits.rulebook import load_policy

GRANT: Final = "manual_grant"
"""The activity of points that two people gave by hand."""

_POLICY_MOST: Final = 60_000


def propose_grant(
    tx: Tx, rules: Rules, staff: Staff, contact_id: int, points: int, words: str
) -> int:
    """Propose to give points by hand; return the number of the proposal."""
    _check_right(staff, Right.PROPOSE)
    words = checked(words)
    if not 1 <= points <= rules.policy.moderation.grant_most:
        raise RefusedError("grant_too_much")
    _check_own(tx, staff, [tx.claims.concerned(contact_id)])
    return _propose(
        tx, rules, staff, ProposalKind.GRANT, words, contact_id=contact_id, points=points
    )


def propose_policy(tx: Tx, rules: Rules, staff: Staff, text: str, words: str) -> int:
    """Propose the next version of the rules."""
    _check_right(staff, Right.PROPOSE)
    words = checked(words)
    _checked_policy(rules, text)
    return _propose(tx, rules, staff, ProposalKind.POLICY, words, body=text)


def take_back(
    tx: Tx, rules: Rules, claim_id: int, staff: Staff, words: str, *, alone: bool = True
) -> int | None:
    """Take back what a claim earned; of much it becomes a proposal, whose number is returned.

    With `alone` false it always does. What counts is all that the member took back today, so that
    no sum is cut in pieces.
    """
    words = checked(words)
    claim = judged_by(tx, claim_id, staff, Right.PROPOSE)
    _check_reversible(claim)
    _check_own(tx, staff, [tx.claims.concerned(claim.contact_id)])
    points = _earned(tx, claim)
    zone = rules.texts.zone
    today = datetime.combine(tx.now.astimezone(zone).date(), time(), zone)
    in_all = points + tx.claims.reversed_by(f"staff:{staff.id}", today)
    alone = alone and may(staff.role, Right.AGREE)
    if alone and in_all <= rules.policy.moderation.reversal_alone:
        _reverse(tx, rules, claim, staff, words)
        return None
    return _propose(
        tx, rules, staff, ProposalKind.REVERSAL, words, claim_id=claim.id, points=points
    )


def decide(tx: Tx, rules: Rules, proposal_id: int, staff: Staff, *, agrees: bool) -> Proposal:
    """A second member agrees, and it is done; or refuses, and it is over."""
    _check_right(staff, Right.AGREE)
    try:
        proposal = tx.proposals.get(proposal_id)
    except KeyError:
        raise RefusedError("not_there") from None
    if proposal.state is not ProposalState.PENDING or tx.now >= proposal.lapses_at:
        raise RefusedError("proposal_over")
    _check_second(tx, rules, proposal, staff)
    state = ProposalState.AGREED if agrees else ProposalState.REFUSED
    decided = replace(proposal, state=state, decided_by=staff.id, decided_at=tx.now)
    tx.proposals.decide(decided)
    if agrees:
        _do(tx, rules, decided, staff)
    tx.ring(CLAIMS)
    return decided


def check_not_let_in(tx: Tx, rules: Rules, first: int, second: int) -> None:
    """Raise RefusedError if the log-in of one came from the other lately: they may be one person.

    Who lets in a colleague who lets in another has made both.
    """
    by_first, by_second = _let_in_lately(tx, rules, tx.now, first, second)
    if second in by_first or first in by_second:
        raise RefusedError("claim_helped")


def let_in_by_one(tx: Tx | Views, rules: Rules, proposal: Proposal, second: int) -> set[int]:
    """Return from whom the log-ins of the first and the second both came lately: a signal only.

    Where one person makes accounts, two of them may be one person. In a new community everybody
    was let in by one, so nobody is stopped for it.
    """
    at = proposal.decided_at or tx.now
    by_first, by_second = _let_in_lately(tx, rules, at, proposal.proposed_by, second)
    return by_first & by_second


def _let_in_lately(
    tx: Tx | Views, rules: Rules, at: datetime, *members: int
) -> tuple[set[int], ...]:
    """Return for each member from whom her log-in came in the days before that moment."""
    since = at - timedelta(days=rules.policy.moderation.helped_days)
    return tuple(_came_from(tx, member, since, at) for member in members)


def _came_from(tx: Tx | Views, member: int, since: datetime, until: datetime) -> set[int]:
    """Return who gave her a log-in in that time, who gave them theirs, and so on."""
    found: set[int] = set()
    fresh = {member}
    while fresh:
        givers = {by for one in fresh for by in tx.proposals.let_in_by(one, since, until)}
        fresh = givers - found
        found |= givers
    return found - {member}


def let_lapse(tx: Tx, rules: Rules) -> int:
    """End what nobody agreed to in time; commit to the draws of this month in time."""
    tx.audit_book.commit(tx.now.astimezone(rules.texts.zone).strftime("%Y-%m"))
    return len(tx.proposals.lapse())


def _propose(  # noqa: PLR0913 -- a proposal has this many parts, all but five by keyword
    tx: Tx,
    rules: Rules,
    staff: Staff,
    kind: ProposalKind,
    words: str,
    *,
    contact_id: int | None = None,
    claim_id: int | None = None,
    points: int = 0,
    body: str = "",
) -> int:
    made = Proposal(
        id=0,
        kind=kind,
        contact_id=contact_id,
        claim_id=claim_id,
        points=points,
        body=body,
        words=words,
        proposed_by=staff.id,
        at=tx.now,
        lapses_at=tx.now + timedelta(days=rules.policy.moderation.proposal_days),
        state=ProposalState.PENDING,
    )
    tx.ring(CLAIMS)
    return tx.proposals.make(made)


def _check_second(tx: Tx, rules: Rules, proposal: Proposal, staff: Staff) -> None:
    """Neither oneself, nor kin of hers, nor one of whom either let the other in lately."""
    first, second = tx.claims.judge(proposal.proposed_by), tx.claims.judge(staff.id)
    try:
        check_second(first, second, _concerned(tx, proposal))
    except ClaimError as refused:
        raise RefusedError(f"claim_{refused.reason}") from None
    check_not_let_in(tx, rules, proposal.proposed_by, staff.id)


def _concerned(tx: Tx, proposal: Proposal) -> list[Concerned]:
    contact_id = proposal.contact_id
    if proposal.claim_id is not None:
        contact_id = tx.claims.get(proposal.claim_id).contact_id
    return [] if contact_id is None else [tx.claims.concerned(contact_id)]


def _do(tx: Tx, rules: Rules, proposal: Proposal, staff: Staff) -> None:
    if proposal.kind is ProposalKind.GRANT and proposal.contact_id is not None:
        _grant(tx, rules, proposal, proposal.contact_id, staff)
    elif proposal.kind is ProposalKind.REVERSAL and proposal.claim_id is not None:
        claim = tx.claims.get(proposal.claim_id)
        _check_reversible(claim)
        _reverse(tx, rules, claim, staff, proposal.words)
    elif proposal.kind is ProposalKind.POLICY:
        version = _checked_policy(rules, proposal.body)
        tx.proposals.adopt(version, proposal.body, proposal.id)
        tx.ring(POLICY)


def _grant(tx: Tx, rules: Rules, proposal: Proposal, contact_id: int, staff: Staff) -> None:
    if proposal.points > rules.policy.moderation.grant_most:
        raise RefusedError("grant_too_much")
    person_id = tx.people.contact(contact_id).person_id
    tx.people.hold(person_id)
    given = Posting(
        key=f"grant:{proposal.id}",
        debit=treasury(),
        credit=resident(person_id),
        amount=proposal.points,
        activity=GRANT,
        subject=f"proposal:{proposal.id}",
        policy_version=rules.policy.version,
        acted_at=tx.now,
        actor=f"staff:{staff.id}",
    )
    write(tx, [[given]])
    to = reach(tx, person_id, contact_id)
    if tx.people.contact(to).channel != PHONE:
        why = {"points": proposal.points, "why": proposal.words}
        text = rules.texts.say("claims.news.granted", **why)
        said = Outgoing(key=f"grant:{proposal.id}", contact_id=to, text=text)
        send(tx, said, due_at=rules.hours.when_awake(tx.now))


def _reverse(tx: Tx, rules: Rules, claim: Claim, staff: Staff, words: str) -> None:
    """Give back what was earned, as far as it is there, and count that the record proved wrong."""
    person_id = tx.people.contact(claim.contact_id).person_id
    tx.people.hold(person_id)
    keys = [claim.key, *(f"{claim.key}:{one}" for one in (Ledger.CREDIT, Ledger.VOTE))]
    found = tx.journal.by_keys(keys)
    written = [found[key] for key in keys if key in found]
    actor = f"staff:{staff.id}"
    write(tx, [[reverse(one, actor=actor, acted_at=tx.now) for one in written]])
    if claim.key in found and claim.activity in rules.policy.activities:
        wrong = disprove(rules.policy, found[claim.key].wish, person_id, actor=actor)
        if wrong is not None:
            # What an earlier rejection had counted, the approval took back: it is another record.
            write(tx, [[wrong._replace(key=f"{claim.key}:taken_back")]])
    points = found[claim.key].amount if claim.key in found else 0
    claim = tx.claims.save(replace(claim, state=ClaimState.REVERSED))
    event = ClaimEvent(
        claim_id=claim.id, deed=Deed.REVERSE, actor=actor, at=tx.now, words=words, points=points
    )
    tx.claims.note(event)
    name = activity_name(rules, claim)
    values = {"claim": claim.id, "name": name, "points": points, "why": words}
    tell_claimant(tx, rules, claim, "reversed", rules.texts.say("claims.news.reversed", **values))
    tx.ring(CLAIMS)


def _earned(tx: Tx, claim: Claim) -> int:
    found = tx.journal.by_keys([claim.key]).get(claim.key)
    return 0 if found is None else found.amount


def _check_reversible(claim: Claim) -> None:
    try:
        after(claim.state, Deed.REVERSE, appealed=claim.appealed)
    except ClaimError as refused:
        raise RefusedError(f"claim_{refused.reason}") from None


def _check_own(tx: Tx, staff: Staff, concerned: list[Concerned]) -> None:
    try:
        check_judge(tx.claims.judge(staff.id), concerned, submitted_by="")
    except ClaimError as refused:
        raise RefusedError(f"claim_{refused.reason}") from None


def _check_right(staff: Staff, right: Right) -> None:
    if not may(staff.role, right):
        raise RefusedError("not_allowed")


def _checked_policy(rules: Rules, text: str) -> int:
    """Return the version of the text, if it can follow the rules of now."""
    if len(text) > _POLICY_MOST:
        raise RefusedError("policy_wrong")
    try:
        new = load_policy(text)
        if not changes(rules.policy, new):
            raise RefusedError("policy_same")
    except PolicyError:
        raise RefusedError("policy_wrong") from None
    return new.version
