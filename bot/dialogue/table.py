"""The one table of the conversation: what was heard in which step → what answers it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from bot.dialogue import (
    adding,
    arriving,
    asking,
    choosing,
    claims,
    dangers,
    edits,
    following,
    human,
    identity,
    initiatives,
    meeting,
    own_initiatives,
    pictures,
    pledging,
    points,
    positions,
    privacy,
    proposing,
    ratings,
    recordings,
    remarks,
    reports,
    results,
    rewards,
    same,
    serving,
    social,
    stations,
    teaming,
    two_matters,
    vote_helpers,
    votes,
    wall,
    withdrawing,
)
from bot.dialogue.turn import Reply, Turn
from nlp.matter.kinds import Kind

Handler = Callable[[Turn], Reply | None]

_LABEL_MOST: Final = 16
_ABOUT_THE_CASE: Final = frozenset({"open", "which", "where"})
_PUNCTUATION: Final = " 。，！？,.!?~～"
_PARTICLES: Final = "吧啊呀哦嘛"

BY_KIND: Final[Mapping[Kind, Handler]] = MappingProxyType(
    {
        Kind.EMPTY: social.empty,
        Kind.EMERGENCY: reports.emergency,
        Kind.REPORT: two_matters.told,
        Kind.PROGRESS: following.progress,
        Kind.POINTS: points.points,
        Kind.EARNING: claims.earning,
        Kind.REWARDS: rewards.catalogue,
        Kind.ORDERS: rewards.mine,
        Kind.CLAIM: claims.claim,
        Kind.CLAIMS: points.claims,
        Kind.APPEAL: claims.appeal,
        Kind.WITNESS: claims.witness,
        Kind.DAY_WORD: claims.day_word,
        Kind.WALL: wall.wall,
        Kind.VOTES: votes.listed,
        Kind.VOTE_HELPERS: vote_helpers.listed,
        Kind.JOIN_WALL: wall.join,
        Kind.LEAVE_WALL: wall.leave,
        Kind.CORRECTION: reports.correction,
        Kind.ADDITION: reports.addition,
        Kind.GREETING: social.greeting,
        Kind.THANKS: social.thanks,
        Kind.ANGER: social.anger,
        Kind.HUMAN: human.ask_for_human,
        Kind.SOLVED: withdrawing.over,
        Kind.YES: following.yes,
        Kind.NO: following.no,
        Kind.WITHDRAW: withdrawing.withdrawing,
        Kind.URGE: following.urging,
        Kind.MET: meeting.met,
        Kind.UNMET: meeting.unmet,
        Kind.LINK: identity.link,
        Kind.RECOVER: identity.recover,
        Kind.SHOWN_CODE: identity.shown_code,
        Kind.CHECKIN: positions.ask,
        Kind.STATIONS: stations.stations,
        Kind.FOLLOW: positions.follow,
        Kind.UNFOLLOW: positions.stop_following,
        Kind.BIND: positions.bind,
        Kind.UNBIND: positions.unbind,
        Kind.HELP: social.helping,
        Kind.INITIATIVE: initiatives.initiative,
        Kind.OWN_INITIATIVES: own_initiatives.own_initiatives,
        Kind.PRIVACY: privacy.ask,
        Kind.EXPORT: privacy.export,
        Kind.LANGUAGE: social.language,
        Kind.CHATTER: social.chatter,
        Kind.UNCLEAR: social.unclear,
    }
)
"""What answers a kind of message when the conversation is open for anything."""


def _same_place(turn: Turn) -> Reply | None:
    return reports.same_place(turn) or BY_KIND[turn.meaning.kind](turn)


def _sure(turn: Turn) -> Reply | None:
    """Who asks for a code of another kind has not typed a wrong one."""
    kind = turn.meaning.kind
    return privacy.sure(turn) if turn.meaning.code else BY_KIND[kind](turn)


IN_STEP: Final[Mapping[str, Mapping[Kind, Handler]]] = MappingProxyType(
    {
        "open": {},
        "unclear": {Kind.YES: reports.record_words, Kind.REPORT: reports.after_few_words},
        "which": dict.fromkeys((Kind.UNCLEAR, Kind.REPORT, Kind.YES), reports.which),
        "photo": dict.fromkeys((Kind.UNCLEAR, Kind.CHATTER, Kind.ADDITION), pictures.with_words),
        "again": dict.fromkeys(
            (Kind.UNCLEAR, Kind.CHATTER, Kind.ADDITION, Kind.CORRECTION, Kind.REPORT),
            recordings.again,
        ),
        "adding": dict.fromkeys(
            (Kind.UNCLEAR, Kind.CHATTER, Kind.ADDITION, Kind.REPORT), reports.go_on
        ),
        "rating": dict.fromkeys(
            (Kind.UNCLEAR, Kind.CHATTER, Kind.ADDITION, Kind.THANKS, Kind.ANGER, Kind.REPORT),
            ratings.worded,
        ),
        "same": {
            Kind.YES: same.yes,
            Kind.MET: same.yes,
            Kind.NO: same.no,
            Kind.CORRECTION: same.not_so,
        },
        "met": dict.fromkeys((Kind.UNCLEAR, Kind.PROGRESS), meeting.met),
        "where": dict.fromkeys((Kind.UNCLEAR, Kind.ADDITION), reports.where)
        | {Kind.CHATTER: social.chatter_or_place}
        | {Kind.MET: _same_place},
        withdrawing.STEP: {
            Kind.YES: withdrawing.agreed,
            Kind.WITHDRAW: withdrawing.agreed,
            Kind.NO: withdrawing.stays,
        },
        privacy.STEP: dict.fromkeys((Kind.NO, Kind.WITHDRAW), privacy.keep)
        | {Kind.YES: privacy.erase},
        "sure_erase": dict.fromkeys((Kind.LINK, Kind.RECOVER), _sure)
        | dict.fromkeys((Kind.NO, Kind.WITHDRAW), privacy.keep),
        "sure_export": dict.fromkeys((Kind.LINK, Kind.RECOVER), _sure)
        | dict.fromkeys((Kind.NO, Kind.WITHDRAW), withdrawing.left),
        claims.STEP: dict.fromkeys(
            (Kind.UNCLEAR, Kind.CHATTER, Kind.ADDITION, Kind.REPORT), claims.more
        )
        | {Kind.WITHDRAW: withdrawing.left},
        initiatives.STEP: dict.fromkeys(initiatives.ANSWERS, initiatives.more)
        | {
            Kind.YES: initiatives.agreed,
            Kind.UNCLEAR: initiatives.read_again,
            Kind.WITHDRAW: initiatives.left,
        },
        pledging.STEP: dict.fromkeys(initiatives.ANSWERS, pledging.this_thing),
        teaming.STEP: dict.fromkeys((*initiatives.ANSWERS, Kind.LINK, Kind.RECOVER), teaming.code),
        remarks.STEP: dict.fromkeys(remarks.ANSWERS, remarks.worded)
        | {Kind.WITHDRAW: remarks.never_mind},
        proposing.STEP: dict.fromkeys(remarks.ANSWERS, proposing.worded)
        | {Kind.WITHDRAW: remarks.never_mind},
        wall.STEP: dict.fromkeys((Kind.UNCLEAR, Kind.CHATTER, Kind.ADDITION), wall.join),
    }
)
"""Where a question is open, these kinds are heard as its answer; all others as ever."""

_IDEAS: Final = frozenset({initiatives.STEP, pledging.STEP, remarks.STEP, proposing.STEP})
"""Questions about initiatives, to which any words are an answer while they are fresh."""


_MAY_BE_MEANT: Final[Mapping[str, Callable[[Turn], bool]]] = MappingProxyType(
    {
        "rating": ratings.may_be_meant,
        claims.STEP: claims.may_be_meant,
        teaming.STEP: teaming.may_be_meant,
        **dict.fromkeys(_IDEAS, initiatives.may_be_meant),
    }
)
"""Where a question is open: whether her words may be its answer."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a button does: its handler takes the turn and so many words after the verb."""

    handler: Callable[..., Reply | None]
    arguments: int


