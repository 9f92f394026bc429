"""What WeChat posts, as the message of a resident."""

from datetime import UTC, datetime

import pytest
from wechatpy import parse_message

from channels.message import Attachment, AttachmentKind, Datum, InboundMessage, PositionSource
from channels.wechat.updates import CHANNEL, GarbledError, fields_of, read, set_apart
from tests.channels.telegram.parts import MORNING
from tests.fakes.garbled import garbled
from tests.fakes.wechat import NOON, message, xml_of

ANNA = "oAnna"
AT = datetime.fromtimestamp(NOON, UTC)


def told(kind: str, **fields: object) -> InboundMessage | None:
    return read(fields_of(xml_of(message(ANNA, kind, MsgId="17", **fields)).encode()))


def test_words() -> None:
    assert told("text", Content="3号楼的灯坏了\n请来看看") == InboundMessage(
        channel=CHANNEL,
        address=ANNA,
        external_id="17",
        text="3号楼的灯坏了\n请来看看",
        sent_at=AT,
    )


def test_a_choice_comes_with_the_words_on_it() -> None:
    found = told("text", Content="修好了", bizmsgmenuid="confirm:12")
    assert found is not None
    assert (found.text, found.choice) == ("修好了", "confirm:12")


ATTACHED = [
    ("image", {"MediaId": "m1", "PicUrl": "http://x"}, AttachmentKind.PHOTO, "image/jpeg"),
    ("voice", {"MediaId": "m1", "Format": "amr"}, AttachmentKind.VOICE, "audio/amr"),
    ("video", {"MediaId": "m1", "ThumbMediaId": "t"}, AttachmentKind.VIDEO, "video/mp4"),
    ("shortvideo", {"MediaId": "m1", "ThumbMediaId": "t"}, AttachmentKind.VIDEO, "video/mp4"),
]


@pytest.mark.parametrize(("kind", "fields", "what", "media_type"), ATTACHED)
def test_photos_and_recordings_are_named_and_fetched_later(
    kind: str, fields: dict[str, object], what: AttachmentKind, media_type: str
) -> None:
    found = told(kind, **fields)
    assert found is not None
    assert found.attachments == (Attachment(kind=what, media_type=media_type, reference="m1"),)
    assert (found.text, found.unreadable) == ("", False)


def test_a_voice_that_wechat_has_understood_is_words() -> None:
    found = told("voice", MediaId="m1", Format="amr", Recognition="电梯坏了")
    assert found is not None
    assert (found.text, found.attachments) == ("电梯坏了", ())


def test_a_voice_is_fetched_in_its_better_quality() -> None:
    found = told("voice", MediaId="m1", Format="amr", MediaId16K="m2")
    assert found is not None
    assert [one.reference for one in found.attachments] == ["m2"]


def test_a_sticker_is_no_words_of_hers() -> None:
    found = told("text", Content="【收到不支持的消息类型，暂无法显示】")
    assert found is not None
    assert (found.text, found.unreadable) == ("", True)


def test_a_pin_is_a_pin_on_a_chinese_map() -> None:
    found = told("location", Location_X="39.908", Location_Y="116.397", Scale="16", Label="天安门")
    assert found is not None
    assert found.position is not None
    assert (found.position.latitude, found.position.longitude) == (39.908, 116.397)
    assert (found.position.datum, found.position.source) == (Datum.GCJ02, PositionSource.PIN)
    assert (found.position.at, found.text) == (AT, "天安门")


def test_a_shared_page_is_its_words_and_address() -> None:
    found = told("link", Title="停水通知", Description="", Url="https://example.org/a")
    assert found is not None
    assert found.text == "停水通知 https://example.org/a"


def test_what_is_of_a_new_kind_is_said_to_be_unreadable() -> None:
    found = told("hologram")
    assert found is not None
    assert found.unreadable


