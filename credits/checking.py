"""Whether a posting is well formed, by itself and beside the transfer it follows."""

from datetime import UTC, datetime

from credits.ledger import AlreadyFollowed, InvalidPosting, Kind, Posting, Transfer, UnknownTransfer


def check(posting: Posting) -> None:
    """Raise InvalidPosting for what can't be right, whatever the ledger holds."""
    if type(posting.amount) is not int or posting.amount < 1:
        raise InvalidPosting(f"amount {posting.amount!r} is not a whole number of at least 1")
    if type(posting.policy_version) is not int or posting.policy_version < 1:
        raise InvalidPosting(f"policy version {posting.policy_version!r} is not a version")
    if posting.debit.ledger is not posting.credit.ledger:
        raise InvalidPosting("debit and credit are in different ledgers")
    if posting.debit.owner == posting.credit.owner:
        raise InvalidPosting("debit and credit are the same account")
    if not (posting.key and posting.activity and posting.subject and posting.actor):
        raise InvalidPosting("key, activity, subject or actor is empty")
    check_aware("acted_at", posting.acted_at)
    _check_kind(posting)


def _check_kind(posting: Posting) -> None:
    if posting.kind is Kind.TRANSFER and not (posting.follows or posting.expires_at):
        return
    if (posting.follows is None) is bool(posting.kind.can_follow):
        raise InvalidPosting(f"a {posting.kind} can't follow {posting.follows!r}")
    if (posting.expires_at is None) is (posting.kind is Kind.HOLD):
        raise InvalidPosting("a hold, and nothing else, has a time when it lapses")
    if posting.expires_at is not None:
        check_aware("expires_at", posting.expires_at)


def check_times(posting: Posting, now: datetime) -> None:
    """Raise InvalidPosting if the posting can't be written at `now`; a retry may come later."""
    if posting.acted_at > now:
        raise InvalidPosting("the act would be later than its record")
    if posting.expires_at is not None and posting.expires_at <= now:
        raise InvalidPosting("the hold would lapse before it is made")


def check_aware(name: str, moment: datetime) -> None:
    """Raise InvalidPosting for a moment without a zone."""
    if moment.utcoffset() is None:
        raise InvalidPosting(f"{name} has no time zone")


def check_follower(posting: Posting, original: Transfer, now: datetime) -> None:
    """Raise LedgerError if the posting can't follow that transfer, whatever was done before."""
    if original.kind not in posting.kind.can_follow:
        raise UnknownTransfer(f"a {posting.kind} can't follow a {original.kind}")
    if original.expires_at is not None:
        _check_in_time(posting, original.expires_at, now)
    sides = (posting.debit, posting.credit)
    if posting.kind is Kind.REVERSAL:
        sides = sides[::-1]
    if sides != (original.debit, original.credit):
        raise InvalidPosting(f"{posting.key!r} names other accounts than {original.id!r}")
    if posting.kind.frees and posting.acted_at != original.acted_at:
        raise InvalidPosting(f"{posting.key!r} tells another time of the act than its hold")
    whole = posting.amount == original.amount
    if not whole and not (posting.kind is Kind.POST and posting.amount < original.amount):
        raise InvalidPosting(f"{posting.key!r} moves {posting.amount} of {original.amount}")


def _check_in_time(posting: Posting, expires_at: datetime, now: datetime) -> None:
    """At the moment itself the time of the hold is up."""
    if (posting.kind is Kind.LAPSE) is (now >= expires_at):
        return
    if posting.kind is Kind.LAPSE:
        raise InvalidPosting(f"{posting.key!r} comes before the time of its hold is up")
    raise AlreadyFollowed(f"the hold lapsed before {posting.key!r}")


def same_body(posting: Posting, transfer: Transfer) -> bool:
    """Say whether the transfer is what became of this posting; equal instants are equal."""
    return in_utc(posting) == in_utc(transfer.wish)


def in_utc(posting: Posting) -> Posting:
    """Return it with its moments told in UTC, as they nearly always are."""
    if posting.acted_at.tzinfo is UTC and posting.expires_at is None:
        return posting
    expires_at = posting.expires_at and posting.expires_at.astimezone(UTC)
    return posting._replace(acted_at=posting.acted_at.astimezone(UTC), expires_at=expires_at)
