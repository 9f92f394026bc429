"""What counts as a landmark stands in a table; how far its words reach is seen here."""

from importlib.resources import files

import pytest

from nlp.meaning import build_interpreter
from nlp.places.landmarks import FILE, LandmarkFinder, read_landmarks
from nlp.tables.reading import LexiconError

NAMES = ["解放街", "和平路", "大槐树"]

FOUND = [
    ("a spot", "超市的灯坏了", "超市"),
    ("beside it", "银行旁边夜里黑", "银行旁边"),
    ("what is beside it", "银行旁边那条巷子夜里黑", "银行旁边那条巷子"),
    ("with one word", "卫生所边上的台阶结冰了", "卫生所边上的台阶"),
    ("no matter is a place", "卫生所边上的垃圾桶满了", "卫生所边上"),
    ("a light is no road", "银行旁边那条路灯不亮", "银行旁边"),
    ("a road", "银行旁边那条路不平", "银行旁边那条路"),
    ("across, at an angle", "北门斜对面的洗车店", "北门斜对面的洗车店"),
    ("two sides", "药店后面右边堆了砖", "药店后面右边"),
    ("between two", "银行和药店中间那条巷子", "银行和药店中间那条巷子"),
    ("between two houses", "3号楼到5号楼之间的路塌了", "3号楼到5号楼之间"),
    ("a way to go", "加油站往前五十米有个坑", "加油站往前五十米"),
    ("behind a house", "3号楼后面的空地", "后面的空地"),
    ("below something", "楼下那家烧烤摊", "楼下那家烧烤摊"),
    ("a road with a number", "解放街18号门面漏水", "解放街18号"),
    ("two roads", "和平路和解放街交叉口的井盖", "和平路和解放街交叉口"),
    ("where a street begins", "解放街口的垃圾桶", "解放街口"),
    ("and no opening in it", "解放街口子上", "解放街"),
    ("a name and a spot", "解放街小学门口", "解放街小学门口"),
    ("a name that was misheard", "大怀树底下的石凳", "大槐树底下"),
    ("only where from", "对面又在敲", "对面"),
    ("a thing, no place", "垃圾桶满了", None),
    ("a thing that says where", "垃圾桶旁边堆满了", "垃圾桶旁边"),
    ("another word", "以后门都不敢出", None),
    ("a stop sign", "公交站牌倒了", None),
    ("a home", "我家门口有人", None),
    ("later on", "一三八,后面我记不得了", None),
]


@pytest.mark.parametrize(("label", "text", "words"), FOUND)
def test_the_packaged_table(label: str, text: str, words: str | None) -> None:
    found = LandmarkFinder(NAMES, read_landmarks()).search(text)

    assert (found and found.words) == words, label


def test_what_a_landmark_reaches_to_may_be_the_matter() -> None:
    interpreter = build_interpreter()

    assert interpreter.interpret("健身房后面那条消防通道堵了").place.text.endswith("消防通道")
    assert interpreter.matter_of("健身房后面那条消防通道堵了") == "那条消防通道堵了"


OWN = """
[[spot]]
words = ["钟楼", "钟楼广场"]
[[spot]]
words = ["码头"]
not_before = ["工人"]
not_after = ["老"]
[[spot]]
words = ["台"]
only_after = ["看"]
only_before = ["上"]
[[beside]]
words = ["邮筒"]
[[side]]
words = ["隔篱"]
makes_place = true
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("钟楼广场有人", "钟楼广场"),
        ("钟楼隔篱", "钟楼隔篱"),
        ("码头停电", "码头"),
        ("码头工人", None),
        ("老码头", None),
        ("看台上", "台"),
        ("看台下", None),
        ("讲台上", None),
        ("邮筒隔篱", "邮筒隔篱"),
        ("邮筒满了", None),
        ("超市旁边", None),
    ],
)
def test_a_table_of_an_operator(text: str, words: str | None) -> None:
    found = LandmarkFinder([], read_landmarks(OWN)).search(text)

    assert (found and found.words) == words


def test_it_is_what_the_service_reads() -> None:
    interpreter = build_interpreter(landmarks_toml=OWN)

    assert interpreter.interpret("钟楼隔篱的路灯坏了").place.landmark == "钟楼隔篱"


def test_a_copy_of_the_packaged_table_says_the_same() -> None:
    text = files("nlp").joinpath("lexicon", FILE).read_text(encoding="utf-8")

    assert read_landmarks(text) == read_landmarks()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[spots]]\nwords = ['桥']", r"unknown list \[\[spots\]\]"),
        ("[[spot]]\nword = ['桥']", "unknown field 'word'"),
        ("[[spot]]\nwords = ['桥']\nmakes_place = true", "unknown field 'makes_place'"),
        ("[[spot]]\nwords = []", "'words' is missing"),
        ("[[spot]]\nwords = '桥'", "must be a list of texts"),
        ("[spot]\nwords = ['桥']", r"no \[\[spot\]\]"),
        ("[[side]]\nwords = ['旁边']\nmakes_place = 1", "must be true or false"),
    ],
)
def test_what_is_wrong_is_told(text: str, complaint: str) -> None:
    with pytest.raises(LexiconError, match=complaint):
        read_landmarks(text)
