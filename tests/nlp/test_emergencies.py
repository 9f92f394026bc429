"""Sentences that are emergencies, and sentences that only sound like one."""

import pytest

from nlp.emergencies import EmergencyFinder
from nlp.tables import LexiconError
from nlp.text import normalise

DANGERS = [
    ("厨房着火了怎么办", "fire"),
    ("三号楼五楼冒黑烟，快来人", "fire"),
    ("楼道里电瓶车烧起来了", "fire"),
    ("配电箱着火啦", "fire"),
    ("着火了，不是演练", "fire"),
    ("隔壁失火了", "fire"),
    ("插座冒火星还冒烟", "fire"),
    ("充电的电瓶炸了", "fire"),
    ("屋里一股煤气味", "gas"),
    ("楼道有天然气的味道，好像漏了", "gas"),
    ("燃气报警器一直响", "gas"),
    ("闻到好大的煤气", "gas"),
    ("煤气好像漏了", "gas"),
    ("我妈煤气中毒了", "gas"),
    ("老伴晕倒了叫不醒", "medical"),
    ("我胸口疼得厉害，喘不上气", "medical"),
    ("楼下有个老人摔倒了起不来", "medical"),
    ("爸爸突然说不出话，嘴歪了", "medical"),
    ("孩子误食了老鼠药", "medical"),
    ("救命啊", "medical"),
    ("有人掉河里了", "medical"),
    ("张奶奶敲门没人应，几天没见了", "medical"),
    ("广场上有人触电了", "medical"),
    ("我不想活了", "self_harm"),
    ("有人要跳楼", "self_harm"),
    ("活着没意思，死了算了", "self_harm"),
    ("儿子留了遗书", "self_harm"),
    ("她吃了一瓶安眠药", "self_harm"),
    ("老公又打我了", "family_violence"),
    ("楼上男的打老婆，叫得好惨", "family_violence"),
    ("隔壁天天虐待老人", "family_violence"),
    ("儿子喝了酒打我", "family_violence"),
    ("电梯里关了人，老太太在里面哭", "trapped"),
    ("我被困在电梯里了，八楼", "trapped"),
    ("电梯停在三楼出不来了", "trapped"),
    ("孩子被反锁在屋里了", "trapped"),
    ("小孩头卡在栏杆里了", "trapped"),
    ("有人拿刀在楼下", "crime"),
    ("家里进贼了", "crime"),
    ("楼下打起来了，好几个人", "crime"),
    ("有人在撬我家锁", "crime"),
    ("有个男的一直跟踪我", "crime"),
    ("我妈老年痴呆走丢了", "missing_person"),
    ("孩子放学还没回家，电话也打不通", "missing_person"),
    ("爷爷早上出门到现在不见了", "missing_person"),
]

HARMLESS = [
    "着火演练的通知在哪看",
    "灭火器过期了",
    "煤气费怎么交",
    "燃气灶打不着火",
    "楼道堆杂物，万一着火了怎么跑",
    "电动车上楼充电容易引起火灾",
    "消防演练几点开始",
    "气得我直冒火",
    "业主群里都炸了锅",
    "楼下烧烤店天天冒烟，开不了窗",
    "去年这栋楼着过火，现在消防栓还没水",
    "想装个燃气报警器多少钱",
    "燃气安检什么时候来",
    "车胎漏气了哪里能打气",
    "没有煤气味，就是灶坏了",
    "这是老人的救命钱，不能不给",
    "社区有急救培训吗",
    "心脏病的药社区医院有吗",
    "中风后遗症怎么办残疾证",
    "车位堵着，救护车进不来",
    "路面有冰，怕老人摔倒骨折",
    "树倒了，倒在地上挡路",
    "自杀式袭击的新闻太吓人",
    "门口商店天天放跳楼大甩卖的喇叭",
    "孙子想死你们了",
    "反家暴讲座在几号",
    "有人虐待流浪猫",
    "打我妈的电话打不通，想请社区看看",
    "电梯困人演练是哪天",
    "电梯坏了，老人困在家里下不来楼",
    "生活有困难想申请补助",
    "上周电梯困过人，到现在没检修",
    "这停车费简直抢钱",
    "我的车位被抢了",
    "两只狗打架",
    "怕有小偷，能装个监控吗",
    "我家狗走丢了",
    "怕老人走丢，想领防走失手环",
    "老人身份证丢了怎么补",
    "疫苗名额被抢光了",
    "水管炸了，满地是水",
    "落水管坏了",
    "没着火，就是饭糊了",
]


@pytest.fixture(scope="module")
def finder() -> EmergencyFinder:
    return EmergencyFinder()


@pytest.mark.parametrize(("sentence", "expected"), DANGERS)
def test_danger_is_found(finder: EmergencyFinder, sentence: str, expected: str) -> None:
    found = finder.find(normalise(sentence))
    assert found is not None
    assert found.kind == expected
    assert found.call


@pytest.mark.parametrize("sentence", HARMLESS)
def test_what_only_sounds_like_one(finder: EmergencyFinder, sentence: str) -> None:
    assert finder.find(normalise(sentence)) is None


def test_a_real_danger_beside_harmless_words(finder: EmergencyFinder) -> None:
    found = finder.find(normalise("昨天刚搞完着火演练,今天五楼真的着火了"))
    assert found is not None
    assert found.call == ("119",)


def test_whom_to_call(finder: EmergencyFinder) -> None:
    found = finder.find("我不想活了")
    assert found is not None
    assert found.call[0] == "12356"
    trapped = finder.find("困在电梯里了")
    assert trapped is not None
    assert trapped.call == ("property", "119")


MISTAKES = [
    ("nothing", "", "no [[emergency]] was found"),
    ("no phrases", '[[emergency]]\nkind = "fire"\ncall = ["119"]', "needs both"),
    ("misspelt field", '[[emergency]]\nkind = "fire"\nfrases = ["x"]', "unknown field 'frases'"),
]


@pytest.mark.parametrize(("label", "toml", "words"), MISTAKES)
def test_mistakes_are_told(label: str, toml: str, words: str) -> None:
    with pytest.raises(LexiconError) as told:
        EmergencyFinder(toml)
    assert words in str(told.value), label
