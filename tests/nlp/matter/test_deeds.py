"""Good deeds as people tell them, and what only sounds like one: the kind, and no false alarm."""

import pytest

from nlp.matter.kinds import Kind
from nlp.meaning import build_interpreter

INTERPRETER = build_interpreter()
DONE = [
    "我去看望了3号楼的李奶奶，给她送了菜",
    "给五楼瘫痪的大哥端了碗汤",
    "我今天看望了高龄老人赵奶奶，量了血压",
    "我教邻居张大爷用手机挂号了",
    "手把手教陈阿姨学会了扫码付款",
    "替邻居大妈在手机上买了火车票",
    "今儿个我把湿垃圾倒进绿桶了",
    "塑料瓶和纸壳子我都分开放了",
    "3单元两家为晾衣服闹别扭，我给说和了",
    "我跟小刘把吵嘴的爷俩劝回家了",
    "今天在门口驿站值了两个小时班",
    "帮对门抬了个冰箱上楼",
    "我把楼门口的落叶扫干净了",
    "帮社区搬了一下午椅子",
]
NOT_DONE = [
    ("西门的垃圾没人分类", Kind.REPORT),
    ("湿垃圾桶满了没人倒", Kind.REPORT),
    ("小区南门老人生病了请帮忙", Kind.REPORT),
    ("请把楼门口的雪扫了", Kind.REPORT),
    ("给老人送个饭吧，她病了", Kind.REPORT),
    ("邻居吵架你们来劝劝", Kind.REPORT),
    ("老人摔了帮忙扶一下", Kind.REPORT),
    ("楼上老太太要送医院，来两个人抬", Kind.REPORT),
    ("社区派个人看看赵奶奶", Kind.REPORT),
    ("给我爸送个饭", Kind.REPORT),
    ("老人在家没人做饭", Kind.REPORT),
    ("谁能教我扫码付款", Kind.HELP),
    ("帮老人能得几分", Kind.POINTS),
    ("我想组织大家去看望高龄老人", Kind.INITIATIVE),
    ("他没有看望李奶奶，是假的", Kind.REPORT),
    ("菜市场缺斤短两", Kind.REPORT),
    ("能不能在三号楼前加个长椅", Kind.REPORT),
    ("来了一趟又走了，没修好", Kind.NO),
    ("电话多少", Kind.HELP),
    ("怎么得积分", Kind.EARNING),
    ("做啥能加分呀", Kind.EARNING),
]
CALLED_SO = [
    "解放街小学门口每天堵死",
    "小学门口太吵",
    "志愿者驿站边上树倒了",
    "义工站旁边的树倒了",
    "献血屋门口每天堵死",
    "雷锋广场没人打扫",
    "爱心超市门口积水",
    "互助院没暖气",
    "巡逻岗门口乱停车",
    "积分超市门口堆垃圾",
    "劳动公园后面围墙歪了",
    "友爱路小学门口天天堵",
]
DANGERS = [
    "去看望老人发现他倒在地上",
    "我去看望李奶奶，敲门没人应，怕出事了",
    "敲了半天门老人没应声，怕出事",
    "去看望奶奶的时候闻到煤气味",
    "对门两口子动刀了",
]


CALM = [
    "谢谢啊闺女",
    "我不会打字",
    "我听不清",
    "你好，我想问个事",
    "我在阳台",
    "我怕半夜烧起来",
    "骗子打电话来我没信",
]


@pytest.mark.parametrize("told", CALM)
def test_who_thanks_or_asks_is_not_asked_about_danger(told: str) -> None:
    assert INTERPRETER.interpret(told).doubt is None


@pytest.mark.parametrize("told", DONE)
def test_a_good_deed_is_a_claim_and_nobody_is_asked_about_danger(told: str) -> None:
    meaning = INTERPRETER.interpret(told)
    assert (meaning.kind, meaning.emergency, meaning.doubt) == (Kind.CLAIM, None, None)


@pytest.mark.parametrize(("told", "kind"), NOT_DONE)
def test_what_only_sounds_like_one_is_none(told: str, kind: Kind) -> None:
    assert INTERPRETER.interpret(told).kind is kind


@pytest.mark.parametrize("told", DANGERS)
def test_who_may_be_in_danger_tells_of_no_deed(told: str) -> None:
    meaning = INTERPRETER.interpret(told)
    assert meaning.emergency or meaning.doubt
    assert meaning.kind is not Kind.CLAIM


@pytest.mark.parametrize("told", CALLED_SO)
def test_what_happens_at_a_place_called_after_good_deeds_is_a_matter(told: str) -> None:
    meaning = INTERPRETER.interpret(told)
    assert (meaning.kind, meaning.deed) == (Kind.REPORT, False)
