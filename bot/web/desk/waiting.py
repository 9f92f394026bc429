"""What waits for a member besides cases: claims, initiatives, what takes two, what was drawn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.bell import CLAIMS, DESK, INITIATIVES, WORDS
from bot.ports.learning import LessonState
from bot.ports.storage import Views
from credits.voting import VoteState

TOPICS: Final = frozenset({DESK, CLAIMS, INITIATIVES, WORDS})
"""When any of it changes."""

_MOST: Final = 50
_ABOVE_AFTER: Final = timedelta(days=1)
"""So much later than moderators the supervisor hears of a late claim."""


@dataclass(frozen=True, slots=True)
class Notice:
    """How much of a kind of work waits, how much of that is late, and the page where it is done.

    `key` names its words and its icon.
    """

    key: str
    href: str
    count: int
    late: int = 0


_Count = Callable[[Staff, Views], tuple[int, int]]


def notices(staff: Staff, views: Views) -> Sequence[Notice]:
    """Return what waits for the member now."""
    found = []
    for key, (right, href, count) in _WAITS.items():
        if may(staff.role, right):
            waiting, late = count(staff, views)
            if waiting:
                found.append(Notice(key, href, waiting, late))
    return found


def _messages(_: Staff, views: Views) -> tuple[int, int]:
    return views.outbox.doubtful_count(), 0


def _claims(_: Staff, views: Views) -> tuple[int, int]:
    return views.claims.to_decide(), views.claims.to_decide(due_before=views.now)


def _late_claims(staff: Staff, views: Views) -> tuple[int, int]:
    """Those who don't moderate hear of what moderators have left."""
    if may(staff.role, Right.MODERATE):
        return 0, 0
    return views.claims.to_decide(due_before=views.now - _ABOVE_AFTER), 0


def _drawn(_: Staff, views: Views) -> tuple[int, int]:
    return len(views.audit_book.open_draws(_MOST)), 0


def _second(staff: Staff, views: Views) -> tuple[int, int]:
    pending = views.proposals.pending(_MOST)
    return sum(one.proposed_by != staff.id for one in pending), 0


def _initiatives(_: Staff, views: Views) -> tuple[int, int]:
    book = views.initiatives
    return book.count_to_look(), book.count_to_look(due_before=views.now)


def _ready(_: Staff, views: Views) -> tuple[int, int]:
    return views.initiatives.count_ready(), 0


def _remarks(_: Staff, views: Views) -> tuple[int, int]:
    return len(views.remarks.reported()), 0


def _votes(staff: Staff, views: Views) -> tuple[int, int]:
    offered = views.votes.in_states([VoteState.OFFERED], _MOST)
    return sum(staff.id not in (one.made_by, one.offered_by) for one in offered), 0


def _to_call(_: Staff, views: Views) -> tuple[int, int]:
    return views.by_hand.count(), 0


def _lessons(_: Staff, views: Views) -> tuple[int, int]:
    return len(views.learning.lessons(LessonState.WAITING, _MOST)), 0


def _filings(_: Staff, views: Views) -> tuple[int, int]:
    return views.filings.to_judge_count(), 0


_WAITS: Final[Mapping[str, tuple[Right, str, _Count]]] = MappingProxyType(
    {
        "doubtful": (Right.SEE_DELIVERY, "/desk/delivery", _messages),
        "claims": (Right.MODERATE, "/desk/claims", _claims),
        "late_claims": (Right.SEE_CLAIMS, "/desk/claims", _late_claims),
        "second": (Right.AGREE, "/desk/proposals", _second),
        "drawn": (Right.AUDIT_CLAIMS, "/desk/audits", _drawn),
        "initiatives": (Right.REVIEW_INITIATIVES, "/desk/initiatives", _initiatives),
        "reported": (Right.REVIEW_INITIATIVES, "/desk/initiatives", _remarks),
        "ready_initiatives": (Right.REVIEW_INITIATIVES, "/desk/initiatives", _ready),
        "votes": (Right.AGREE, "/desk/votes", _votes),
        "to_call": (Right.CALL, "/desk/to-call", _to_call),
        "lessons": (Right.TEACH, "/desk/words", _lessons),
        "filings": (Right.TEACH, "/desk/filings", _filings),
    }
)
"""What waits → who may do it, where, and how much of it."""