def _do(turn: Turn, kind: str) -> Reply | None:
    """What was asked for aloud is done now that it was pressed."""
    if kind not in recordings.CHANGING:
        return Reply(text=turn.say("too_late"))
    return BY_KIND[Kind(kind)](turn)


CHOICES: Final[Mapping[str, Choice]] = MappingProxyType(
    {
        "same": Choice(same.joined, 2),
        "not_same": Choice(same.apart, 1),
        "follow_case": Choice(meeting.followed, 1),
        "unfollow": Choice(meeting.unfollowed, 1),
        "apart": Choice(asking.apart, 1),
        "service": Choice(reports.choose_service, 2),
        "each": Choice(two_matters.each, 1),
        "house": Choice(reports.in_house, 2),
        "confirm": Choice(following.solved, 1),
        "dispute": Choice(following.unsolved, 1),
        "rate": Choice(ratings.rated, 3),
        "withdraw": Choice(withdrawing.withdrawn, 1),
        "keep": Choice(withdrawing.kept, 1),
        "record": Choice(reports.record_words, 0),
        "deed": Choice(claims.it_is, 0),
        "human": Choice(human.ask_for_human, 0),
        "here": Choice(positions.seen_here, 1),
        "follow": Choice(positions.follow, 1),
        "device": Choice(positions.device, 1),
        "end_talk": Choice(human.end, 0),
        "add": Choice(following.adding, 1),
        "urge": Choice(following.urge_this, 1),
        "drop": Choice(withdrawing.drop, 1),
        "danger": Choice(dangers.chosen_answer, 1),
        "do": Choice(_do, 1),
        "understood": Choice(recordings.rightly_answered, 1),
        "heard": Choice(recordings.rightly_heard, 1),
        "misheard": Choice(recordings.misheard, 1),
        "listen": Choice(recordings.listen_to, 1),
        "erase": Choice(privacy.erase, 0),
        "keep_data": Choice(privacy.keep, 0),
        "export": Choice(privacy.export, 0),
        "points": Choice(points.more, 1),
        "join_wall": Choice(wall.join, 0),
        "leave_wall": Choice(wall.leave, 0),
        "claim": Choice(claims.chosen, 1),
        "appeal": Choice(claims.appeal, 1),
        "withdraw_claim": Choice(claims.withdrawn, 1),
        "idea": Choice(initiatives.idea, 0),
        "idea_go_on": Choice(initiatives.go_on, 1),
        "idea_change": Choice(initiatives.change, 1),
        "idea_submit": Choice(initiatives.submit, 1),
        "idea_later": Choice(initiatives.set_aside, 1),
        "idea_drop": Choice(initiatives.drop, 1),
        "idea_appeal": Choice(initiatives.appeal, 1),
        "idea_begin": Choice(initiatives.begin, 1),
        "idea_result": Choice(initiatives.result, 1),
        "initiative": Choice(pledging.show, 1),
        "pledge": Choice(pledging.give, 3),
        "pledge_thing": Choice(pledging.thing, 1),
        "pledge_back": Choice(pledging.take_back, 1),
        "start": Choice(arriving.led_here, 1),
        "votes": Choice(votes.listed, 0),
        "votes_quiet": Choice(votes.quiet, 1),
        "vote_helper_end": Choice(vote_helpers.end, 1),
        "team": Choice(teaming.show, 1),
        "team_join": Choice(teaming.join, 1),
        "task_take": Choice(teaming.take_task, 2),
        "shift_take": Choice(teaming.take_seat, 1),
        "shift_leave": Choice(teaming.leave_seat, 1),
        "shift_here": Choice(teaming.here, 1),
        "shift_code": Choice(teaming.show_code, 1),
        "remark_ask": Choice(proposing.ask, 1),
        "remark_change": Choice(proposing.change, 1),
        "remark_part": Choice(proposing.change_part, 2),
        "remark_waiting": Choice(remarks.waiting, 0),
        "remark_answer": Choice(remarks.answer, 1),
        "remark_take": Choice(remarks.take, 1),
        "remark_decline": Choice(remarks.decline, 1),
        "reward": Choice(rewards.chosen, 1),
        "order": Choice(rewards.ordered, 2),
        "no_order": Choice(rewards.refrained, 0),
        "cancel_order": Choice(rewards.given_up, 1),
    }
)
"""Buttons: the word before the first colon."""


