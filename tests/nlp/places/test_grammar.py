"""Places as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.places.grammar import Place, PlaceFinder
from nlp.text.normal import normalise

FOUND = [
    ("幸福里小区3号楼2单元电梯坏了", Place(estate="幸福里小区", building="3", unit="2")),
    (
        "幸福里三号楼二单元五零二漏水",
        Place(estate="幸福里小区", building="3", unit="2", room="502"),
    ),
    ("3-2-502没水了", Place(building="3", unit="2", room="502")),
    ("三杠二杠五零二没水了", Place(building="3", unit="2", room="502")),
    ("我住3-502", Place(building="3", room="502")),
    ("12栋1单元", Place(building="12", unit="1")),
    ("十二栋楼下积水", Place(building="12", landmark="楼下")),
    ("A座12层走廊灯不亮", Place(building="A", floor="12")),
    ("b座大堂", Place(building="B", landmark="大堂")),
    ("甲3号楼", Place(building="甲3")),
    ("5幢2-301", Place(building="5", unit="2", room="301")),
    ("8#楼3单元6楼", Place(building="8", unit="3", floor="6")),
    ("我家在5楼", Place(floor="5")),
    ("负一楼全是水", Place(floor="-1")),
    ("东门口垃圾没人收", Place(landmark="东门口")),
    ("阳光花园北门", Place(estate="阳光花园", landmark="北门")),
    ("3号楼下停满了车", Place(building="3", landmark="楼下")),
    ("3号楼门口堆着沙发", Place(building="3", landmark="门口")),
    ("3号楼下水道堵了", Place(building="3")),
    ("3号楼下午停水", Place(building="3")),
    ("老槐树那边路灯坏了", Place(landmark="老槐树")),
    ("小广场的健身器材", Place(landmark="小广场")),
    ("3号2单元", Place(building="3", unit="2")),
    ("5号502室", Place(building="5", room="502")),
    ("幸福里小区7号漏水", Place(estate="幸福里小区", building="7")),
    ("东单元没灯", Place(unit="东")),
    ("1203室", Place(room="1203")),
    ("3号楼2门501", Place(building="3", unit="2", room="501")),
    ("楼上602家漏水", Place(room="602")),
    ("我是3号楼2单元5层502的", Place(building="3", unit="2", floor="5", room="502")),
    ("幸福里小区", Place(estate="幸福里小区")),
    ("我家三零二", Place(room="302")),
    ("楼上五零二滴水", Place(room="502")),
    ("601漏水了", Place(room="601")),
    ("三幺零二漏水", Place(room="3102")),
    ("三号二门五零一", Place(building="3", unit="2", room="501")),
    ("3/2/501没水", Place(building="3", unit="2", room="501")),
    ("3#2#501没水", Place(building="3", unit="2", room="501")),
    ("5#801没水", Place(building="5", room="801")),
    ("3号楼 2单元 501", Place(building="3", unit="2", room="501")),
    ("三动二单元没电", Place(building="3", unit="2")),
    ("二号楼一门洞没灯", Place(building="2", unit="1")),
    ("B1车库全是水", Place(floor="-1", landmark="车库")),
    ("B2层全是水", Place(floor="-2")),
    ("这不是南门是北门", Place(landmark="北门")),
    ("是不是3号楼停水了", Place(building="3")),
    ("3号楼后面的空地", Place(building="3", landmark="后面的空地")),
    ("2栋和3栋中间", Place(landmark="2栋和3栋中间")),
]

NOT_A_PLACE = [
    ("a date", "3号就报了，到现在没人管"),
    ("a full date", "5月3号楼道灯就坏了"),
    ("a date with two digits", "12月13号楼上漏水"),
    ("a mobile number", "我电话13800138000"),
    ("a landline", "打010-62345678没人接"),
    ("an amount", "停车费500元一个月"),
    ("a date with dashes", "2024-3-12报的"),
    ("a range of prices", "交3-500元"),
    ("upstairs", "楼上滴水"),
    ("hours", "从8-10点一直响"),
    ("an age", "我80岁了"),
    ("how many", "等了3个小时"),
    ("dust", "一层灰"),
    ("afterwards", "以后门都不敢出"),
    ("the house one is in", "我们这一栋都没电"),
    ("how many houses", "这三栋楼都没水"),
    ("each floor", "每一层都没灯"),
    ("how many came", "301人停电"),
    ("a year", "我家二零二六年装的"),
    ("a bus", "三零二路不停站"),
    ("a date with slashes", "3/2/2024报的"),
]


@pytest.fixture(scope="module")
def finder() -> PlaceFinder:
    return PlaceFinder(["幸福里小区", "阳光花园"], ["老槐树"])


@pytest.mark.parametrize(("sentence", "expected"), FOUND)
def test_place_is_found(finder: PlaceFinder, sentence: str, expected: Place) -> None:
    assert finder.find(normalise(sentence)) == expected


@pytest.mark.parametrize(("label", "sentence"), NOT_A_PLACE)
def test_what_is_no_place(finder: PlaceFinder, label: str, sentence: str) -> None:
    assert finder.find(normalise(sentence)) == Place(), label


@pytest.mark.parametrize("place", [place for _, place in FOUND])
def test_its_own_text_is_read_back(finder: PlaceFinder, place: Place) -> None:
    assert finder.find(place.text) == place


MERGES = [
    ("another building keeps the unit", "3号楼2单元", "5号楼", "5号楼2单元"),
    ("what was missing is added", "3号楼", "2单元502室", "3号楼2单元502室"),
    ("another floor drops the room", "3号楼502室", "6楼", "3号楼6楼"),
    ("a house of another estate", "幸福里小区3号楼2单元", "阳光花园5号楼", "阳光花园5号楼"),
    ("the same estate named again", "幸福里小区3号楼2单元", "幸福里5号楼", "幸福里小区5号楼2单元"),
    ("another estate alone", "幸福里小区3号楼", "阳光花园", "阳光花园3号楼"),
    ("nothing new changes nothing", "3号楼2单元502室", "", "3号楼2单元502室"),
    ("into nothing", "", "东门口", "东门口"),
]


@pytest.mark.parametrize(("label", "old", "new", "expected"), MERGES)
def test_merging(finder: PlaceFinder, label: str, old: str, new: str, expected: str) -> None:
    assert finder.find(old).merged_with(finder.find(new)).text == expected, label


ALL_OF = [
    ("3号楼2单元", True),
    ("在东门口那边", True),
    ("我家是3-2-502的", True),
    ("幸福里小区", True),
    ("我在幸福里小区3号楼", True),
    ("我人在东门口这边", True),
    ("俺现在就在3号楼", True),
    ("我老公在3号楼", False),
    ("3号楼停水", False),
    ("好的", False),
    ("", False),
]


@pytest.mark.parametrize(("sentence", "expected"), ALL_OF)
def test_a_place_and_nothing_else(finder: PlaceFinder, *, sentence: str, expected: bool) -> None:
    assert finder.is_all_of(sentence) is expected


def test_estates_are_taken_out(finder: PlaceFinder) -> None:
    assert "花园" not in finder.without_estates("阳光花园停水")


def test_no_place_is_false() -> None:
    assert not Place()
    assert Place(floor="5")
    assert PlaceFinder().find("3号楼").building == "3"


@given(st.text(alphabet="幸福里小区号楼栋单元层室东门下0123456789-#AB月 ", max_size=40))
def test_anything_can_be_read(text: str) -> None:
    finder = PlaceFinder(["幸福里小区"])
    place = finder.find(normalise(text))
    assert bool(place) is bool(place.text)
