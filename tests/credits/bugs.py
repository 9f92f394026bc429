"""Bugs on purpose: what stands in the code, what would stand there instead, who has to notice."""

from typing import NamedTuple


class Bug(NamedTuple):
    label: str
    before: str
    after: str


LEDGER = [
    Bug("a hold moves at once", "return Balance(0, amount), Bal", "return Balance(-amount), Bal"),
    Bug("a hold is not coming to anybody", "), Balance(0, 0, amount)", "), Balance()"),
    Bug("a post frees only what it moves", "freed = amount + transfer.rest", "freed = amount"),
    Bug("a post frees nothing", "Balance(-amount, -freed)", "Balance(-amount)"),
    Bug("a post leaves it coming", "Balance(amount, 0, -freed)", "Balance(amount)"),
    Bug("a void frees nothing", "return Balance(0, -amount), Balance(0, 0", "return Balance(), Balance(0, 0"),
    Bug("a reversal gives nothing back", "is Kind.TRANSFER or kind is Kind.REVERSAL", "is Kind.TRANSFER"),
    Bug("what is held is free", "return self.posted - self.held", "return self.posted"),
    Bug("what is coming is free", "self.posted - self.held", "self.posted - self.held + self.coming"),
    Bug("a reversal can be reversed", "frozenset({Kind.TRANSFER, Kind.POST})", "frozenset(Kind)"),
    Bug("a post can't be reversed", "frozenset({Kind.TRANSFER, Kind.POST})", "frozenset({Kind.TRANSFER})"),
    Bug("a transfer can be voided", "frozenset({Kind.HOLD})", "frozenset({Kind.HOLD, Kind.TRANSFER})"),
    Bug("a lapse ends no hold", "Kind.VOID, Kind.LAPSE})", "Kind.VOID})"),
    Bug("what was reversed stands", "and entry.id not in followed", ""),
    Bug("a void stands", "{Kind.TRANSFER, Kind.POST, Kind.HOLD}", "set(Kind)"),
    Bug("an open hold does not stand", "{Kind.TRANSFER, Kind.POST, Kind.HOLD}", "{Kind.TRANSFER, Kind.POST}"),
    Bug("the rejected have points", 'found[1] == "rejected" and', "False and"),
    Bug("a resident number 0", "[1-9][0-9]*", "[0-9]+"),
]  # fmt: skip
POSTING = [
    Bug("a refusal stops the batch", "        return refusal", "        raise"),
    Bug("a refused chain leaves a part", "            self._undo(start)\n", ""),
    Bug("an undo keeps the balances", "self.balances[account] += -done", "pass"),
    Bug("an undo keeps the key", "            del self.known[transfer.key]\n", ""),
    Bug("an undo keeps what was followed", 'self.followed.discard(transfer.follows or "")', "pass"),
    Bug("an undo keeps the entries", "        del self.fresh[start:]\n", ""),
    Bug("a key can be used again for another body", "or not same_body(posting, transfer)", ""),
    Bug("a key twice in a chain", "        if posting.key in self.known:\n", "        if False:\n"),
    Bug("a hold resolves twice", "        if original_id in self.followed:\n", "        if False:\n"),
    Bug("twice in one batch", "            self.followed.add(transfer.follows)\n", "            pass\n"),
    Bug("an account may go to -1", "if after.free < 0:", "if after.free < -1:"),
    Bug("the last point can't be spent", "if after.free < 0:", "if after.free <= 0:"),
    Bug("only posted points are looked at", "if after.free < 0:", "if after.posted < 0:"),
    Bug("a reversal makes a debt", "min(posting.amount, self.balances[posting.debit].free)", "posting.amount"),
    Bug("a reversal takes what is held", "self.balances[posting.debit].free)", "self.balances[posting.debit].posted)"),
    Bug("the shortfall is forgotten", "return moved, posting.amount - moved", "return moved, 0"),
    Bug("the rest of a hold is forgotten", "return posting.amount, original.amount - posting.amount", "return posting.amount, 0"),
    Bug("nobody lapses a hold", "        if hold.id not in followed:\n", "        if False:\n"),
    Bug("one overdue hold at a time", "journal.overdue(now, LAPSES_MOST)", "journal.overdue(now, 1)"),
    Bug("locked in any order", "key=lambda account: (account.owner, account.ledger)", "key=lambda account: (-len(account.owner), account.owner)"),
    Bug("the treasury is locked", "for account in touched if not account.is_treasury", "for account in touched"),
    Bug("balances are not written", "journal.append(desk.fresh, after)", "journal.append(desk.fresh, {})"),
    Bug("the record has the time of the act", "recorded_at=now", "recorded_at=posting.acted_at"),
    Bug("the act has the time of the record", "acted_at=posting.acted_at.astimezone(UTC)", "acted_at=now"),
    Bug("an instant keeps its zone", "acted_at=posting.acted_at.astimezone(UTC)", "acted_at=posting.acted_at"),
]  # fmt: skip
CHECKING = [
    Bug("nothing can be moved", "posting.amount < 1", "posting.amount < 0"),
    Bug("a yes is an amount", "type(posting.amount) is not int", "not isinstance(posting.amount, int)"),
    Bug("no policy version", "posting.policy_version < 1", "posting.policy_version < 0"),
    Bug("points become credit", "if posting.debit.ledger is not posting.credit.ledger:", "if False:"),
    Bug("from and to the same", "if posting.debit == posting.credit:", "if False:"),
    Bug("nobody did it", " and posting.actor)", ")"),
    Bug("no key", "(posting.key and posting", "(posting"),
    Bug("acts that are yet to come", "if posting.acted_at > now:", "if False:"),
    Bug("an act can't be of this moment", "posting.acted_at > now", "posting.acted_at >= now"),
    Bug("a hold that lapses at once", "posting.expires_at <= now", "posting.expires_at < now"),
    Bug("moments without a zone", "if moment.utcoffset() is None:", "if False:"),
    Bug("anything follows anything", "if original.kind not in posting.kind.can_follow:", "if False:"),
    Bug("a post for other accounts", "if sides != (original.debit, original.credit):", "if False:"),
    Bug("a reversal goes the same way", "        sides = sides[::-1]\n", "        pass\n"),
    Bug("a late approval counts on its own day", "if posting.kind.frees and posting.acted_at", "if False and posting.acted_at"),
    Bug("more is posted than was held", "posting.kind is Kind.POST and posting.amount < original.amount", "posting.kind is Kind.POST"),
    Bug("a part is reversed", "not (posting.kind is Kind.POST and", "not (posting.kind is not Kind.VOID and"),
    Bug("a hold lapses a moment later", "(now >= expires_at)", "(now > expires_at)"),
    Bug("a hold lapses before its time", "    if posting.kind is Kind.LAPSE:\n        raise", "    if False:\n        raise"),
    Bug("a reversal asked again is a conflict", "posting.amount + posting.rest", "posting.amount"),
    Bug("other zones are other bodies", "body[name] and body[name].astimezone(UTC)", "body[name] and body[name].isoformat()"),
]  # fmt: skip
MOVES = [
    Bug("a settlement is about another act", '            "actor": actor,', '            "actor": actor, "subject": "x",'),
    Bug("a settlement takes all", "amount=taken)", "amount=hold.amount)"),
    Bug("a lapse by nobody", "Kind.LAPSE, SYSTEM)", 'Kind.LAPSE, "x")'),
    Bug("one key for all resolutions", 'f"{kind}:{transfer.id}"', 'f"{kind}"'),
]  # fmt: skip
EARNING = [
    Bug("caps forget what is pending or taken back", "effective(before)", "before"),
    Bug("other activities use up the cap", "(t.activity, t.debit) == (activity_code, treasury())", "t.debit == treasury()"),
    Bug("asking again counts itself", "transfer.key != key", "True"),
    Bug("what she gives away counts as earned", "(t.activity, t.debit) == (activity_code, treasury())", "t.activity == activity_code"),
    Bug("the day of Greenwich", "day = acted_at.astimezone(zone).date()", "day = acted_at.astimezone(UTC).date()"),
    Bug("the month as the day", "acted.replace(day=1) == day.replace(day=1)", "acted == day"),
    Bug("the same month of any year", "acted.replace(day=1) == day.replace(day=1)", "acted.month == day.month"),
    Bug("the day as the month", "if acted == day)", "if acted.replace(day=1) == day.replace(day=1))"),
    Bug("no daily cap", "min(worth, left_today, left_month)", "min(worth, left_month)"),
    Bug("no monthly cap", "min(worth, left_today, left_month)", "min(worth, left_today)"),
    Bug("a cap takes back", "max(0, activity.daily_cap - today)", "activity.daily_cap - today"),
    Bug("all or nothing at the cap", "    if points < worth:\n        return points, cap", "    if points < worth:\n        return 0, cap"),
    Bug("the cool-down looks back only", "abs(acted_at - one.acted_at)", "(acted_at - one.acted_at)"),
    Bug("the cool-down lasts a moment longer", ") < apart", ") <= apart"),
    Bug("one full act too many", "len(month) >= activity.full_acts", "len(month) > activity.full_acts"),
    Bug("half is rounded down", "(worth + 1) // 2", "worth // 2"),
    Bug("the last day earns nothing", "day > activity.until", "day >= activity.until"),
    Bug("an activity never ends", 'return 0, "ended"', "pass"),
    Bug("credit as points", "credit=resident(person_id, ledger)", "credit=resident(person_id)"),
    Bug("no credit for what proved right", "if amount:", "if False:"),
    Bug("what proved wrong counts as right", "credit=rejected(person_id)", "credit=resident(person_id, Ledger.CREDIT)"),
]  # fmt: skip
SEASON = [
    Bug("a season longer", "number + season.kept", "number + season.kept + 1"),
    Bug("the last day belongs to the next", "if end >= recorded", "if end > recorded"),
    Bug("always the same year", "date(year + years, month, day)", "date(year, month, day)"),
    Bug("points end by the time of the act", "entry.recorded_at.astimezone", "entry.acted_at.astimezone"),
    Bug("the newest is spent first", "lots.sort()", "lots.sort(reverse=True)"),
    Bug("what is held ends too", "_less(lots, held)", "_less(lots, 0)"),
    Bug("a reversal takes others", "first=of)", "first=None)"),
    Bug("points end on their last day", "one.last_day < today", "one.last_day <= today"),
    Bug("no notice of the last day", "<= until]", "< until]"),
    Bug("notice of what is over", "if today <= one.last_day", "if one.last_day"),
    Bug("all of it ends", "amount=sum(one.points for one in over)", "amount=sum(one.points for one in endings(policy, entries, account, zone)) + 1"),
]  # fmt: skip
RELIABILITY = [
    Bug("nothing fades", "max(0, rules.fades_days - days)", "rules.fades_days"),
    Bug("what has faded counts against", "max(0, rules.fades_days - days)", "(rules.fades_days - days)"),
    Bug("a newcomer is suspect", "rules.prior_confirmed * WHOLE + sum", "sum"),
    Bug("no prior against", "rules.prior_rejected * WHOLE + sum", "sum"),
    Bug("rejected counts as confirmed", 'startswith("resident:")', 'startswith("re")'),
    Bug("what was taken back counts", "for entry in effective(entries)", "for entry in entries"),
    Bug("a band a point too late", "band.from_percent <= percent", "band.from_percent < percent"),
    Bug("the lowest band", "    return max(\n", "    return min(\n"),
]  # fmt: skip
LEVELS = [
    Bug("the window is closed on both sides", "since < one.acted_at <= at", "since <= one.acted_at <= at"),
    Bug("what is yet to come counts", "since < one.acted_at <= at", "since < one.acted_at"),
    Bug("a level a point too late", "one.points <= points)", "one.points < points or not points)"),
    Bug("no grace", "timedelta(days=levels.grace_days)", "timedelta(days=0)"),
    Bug("grace without end", "        if ends is not None and", "        if ends is None or"),
    Bug("only the beginning of the grace", "*(one.acted_at for one in earned if now - grace < one.acted_at <= now)", ""),
    Bug("gifts count as earned", "        if one.debit.is_treasury\n        and", "        if"),
    Bug("any move counts as earned", "        and one.activity in policy.activities\n", ""),
    Bug("what was reversed counts", "for one in effective(entries)\n        if", "for one in entries\n        if"),
    Bug("no cap on votes", "min(rules.bonus_cap, max(0, bonus))", "max(0, bonus)"),
    Bug("a level opens only its own", "one.opens for one in policy.levels.steps if one.points <= reached.points", "one.opens for one in policy.levels.steps if one.points == reached.points"),
]  # fmt: skip
STANDING = [
    Bug("holds are not told", "for entry in reversed(entries)\n        if", "for entry in reversed(entries)\n        if effect(entry, person_account) and"),
    Bug("what is rejected is not told", ", *entries(rejected(person_id))]", "]"),
    Bug("the next level from nothing", "reached.next.points - reached.earned", "reached.next.points"),
    Bug("the oldest first", "key=lambda entry: entry.acted_at, reverse=True", "key=lambda entry: entry.acted_at"),
]  # fmt: skip
LINKING = [
    Bug("all comes along", "max(0, _within(policy, code, together) - sum(days.values()))", "sum(together[code].values())"),
    Bug("two browsers, two days", "min(points, activity.daily_cap)", "points"),
    Bug("two browsers, two months", "min(points, activity.monthly_cap)", "points"),
]  # fmt: skip
CHANGES = [
    Bug("a version may be left out", "new.version != old.version + 1", "new.version <= old.version"),
    Bug("what entries name is dropped", "if dropped:", "if False:"),
    Bug("points end sooner", "    if _ends_sooner(old.season, new.season):\n", "    if False:\n"),
    Bug("only the first of January is looked at", "for number in range(_YEAR_DAYS)]", "for number in range(1)]"),
    Bug("what is new is not told", "before.keys() | after.keys()", "before.keys()"),
]  # fmt: skip
JOURNAL = [
    Bug("a moment is kept as another", "_micros(one.acted_at), _micros(one.recorded_at)", "_micros(one.recorded_at), _micros(one.acted_at)"),
    Bug("the rest is not kept", "one.amount, one.rest, one.activity", "one.amount, 0, one.activity"),
    Bug("only what goes out is an entry", "        sa.and_(t.CREDITED, t.transfer.c.credit == _OWNER),\n", ""),
    Bug("entries of all ledgers", "        t.transfer.c.ledger == _LEDGER,\n        sa.or_(", "        sa.or_("),
    Bug("the newest entry first", "    ).order_by(t.transfer.c.seq)\n)\n_ALL", "    ).order_by(t.transfer.c.seq.desc())\n)\n_ALL"),
    Bug("balances of all ledgers", "t.balance.c.owner == _OWNER, t.balance.c.ledger == _LEDGER", "t.balance.c.owner == _OWNER, _LEDGER == _LEDGER"),
    Bug("a hold is overdue a moment late", "t.open_hold.c.expires_at <= sa", "t.open_hold.c.expires_at < sa"),
    Bug("open holds are not kept", "        if made:\n", "        if False:\n"),
    Bug("a hold that has ended stays open", "        if ended:\n", "        if False:\n"),
    Bug("a post leaves the hold open", "if one.kind.frees]", "if one.kind is Kind.VOID]"),
    Bug("balances are not kept", "        if balances:\n", "        if False:\n"),
    Bug("the treasury has what it gave", "Balance(-issued, _sum", "Balance(issued, _sum"),
    Bug("nobody is followed", "return {row.follows for row in", "return {row.follows for row in [] and"),
]  # fmt: skip
STATEMENTS = [
    Bug("what is held is not kept", 'excluded.posted,"\n            " held = excluded.held,', 'excluded.posted,"\n            "'),
    Bug("what is coming is not kept", ", coming = excluded.coming", ""),
    Bug("balances are added up", "SET posted = excluded.posted", "SET posted = posted + excluded.posted"),
]  # fmt: skip