def answer(turn: Turn) -> Reply | None:
    """Return what is said next; None when a person will answer, or nothing is to be said."""
    message = turn.message
    if message.choice is not None:
        return _chosen(turn, message.choice)
    if message.position is not None:
        return teaming.position(turn) or positions.received(turn)
    if message.edit:
        return None if edits.is_repeated(turn) else edits.edited(turn) or _by_words(turn)
    if turn.recordings:
        talking = human.listens(turn)
        return human.go_on(turn) if talking else recordings.answer(turn, _by_table)
    if turn.media and not turn.words:
        return human.go_on(turn) if human.looks(turn) else _photos_alone(turn)
    return _by_words(turn)


def _photos_alone(turn: Turn) -> Reply:
    return results.photos(turn) or claims.photo(turn) or pictures.alone(turn)


def _by_words(turn: Turn) -> Reply | None:
    if turn.meaning.kind is not Kind.EMPTY and human.listens(turn):
        return human.go_on(turn)
    pressed = _named_button(turn)
    if pressed is not None:
        return _chosen(turn, pressed)
    return results.photos(turn) or results.said_done(turn) or _by_table(turn)


def _named_button(turn: Turn) -> str | None:
    """Who writes what stands on a button of the last answer has pressed it."""
    words = turn.words.strip(_PUNCTUATION).rstrip(_PARTICLES)
    if turn.media or not 0 < len(words) <= _LABEL_MOST:
        return None
    offered = turn.tx.outbox.offered(turn.contact.id)
    return next((one.choice for one in offered if one.label == words), None)


