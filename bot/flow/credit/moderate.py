"""A moderator decides: approve, reject, ask; and who must not decide says so."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.flow.credit.claims import activity_name, period_of, said_reason, tell_claimant
from bot.flow.credit.examine import witnessed
from bot.model.case import RefusedError
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.bell import CLAIMS
from bot.ports.moderation import REASONS, Claim, ClaimEvent
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from channels.message import Button
from credits.claims import DECIDING, ClaimError, ClaimState, Deed, after, check_judge
from credits.drawing import draw, is_told
from credits.earning import Earned, disprove, earn
from credits.ledger import Ledger, LedgerError, Posting, rejected, resident, treasury
from credits.linking import lifetime
from credits.moves import reverse
from credits.policy import Confirmer
from credits.posting import Chain, post_many
from credits.reliability import credit

_ALL: Final = 100
_WORDS_LEAST: Final = 2
_WORDS_MOST: Final = 500
_DOOR_MOST: Final = 10
BULK_MOST: Final = 50
HARMLESS_RISK: Final = 0


def approve(tx: Tx, rules: Rules, claim_id: int, staff: Staff, *, version: int) -> Earned:
    """Give what it earns by the rules, draw for an audit, and tell her; all of it or nothing."""
    claim = fresh(tx, rules, claim_id, staff, version, Deed.APPROVE)
    person_id = tx.people.contact(claim.contact_id).person_id
    tx.people.hold(person_id)
    earned = earn(
        rules.policy,
        claim.activity,
        person_id=person_id,
        subject=claim.key,
        key=claim.key,
        acted_at=claim.acted_at,
        actor=f"staff:{staff.id}",
        history=lifetime(tx.journal, resident(person_id)),
        zone=rules.texts.zone,
    )
    write(tx, [earned.chain, *_pardon(tx, claim, staff)])
    period = period_of(claim, rules)
    told = is_told(period, f"{tx.now.astimezone(rules.texts.zone):%Y-%m}")
    percent = _ALL if told else _share(tx, rules, claim, person_id)
    tx.audit_book.keep(draw(period, tx.audit_book.secret(period), claim.id, percent))
    claim = _decided(tx, claim, ClaimState.APPROVED, staff, Deed.APPROVE, points=earned.points)
    _tell_earned(tx, rules, claim, earned)
    return earned


def reject(
    tx: Tx, rules: Rules, claim_id: int, staff: Staff, reason: str, words: str, *, version: int
) -> Claim:
    """Say no with a reason; only what proved wrong counts in her credit, by the last decision."""
    if reason not in REASONS:
        raise RefusedError("reason_missing")
    words = words.strip()
    if reason == "other" or words:
        words = checked(words)
    claim = fresh(tx, rules, claim_id, staff, version, Deed.REJECT)
    person_id = tx.people.contact(claim.contact_id).person_id
    tx.people.hold(person_id)
    wrong = _disproved(rules, claim, person_id, staff) if REASONS[reason] else None
    if wrong is None:
        write(tx, _pardon(tx, claim, staff))
    elif not tx.journal.by_keys([wrong.key]):
        write(tx, [[wrong]])
    last = claim.appealed
    claim = _decided(tx, claim, ClaimState.REJECTED, staff, Deed.REJECT, reason=reason, words=words)
    say = rules.texts.say
    text = say(
        "claims.news.rejected_last" if last else "claims.news.rejected",
        claim=claim.id,
        name=activity_name(rules, claim),
        why=said_reason(rules, reason, words),
        days=rules.policy.moderation.appeal_days,
    )
    button = () if last else (Button(say("claims.button.appeal"), f"appeal:{claim.id}"),)
    tell_claimant(tx, rules, claim, f"{claim.version}", text, button)
    return claim


def ask(tx: Tx, rules: Rules, claim_id: int, staff: Staff, words: str, *, version: int) -> Claim:
    """Ask her for more; until she answers the claim waits for her."""
    words = checked(words)
    claim = fresh(tx, rules, claim_id, staff, version, Deed.ASK)
    claim = _decided(tx, claim, ClaimState.ASKED, staff, Deed.ASK, words=words)
    name = activity_name(rules, claim)
    text = rules.texts.say("claims.news.asked", claim=claim.id, name=name, words=words)
    tell_claimant(tx, rules, claim, f"{claim.version}", text)
    return claim


def approve_harmless(tx: Tx, rules: Rules, claims: Sequence[tuple[int, int]], staff: Staff) -> int:
    """Approve those of the claims, by id and version, that nothing speaks against.

    What changed since the page was shown, or is not for this member to decide, is left.
    """
    count = 0
    for claim_id, version in claims[:BULK_MOST]:
        claim = tx.claims.find(claim_id)
        if claim is None or not harmless(claim):
            continue
        try:
            approve(tx, rules, claim_id, staff, version=version)
        except RefusedError:
            continue
        count += 1
    return count


def harmless(claim: Claim) -> bool:
    """Say whether the claim may be approved together with others."""
    waiting = claim.state is ClaimState.WAITING and not claim.appealed
    return waiting and claim.looked and claim.risk <= HARMLESS_RISK


def fresh(tx: Tx, rules: Rules, claim_id: int, staff: Staff, version: int, deed: Deed) -> Claim:
    """Return the claim, locked, if it is as the member saw it and hers to decide."""
    claim = judged_by(tx, claim_id, staff, Right.JUDGE_APPEALS)
    if not may_decide(claim, staff):
        raise RefusedError("not_allowed")
    if claim.version != version:
        raise RefusedError("claim_changed")
    if rules.policy.activities.get(claim.activity) is None:
        raise RefusedError("not_claimable")
    try:
        after(claim.state, deed, appealed=claim.appealed)
        check_judge(
            tx.claims.judge(staff.id),
            [tx.claims.concerned(claim.contact_id)],
            submitted_by=claim.submitted_by,
            decided_by=deciders(tx, claim) if claim.appealed else (),
        )
    except ClaimError as refused:
        raise RefusedError(f"claim_{refused.reason}") from None
    return claim


def may_decide(claim: Claim, staff: Staff) -> bool:
    """Say whether it is the member's office: appeals are the supervisor's as well.

    Where one moderator works alone, nobody else could look at what they rejected.
    """
    right = Right.JUDGE_APPEALS if claim.appealed else Right.MODERATE
    return may(staff.role, right)


def judged_by(tx: Tx, claim_id: int, staff: Staff, right: Right) -> Claim:
    """Return the claim, locked, if the member has the right."""
    if not may(staff.role, right):
        raise RefusedError("not_allowed")
    try:
        return tx.claims.get(claim_id)
    except KeyError:
        raise RefusedError("no_such_claim") from None


def deciders(tx: Tx | Views, claim: Claim) -> frozenset[int]:
    """Return the members who decided about it before."""
    events = tx.claims.events(claim.id)
    return frozenset(
        one.staff_id for one in events if one.deed in DECIDING and one.staff_id is not None
    )


def write(tx: Tx, chains: Sequence[Chain]) -> None:
    """Write the chains within this unit; raise LedgerError if one is refused."""
    wanted = [chain for chain in chains if chain]
    if not wanted:
        return
    for outcome in post_many(tx.journal, wanted, now=tx.now, new_id=tx.new_transfer_id):
        if isinstance(outcome, LedgerError):
            raise outcome


def checked(words: str) -> str:
    """Return words that say something, and not too much."""
    words = words.strip()
    if len(words) < _WORDS_LEAST:
        raise RefusedError("reason_missing")
    if len(words) > _WORDS_MOST:
        raise RefusedError("too_long")
    return words


def _disproved(rules: Rules, claim: Claim, person_id: int, staff: Staff) -> Posting | None:
    record = Posting(
        key=claim.key,
        debit=treasury(),
        credit=resident(person_id),
        amount=rules.policy.activity(claim.activity).points,
        activity=claim.activity,
        subject=claim.key,
        policy_version=rules.policy.version,
        acted_at=claim.acted_at,
        actor=f"staff:{staff.id}",
    )
    return disprove(rules.policy, record, person_id, actor=f"staff:{staff.id}")


def _pardon(tx: Tx, claim: Claim, staff: Staff) -> list[Chain]:
    """Take back what an earlier rejection counted: it was wrong."""
    key = f"{claim.key}:rejected"
    counted = tx.journal.by_keys([key]).get(key)
    if counted is None:
        return []
    return [[reverse(counted, actor=f"staff:{staff.id}", acted_at=tx.now)]]


def _share(tx: Tx, rules: Rules, claim: Claim, person_id: int) -> int:
    """Return how many of a hundred such approvals are audited.

    Nobody's word stands beside that of the moderator alone: then all are.
    """
    activity = rules.policy.activity(claim.activity)
    if activity.confirmed_by is Confirmer.NEIGHBOUR and not witnessed(tx, claim):
        return _ALL
    entries = [
        *tx.journal.entries(resident(person_id, Ledger.CREDIT)),
        *tx.journal.entries(rejected(person_id)),
    ]
    # What this approval itself counts must not make its own audit rarer.
    before = [one for one in entries if one.subject != claim.key]
    return credit(rules.policy, before, tx.now).band.audited_percent


def _decided(
    tx: Tx,
    claim: Claim,
    state: ClaimState,
    staff: Staff,
    deed: Deed,
    *,
    reason: str = "",
    words: str = "",
    points: int = 0,
) -> Claim:
    claim = tx.claims.save(replace(claim, state=state))
    event = ClaimEvent(
        claim_id=claim.id,
        deed=deed,
        actor=f"staff:{staff.id}",
        at=tx.now,
        reason=reason,
        words=words,
        points=points,
    )
    tx.claims.note(event)
    tx.ring(CLAIMS)
    return claim


def _tell_earned(tx: Tx, rules: Rules, claim: Claim, earned: Earned) -> None:
    say = rules.texts.say
    values = {"claim": claim.id, "name": activity_name(rules, claim), "points": earned.points}
    key = "approved" if earned.points else "approved_none"
    why = "" if earned.reason == "earned" else say(f"claims.fewer.{earned.reason}")
    text = say(f"claims.news.{key}", why=why, **values)
    tell_claimant(tx, rules, claim, f"{claim.version}", text)


def barred(views: Views | Tx, claim: Claim, staff: Staff) -> str:
    """Return the reason why the member may not decide about the claim; '' if she may."""
    try:
        check_judge(
            views.claims.judge(staff.id),
            [views.claims.concerned(claim.contact_id)],
            submitted_by=claim.submitted_by,
            decided_by=deciders(views, claim) if claim.state is ClaimState.APPEALED else (),
        )
    except ClaimError as refused:
        return f"claim_{refused.reason}"
    return ""


def declare_kin(tx: Tx, claim_id: int, staff: Staff) -> None:
    """The claimant is the member herself or lives with her; only others can look from now on."""
    claim = judged_by(tx, claim_id, staff, Right.SEE_CLAIMS)
    tx.claims.acquaint(staff.id, claim.contact_id, staff.id)


def note_home(
    tx: Tx, claim_id: int, staff: Staff, estate: str, building: str, unit: str, room: str
) -> None:
    """Note the door behind which the claimant lives."""
    claim = judged_by(tx, claim_id, staff, Right.MODERATE)
    found = tx.places.building(estate.strip() or None, building.strip().rstrip("号楼栋"))
    unit, room = unit.strip()[:_DOOR_MOST], room.strip()[:_DOOR_MOST]
    if found is None or not room:
        raise RefusedError("home_wrong")
    person_id = tx.people.contact(claim.contact_id).person_id
    tx.claims.settle_home(person_id, found.id, unit, room)