EVENTS = [
    ("subscribe", {}, "你好"),
    ("CLICK", {"EventKey": "我的积分"}, "我的积分"),
    ("CLICK", {"EventKey": ""}, None),
    ("unsubscribe", {}, None),
    ("VIEW", {"EventKey": "https://example.org"}, None),
    ("LOCATION", {"Latitude": "23.1", "Longitude": "113.3", "Precision": "119"}, None),
    ("SCAN", {"EventKey": "7"}, None),
]


@pytest.mark.parametrize(("event", "fields", "text"), EVENTS)
def test_of_events_only_following_and_menus_say_something(
    event: str, fields: dict[str, object], text: str | None
) -> None:
    found = told("event", Event=event, **fields)
    if text is None:
        assert found is None
    else:
        assert found is not None
        key = fields.get("EventKey", "")
        assert (found.text, found.external_id) == (text, f"{ANNA}:{NOON}:{event}:{key}")


KINDS = [
    message(ANNA, "text", Content="灯坏了", MsgId="1"),
    message(ANNA, "image", PicUrl="http://x", MediaId="m", MsgId="2"),
    message(ANNA, "voice", MediaId="m", Format="amr", MsgId="3"),
    message(ANNA, "location", Location_X="1", Location_Y="2", Scale="3", Label="", MsgId="4"),
]


@pytest.mark.parametrize("fields", KINDS, ids=lambda one: one["MsgType"])
def test_another_implementation_reads_the_same(fields: dict[str, object]) -> None:
    xml = xml_of(fields)
    other, ours = parse_message(xml), read(fields_of(xml.encode()))
    assert ours is not None
    assert (ours.address, ours.external_id) == (other.source, str(other.id))
    assert ours.sent_at == other.create_time.astimezone(UTC)


def text(**other: object) -> bytes:
    return xml_of(message(ANNA, "text", MsgId="1", Content="a") | other).encode()


def pin(latitude: str, longitude: str) -> bytes:
    place = {"Location_X": latitude, "Location_Y": longitude}
    return xml_of(message(ANNA, "location", MsgId="1", **place)).encode()


WRONG = [
    ("no XML", b"hello"),
    ("nothing", b""),
    ("half", b"<xml><MsgType>text"),
    ("no kind", b"<xml><FromUserName>a</FromUserName></xml>"),
    ("nobody", text(FromUserName="")),
    ("no number", text(MsgId="")),
    ("no words", text(Content="")),
    ("no moment", text(CreateTime="now")),
    ("a moment without end", text(CreateTime="9" * 5000)),
    ("no place", pin("1", "x")),
    ("half a place", pin("1", "")),
    ("beyond the pole", pin("91", "0")),
    ("no number at all", pin("nan", "0")),
    ("no file", xml_of(message(ANNA, "image", MsgId="1")).encode()),
    ("letters of nobody", b"<?xml version='1.0' encoding='nonsense'?><xml/>"),
    ("an entity", b'<!DOCTYPE x [<!ENTITY a "b">]><xml><MsgType>&a;</MsgType></xml>'),
]


@pytest.mark.parametrize(("label", "xml"), WRONG)
def test_what_can_not_be_read_says_so(label: str, xml: bytes) -> None:
    with pytest.raises(GarbledError):
        read(fields_of(xml))
    assert label


def test_garbled_messages_are_read_or_refused() -> None:
    for one in garbled(xml_of(KINDS[0]).encode(), count=400):
        try:
            read(fields_of(one))
        except GarbledError:
            continue


def test_what_is_set_apart_is_kept_whole_under_one_name() -> None:
    fields, xml = {"FromUserName": ANNA}, b"<xml>\x00\xff</xml>"
    apart = set_apart(fields, xml, MORNING)
    assert (apart.address, apart.text) == (ANNA, "<xml>\ufffd</xml>")
    assert apart == set_apart(fields, xml, MORNING)
    assert set_apart({}, xml, MORNING).address == "unknown"
