"""What is found in the words of staff, and what is not: both counted."""

import pytest

from bot.oversight.disclosure import Finding, Personal, find_personal

FOUND: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("a mobile", "您打楼上 13812345678 问问", [("phone", "13812345678")]),
    ("a mobile with gaps", "电话138 1234 5678", [("phone", "138 1234 5678")]),
    ("a mobile with hyphens", "138-1234-5678找他", [("phone", "138-1234-5678")]),
    ("a landline", "他家是010-62345678", [("phone", "010-62345678")]),
    ("a landline of four digits", "0571 88123456", [("phone", "0571 88123456")]),
    ("a landline without area code", "打她家 62345678", [("phone", "62345678")]),
    ("one with a gap", "家里电话 6234 5678", [("phone", "6234 5678")]),
    ("one with a hyphen", "家里6234-5678", [("phone", "6234-5678")]),
    ("one of seven digits", "他家是3651234", [("phone", "3651234")]),
    ("an identity number", "身份证11010519491231002X登记了", [("identity", "11010519491231002X")]),
    ("one of digits", "110105199003078811", [("identity", "110105199003078811")]),
    ("a plate", "是京A12345的车主", [("plate", "京A12345")]),
    ("a plate with a dot", "车牌沪B·8K321", [("plate", "沪B·8K321")]),
    ("an electric plate", "粤BD12345", [("plate", "粤BD12345")]),
    ("a small letter", "京a12345", [("plate", "京a12345")]),
    ("a room", "是501室漏的", [("room", "501室")]),
    ("a room with its house", "3号楼2单元501室", [("room", "3号楼2单元501室")]),
    ("a room without its word", "3号楼2单元501", [("room", "3号楼2单元501")]),
    ("a house and a room", "5栋1203的住户", [("room", "5栋1203")]),
    ("hyphens", "住3-2-501", [("room", "3-2-501")]),
    ("a unit and a room", "2单元302房", [("room", "2单元302房")]),
    ("a full name", "李建国先生说可以", [("name", "李建国先生")]),
    ("a short full name", "找张伟师傅", [("name", "张伟师傅")]),
    ("an old lady", "陈秀英阿姨住院了", [("name", "陈秀英阿姨")]),
    ("a doctor", "请联系周敏医生", [("name", "周敏医生")]),
    (
        "several",
        "楼上王小明先生，13912345678，501室",
        [("name", "王小明先生"), ("phone", "13912345678"), ("room", "501室")],
    ),
]

CLEAN = [
    "王师傅下午三点到", "李阿姨您好，已经派人了", "请打 12345", "供电抢修 95598", "着火请打119",
    "12月3日上午10点半来", "2026-11-25 上午修好", "2026年11月25日", "工单 K2A4 已经办好",
    "换了控制板，试过三趟", "3号楼2单元的电梯", "5号楼门口", "3号楼", "一共 1200 户居民",
    "花了 1350 元", "会议室在二楼", "到社区办公室来", "王师傅和张师傅一起去",
    "王师傅让李师傅去看看",
    "请施工师傅先停一下", "管理老师说行", "任何老人都可以来", "高龄老人可以申请", "周边老人多",
    "两位老师一起来", "零件型号 A12345", "热线 400-810-1234", "电表读数 13812", "编号 20261125001",
    "水压 0.25", "编号 20261125", "电表读数 2345678 度", "2026-2027年",
    "早上8-10点", "3-5天修好", "马上请师傅来",
    "请安装师傅上门",
    "12-25-2026 前", "房间号不用说", "京东送的", "沪宁高速", "住在高层的老人", "李家的老人",
]  # fmt: skip


@pytest.mark.parametrize(("label", "words", "found"), FOUND)
def test_what_is_personal_is_found(label: str, words: str, found: list[tuple[str, str]]) -> None:
    assert [(one.kind.value, one.text) for one in find_personal(words)] == found, label
    for one in find_personal(words):
        assert words[one.start : one.end] == one.text


def test_false_alarms_are_rare() -> None:
    alarms = {words: find_personal(words) for words in CLEAN}
    wrong = {words: found for words, found in alarms.items() if found}
    assert len(CLEAN) >= 40
    assert len(wrong) <= 1, wrong


OWN = [
    ("her own telephone", "打您 138 1234 5678", ["我电话13812345678"]),
    ("her own room", "去您家501室看过", ["幸福里小区3号楼2单元501"]),
    ("her own plate", "京A12345挪走了", ["我的车京A·12345被刮了"]),
    ("her own name", "李建国先生您好", ["我是李建国先生"]),
    ("an office number", "打 010-62345678", ["01062345678"]),
]


@pytest.mark.parametrize(("label", "words", "own"), OWN)
def test_what_she_said_herself_is_no_secret(label: str, words: str, own: list[str]) -> None:
    assert find_personal(words, own=own) == [], label
    assert find_personal(words) != [], label


def test_a_neighbours_room_is_one_although_she_told_hers() -> None:
    found = find_personal("是601室漏的，不是501室", own=["3号楼2单元501"])
    assert found == [Finding(Personal.ROOM, "601室", 1)]
