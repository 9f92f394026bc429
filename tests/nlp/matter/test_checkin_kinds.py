"""打卡 and what belongs to it, beside matters that only sound like it."""

import pytest

from nlp.matter.kinds import Kind
from nlp.meaning import Interpreter, build_interpreter

HEARD = [
    ("打卡", Kind.CHECKIN),
    ("签到", Kind.CHECKIN),
    ("我到了", Kind.CHECKIN),
    ("打卡 A2C4E", Kind.CHECKIN),
    ("打卡 A2C4E-FHJK", Kind.CHECKIN),
    ("你好，我要打卡", Kind.CHECKIN),
    ("打卡a4k9x", Kind.CHECKIN),
    ("绑定手机定位", Kind.BIND),
    ("解绑手机定位", Kind.UNBIND),
    ("绑定手机", Kind.LINK),
    ("绑定", Kind.LINK),
    ("可以跟着我", Kind.FOLLOW),
    ("别跟着我", Kind.UNFOLLOW),
    ("停止跟随。", Kind.UNFOLLOW),
    ("有人一直跟着我，我害怕", Kind.EMERGENCY),
    ("小区门口的打卡机坏了好几天", Kind.REPORT),
    ("师傅说他到了，但是电梯还是坏的", Kind.CORRECTION),
]


@pytest.fixture(scope="module")
def interpreter() -> Interpreter:
    return build_interpreter()


@pytest.mark.parametrize(("text", "kind"), HEARD)
def test_what_is_heard(interpreter: Interpreter, text: str, kind: Kind) -> None:
    assert interpreter.interpret(text).kind is kind
