"""Every kind of good update, as a table."""

from typing import Any

import pytest

from channels.telegram.groups import Me
from channels.telegram.updates import read
from tests.channels.telegram.raw import (
    ANNA,
    BOT,
    GROUP,
    ME,
    NOW,
    PRIVATE,
    TAKEN,
    in_group,
    message,
    new,
    tagged,
)

NOTHING: list[tuple[str, dict[str, Any]]] = [
    ("talk among others", in_group(text="吃饭了吗")),
    ("a mention of another", in_group(**tagged("@other_bot 灯", "@other_bot"))),
    ("a name that begins as ours", in_group(**tagged("@gongzhi_bot2 灯", "@gongzhi_bot2"))),
    ("a name without an entity", in_group(text="user@gongzhi_bot.cn")),
    ("a command of others", in_group(text="/play")),
    ("a command for another", in_group(text="/status@other_bot")),
    ("an answer to another", in_group(text="好", reply_to_message=message(text="a"))),
    ("an anonymous administrator", in_group(text="/status", sender_chat=GROUP)),
    ("a bot", new(text="灯", **{"from": BOT})),
    ("somebody joins", in_group(new_chat_members=[ANNA])),
    ("a pinned message", new(pinned_message=message(text="灯"))),
    ("a post of a channel", {"update_id": 9, "channel_post": message(text="灯")}),
    ("a message in a channel", new(text="灯", chat={"id": -5, "type": "channel"})),
    ("nobody's message", {"update_id": 9, "message": {"text": "灯"}}),
    ("a block", {"update_id": 9, "my_chat_member": {"chat": PRIVATE}}),
    ("a reaction", {"update_id": 9, "message_reaction": {}}),
    ("a closed poll", {"update_id": 9, "poll": {}}),
    ("a game", {"update_id": 9, "callback_query": {"id": "q", "from": ANNA}}),
    ("an update of tomorrow", {"update_id": 9, "hologram": {}}),
    ("nothing at all", {"update_id": 9}),
]


@pytest.mark.parametrize(("label", "update", "expected"), TAKEN)
def test_what_is_for_us_becomes_a_message(
    label: str, update: object, expected: dict[str, Any]
) -> None:
    taken = read(update, me=ME, now=NOW)
    assert taken is not None, label
    defaults = {"channel": "telegram", "external_id": "4242:9", "forwarded": False}
    wanted = defaults | expected
    assert {name: getattr(taken, name) for name in wanted} == wanted


@pytest.mark.parametrize(("label", "update"), NOTHING)
def test_what_is_not_for_us_is_left_alone(label: str, update: object) -> None:
    assert read(update, me=ME, now=NOW) is None, label


def test_a_bot_that_does_not_know_its_name_takes_no_mention_for_its_own() -> None:
    assert read(in_group(**tagged("@ 灯", "@")), me=Me(4242, ""), now=NOW) is None
