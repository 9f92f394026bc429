"""'换什么': what points can be spent on, and the way from the wish to the code for the counter."""

import re
from collections.abc import Sequence
from typing import Final

from bot.dialogue.turn import Reply, Turn
from bot.flow.credit.redeem import cancel, order
from bot.model.case import RefusedError
from bot.model.reward import Order, Reward, spoken_code
from bot.oversight.permissions import Service, served
from channels.message import Button
from credits.ledger import resident

_BUTTONS_MOST: Final = 5
_LINES_MOST: Final = 12
_DIGITS_MOST: Final = 15  # fits the database
_NAMED_LEAST: Final = 2
_NAMED_MOST: Final = 8
_MEASURE: Final = re.compile(
    r"^(?:[一二两三四五六七八九十几0-9]+)?(?:个|袋|瓶|卷|盒|斤|桶|包|次|份|点|些)?"
)
_WEB: Final = "web"


def catalogue(turn: Turn) -> Reply:
    """Say what there is for how many points; what she names is asked about at once."""
    offered = turn.tx.rewards.offered()
    if not offered:
        return Reply(text=_say(turn, "none"))
    named = _named(turn, offered)
    if named is not None:
        return _ask(turn, named)
    free = _free(turn)
    wanted = _wanted(turn)
    unknown = [_say(turn, "unknown", name=wanted)] if wanted else []
    lines = [
        *unknown,
        _say(turn, "have", points=free),
        *(_line(turn, one) for one in offered[:_LINES_MOST]),
    ]
    can = [one for one in offered if one.stock and one.price <= free][:_BUTTONS_MOST]
    buttons = [_button(turn, "pick", f"reward:{one.id}", name=one.name) for one in can]
    if not can:
        lines.append(_say(turn, "not_yet"))
    if turn.tx.rewards.open_of(turn.contact.person_id):
        lines.append(_say(turn, "waiting"))
    return Reply(text="\n".join(lines), buttons=tuple(buttons), link=_page(turn))


def chosen(turn: Turn, reward_id: str) -> Reply:
    """She pressed one: ask whether she is sure, for points are no small change."""
    found = next((one for one in turn.tx.rewards.offered() if str(one.id) == reward_id), None)
    return Reply(text=turn.say("too_late")) if found is None else _ask(turn, found)


def ordered(turn: Turn, reward_id: str, wish: str) -> Reply:
    """She is sure. Pressed twice it is one order, whose code is said again."""
    if not _number(reward_id) or not _number(wish):
        return Reply(text=turn.say("too_late"))
    person_id = turn.contact.person_id
    try:
        placed = order(turn.tx, turn.rules, person_id, int(reward_id), f"chat:{wish}")
    except RefusedError as refused:
        return Reply(text=_refusal(turn, refused))
    return _coded(turn, [placed], "placed")


def refrained(turn: Turn) -> Reply:
    """She would rather keep her points."""
    return Reply(text=_say(turn, "kept"))


def mine(turn: Turn) -> Reply:
    """Say the codes of what waits for her."""
    waiting = turn.tx.rewards.open_of(turn.contact.person_id)
    if not waiting:
        return Reply(text=_say(turn, "nothing_waits"), link=_page(turn))
    return _coded(turn, waiting, "waits")


def given_up(turn: Turn, order_id: str) -> Reply:
    """She doesn't want it any more."""
    if not _number(order_id):
        return Reply(text=turn.say("too_late"))
    try:
        ended = cancel(turn.tx, turn.contact.person_id, int(order_id))
    except RefusedError as refused:
        return Reply(text=_refusal(turn, refused))
    return Reply(text=_say(turn, "cancelled", name=ended.name, price=ended.price))


def _ask(turn: Turn, reward: Reward) -> Reply:
    """The number of this message makes the wish one of its own.

    Who isn't known well enough hears now how to be, and not when she has said yes.
    """
    level = turn.tx.people.person(turn.contact.person_id).verification
    if not served(level, Service.SPEND_POINTS):
        return Reply(text=_refusal(turn, RefusedError("reward_stranger")))
    values = {"name": reward.name, "price": reward.price, "where": reward.organisation}
    return Reply(
        text=_say(turn, "sure", **values, points=_free(turn)),
        buttons=(
            _button(turn, "order", f"order:{reward.id}:{turn.waiting.id}"),
            _button(turn, "keep", "no_order"),
        ),
    )


def _coded(turn: Turn, orders: Sequence[Order], key: str) -> Reply:
    rewards, texts = turn.tx.rewards, turn.rules.texts
    parts, buttons = [], []
    for one in orders:
        code = spoken_code(rewards.code_of(one.id))
        until = texts.moment(one.expires_at, turn.tx.now)
        values = {"name": one.name, "price": one.price, "where": one.organisation}
        parts.append(_say(turn, key, **values, code=code, until=until))
        buttons.append(_button(turn, "cancel", f"cancel_order:{one.id}", name=one.name))
        if turn.contact.channel != _WEB:
            link = f"{turn.rules.public_url}/r/{rewards.token_of(one.id)}"
            parts.append(_say(turn, "picture", link=link))
    return Reply(text="\n".join(parts), buttons=tuple(buttons), link=_page(turn))


def _page(turn: Turn) -> str | None:
    """The browser is known again on the page, other channels aren't: they get links of their own.

    The link of an order is as good as its code, so it stands in the text, which is encrypted.
    """
    return f"{turn.rules.public_url}/rewards" if turn.contact.channel == _WEB else None


def _named(turn: Turn, offered: Sequence[Reward]) -> Reward | None:
    words = turn.meaning.text
    found = [one for one in offered if one.name in words or _rest(words) in one.name]
    if not found:
        said = words.rpartition("换")[2]
        found = [one for one in offered if _shares_a_name(one.name, said or words)]
    return found[0] if len(found) == 1 else None


def _shares_a_name(name: str, said: str) -> bool:
    """Tell whether the beginning of a name is said, as 鸡蛋 of 鸡蛋十个."""
    return name[:_NAMED_LEAST] in said


def _rest(words: str) -> str:
    """What is said after 换; something that no name holds when that is too short to be a name."""
    rest = words.rpartition("换")[2].strip()
    return rest if len(rest) >= _NAMED_LEAST else words


def _wanted(turn: Turn) -> str:
    """Return the thing that she named and that nobody offers; '' when she named none."""
    rest = turn.meaning.text.rpartition("换")[2].strip("的了吧吗呢啊呀,。!?~ ")
    named = _MEASURE.sub("", rest)
    asks = any(word in named for word in turn.rules.texts.say("points.chat.any_words").split())
    return "" if asks or len(named) > _NAMED_MOST else named


def _line(turn: Turn, reward: Reward) -> str:
    values = {"name": reward.name, "price": reward.price, "where": reward.organisation}
    return _say(turn, "line" if reward.stock else "line_out", **values, stock=reward.stock)


def _free(turn: Turn) -> int:
    return turn.tx.journal.balance(resident(turn.contact.person_id)).free


def _refusal(turn: Turn, refused: RefusedError) -> str:
    return turn.rules.texts.say(f"case.refused.{refused.reason}")


def _number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MOST


def _say(turn: Turn, key: str, **values: object) -> str:
    return turn.rules.texts.say(f"points.chat.{key}", **values)


def _button(turn: Turn, label: str, choice: str, **values: object) -> Button:
    return Button(_say(turn, f"button.{label}", **values), choice)