def _by_table(turn: Turn) -> Reply | None:
    answered = dangers.answer(turn)
    if answered is not None or _tells_an_idea(turn) or proposing.is_begun(turn):
        return answered or _by_kind(turn)
    return dangers.ask_besides(turn, _by_kind(turn))


def _tells_an_idea(turn: Turn) -> bool:
    """Say whether she answers what an idea needs: '要五个人' doesn't miss anybody."""
    return turn.state.step in _IDEAS and initiatives.may_be_meant(turn)


def _by_kind(turn: Turn) -> Reply | None:
    if _names_the_place(turn):
        return reports.where(turn)
    answered = serving.answer(turn) or asking.answer(turn) or claims.answer(turn)
    answered = answered or two_matters.answer(turn) or choosing.which_after_all(turn)
    answered = answered or _about_an_idea(turn)
    if answered is not None:
        return answered
    step, kind = _step(turn), turn.meaning.kind
    case = turn.current_case() if step in _ABOUT_THE_CASE else None
    if case is not None and adding.says_when(turn, case):
        return replace(adding.add_to(turn, case), step=step, notes=turn.state.notes)
    if step == "open" and turn.meaning.deed and turn.current_case() is None:
        return claims.or_matter(turn)
    return IN_STEP.get(step, {}).get(kind, BY_KIND[kind])(turn)


def _about_an_idea(turn: Turn) -> Reply | None:
    elsewhere = proposing.only_names(turn) or proposing.asks(turn)
    meant_here = _tells_an_idea(turn) and not elsewhere
    return None if meant_here else proposing.answer(turn)


def _step(turn: Turn) -> str:
    """Return what was asked, as far as her words may be meant for it."""
    step = turn.state.step
    if turn.media and not turn.recordings and step != claims.STEP:
        step = "photo"
    meant = _MAY_BE_MEANT.get(step)
    return "open" if meant is not None and not meant(turn) else step


def _chosen(turn: Turn, choice: str) -> Reply | None:
    verb, *arguments = choice.split(":")
    known = CHOICES.get(verb)
    if known is None or len(arguments) != known.arguments:
        return Reply(text=turn.say("too_late"))
    return known.handler(turn, *arguments)


def _names_the_place(turn: Turn) -> bool:
    """She was asked where, and names a place without a new matter."""
    meaning = turn.meaning
    plain = not meaning.classification.clear and meaning.emergency is None
    return turn.state.step == "where" and bool(meaning.place) and plain
