"""Sentences that are emergencies, and sentences that only sound like one."""

import pytest

from nlp.matter.emergencies import EmergencyFinder
from nlp.tables.reading import LexiconError
from nlp.text.normal import normalise

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
    ("楼下着了火", "fire"),
    ("有人晕了", "medical"),
    ("我家孩子找不着了", "missing_person"),
    ("我丈夫又动手了，打得我流血", "family_violence"),
    ("电梯里关了一个老太太", "trapped"),
    ("老人摔倒了", "medical"),
    ("闻到一股臭鸡蛋的味道", "gas"),
    ("着 火 了", "fire"),
    ("他打我", "family_violence"),
    ("孩子被锁家里了", "trapped"),
    ("楼道里着了大火", "fire"),
    ("楼上着的火越来越大", "fire"),
    ("起 火 了", "fire"),
    ("我爸晕了", "medical"),
    ("奶奶摔了一跤，动不了", "medical"),
    ("我妈在楼道里摔倒了", "medical"),
    ("我摔倒了，起不来", "medical"),
    ("老太太跌倒了", "medical"),
    ("我妈找不着了", "missing_person"),
    ("我爸爸找不到了", "missing_person"),
    ("他又打我", "family_violence"),
    ("他动手打人，我怕", "crime"),
    ("他打我了，救救我", "medical"),
    ("我老公动手了", "family_violence"),
    ("电梯里关了两个人", "trapped"),
    ("电梯里关着老人", "trapped"),
    ("宝宝锁家里了", "trapped"),
    ("小孩一个人锁在家里了，锅上还烧着水", "trapped"),
    ("厨房里有臭鸡蛋的气味", "gas"),
    ("救 命", "medical"),
    ("老人昨天摔倒了到现在起不来", "medical"),
    ("老人和狗被锁家里了", "trapped"),
    ("快打 120", "medical"),
    ("失 火 了 快来", "fire"),
    ("我把钱转给骗子了", "fraud"),
    ("刚转了五万", "fraud"),
    ("他们说是公安局让我转账，我转了", "fraud"),
    ("我妈给骗子汇了三万块钱", "fraud"),
    ("验证码告诉骗子了，卡里的钱被转走了", "fraud"),
    ("刷单的两万提不出来了", "fraud"),
    ("我被骗了八千块", "fraud"),
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
    "动手能力培训班在哪报名",
    "暑假有小朋友动手做手工的活动吗",
    "想自己动手种点菜",
    "打我电话就行",
    "他打我电话没接",
    "他打我手机",
    "反诈宣传在哪看",
    "骗子打电话来我没信",
    "他们让我转账我没转",
    "差点被骗了两万，还好没转",
    "去年被骗了五万，案子破了没有",
    "刚转了两万物业费，收到没有",
    "我怕半夜烧起来",
    "有事打我座机",
    "路边摔倒的自行车没人扶",
    "共享单车摔倒了一排",
    "楼下那家火了的网红店太吵",
    "这首歌火了，广场舞天天放",
    "他家火了以后停车更难",
    "楼道地滑，老人容易摔倒",
    "怕老人摔倒，想装扶手",
    "防止老人摔倒",
    "上次老人摔倒的地方还没修",
    "路不平，老人差点摔倒",
    "去年我妈摔倒了，想申请护理补贴",
    "我被这个表格搞晕了",
    "看得头晕",
    "晕车药哪里买",
    "晕了，这手续太复杂了",
    "钥匙锁家里了",
    "钥匙找不着了，开锁找谁",
    "我家猫找不着了",
    "我找不着社区在哪",
    "孩子的书包找不着了",
    "下水道一股臭鸡蛋味道的臭水",
    "垃圾桶有臭鸡蛋",
    "他打我孩子的主意",
    "电梯里关了灯",
    "电梯里关了空调",
    "电梯里关了一只猫",
    "他打我家门口过",
    "有人在小区打球",
    "他打我微信语音",
    "他打我小报告",
    "孩子摔坏了手机",
    "楼上老摔东西",
    "摔倒了一棵树",
    "树摔倒了压着车",
    "晚上 十点 还 放 音乐",
    "手机壳 红色 火 锅",
    "老人防摔倒讲座",
    "摔倒了怎么办讲座",
    "请不要动手",
    "谁动手拆的墙",
    "物业迟迟不动手",
    "着 了 急",
    "老人找不着社区医院",
    "孩子找不着停车的地方",
    "想找人打我家的孔",
    "他打我家的墙",
    "孩子被锁学校门外",
    "车被锁了",
    "单元门被锁了，进不了家",
    "上周电梯里关了一个人，到现在没修",
    "电梯经常关人",
    "楼下汽车的报警器响了一夜",
    "骑车的人差点摔倒了",
    "灶打着了火又灭",
    "电梯里关了广告屏吗",
    "我老公要动手术，想问报销",
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


def test_a_danger_that_something_else_speaks_for(finder: EmergencyFinder) -> None:
    found = finder.of_kind("gas", "报警器响了")
    assert found is not None
    assert found.call == ("119",)
    assert finder.of_kind("gas", "汽车报警器响了") is None
    assert finder.of_kind("flood", "水来了") is None


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
