"""Bad updates: each is said to be garbled and can be set apart, whatever it holds."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.telegram.record import GarbledError
from channels.telegram.updates import pressed_id, read, set_apart
from tests.channels.telegram.raw import ME, NOW, PLACE, TAKEN, file, in_group, message, new, pressed

GARBLED: list[tuple[str, object]] = [
    ("nothing", None),
    ("a list", []),
    ("a text", "update"),
    ("no number", {"message": message(text="灯")}),
    ("a number that is a text", new(text="灯") | {"update_id": "9"}),
    ("a number that is true", new(text="灯") | {"update_id": True}),
    ("a number without end", new(text="灯") | {"update_id": 10**400}),
    ("a message that is a list", {"update_id": 9, "message": []}),
    ("a text that is a number", new(text=5)),
    ("a caption that is a list", new(photo=[], caption=[])),
    ("no date", new(text="灯", date=None)),
    ("a date beyond all years", new(text="灯", date=10**18)),
    ("a date that is a text", new(text="灯", date="today")),
    ("no chat", new(text="灯", chat=None)),
    ("a chat without an id", new(text="灯", chat={"type": "private"})),
    ("a chat that is a number", new(text="灯", chat=11)),
    ("no message id", new(text="灯", message_id=None)),
    ("a sender without an id", in_group(text="/status", **{"from": {"first_name": "A"}})),
    ("a photo that is an object", new(photo={})),
    ("a photo that is a number", new(photo=[1])),
    ("a photo without a side", new(photo=[{"file_id": "f"}])),
    ("a voice that is a text", new(voice="f")),
    ("a length that is a text", new(voice=file(duration="3"))),
    ("a size without end", new(voice=file(file_size=10**400))),
    ("no latitude", new(location={"longitude": 121.0})),
    ("a latitude beyond the pole", new(location=PLACE | {"latitude": 91})),
    ("a longitude beyond the date line", new(location=PLACE | {"longitude": -181})),
    ("a latitude that is no number", new(location=PLACE | {"latitude": float("nan")})),
    ("a latitude without end", new(location=PLACE | {"latitude": float("inf")})),
    ("an accuracy that is a text", new(location=PLACE | {"horizontal_accuracy": "12"})),
    (
        "a mention outside",
        in_group(text="a", entities=[{"type": "mention", "offset": 9, "length": 9}]),
    ),
    (
        "a mention before",
        in_group(text="ab", entities=[{"type": "mention", "offset": -1, "length": 2}]),
    ),
    ("entities that are numbers", in_group(text="a", entities=[1])),
    ("a press by nobody", {"update_id": 9, "callback_query": {"id": "q", "data": "a"}}),
    ("buttons in no rows", pressed(message=message(reply_markup={"inline_keyboard": [1]}))),
]


@pytest.mark.parametrize(("label", "update"), GARBLED)
def test_what_is_garbled_is_said_to_be(label: str, update: object) -> None:
    with pytest.raises(GarbledError):
        read(update, me=ME, now=NOW)
    apart = set_apart(update, bot_id=4242, now=NOW)
    assert apart.external_id.startswith("4242:"), label
    assert apart.text


APART = [
    ("a message", new(text=5), "11", "4242:9"),
    ("only a chat", {"update_id": 9, "message": {"chat": {"id": 12}}}, "12", "4242:9"),
    ("a press", {"update_id": 9, "callback_query": {"from": {"id": 13}}}, "13", "4242:9"),
    ("nobody", {"update_id": 9, "message": {"from": {"id": "x"}}}, "unknown", "4242:9"),
]


@pytest.mark.parametrize(("label", "update", "address", "external_id"), APART)
def test_what_is_set_apart_keeps_its_sender_and_all_of_it(
    label: str, update: object, address: str, external_id: str
) -> None:
    apart = set_apart(update, bot_id=4242, now=NOW)
    assert (apart.address, apart.external_id) == (address, external_id), label
    assert json.loads(apart.text) == update


def test_the_depth_of_an_update_stops_nobody() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert set_apart({"update_id": 9, "x": deep}, bot_id=4242, now=NOW).text


def test_what_has_no_number_is_known_again_by_its_words() -> None:
    one, same, other = (set_apart(raw, bot_id=1, now=NOW) for raw in ({"a": 1}, {"a": 1}, {}))
    assert one.external_id == same.external_id != other.external_id


KEYS = st.sampled_from(
    (
        *("update_id", "message", "edited_message", "callback_query", "from", "chat", "text"),
        *("photo", "location", "date", "message_id", "entities", "id", "type", "data", "venue"),
        *("reply_markup", "inline_keyboard", "file_id", "latitude", "voice", "reply_to_message"),
    )
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("private"),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS | st.text(), inner),
    max_leaves=30,
)

GOOD = st.sampled_from([update for _, update, _ in TAKEN])


@settings(deadline=None)
@given(VALUES)
def test_any_json_is_read_or_garbled_and_can_be_set_apart(raw: object) -> None:
    _read_or_garbled(raw)


@settings(deadline=None)
@given(GOOD, st.data())
def test_a_good_update_with_any_part_replaced_is_read_or_garbled(
    update: dict[str, Any], data: st.DataObject
) -> None:
    update = json.loads(json.dumps(update))
    inner: Any = update
    while isinstance(inner, dict) and inner:
        key = data.draw(st.sampled_from(sorted(inner)))
        if data.draw(st.booleans()):
            inner[key] = data.draw(VALUES)
            break
        inner = inner[key]
    _read_or_garbled(update)


def _read_or_garbled(raw: object) -> None:
    pressed_id(raw)
    set_apart(raw, bot_id=4242, now=NOW).text.encode()
    try:
        taken = read(raw, me=ME, now=NOW)
    except GarbledError:
        return
    if taken is not None:
        taken.text.encode()
        taken.address.encode()
