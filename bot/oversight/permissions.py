"""Who may do what: the one place, and what is not written here is denied."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.model.people import Verification
from bot.model.staff import Role


class Right(StrEnum):
    """Something a staff member does."""

    SEE_CASES = "see_cases"
    HANDLE_CASE = "handle_case"
    DISPATCH_CASE = "dispatch_case"
    TALK = "talk"
    CONFIRM_RESIDENT = "confirm_resident"
    SEE_DELIVERY = "see_delivery"
    MANAGE_STAFF = "manage_staff"
    SEE_AUDIT = "see_audit"
    SEE_ARCHIVE = "see_archive"
    MANAGE_ROUTES = "manage_routes"
    VISIT = "visit"
    SEE_FIGURES = "see_figures"
    CALL = "call"
    MANAGE_PROMPTS = "manage_prompts"
    HAND_OUT = "hand_out"
    HAND_OUT_ALL = "hand_out_all"
    MANAGE_REWARDS = "manage_rewards"
    SEE_CLAIMS = "see_claims"
    MODERATE = "moderate"
    JUDGE_APPEALS = "judge_appeals"
    PROPOSE = "propose"
    AGREE = "agree"
    AUDIT_CLAIMS = "audit_claims"
    REVIEW_INITIATIVES = "review_initiatives"
    MANAGE_VOTES = "manage_votes"
    TEACH = "teach"


class Service(StrEnum):
    """Something a resident is served with."""

    REPORT = "report"
    FOLLOW = "follow"
    EARN_POINTS = "earn_points"
    SPEND_POINTS = "spend_points"
    PLEDGE = "pledge"
    VOTE = "vote"


_HANDLING: Final = frozenset(
    {
        Right.SEE_CASES,
        Right.HANDLE_CASE,
        Right.TALK,
        Right.CONFIRM_RESIDENT,
        Right.VISIT,
        Right.CALL,
        Right.HAND_OUT,
        Right.HAND_OUT_ALL,
    }
)
_DISPATCHING: Final = _HANDLING | {
    Right.DISPATCH_CASE,
    Right.SEE_DELIVERY,
    Right.SEE_ARCHIVE,
    Right.SEE_FIGURES,
    Right.MANAGE_ROUTES,
    Right.MANAGE_PROMPTS,
    Right.MANAGE_REWARDS,
    Right.REVIEW_INITIATIVES,
    Right.MANAGE_VOTES,
}

ROLE_RIGHTS: Final = MappingProxyType(
    {
        Role.GRID_WORKER: _HANDLING,
        Role.DISPATCHER: _DISPATCHING,
        Role.MODERATOR: frozenset(
            {
                Right.SEE_CASES,
                Right.HAND_OUT,
                Right.HAND_OUT_ALL,
                Right.SEE_CLAIMS,
                Right.MODERATE,
                Right.JUDGE_APPEALS,
                Right.PROPOSE,
                Right.REVIEW_INITIATIVES,
            }
        ),
        Role.DATA_SUPERVISOR: frozenset(
            {
                Right.SEE_CASES,
                Right.SEE_DELIVERY,
                Right.SEE_AUDIT,
                Right.SEE_ARCHIVE,
                Right.SEE_FIGURES,
                Right.SEE_CLAIMS,
                Right.JUDGE_APPEALS,
                Right.PROPOSE,
                Right.AGREE,
                Right.AUDIT_CLAIMS,
                Right.MANAGE_VOTES,
                Right.TEACH,
            }
        ),
        Role.ADMINISTRATOR: frozenset(
            {
                Right.SEE_CASES,
                Right.MANAGE_VOTES,
                Right.PROPOSE,
                Right.AGREE,
                Right.DISPATCH_CASE,
                Right.SEE_DELIVERY,
                Right.MANAGE_STAFF,
                Right.SEE_FIGURES,
                Right.SEE_AUDIT,
                Right.SEE_ARCHIVE,
                Right.MANAGE_ROUTES,
                Right.MANAGE_PROMPTS,
                Right.MANAGE_REWARDS,
            }
        ),
        Role.SHOP: frozenset({Right.HAND_OUT}),
    }
)

_EVERYBODY: Final = frozenset({Service.REPORT, Service.FOLLOW, Service.EARN_POINTS})

_CONFIRMED: Final = _EVERYBODY | {Service.SPEND_POINTS, Service.PLEDGE}

LEVEL_SERVICES: Final = MappingProxyType(
    {
        Verification.UNVERIFIED: _EVERYBODY,
        Verification.CONTACT_CONFIRMED: _CONFIRMED,
        Verification.RESIDENT_CONFIRMED: _CONFIRMED | {Service.VOTE},
    }
)
"""No level is needed to be heard: reporting needs no account."""


def may(role: Role, right: Right) -> bool:
    """Say whether staff of the role have the right."""
    return right in ROLE_RIGHTS.get(role, frozenset())


def served(level: Verification, service: Service) -> bool:
    """Say whether a person of that level is served so."""
    return service in LEVEL_SERVICES[level]
