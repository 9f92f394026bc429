"""What a message wants, and what it refers to."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.meaning import Interpreter, Kind, build_interpreter
from nlp.places.grammar import Place
from tests.nlp.matter.test_classifier import SENTENCES
from tests.nlp.matter.test_emergencies import DANGERS, HARMLESS
from tests.nlp.text.test_segment import real_messages

KINDS = [
    ("", Kind.EMPTY),
    ("   ", Kind.EMPTY),
    ("……", Kind.EMPTY),
    ("厨房着火了", Kind.EMERGENCY),
    ("你好，我家没水了", Kind.REPORT),
    ("你们到底管不管，垃圾堆了三天", Kind.ANGER),
    ("谢谢，还想问一下老年证怎么办", Kind.REPORT),
    ("您好麻烦问一下居住证明怎么开", Kind.REPORT),
    ("楼上滴水", Kind.REPORT),
    ("灯坏了", Kind.REPORT),
    ("气死我了，楼上又漏水了", Kind.REPORT),
    ("我想反映一个情况，就是咱们这儿的人越来越不文明", Kind.REPORT),
    ("师傅，来人看看吧", Kind.REPORT),
    ("办这个要什么材料", Kind.REPORT),
    ("垃圾车怎么还没来", Kind.REPORT),
    ("人工湖的水臭了", Kind.REPORT),
    ("不知道你们能不能管，我家对面那个院子里的灰老是飘过来", Kind.REPORT),
    ("我的工单怎么样了", Kind.PROGRESS),
    ("办到哪了", Kind.PROGRESS),
    ("A4K9怎么样了", Kind.PROGRESS),
    ("a4k9", Kind.PROGRESS),
    ("昨天报的漏水有结果了吗", Kind.PROGRESS),
    ("电梯什么时候能修好", Kind.PROGRESS),
    ("查一下工单", Kind.PROGRESS),
    ("修好了吗", Kind.PROGRESS),
    ("我的积分", Kind.POINTS),
    ("积分能换什么", Kind.REWARDS),
    ("换什么", Kind.REWARDS),
    ("积分墙", Kind.WALL),
    ("积分超市的门坏了", Kind.REPORT),
    ("积分榜坏了", Kind.REPORT),
    ("积分墙掉下来了", Kind.REPORT),
    ("积分兑换机坏了", Kind.REPORT),
    ("兑换机吞了我的码", Kind.REPORT),
    ("打卡机坏了", Kind.REPORT),
    ("投票箱坏了", Kind.REPORT),
    ("积分超市几点开门", Kind.POINTS),
    ("积分换的电饭锅坏了", Kind.REWARDS),
    ("我要投票", Kind.VOTES),
    ("谁替我投票", Kind.VOTE_HELPERS),
    ("我不要别人替我投票了", Kind.VOTE_HELPERS),
    ("登记码", Kind.SHOWN_CODE),
    ("给我一个登记码", Kind.SHOWN_CODE),
    ("请大家投票给路取个名", Kind.INITIATIVE),
    ("把垃圾分好了", Kind.CLAIM),
    ("我去看望了3号楼的李奶奶", Kind.CLAIM),
    ("今天在驿站值了一班", Kind.CLAIM),
    ("申诉，我拍得很清楚", Kind.APPEAL),
    ("2号申报我要申诉，我有小票", Kind.APPEAL),
    ("申报看完了没有", Kind.CLAIMS),
    ("我给2号作证", Kind.WITNESS),
    ("领鸡蛋的码不见了", Kind.ORDERS),
    ("作证 12", Kind.WITNESS),
    ("投票结果出来没有", Kind.VOTES),
    ("帮我妈投票", Kind.VOTES),
    ("我不会上网怎么投票", Kind.VOTES),
    ("我投错了想改", Kind.VOTES),
    ("有人替我投票了，我要举报", Kind.REPORT),
    ("有人来吗", Kind.PROGRESS),
    ("啥时候来人", Kind.PROGRESS),
    ("东门驿站能充电吗", Kind.STATIONS),
    ("哪有厕所", Kind.STATIONS),
    ("驿站的充电桩坏了", Kind.REPORT),
    ("公共厕所太臭了", Kind.REPORT),
    ("我的提议怎么样了", Kind.OWN_INITIATIVES),
    ("我的提议呢", Kind.OWN_INITIATIVES),
    ("今日口令", Kind.DAY_WORD),
    ("垃圾没人分类，乱扔一地", Kind.REPORT),
    ("加入积分墙，我住3号楼", Kind.JOIN_WALL),
    ("退出积分墙", Kind.LEAVE_WALL),
    ("导出我的资料", Kind.EXPORT),
    ("用积分换鸡蛋", Kind.REWARDS),
    ("兑换码", Kind.ORDERS),
    ("我换的东西", Kind.ORDERS),
    ("我有多少分了", Kind.POINTS),
    ("不是3号楼，是5号楼", Kind.CORRECTION),
    ("说错了，是东门", Kind.CORRECTION),
    ("不对，是2单元", Kind.CORRECTION),
    ("刚才地址写错了，应该是6号楼", Kind.CORRECTION),
    ("不是电梯坏了，是门禁坏了", Kind.CORRECTION),
    ("补充一下，水是从厨房漏的", Kind.ADDITION),
    ("忘了说，下午家里有人", Kind.ADDITION),
    ("另外下午三点以后在家", Kind.ADDITION),
    ("你好", Kind.GREETING),
    ("您好，在吗", Kind.GREETING),
    ("喂", Kind.GREETING),
    ("早上好呀", Kind.GREETING),
    ("谢谢", Kind.THANKS),
    ("谢谢你们，辛苦了", Kind.THANKS),
    ("感谢王师傅", Kind.THANKS),
    ("你们到底管不管", Kind.ANGER),
    ("太慢了", Kind.ANGER),
    ("你们太垃圾了", Kind.ANGER),
    ("一点用都没有", Kind.ANGER),
    ("光说不做", Kind.ANGER),
    ("人工", Kind.HUMAN),
    ("我要找真人", Kind.HUMAN),
    ("转人工服务", Kind.HUMAN),
    ("别让机器人跟我说", Kind.HUMAN),
    ("好了", Kind.SOLVED),
    ("修好了", Kind.SOLVED),
    ("对", Kind.YES),
    ("是的", Kind.YES),
    ("嗯", Kind.YES),
    ("修好了，谢谢", Kind.SOLVED),
    ("谢谢师傅，已经好了", Kind.SOLVED),
    ("A4K9好了", Kind.SOLVED),
    ("没好", Kind.NO),
    ("没修好", Kind.NO),
    ("没解决", Kind.NO),
    ("不对", Kind.NO),
    ("还没修", Kind.NO),
    ("修好了又坏了", Kind.NO),
    ("没修好，还是漏水", Kind.NO),
    ("还是不亮", Kind.NO),
    ("谢谢，不过还是漏", Kind.NO),
    ("谢谢你们帮我把灯修好了", Kind.SOLVED),
    ("行，那我等着", Kind.YES),
    ("电梯坏了三天还没修好", Kind.REPORT),
    ("又停电了", Kind.REPORT),
    ("还没有人联系我", Kind.URGE),
    ("王师傅人真好", Kind.THANKS),
    ("你是真人吗", Kind.HELP),
    ("大家一起把楼道的墙刷一刷吧，涂料我出", Kind.INITIATIVE),
    ("删除我的信息", Kind.PRIVACY),
    ("语言", Kind.LANGUAGE),
    ("打卡", Kind.CHECKIN),
    ("我也遇到了", Kind.MET),
    ("我家也遇到了 KK4P", Kind.MET),
    ("不用再告诉我了", Kind.UNMET),
    ("你们也遇到过吗", Kind.UNCLEAR),
    ("可以跟着我", Kind.FOLLOW),
    ("别跟着我", Kind.UNFOLLOW),
    ("绑定手机定位", Kind.BIND),
    ("解绑手机定位", Kind.UNBIND),
    ("怎么得积分", Kind.EARNING),
    ("积分怎么来的", Kind.EARNING),
    ("我的积分怎么来的", Kind.POINTS),
    ("我积分是怎么算出来的", Kind.POINTS),
    ("我的信用", Kind.POINTS),
    ("手机号13812345678", Kind.ADDITION),
    ("撤回", Kind.WITHDRAW),
    ("不用了", Kind.WITHDRAW),
    ("算了不反映了", Kind.WITHDRAW),
    ("不用来了，我自己弄好了", Kind.WITHDRAW),
    ("催一下", Kind.URGE),
    ("怎么还没来", Kind.URGE),
    ("修电梯的怎么还没来", Kind.URGE),
    ("师傅几点来", Kind.PROGRESS),
    ("几点来", Kind.PROGRESS),
    ("明天几点上门", Kind.PROGRESS),
    ("约的几点来着", Kind.PROGRESS),
    ("到底什么时候来", Kind.URGE),
    ("怎么还不来", Kind.URGE),
    ("关联", Kind.LINK),
    ("关联 123456", Kind.LINK),
    ("123456", Kind.LINK),
    ("901119", Kind.LINK),  # a code by chance, no call for the fire brigade
    ("恢复码", Kind.RECOVER),
    ("换手机了，怎么找回", Kind.RECOVER),
    ("A4K9-23XY-H6TP", Kind.RECOVER),
    ("怎么用", Kind.HELP),
    ("你能干什么", Kind.HELP),
    ("请问这个怎么用啊", Kind.HELP),
    ("今天天气不错", Kind.CHATTER),
    ("哈哈", Kind.CHATTER),
    ("吃了吗", Kind.CHATTER),
    ("1", Kind.UNCLEAR),
    ("那边", Kind.UNCLEAR),
    ("3号楼2单元", Kind.UNCLEAR),
]


@pytest.fixture(scope="module")
def interpreter() -> Interpreter:
    return build_interpreter(estates=["幸福里小区", "清水湾花园"], landmarks=["老槐树"])


@pytest.mark.parametrize(("text", "expected"), KINDS)
def test_kind(interpreter: Interpreter, text: str, expected: Kind) -> None:
    assert interpreter.interpret(text).kind is expected


def test_every_kind_has_a_sentence() -> None:
    assert {kind for _, kind in KINDS} == set(Kind)


def test_matters_are_reports(interpreter: Interpreter) -> None:
    kinds = {sentence: interpreter.interpret(sentence).kind for sentence, _ in SENTENCES}
    assert {s for s, kind in kinds.items() if kind not in {Kind.REPORT, Kind.EMERGENCY}} == set()


def test_dangers_are_emergencies(interpreter: Interpreter) -> None:
    for sentence, _ in DANGERS:
        assert interpreter.interpret(f"你好，{sentence}，谢谢").kind is Kind.EMERGENCY


BY_SERVICE = [
    ("厨房的报警器响个不停", "gas"),
    ("电梯里有人困", "trapped"),
    ("有人困在里面", "trapped"),
    ("楼下汽车报警器响了一夜睡不着", None),
    ("车出不来，被人堵住了", None),
    ("燃气表过期了", None),
    ("停水了", None),
]


@pytest.mark.parametrize(("text", "kind"), BY_SERVICE)
def test_some_matters_are_always_a_danger(
    interpreter: Interpreter, text: str, kind: str | None
) -> None:
    found = interpreter.interpret(text).emergency
    assert (found.kind if found else None) == kind


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_sounds_like_a_danger_is_none(interpreter: Interpreter, text: str) -> None:
    assert interpreter.interpret(text).emergency is None


CASE_NUMBERS = [
    ("alone", "A4K9", "A4K9"),
    ("small letters", "a4k9到哪了", "A4K9"),
    ("with a space", "A4 K9", "A4K9"),
    ("with a dash", "A4-K9", "A4K9"),
    ("after the word", "工单a4k9", "A4K9"),
    ("before the word", "a4k9这个工单", "A4K9"),
    ("spoken digits", "A四K九", "A4K9"),
    ("digits alone as the whole", "2345", "2345"),
    ("digits after the word", "工单号2345", "2345"),
    ("capitals in a sentence", "我那个KHRX怎么样了", "KHRX"),
    ("a year", "2345年的事", None),
    ("an amount", "交了2345", None),
    ("a room", "A542室", None),
    ("a word", "here we go", None),
    ("an English word alone", "fuck", None),
    ("a number plate", "京A23456", None),
    ("a length", "还有25KM", None),
    ("a code of six", "关联 234568", None),
    ("with a letter not used", "B4K9", None),
    ("a phone number", "打13823456789", None),
    ("none", "没水了", None),
]


@pytest.mark.parametrize(("label", "text", "expected"), CASE_NUMBERS)
def test_case_number(interpreter: Interpreter, label: str, text: str, expected: str | None) -> None:
    assert interpreter.interpret(text).case_number == expected, label


CODES = [
    ("link", "关联 123456", "123456"),
    ("link without a space", "关联123456", "123456"),
    ("link in two groups", "关联 123 456", "123456"),
    ("link without a code", "关联", None),
    ("recovery", "恢复码 A4K9-23XY-H6TP", "A4K9-23XY-H6TP"),
    ("recovery in one", "恢复码是a4k923xyh6tp", "a4k923xyh6tp"),
    ("recovery without a code", "恢复码", None),
    ("digits of a report", "没水了，电话123456", None),
]


@pytest.mark.parametrize(("label", "text", "expected"), CODES)
def test_code(interpreter: Interpreter, label: str, text: str, expected: str | None) -> None:
    assert interpreter.interpret(text).code == expected, label


CORRECTIONS = [
    ("不是3号楼，是5号楼", Place(building="5"), Place(building="3")),
    ("是5号楼，不是3号楼", Place(building="5"), Place(building="3")),
    ("我说的是5号楼不是3号楼", Place(building="5"), Place(building="3")),
    ("说错了，是5号楼2单元", Place(building="5", unit="2"), Place()),
    ("不在东门，在西门", Place(landmark="西门"), Place(landmark="东门")),
]


@pytest.mark.parametrize(("text", "right", "wrong"), CORRECTIONS)
def test_correction(interpreter: Interpreter, text: str, right: Place, wrong: Place) -> None:
    meaning = interpreter.interpret(text)
    assert meaning.kind is Kind.CORRECTION
    assert (meaning.place, meaning.wrong_place) == (right, wrong)


def test_a_correction_is_classified_by_its_right_side(interpreter: Interpreter) -> None:
    best = interpreter.interpret("不是电梯坏了，是门禁坏了").classification.best
    assert best is not None
    assert best.service_code == "door_access"


@pytest.mark.parametrize(
    "text", ["幸福里小區九號樓三單元電梯停了", "幸福里小区九号楼三单元电梯停了"]
)
def test_spoken_numbers_are_read_in_either_script(interpreter: Interpreter, text: str) -> None:
    meaning = interpreter.interpret(text)
    assert meaning.place == Place(estate="幸福里小区", building="9", unit="3")
    assert not meaning.classification.doubtful
    assert interpreter.matter_of(text) == "电梯停了"


def test_a_place_alone_is_no_matter(interpreter: Interpreter) -> None:
    meaning = interpreter.interpret("清水湾花园地库")
    assert meaning.place == Place(estate="清水湾花园", landmark="地库")
    assert meaning.classification.best is None


def test_the_name_of_an_estate_is_no_matter(interpreter: Interpreter) -> None:
    best = interpreter.interpret("清水湾花园3号楼停电了").classification.best
    assert best is not None
    assert best.service_code == "power_off"


def test_an_emergency_keeps_its_place(interpreter: Interpreter) -> None:
    meaning = interpreter.interpret("幸福里三号楼五楼着火了")
    assert meaning.emergency is not None
    assert meaning.place.text == "幸福里小区3号楼5楼"


def test_most_real_messages_are_reports(interpreter: Interpreter) -> None:
    kinds = [interpreter.interpret(message).kind for message in real_messages()]
    assert kinds.count(Kind.REPORT) >= 0.9 * len(kinds)


@given(st.text(max_size=80))
def test_anything_can_be_said(text: str) -> None:
    meaning = SHARED.interpret(text)
    assert (meaning.kind is Kind.EMERGENCY) is (meaning.emergency is not None)


SHARED = build_interpreter()


def test_long_texts_take_no_time(interpreter: Interpreter) -> None:
    text = "".join(sentence + "。" for sentence, _ in SENTENCES)
    text = (text * 10)[:10_000]
    begin = time.thread_time()
    interpreter.interpret(text)
    assert time.thread_time() - begin < 0.5


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("明天下午三点到五点家里有人", False),
        ("下午三点以后我都在家", False),
        ("刚才家里有人", True),
        ("半夜家里有人", True),
        ("家里有人", True),
    ],
)
def test_when_she_is_at_home_is_no_danger(text: str, *, danger: bool) -> None:
    meaning = build_interpreter().interpret(text)
    assert bool(meaning.doubt or meaning.emergency) is danger


WHEREABOUTS = [
    "我在幸福里小区3号楼",
    "我在幸福里驿站",
    "我在银行旁边",
    "我在小广场",
    "我在门口",
    "俺在3号楼",
    "我人在3号楼",
    "我妈在3号楼",
    "人在门口",
    "我就在3号楼2单元",
    "我现在在3号楼门口",
    "我走了,谢谢",
    "我先走了",
]


@pytest.mark.parametrize("text", WHEREABOUTS)
def test_where_somebody_is_and_that_she_goes_is_no_danger(
    interpreter: Interpreter, text: str
) -> None:
    meaning = interpreter.interpret(text)
    assert (meaning.emergency, meaning.doubt) == (None, None)


@pytest.mark.parametrize("text", ["我在天台", "我站在楼顶上", "有人站在楼顶", "我走了，别找我"])
def test_what_sounds_like_it_and_is_a_danger(interpreter: Interpreter, text: str) -> None:
    meaning = interpreter.interpret(text)
    assert (meaning.emergency or meaning.doubt) is not None
