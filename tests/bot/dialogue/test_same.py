"""What neighbours have told of is offered to who tells of it too; nothing of them is told.

A turn is who speaks, what is said, and what the answer must hold; a word after '不含' must not be
there. '按' presses a button, '过' lets minutes pass, '社区' does something: 问 asks 甲, 办好 solves
甲's case, 分 separates 乙's, 并丙到乙 merges. '听' is what that neighbour heard last. '#' is 甲's number.
"""

import pytest

from bot.incidents import CaseMemory
from bot.ports.storage import Storage
from bot.store.engines.bell import LocalBell
from tests.bot.community import Community, interpreter, rules
from tests.bot.dialogue.talker import Talker
from tests.bot.dialogue.test_neighbours import Street
from tests.fakes.clock import FakeClock

LIFT = "幸福里小区3号楼2单元电梯坏了，我家502老人下不了楼"
SECOND = "幸福里小区3号楼2单元的电梯又坏了"
OFFERED = [
    ("甲", LIFT, "收到了 不含是不是这件事"),
    (
        "乙",
        SECOND,
        "收到了 是不是这件事 幸福里小区3号楼 电梯故障 1 人反映 不含502 不含老人 不含2单元，",
    ),
]

CONVERSATIONS: list[tuple[str, list[tuple[str, str, str]]]] = [
    ("yes by button", [*OFFERED, ("乙", "按是这件事", "一起办 2 人 王师傅"), ("乙", "我的工单怎么样了", "和工单 # 一起办")]),
    ("yes in words", [*OFFERED, ("乙", "是的", "一起办 2 人")]),
    ("she met it too", [*OFFERED, ("乙", "我家也遇到了", "一起办 2 人")]),
    ("she gets its news", [*OFFERED, ("乙", "按是这件事", ""), ("社区", "办好", ""), ("听乙", "", "说办好了"), ("乙", "按好了", "加 5 分")]),
    ("the third is told of three", [*OFFERED, ("乙", "按是这件事", ""), ("丙", SECOND, "2 人反映"), ("丙", "按是这件事", "3 人")]),
    ("all are gathered in the first, though another is more alike", [*OFFERED, ("丙", SECOND, "1 人反映"), ("丙", "按是这件事", "2 人"), ("丙", "我的工单怎么样了", "和工单 # 一起办"), ("乙", "按是这件事", "3 人")]),
    ("others were put to hers meanwhile", [*OFFERED, ("丙", SECOND, ""), ("社区", "并丙到乙", ""), ("乙", "按是这件事", "已经有 2 人一起反映 不含单独办")]),
    ("no by button", [*OFFERED, ("乙", "按不是，单独办", "单独办 王师傅"), ("乙", "我的工单怎么样了", "不含一起办")]),
    ("no in words", [*OFFERED, ("乙", "不是", "单独办")]),
    ("saying nothing leaves it a case of its own", [*OFFERED, ("乙", "谢谢", "不客气"), ("乙", "我的工单怎么样了", "派给人了 不含一起办")]),
    ("she asks something else first", [*OFFERED, ("乙", "我的工单怎么样了", "派给人了"), ("乙", "按是这件事", "一起办")]),
    ("staff part them again", [*OFFERED, ("乙", "按是这件事", ""), ("社区", "分", ""), ("听乙", "", "单独接着办")]),
    ("twice is once", [*OFFERED, ("乙", "按是这件事", "一起办"), ("乙", "按是这件事", "过时")]),
    ("it was solved meanwhile", [*OFFERED, ("社区", "办好", ""), ("乙", "按是这件事", "单独办")]),
    ("asked where first, then offered", [("甲", LIFT, ""), ("乙", "电梯坏了", "在哪儿 不含是不是这件事"), ("乙", "幸福里小区3号楼2单元", "记下了 是不是这件事"), ("乙", "按是这件事", "一起办")]),
    ("no, and what is wrong", [*OFFERED, ("乙", "不是，是5号楼", "改过来了 5号楼")]),
    ("her estate is the one of before", [("乙", "幸福里小区3号楼楼道灯不亮", "收到了"), ("过", "40", ""), ("甲", LIFT, ""), ("乙", "3号楼2单元电梯坏了", "是不是这件事 幸福里小区3号楼"), ("乙", "按是这件事", "一起办 2 人")]),
    ("an outage in another building of the estate", [("甲", "幸福里小区3号楼停水了，我是502的", "收到了"), ("乙", "幸福里小区5号楼也停水了", "是不是这件事 幸福里小区，停水 1 人反映 不含502"), ("丙", "幸福里小区8号楼没水", "1 人反映"), ("乙", "按是这件事", "一起办 2 人"), ("丙", "按是这件事", "3 人")]),
    ("an outage of the estate as a whole", [("甲", "幸福里小区停电了", "收到了"), ("乙", "幸福里小区5号楼停电", "是不是这件事 停电"), ("乙", "按是这件事", "一起办 2 人")]),
    ("an outage in the same building names it", [("甲", "幸福里小区3号楼停水了", "收到了"), ("乙", "幸福里小区3号楼停水", "是不是这件事？幸福里小区3号楼，停水")]),
    # not offered
    ("an outage of another estate", [("甲", "幸福里小区3号楼停水了", "收到了"), ("乙", "阳光花园3号楼停水了", "收到了 不含是不是这件事")]),
    ("another outage there", [("甲", "幸福里小区3号楼停水了", "收到了"), ("乙", "幸福里小区5号楼停电了", "收到了 不含是不是这件事")]),
    ("her estate of before is another", [("乙", "阳光花园3号楼楼道灯不亮", "收到了"), ("过", "40", ""), ("甲", LIFT, ""), ("乙", "3号楼2单元电梯坏了", "收到了 不含是不是这件事")]),
    ("her own", [("甲", LIFT, ""), ("过", "40", ""), ("甲", SECOND, "不含是不是这件事")]),
    ("another building", [("甲", LIFT, ""), ("乙", "幸福里小区5号楼电梯坏了", "收到了 不含是不是这件事")]),
    ("another unit", [("甲", LIFT, ""), ("乙", "幸福里小区3号楼1单元电梯坏了", "收到了 不含是不是这件事")]),
    ("another matter there", [("甲", LIFT, ""), ("乙", "幸福里小区3号楼楼道灯不亮", "收到了 不含是不是这件事")]),
    ("what is done already", [("甲", LIFT, ""), ("社区", "办好", ""), ("乙", SECOND, "收到了 不含是不是这件事")]),
    ("an emergency is not held up", [("甲", "幸福里小区3号楼2单元有人困在电梯里了", "不含是不是这件事"), ("乙", "幸福里小区3号楼2单元电梯里困了人，快来", "119 不含是不是这件事")]),
    ("danger is asked first, then offered", [("甲", LIFT, ""), ("乙", "幸福里小区3号楼2单元电梯不动了，老人下不来要去医院", "有危险 不含是不是这件事"), ("乙", "按没有危险", "是不是这件事"), ("乙", "按是这件事", "一起办")]),
    ("somebody's papers", [("甲", "我要办居住证，住幸福里小区3号楼", "不含是不是这件事"), ("乙", "我要办居住证，住幸福里小区3号楼", "不含是不是这件事")]),
]  # fmt: skip