STORED = ("bot/store/test_journal", "bot/store/test_ledger_machine")

BUGS: dict[str, tuple[list[Bug], tuple[str, ...]]] = {
    "credits/ledger": (
        LEDGER,
        (
            "credits/test_ledger",
            "credits/test_posting",
            "credits/test_machine",
            "credits/test_earn",
        ),
    ),
    "credits/posting": (POSTING, ("credits/test_posting", "credits/test_machine")),
    "credits/checking": (CHECKING, ("credits/test_posting", "credits/test_machine")),
    "credits/moves": (MOVES, ("credits/test_posting", "credits/test_machine")),
    "credits/earning": (EARNING, ("credits/test_earn",)),
    "credits/season": (SEASON, ("credits/test_season",)),
    "credits/reliability": (RELIABILITY, ("credits/test_reliability",)),
    "credits/levels": (LEVELS, ("credits/test_levels",)),
    "credits/standing": (STANDING, ("credits/test_standing",)),
    "credits/linking": (LINKING, ("credits/test_linking",)),
    "credits/changes": (CHANGES, ("credits/test_changes",)),
    "bot/store/journal": (JOURNAL, STORED),
    "bot/store/ledger_sql": (STATEMENTS, STORED),
}
"""By file: its bugs, and the tests that are run, in this order; of those with a database SQLite's."""
