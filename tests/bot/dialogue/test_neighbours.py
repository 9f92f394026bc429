"""Conversations of two neighbours about one matter, and with staff who ask.

A turn is who speaks, what is said, and what the answer must hold; a word after '不含' must not
be there. '甲' reported first, '乙' is her neighbour. '社区' does something: 并 merges 乙's case
into 甲's, 分 separates it, 问 asks 甲, 答 answers 甲, 办好 solves 甲's case, 过 lets minutes pass.
'听' is what that neighbour heard last. '#' stands for the number of 甲's case, '按' presses.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.flow.cases import ask, handle, together
from bot.model.case import Case
from bot.ports.storage import Storage, Tx
from bot.web.cases import history
from tests.bot.community import Community, interpreter, rules
from tests.bot.dialogue.talker import Talker
from tests.bot.proving import finish
from tests.fakes.clock import FakeClock

LIFT = "幸福里小区3号楼2单元电梯坏了"
SECOND = "幸福里小区3号楼2单元的电梯又坏了，老人下不了楼"
BOTH = [("甲", LIFT, "收到了"), ("乙", SECOND, "收到了"), ("社区", "并", "")]

CONVERSATIONS: list[tuple[str, list[tuple[str, str, str]]]] = [
    # 我也遇到了
    ("with the number", [("甲", LIFT, ""), ("乙", "我也遇到了 #", "记下了 # 电梯故障 1 人 不含3号楼")]),
    ("without, then the number", [("甲", LIFT, ""), ("乙", "我也遇到了", "哪一件"), ("乙", "#", "记下了 1 人")]),
    ("a matter in her words is a report", [("乙", "我也遇到了，我家没水了", "收到了 没水")]),
    ("a number that is none", [("乙", "我也遇到了 K2A4", "没有")]),
    ("her own", [("甲", LIFT, ""), ("甲", "我也遇到了 #", "您提的")]),
    ("twice is once", [("甲", LIFT, ""), ("乙", "我也遇到了 #", "1 人"), ("乙", "我家也遇到了 #", "1 人")]),
    ("she hears of it", [("甲", LIFT, ""), ("乙", "我也遇到了 #", ""), ("社区", "办好", ""), ("听乙", "", "也遇到的 说办好了 不含换了零件")]),
    ("by button no more", [("甲", LIFT, ""), ("乙", "我也遇到了 #", ""), ("乙", "按不用再告诉我", "不再告诉"), ("社区", "办好", ""), ("听乙", "", "不再告诉")]),
    ("in words no more", [("甲", LIFT, ""), ("乙", "我也遇到了 #", ""), ("乙", "不用再告诉我了", "不再告诉")]),
    ("nothing to stop", [("乙", "取消关注", "没有在告诉")]),
    ("she sees nothing of its reporter", [("甲", LIFT, ""), ("乙", "我也遇到了 #", ""), ("乙", "#怎么样了", "不是从这里提的")]),
    ("what has ended", [("甲", LIFT, ""), ("社区", "办好", ""), ("甲", "好了", "加 5 分"), ("乙", "我也遇到了 #", "已经办完")]),
    # merged
    ("her own number still answers", [*BOTH, ("乙", "我的工单怎么样了", "派给人了 和工单 # 一起办 王师傅 老人")]),
    ("she is told", [*BOTH, ("听乙", "", "同一件事，一起办 #")]),
    ("both are asked, each confirms", [*BOTH, ("社区", "办好", ""), ("乙", "好了", "加 5 分"), ("甲", "好了", "加 5 分"), ("甲", "好了", "不含加")]),
    ("by button", [*BOTH, ("社区", "办好", ""), ("乙", "按好了", "加 5 分"), ("甲", "按好了", "加 5 分")]),
    ("either may say no", [*BOTH, ("社区", "办好", ""), ("乙", "没修好，还是坏的", "接着办")]),
    ("she urges the main case", [*BOTH, ("乙", "催一下", "催过了 王师傅"), ("甲", "催一下", "刚才催过了")]),
    ("her words stay hers", [*BOTH, ("乙", "补充一下，老人要去医院", "补到"), ("甲", "我的工单怎么样了", "不含医院")]),
    ("a merged one isn't taken back alone", [*BOTH, ("乙", "撤回", "和工单 # 一起办 不含要撤回")]),
    ("apart again", [*BOTH, ("社区", "分", ""), ("听乙", "", "单独接着办"), ("乙", "我的工单怎么样了", "派给人了 不含一起办")]),
    # asked
    ("her next words are the answer", [("甲", LIFT, ""), ("社区", "问几层按钮不亮", ""), ("听甲", "", "几层按钮不亮 直接回"), ("甲", "五层的", "已经告诉王师傅")]),
    ("days later too", [("甲", LIFT, ""), ("社区", "问几层按钮不亮", ""), ("过", "1500", ""), ("甲", "五层的", "已经告诉王师傅")]),
    ("yes is an answer", [("甲", LIFT, ""), ("社区", "问是不是一开门就响", ""), ("甲", "是的", "已经告诉王师傅")]),
    ("how it stands meanwhile", [("甲", LIFT, ""), ("社区", "问几层按钮不亮", ""), ("甲", "我的工单怎么样了", "正在等您回话 不含晚了")]),
    ("another matter meanwhile", [("甲", LIFT, ""), ("社区", "问几层按钮不亮", ""), ("甲", "东门垃圾没人收", "收到了 垃圾")]),
    ("it was another matter after all", [("甲", LIFT, ""), ("社区", "问几层按钮不亮", ""), ("甲", "那个奖状还发不发了", "已经告诉"), ("甲", "按这是另一件事", "收到了 奖状")]),
    ("an emergency meanwhile", [("甲", LIFT, ""), ("社区", "问几层按钮不亮", ""), ("甲", "着火了", "119")]),
    ("after an answer her words reach the case", [("甲", LIFT, ""), ("社区", "答下午三点来", ""), ("过", "120", ""), ("甲", "三点我不在家呀", "已经告诉王师傅")]),
    ("thanks for an answer are thanks", [("甲", LIFT, ""), ("社区", "答下午三点来", ""), ("甲", "谢谢", "不客气")]),
    ("no answers to what she heard last", [("甲", LIFT, ""), ("甲", "和平家园5号楼下水道堵了", "收到了"), ("社区", "接", ""), ("听甲", "", "接手"), ("甲", "没解决呢", "补到 #")]),
    # urged
    ("the second time the lead", [("甲", LIFT, ""), ("甲", "催一下", "催过了 排到前面"), ("过", "61", ""), ("甲", "催一下", "第 2 次 管这一片的")]),
    ("within the hour", [("甲", LIFT, ""), ("甲", "催一下", "催过了"), ("甲", "快点", "刚才催过了 以后")]),
    ("a withdrawn main case leaves the other", [*BOTH, ("甲", "撤回", "要撤回"), ("甲", "按撤回", "撤回了"), ("听乙", "", "单独接着办")]),
]  # fmt: skip


@dataclass(slots=True)
class Street:
    """Two neighbours, and staff."""

    storage: Storage
    community: Community
    clock: FakeClock
    talkers: dict[str, Talker]
    shown: dict[str, str] = field(default_factory=dict)

    async def turn(self, who: str, said: str) -> str:
        if who == "过":
            self.clock.move(minutes=int(said))
            return ""
        if who == "社区":
            await self.storage.write(self._acts(said))
            return ""
        if who.startswith("听"):
            return await self._last(who[1:])
        talker = self.talkers[who]
        if said.startswith("按"):
            await self._see_buttons(who)
            return (await talker.press(said[1:])).text
        return (await talker.say(await self.numbered(said))).text

    async def numbered(self, text: str) -> str:
        if "#" not in text:
            return text
        case = await self.storage.write(lambda tx: self.case_of(tx, "甲"))
        return text.replace("#", case.number)

    def case_of(self, tx: Tx, who: str) -> Case:
        contact = tx.people.meet("web", self.talkers[who].address)
        return tx.cases.of_person(contact.person_id, limit=9)[-1]

    def _acts(self, said: str) -> Callable[[Tx], Any]:
        regulations = self.community.rules

        def unit(tx: Tx) -> None:
            case = self.case_of(tx, "甲")
            lin = next(member for member in tx.staff.all() if member.login == "lin")
            assert case.handler_id is not None
            handler = tx.staff.get(case.handler_id)
            version = case.version
            if said == "并":
                other = self.case_of(tx, "乙")
                together.merge(tx, regulations, other.id, lin, case.number, version=other.version)
            elif said == "并丙到乙":
                main, other = self.case_of(tx, "乙"), self.case_of(tx, "丙")
                together.merge(tx, regulations, other.id, lin, main.number, version=other.version)
            elif said == "分":
                other = self.case_of(tx, "乙")
                together.separate(tx, regulations, other.id, lin, version=other.version)
            elif said == "办好":
                finish(tx, regulations, case.id, handler, "换了零件", version=version)
            elif said == "接":
                handle.take(tx, regulations, case.id, handler, version=version)
            elif said.startswith("问"):
                ask.ask(tx, regulations, case.id, handler, said[1:], version=version)
            else:
                handle.answer(tx, regulations, case.id, handler, said[1:])

        return unit

    async def _lines(self, who: str) -> Any:
        contact = await self.storage.write(
            lambda tx: tx.people.meet("web", self.talkers[who].address)
        )
        return await self.storage.read(
            lambda views: views.chat.lines(contact.id, after=None, limit=50)
        )

    async def _last(self, who: str) -> str:
        return str((await self._lines(who))[-1].text)

    async def _see_buttons(self, who: str) -> None:
        with_buttons = [line.buttons for line in await self._lines(who) if line.buttons]
        self.talkers[who].buttons = with_buttons[-1]


@pytest.fixture
async def street(storage: Storage, clock: FakeClock) -> Street:
    community = Community(storage, rules())
    await community.fill()
    talkers = {
        who: Talker(storage, community.rules, interpreter("幸福里小区"), clock, address=who)
        for who in ("甲", "乙")
    }
    return Street(storage, community, clock, talkers)


@pytest.mark.parametrize(
    ("label", "turns"), CONVERSATIONS, ids=[label for label, _ in CONVERSATIONS]
)
async def test_conversation(street: Street, label: str, turns: list[tuple[str, str, str]]) -> None:
    for who, said, expected in turns:
        heard = await street.turn(who, said)
        for word in (await street.numbered(expected)).split():
            if word.startswith("不含"):
                assert word[2:] not in heard, (label, said, heard)
            else:
                assert word in heard, (label, said, heard)


async def test_the_page_of_the_reporter_tells_of_others_without_their_words(
    street: Street,
) -> None:
    for who, said, _ in [*BOTH, ("社区", "办好", ""), ("乙", "没修好，李家的还是坏", "")]:
        await street.turn(who, said)
    case = await street.storage.write(lambda tx: street.case_of(tx, "甲"))
    page = await street.storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    texts, now = street.community.rules.texts, street.clock.now()
    words = " ".join(line.words for line in history(texts, page, {}, now, side="pages"))
    assert "另一位反映的人说没好" in words
    assert "李家" not in words