@pytest.fixture
async def street(storage: Storage, clock: FakeClock, bell: LocalBell) -> Street:
    community = Community(storage, rules())
    await community.fill()
    estates = await storage.read(lambda views: views.places.estates())
    knows = interpreter(*estates)
    memory = CaseMemory(storage=storage, bell=bell, interpreter=knows)
    talkers = {
        name: Talker(
            storage,
            community.rules,
            knows,
            clock,
            address=f"neighbour-{name}",
            incidents=memory,
        )
        for name in "甲乙丙"
    }
    return Street(storage, community, clock, talkers)


@pytest.mark.parametrize(
    "turns", [turns for _, turns in CONVERSATIONS], ids=[label for label, _ in CONVERSATIONS]
)
async def test_a_matter_that_neighbours_told_of(
    street: Street, turns: list[tuple[str, str, str]]
) -> None:
    memory = street.talkers["甲"].incidents
    assert isinstance(memory, CaseMemory)
    await memory.catch_up()
    for who, said, expected in turns:
        heard = await street.turn(who, said)
        await memory.catch_up()
        for word in (await street.numbered(expected)).split():
            absent = word.startswith("不含")
            assert (word.removeprefix("不含") in heard) is not absent, f"{word}: {heard}"


async def test_a_forged_button_joins_nothing(street: Street) -> None:
    mine = await street.turn("甲", LIFT)
    for choice in ("same:1:1", "same:1:x", "same:999:1", "same:1:99999999999999999999"):
        answer = await street.talkers["乙"].say("", choice)
        assert "过时" in answer.text
    assert "收到了" in mine
