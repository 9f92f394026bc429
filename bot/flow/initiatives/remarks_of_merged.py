"""What neighbours said about an initiative that was merged into another: nothing of it is lost.

Open questions wait there for whose idea the other is. What was answered, taken over, or declined
stays where it was said, for it is about that text; the page of the other leads to it.
"""

from bot.flow.initiatives.initiatives import tell_author
from bot.flow.initiatives.remarks import settle, tell_helper
from bot.model.initiative import Initiative
from bot.model.remark import RemarkKind, RemarkState
from bot.model.staff import Staff
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from channels.message import Button


def follow(tx: Tx, rules: Rules, gone: Initiative, main: Initiative, staff: Staff) -> None:
    """Let open questions follow, and end open proposals: they are about a text that is gone."""
    open_ = [one for one in tx.remarks.of_initiative(gone.id) if one.state is RemarkState.OPEN]
    say = rules.texts.say
    for one in open_:
        if one.kind is RemarkKind.CHANGE:
            words = say("remarks.merged", number=main.id, title=main.wish.title)
            settled = settle(tx, one, RemarkState.DECLINED, f"staff:{staff.id}", words)
            tell_helper(tx, rules, gone, settled, "declined", why=words)
    asked = [one for one in open_ if one.kind is RemarkKind.QUESTION]
    for one in asked:
        tx.remarks.move(one.id, main.id)
    if asked:
        look = Button(say("remarks.button.look"), "remark_waiting")
        once = f"merged:{gone.id}"
        tell_author(
            tx, rules, main, "asked_there", look, once=once, other=gone.id, count=len(asked)
        )
