"""Bugs on purpose in moderation: as the insider who mints would like them, and the ring."""

from typing import Final

from tests.credits.bug import Bug

CLAIMS: Final = [
    Bug("an appeal without end", "if deed is Deed.APPEAL and appealed:", "if False:"),
    Bug("anything at any time", "    if (state, deed) not in _LEADS:\n", "    if (state, deed) not in _LEADS and False:\n"),
    Bug("approved anew after it was rejected", "(ClaimState.REJECTED, Deed.APPEAL): ClaimState.APPEALED", "(ClaimState.REJECTED, Deed.APPROVE): ClaimState.APPROVED"),
    Bug("an approval is appealed", "(ClaimState.APPROVED, Deed.REVERSE)", "(ClaimState.APPROVED, Deed.APPEAL)"),
    Bug("her own claim", "if one.person_id in judge.persons or same_home:", "if same_home:"),
    Bug("a claim of her household", "if one.person_id in judge.persons or same_home:", "if one.person_id in judge.persons:"),
    Bug("what she brought in herself", 'if submitted_by == f"staff:{judge.staff_id}":', "if False:"),
    Bug("the first decides the appeal", "if judge.staff_id in decided_by:", "if False:"),
    Bug("she agrees with herself", "if first.staff_id == second.staff_id:", "if False:"),
    Bug("only the second is looked at", "for judge in (first, second):", "for judge in (second,):"),
    Bug("only the first is looked at", "for judge in (first, second):", "for judge in (first,):"),
    Bug("a witness of oneself", "if claimant.person_id == witness.person_id:", "if False:"),
    Bug("a witness at home", "if claimant.household_id is not None and claimant.household_id == witness", "if False and claimant.household_id == witness"),
    Bug("strangers without a door are a home", "if claimant.household_id is not None and claimant", "if claimant"),
]  # fmt: skip
DRAWING: Final = [
    Bug("one in a hundred", "percent * WHOLE // 100", "percent * WHOLE // 10_000"),
    Bug("nobody is audited", "self.roll < self.percent", "self.roll < -self.percent"),
    Bug("the commitment fits each month", '{period} {secret}"', '{secret}"'),
    Bug("any secret fits", "return bound and roll(", "return roll("),
    Bug("any roll fits", "return bound and roll(secret, one.claim_id) == one.roll", "return bound"),
    Bug("told at the end of the month", "_number_of(period) > 1", "_number_of(period) > 0"),
    Bug("everybody can foresee it", "hmac.new(secret.encode(),", 'hmac.new(b"",'),
]  # fmt: skip
SIGNALS: Final = [
    Bug("near is not near enough", "NEAR_BITS: Final = 8", "NEAR_BITS: Final = 7"),
    Bug("everything is near", "NEAR_BITS: Final = 8", "NEAR_BITS: Final = 9"),
    Bug("mirrored is new", "return (turned, True) if turned < straight", "return (straight, False) if turned < straight"),
    Bug("cut is new", "*(distance(one, old.looks[0]) for one in new.looks),", "distance(new.looks[0], old.looks[0]),"),
    Bug("another's photo weighs as her own", "if own else 50", "if own else 15"),
    Bug("flying", "SPEED_KMH: Final = 60", "SPEED_KMH: Final = 600"),
    Bug("in any order", "ordered = sorted(fixes, key=lambda one: one.at)", "ordered = list(fixes)"),
    Bug("standing still is fast", "if apart >= _METRES_LEAST:", "if True:"),
    Bug("three are a burst", "BURST_CLAIMS: Final = 4", "BURST_CLAIMS: Final = 3"),
    Bug("thanks are a ring", "RECIPROCAL_TIMES: Final = 2", "RECIPROCAL_TIMES: Final = 1"),
    Bug("rings of two alone", "    if len(path) > 2:", "    if len(path) > 9:"),
    Bug("a kind counts as often as it comes", "return sum(heaviest.values())", "return sum(one.weight for one in signals)"),
    Bug("who is fast is not seen", "seconds >= _QUICK_SECONDS", "seconds >= 0"),
    Bug("who always says yes is not seen", "_SHARE_MORE: Final = 25", "_SHARE_MORE: Final = 75"),
    Bug("a favourite is not seen", "_OFTEN_SAME: Final = 40", "_OFTEN_SAME: Final = 101"),
]  # fmt: skip
MODERATE: Final = [
    Bug("anybody approves", "    if not may(staff.role, right):\n", "    if False:\n"),
    Bug("late ones are drawn with a secret that is told", "_ALL if told else", ""),
    Bug("the supervisor approves what nobody appealed", "right = Right.JUDGE_APPEALS if claim.appealed else Right.MODERATE", "right = Right.JUDGE_APPEALS"),
    Bug("an old page decides", "if claim.version != version:", "if False:"),
    Bug("who decides is not asked", "            tx.claims.judge(staff.id),\n            [tx.claims.concerned(claim.contact_id)],\n            submitted_by=claim.submitted_by,\n            decided_by=deciders(tx, claim) if claim.appealed", "            tx.claims.judge(staff.id),\n            [],\n            submitted_by=claim.submitted_by,\n            decided_by=deciders(tx, claim) if claim.appealed"),
    Bug("the first decides the appeal too", "decided_by=deciders(tx, claim) if claim.appealed else ()", "decided_by=()"),
    Bug("the act counts on the day of the yes", '        acted_at=claim.acted_at,\n        actor=f"staff:{staff.id}",\n        history', '        acted_at=tx.now,\n        actor=f"staff:{staff.id}",\n        history'),
    Bug("caps are forgotten", "history=lifetime(tx.journal, resident(person_id))", "history=[]"),
    Bug("a pardon is none", "*_pardon(tx, claim, staff)", "*()"),
    Bug("each no counts against her", "if REASONS[reason] else None", "if True else None"),
    Bug("no no counts against her", "if REASONS[reason] else None", "if False else None"),
    Bug("no reason is one", "if reason not in REASONS:", "if False:"),
    Bug("doubtful ones go with the rest", "and claim.risk <= HARMLESS_RISK", ""),
    Bug("photos that nobody compared go with the rest", "claim.looked and ", ""),
    Bug("unseen approvals are seldom audited", "        return _ALL\n", "        return 0\n"),
]  # fmt: skip
TWO_PEOPLE: Final = [
    Bug("one person is enough", "        check_second(first, second, _concerned(tx, proposal))\n", "        pass\n"),
    Bug("anybody is the second", "    _check_right(staff, Right.AGREE)\n", ""),
    Bug("agreed twice", "if proposal.state is not ProposalState.PENDING or", "if"),
    Bug("nothing lapses", "PENDING or tx.now >= proposal.lapses_at:", "PENDING:"),
    Bug("the last moment is one too many", "tx.now >= proposal.lapses_at", "tx.now > proposal.lapses_at"),
    Bug("a puppet agrees", "if second in by_first or first in by_second:", "if second in by_first:"),
    Bug("a puppet proposes", "if second in by_first or first in by_second:", "if first in by_second:"),
    Bug("two of one maker are not seen", "return by_first & by_second", "return set()"),
    Bug("who was let in long ago is a puppet", "days=rules.policy.moderation.helped_days)", "days=10 * rules.policy.moderation.helped_days)"),
    Bug("any number of points", "if not 1 <= points <= rules.policy.moderation.grant_most:", "if points < 1:"),
    Bug("points for her own", "    _check_own(tx, staff, [tx.claims.concerned(contact_id)])\n", ""),
    Bug("much in pieces", "in_all = points + tx.claims.reversed_by(", "in_all = points + 0 * tx.claims.reversed_by("),
    Bug("credit stays after a reversal", "for one in (Ledger.CREDIT, Ledger.VOTE))]", "for one in ())]"),
    Bug("what proved wrong is not counted", "if wrong is not None and not tx.journal.by_keys([key]):", "if False:"),
    Bug("the same rules are new", "if not changes(rules.policy, new):", "if False:"),
    Bug("a refusal does it", "    if agrees:\n        _do", "    if True:\n        _do"),
]  # fmt: skip
