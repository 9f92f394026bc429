"""Every route of the workbench, and the right it takes."""

from typing import Final

from bot.oversight.permissions import Right
from bot.web.desk import (
    alerts,
    archives,
    audit,
    audits,
    by_hand,
    calls,
    case,
    claims,
    counter,
    delivery,
    figures,
    filings,
    initiatives,
    listen,
    listing,
    login,
    media,
    own_password,
    prompts,
    proofs,
    proposals,
    queue,
    referrals,
    rewards,
    routes,
    staff,
    talks,
    vote_paper,
    votes,
    words,
)
from bot.web.desk.guard import DeskRoute, Door
from bot.web.desk.steps import step_handler

_CASE: Final = "/desk/cases/{case_id}"
_ROUTE: Final = "/desk/routes/{route_id}"
_MEMBER: Final = "/desk/staff/{member_id}"
_CALL: Final = "/desk/calls/{uuid}"
_PROMPT: Final = "/desk/prompts/{piece}"
_MESSAGE: Final = "/desk/to-call/{message_id}"
_REWARD: Final = "/desk/rewards/{reward_id}"
_CLAIM: Final = "/desk/claims/{claim_id}"
_VOTE: Final = "/desk/votes/{number}"
_INITIATIVE: Final = "/desk/initiatives/{number}"
_PROPOSAL: Final = "/desk/proposals/{proposal_id}"
_AUDIT: Final = "/desk/audits/{claim_id}"
_TALK: Final = "/desk/talks/{talk_id}"
_LESSON: Final = "/desk/words/{lesson_id}"


def _step(name: str, needs: Right) -> DeskRoute:
    return DeskRoute("POST", f"{_CASE}/{name}", step_handler(name), needs)


