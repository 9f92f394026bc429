"""A place is completed by what she said before, or asked for; each tells what the answer holds.

'按' presses a button, '过' lets so many minutes pass; a word after '不含' must not be there.
Three estates have houses 1 to 8; only 纺织厂宿舍 has a house 12.
"""

import pytest

from bot.ports.storage import Storage
from tests.bot.community import Community, interpreter, rules
from tests.bot.dialogue.talker import Talker
from tests.fakes.clock import FakeClock

CONVERSATIONS: list[tuple[str, list[tuple[str, str]], str]] = [
    ("asked in which estate", [("5号楼电梯坏了", "收到了 哪个小区的5号楼"), ("和平家园", "和平家园5号楼")], "和平家园5号楼"),
    ("by a button", [("5号楼2单元电梯坏了", "哪个小区"), ("按纺织厂宿舍", "纺织厂宿舍5号楼2单元 不含哪个小区")], "纺织厂宿舍5号楼2单元"),
    ("asked where, then in which estate", [("楼道灯不亮", "在哪儿"), ("5号楼3单元", "5号楼3单元 哪个小区的5号楼"), ("按和平家园", "和平家园5号楼3单元")], "和平家园5号楼3单元"),
    ("other words are kept with it", [("5号楼电梯坏了", "哪个小区"), ("就是我们家这个院", "补到")], "5号楼"),
    ("the house that is wrong", [("5号楼电梯坏了", "哪个小区"), ("和平家园6号楼", "和平家园6号楼")], "和平家园6号楼"),
    ("only one has that house", [("12号楼电梯坏了", "收到了 按纺织厂宿舍12号楼记下 不含哪个小区")], "纺织厂宿舍12号楼"),
    ("her estate of before", [("和平家园9号楼漏水", "收到了 不含地方按"), ("过600", ""), ("7号楼电梯坏了", "按和平家园7号楼记下 不含哪个小区")], "和平家园7号楼"),
    ("her estate of before has no such house", [("和平家园9号楼漏水", ""), ("12号楼电梯坏了", "按纺织厂宿舍12号楼记下")], "纺织厂宿舍12号楼"),
    ("her house of before", [("和平家园9号楼2单元501漏水", ""), ("3单元门禁坏了", "按和平家园9号楼3单元记下 不含501")], "和平家园9号楼3单元"),
    ("her unit of before", [("和平家园9号楼2单元501漏水", ""), ("3楼的灯不亮", "按和平家园9号楼2单元3楼记下 不含501")], "和平家园9号楼2单元3楼"),
    ("a unit of no known house", [("3单元门禁坏了", "收到了 哪一栋楼 不含地方按")], "3单元"),
    ("then the house", [("3单元门禁坏了", "哪一栋楼"), ("和平家园5号楼", "和平家园5号楼3单元")], "和平家园5号楼3单元"),
    ("a bare number", [("3单元门禁坏了", "哪一栋楼"), ("5", "5号楼3单元 哪个小区的5号楼"), ("和平家园", "和平家园5号楼3单元")], "和平家园5号楼3单元"),
    ("a floor below the ground", [("负一楼车库全是水", "收到了 不含哪一栋楼")], "负1楼车库"),
    ("only beside something", [("对面的路灯坏了", "收到了 在哪儿"), ("幸福里5号楼", "幸福里小区5号楼对面 不含在哪儿")], "幸福里小区5号楼对面"),
    ("it was another", [("和平家园9号楼漏水", ""), ("7号楼电梯坏了", "按和平家园7号楼记下"), ("不对，是幸福里小区7号楼", "幸福里小区7号楼")], "幸福里小区7号楼"),
    ("a danger", [("5号楼着火了", "119 哪个小区的5号楼"), ("按幸福里小区", "幸福里小区5号楼")], "幸福里小区5号楼"),
    ("an old button", [("5号楼电梯坏了", "哪个小区"), ("和平家园", "和平家园5号楼"), ("按纺织厂宿舍", "过时")], "和平家园5号楼"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("turns", "place"),
    [row[1:] for row in CONVERSATIONS],
    ids=[row[0] for row in CONVERSATIONS],
)
async def test_a_place(
    storage: Storage, clock: FakeClock, turns: list[tuple[str, str]], place: str
) -> None:
    community = Community(storage, rules())
    await community.fill()
    estates = await storage.read(lambda views: views.places.estates())
    talker = Talker(storage, community.rules, interpreter(*estates), clock)
    for said, wanted in turns:
        if said.startswith("过"):
            clock.move(minutes=int(said[1:]))
            continue
        press = said.startswith("按")
        heard = (await (talker.press(said[1:]) if press else talker.say(said))).text
        for word in wanted.split():
            if word.startswith("不含"):
                assert word[2:] not in heard, heard
            else:
                assert word in heard, heard
    contact = await storage.write(lambda tx: tx.people.meet("web", talker.address))
    cases = await storage.write(lambda tx: tx.cases.of_person(contact.person_id, limit=9))
    assert cases[0].place == place
    if place.startswith(tuple(estates)):
        assert cases[0].grid_id is not None
