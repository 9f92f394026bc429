"""The status card of a case: one message that always shows how it stands."""

from dataclasses import replace

from bot.flow.cards.initiative_card import initiative_as_it_stands
from bot.flow.cases.ask import is_asked
from bot.flow.cases.reasons import why_late_now
from bot.flow.cases.referral import who_helps
from bot.flow.telling.news import closing_buttons, status_link
from bot.model.case import OPEN_STATES, STAGES, Case, State, stage_of
from bot.ports.outbox import Claimed
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from channels.message import Button


def as_it_stands(tx: Tx, rules: Rules, claimed: Claimed) -> Claimed:
    """Fill a card that is to be shown anew; any other message stays as it is."""
    if claimed.message.text:
        return claimed
    if claimed.initiative_id is not None:
        return initiative_as_it_stands(tx, rules, claimed, claimed.initiative_id)
    if claimed.card_of is None:
        return claimed
    case = tx.cases.get(claimed.card_of)
    message = replace(
        claimed.message,
        text=card_text(tx, rules, case),
        buttons=card_buttons(rules, case),
        link=status_link(rules, case),
    )
    return replace(claimed, message=message)


def card_text(tx: Tx, rules: Rules, case: Case) -> str:
    """Return number and matter, the five stages, and who does what until when."""
    say = rules.texts.say
    head = say("case.card.head", number=case.number, service=rules.service(case.service_code).name)
    return "\n".join(
        part
        for part in (
            head,
            case.summary,
            _stages(rules, case),
            _now(tx, rules, case),
            who_helps(tx, rules, case),
        )
        if part
    )


def card_buttons(rules: Rules, case: Case) -> tuple[Button, ...]:
    """Return what she can do with the case now."""
    say = rules.texts.say
    if case.state is State.FOLLOW_UP:
        solved, unsolved = closing_buttons(rules, case)
        return (
            Button(say("case.card.solved"), solved.choice),
            Button(say("case.card.unsolved"), unsolved.choice),
        )
    if case.state not in OPEN_STATES:
        return ()
    verbs = ("add", "urge", "drop")
    return tuple(Button(say(f"case.card.{verb}"), f"{verb}:{case.id}") for verb in verbs)


def _together(tx: Tx, rules: Rules, case: Case, words: str) -> str:
    """Say of a merged case in which one it is handled; that one's news come as messages."""
    link = tx.relations.main_of(case.id)
    return words if link is None else rules.texts.say("case.card.main", number=link.other_number)


def _stages(rules: Rules, case: Case) -> str:
    present = stage_of(case.state)
    if present is None:
        return ""
    at = STAGES.index(present)
    marks = []
    for place, stage in enumerate(STAGES):
        mark = "done" if place < at else "here" if place == at else "ahead"
        name = rules.texts.say(f"case.stage.{stage.value}")
        marks.append(rules.texts.say(f"case.card.{mark}", stage=name))
    return " ".join(marks)


def _now(tx: Tx, rules: Rules, case: Case) -> str:
    say, moment = rules.texts.say, rules.texts.moment
    state = say(f"case.state.{case.state.value}")
    if case.state not in OPEN_STATES:
        return _together(tx, rules, case, say("case.card.state", state=state))
    if is_asked(tx, case):
        return say("case.card.asked", state=state)
    due_at = case.solve_due if case.answered_at else case.answer_due
    when = moment(due_at, tx.now)
    if tx.now > due_at:
        return say("case.card.late", when=when, why=why_late_now(tx, rules, case))
    if case.handler_id is None:
        return say("case.card.waiting", state=state, when=when)
    return say("case.card.due", state=state, name=tx.staff.get(case.handler_id).name, when=when)