DESK_ROUTES: Final = (
    DeskRoute("GET", "/desk/login", login.page, Door.OPEN),
    DeskRoute("POST", "/desk/login", login.log_in, Door.OPEN),
    DeskRoute("GET", "/desk/enter", login.entry_page, Door.OPEN),
    DeskRoute("POST", "/desk/enter", login.enter, Door.OPEN),
    DeskRoute("POST", "/desk/logout", login.log_out, Door.STAFF),
    DeskRoute("POST", "/desk/duty", login.set_duty, Door.STAFF),
    DeskRoute("GET", "/desk", queue.home, Right.SEE_CASES),
    DeskRoute("GET", "/desk/events", queue.events, Right.SEE_CASES),
    DeskRoute("POST", "/desk/alerts/seen", alerts.seen, Right.SEE_CASES),
    DeskRoute("GET", "/desk/all", listing.show, Right.SEE_CASES),
    DeskRoute("GET", _CASE, case.show, Right.SEE_CASES),
    DeskRoute("GET", f"{_CASE}/events", case.events, Right.SEE_CASES),
    DeskRoute("GET", "/desk/media/{media_id}", media.show, Right.SEE_CASES, audited=True),
    DeskRoute("GET", "/desk/proofs/{proof_id}", proofs.show, Right.SEE_CASES, audited=True),
    DeskRoute("POST", f"{_CASE}/photo", proofs.photo, Right.HANDLE_CASE, proofs.PHOTO_MOST),
    DeskRoute("POST", f"{_CASE}/sign", proofs.signature, Right.HANDLE_CASE, proofs.SIGNATURE_MOST),
    DeskRoute(
        "GET", "/desk/evidence/{evidence_id}", referrals.evidence, Right.SEE_CASES, audited=True
    ),
    DeskRoute("GET", "/desk/archives/{archive_id}", archives.save, Right.SEE_ARCHIVE, audited=True),
    _step("refer", Right.SEE_CASES),
    _step("remind", Right.SEE_CASES),
    _step("recall", Right.SEE_CASES),
    _step("phone", Right.SEE_CASES),
    _step("take", Right.HANDLE_CASE),
    _step("arrive", Right.HANDLE_CASE),
    _step("answer", Right.HANDLE_CASE),
    _step("call-back", Right.CALL),
    DeskRoute("POST", f"{_CASE}/number", case.show_number, Right.CALL),
    DeskRoute("POST", f"{_CASE}/listen", listen.listen, Right.HANDLE_CASE),
    _step("resolve", Right.HANDLE_CASE),
    _step("hand-over", Right.HANDLE_CASE),
    _step("return", Right.HANDLE_CASE),
    _step("redirect", Right.HANDLE_CASE),
    _step("assign", Right.DISPATCH_CASE),
    _step("service", Right.DISPATCH_CASE),
    _step("ask", Right.HANDLE_CASE),
    _step("split", Right.SEE_CASES),
    _step("merge", Right.DISPATCH_CASE),
    _step("separate", Right.DISPATCH_CASE),
    _step("known", Right.CONFIRM_RESIDENT),
    _step("visit", Right.VISIT),
    _step("to-visit", Right.VISIT),
    DeskRoute("GET", "/desk/talks", talks.show_all, Right.TALK),
    DeskRoute("GET", "/desk/talks/events", talks.list_events, Right.TALK),
    DeskRoute("GET", _TALK, talks.show, Right.TALK),
    DeskRoute("GET", f"{_TALK}/events", talks.events, Right.TALK),
    DeskRoute("POST", f"{_TALK}/reply", talks.answer, Right.TALK),
    DeskRoute("POST", f"{_TALK}/close", talks.end, Right.TALK),
    DeskRoute("GET", _CALL, calls.show, Right.SEE_CASES, audited=True),
    DeskRoute("GET", f"{_CALL}/sound", calls.whole, Right.SEE_CASES, audited=True),
    DeskRoute("GET", f"{_CALL}/heard/{{number}}", calls.heard, Right.SEE_CASES, audited=True),
    DeskRoute("GET", f"{_CALL}/said/{{number}}", calls.said, Right.SEE_CASES, audited=True),
    DeskRoute("POST", f"{_CALL}/number", calls.show_number, Right.CALL),
    DeskRoute("POST", f"{_CALL}/words/{{number}}", calls.put_right, Right.HANDLE_CASE),
    DeskRoute("GET", "/desk/to-call", by_hand.show_all, Right.CALL),
    DeskRoute("GET", _MESSAGE, by_hand.show, Right.CALL, audited=True),
    DeskRoute("POST", f"{_MESSAGE}/done", by_hand.done, Right.CALL),
    DeskRoute("GET", "/desk/claims", claims.show_all, Right.SEE_CLAIMS),
    DeskRoute("GET", "/desk/claims/events", claims.events, Right.SEE_CLAIMS),
    DeskRoute("POST", "/desk/claims/harmless", claims.harmless, Right.MODERATE),
    DeskRoute("GET", _CLAIM, claims.show, Right.SEE_CLAIMS, audited=True),
    DeskRoute("GET", f"{_CLAIM}/photos/{{number}}", claims.photo, Right.SEE_CLAIMS, audited=True),
    DeskRoute("POST", f"{_CLAIM}/approve", claims.step_handler("approve"), Right.JUDGE_APPEALS),
    DeskRoute("POST", f"{_CLAIM}/reject", claims.step_handler("reject"), Right.JUDGE_APPEALS),
    DeskRoute("POST", f"{_CLAIM}/ask", claims.step_handler("ask"), Right.MODERATE),
    DeskRoute("POST", f"{_CLAIM}/kin", claims.step_handler("kin"), Right.SEE_CLAIMS),
    DeskRoute("POST", f"{_CLAIM}/home", claims.step_handler("home"), Right.MODERATE),
    DeskRoute("POST", f"{_CLAIM}/take-back", claims.step_handler("take-back"), Right.PROPOSE),
    DeskRoute("GET", "/desk/votes", votes.show_all, Right.MANAGE_VOTES),
    DeskRoute("POST", "/desk/votes", votes.prepare, Right.MANAGE_VOTES),
    DeskRoute("GET", "/desk/votes/new", votes.new, Right.MANAGE_VOTES),
    DeskRoute("GET", _VOTE, votes.show, Right.MANAGE_VOTES),
    DeskRoute("GET", f"{_VOTE}/paper", vote_paper.show, Right.MANAGE_VOTES),
    DeskRoute("POST", f"{_VOTE}/paper", vote_paper.enter, Right.MANAGE_VOTES),
    DeskRoute("POST", f"{_VOTE}/save", votes.save, Right.MANAGE_VOTES),
    DeskRoute("POST", f"{_VOTE}/offer", votes.offer, Right.MANAGE_VOTES),
    DeskRoute("POST", f"{_VOTE}/open", votes.open_it, Right.AGREE),
    DeskRoute("POST", f"{_VOTE}/refuse", votes.refuse, Right.AGREE),
    DeskRoute("POST", f"{_VOTE}/cancel", votes.cancel, Right.MANAGE_VOTES),
    DeskRoute("GET", "/desk/initiatives", initiatives.show_all, Right.REVIEW_INITIATIVES),
    DeskRoute("GET", "/desk/initiatives/events", initiatives.events, Right.REVIEW_INITIATIVES),
    DeskRoute("GET", _INITIATIVE, initiatives.show, Right.REVIEW_INITIATIVES, audited=True),
    DeskRoute("GET", f"{_INITIATIVE}/photos/{{photo}}", media.result, Right.REVIEW_INITIATIVES),
    *(
        DeskRoute(
            "POST",
            f"{_INITIATIVE}/{name}",
            initiatives.step_handler(name),
            Right.REVIEW_INITIATIVES,
        )
        for name in initiatives.STEPS
    ),
    DeskRoute("GET", "/desk/proposals", proposals.show_all, Right.PROPOSE),
    DeskRoute("POST", "/desk/proposals/grant", proposals.grant, Right.PROPOSE),
    DeskRoute("POST", "/desk/proposals/policy", proposals.policy, Right.PROPOSE),
    DeskRoute("POST", f"{_PROPOSAL}/agree", proposals.agree, Right.AGREE),
    DeskRoute("POST", f"{_PROPOSAL}/refuse", proposals.refuse, Right.AGREE),
    DeskRoute("GET", "/desk/audits", audits.show_all, Right.AUDIT_CLAIMS),
    DeskRoute("POST", f"{_AUDIT}/confirm", audits.confirm, Right.AUDIT_CLAIMS),
    DeskRoute("POST", f"{_AUDIT}/object", audits.object_to, Right.AUDIT_CLAIMS),
    DeskRoute("GET", "/desk/moderators", audits.moderators, Right.AUDIT_CLAIMS),
    DeskRoute("GET", "/desk/delivery", delivery.show, Right.SEE_DELIVERY),
    DeskRoute("GET", "/desk/figures", figures.show, Right.SEE_FIGURES),
    DeskRoute("GET", "/desk/audit", audit.show, Right.SEE_AUDIT, audited=True),
    DeskRoute("GET", "/desk/prompts", prompts.show, Right.MANAGE_PROMPTS),
    DeskRoute("GET", f"{_PROMPT}/sound", prompts.hear, Right.MANAGE_PROMPTS),
    DeskRoute("POST", _PROMPT, prompts.keep, Right.MANAGE_PROMPTS, prompts.RECORDING_MOST),
    DeskRoute("POST", f"{_PROMPT}/remove", prompts.drop, Right.MANAGE_PROMPTS),
    DeskRoute("GET", "/desk/routes", routes.show_all, Right.MANAGE_ROUTES),
    DeskRoute("POST", "/desk/routes", routes.add, Right.MANAGE_ROUTES),
    DeskRoute("GET", _ROUTE, routes.show, Right.MANAGE_ROUTES),
    *(
        DeskRoute("POST", f"{_ROUTE}/{step}", routes.change(step), Right.MANAGE_ROUTES)
        for step in ("on", "off", "up", "down", "remove")
    ),
    DeskRoute("GET", "/desk/words", words.show_all, Right.TEACH),
    DeskRoute("POST", "/desk/words/hold", words.hold, Right.TEACH),
    DeskRoute("POST", "/desk/words/release", words.release, Right.TEACH),
    DeskRoute("POST", "/desk/words/back/{version_id}", words.go_back, Right.TEACH),
    DeskRoute("POST", f"{_LESSON}/accept", words.accept, Right.TEACH),
    DeskRoute("POST", f"{_LESSON}/refuse", words.refuse, Right.TEACH),
    DeskRoute("GET", "/desk/filings", filings.show_all, Right.TEACH),
    DeskRoute("POST", "/desk/filings/{case_id}/judge", filings.judge_one, Right.TEACH),
    DeskRoute("GET", "/desk/staff", staff.show_all, Right.MANAGE_STAFF),
    DeskRoute("POST", "/desk/staff", staff.add, Right.MANAGE_STAFF),
    DeskRoute("GET", "/desk/staff/new", staff.new, Right.MANAGE_STAFF),
    DeskRoute("GET", _MEMBER, staff.show, Right.MANAGE_STAFF),
    DeskRoute("POST", f"{_MEMBER}/save", staff.save, Right.MANAGE_STAFF),
    DeskRoute("POST", f"{_MEMBER}/key", staff.key, Right.MANAGE_STAFF),
    DeskRoute("POST", f"{_MEMBER}/off", staff.off, Right.MANAGE_STAFF),
    DeskRoute("POST", f"{_MEMBER}/back", staff.back, Right.MANAGE_STAFF),
    DeskRoute("GET", "/desk/counter", counter.show, Right.HAND_OUT, audited=True),
    DeskRoute("POST", "/desk/counter", counter.look, Right.HAND_OUT),
    DeskRoute("POST", "/desk/counter/give", counter.give, Right.HAND_OUT),
    DeskRoute("GET", "/desk/rewards", rewards.show_all, Right.MANAGE_REWARDS),
    DeskRoute("POST", "/desk/rewards", rewards.add, Right.MANAGE_REWARDS),
    DeskRoute("GET", "/desk/rewards/new", rewards.new, Right.MANAGE_REWARDS),
    DeskRoute("POST", "/desk/rewards/shops", rewards.add_shop, Right.MANAGE_REWARDS),
    DeskRoute("GET", _REWARD, rewards.show, Right.MANAGE_REWARDS),
    DeskRoute("POST", f"{_REWARD}/save", rewards.save, Right.MANAGE_REWARDS),
    DeskRoute("GET", "/desk/password", own_password.page, Door.STAFF),
    DeskRoute("POST", "/desk/password", own_password.change, Door.STAFF),
)
