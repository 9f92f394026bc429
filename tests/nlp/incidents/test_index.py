"""Texts that speak of the same are found among others, however many there are."""

import pytest

from nlp.incidents.index import SimilarTexts, everyday

TEXTS = {
    "lift": ("", "幸福里小区3号楼的电梯又坏了,老人上不去楼"),
    "lift too": ("", "3号楼电梯坏了三天没人修"),
    "smoke": ("夜宵摊油烟扰民", "楼下的烧烤摊每天晚上油烟直排,窗户不敢开"),
    "lamp": ("", "和平路的路灯不亮,晚上看不见"),
    "dog": ("", "有人遛狗不牵绳,吓到小孩"),
}


@pytest.fixture
def texts() -> SimilarTexts[str]:
    index = SimilarTexts[str](everyday())
    for key, (title, body) in TEXTS.items():
        index.add(key, index.vector(title, body))
    return index


@pytest.mark.parametrize(
    ("title", "body", "nearest"),
    [
        ("", "电梯又坏了,老人上不去", "lift"),
        ("", "烧烤摊的油烟太大", "smoke"),
        ("烧烤油烟", "", "smoke"),
        ("", "和平路晚上路灯都不亮", "lamp"),
        ("", "遛狗的不牵绳", "dog"),
    ],
)
def test_the_nearest(texts: SimilarTexts[str], title: str, body: str, nearest: str) -> None:
    hits = texts.find(texts.vector(title, body))

    assert hits[0].key == nearest
    assert all(0 < hit.score <= 1.001 for hit in hits)


@pytest.mark.parametrize("words", ["", "。", "x", "龘靐齉爩"])
def test_nothing_in_common(texts: SimilarTexts[str], words: str) -> None:
    assert texts.find(texts.vector("", words)) == []


def test_itself_is_the_same(texts: SimilarTexts[str]) -> None:
    (best, *_) = texts.find(texts.vector("", TEXTS["lamp"][1]))

    assert best.key == "lamp"
    assert best.score > 0.9


def test_of_a_long_text_most_is_kept() -> None:
    index = SimilarTexts[str]()
    long = "".join(chr(ord("一") + number) for number in range(300))
    index.add("long", index.vector("", long))

    (hit,) = index.find(index.vector("", long))

    assert hit.score > 0.9


def test_what_is_removed_or_replaced_is_not_found(texts: SimilarTexts[str]) -> None:
    texts.remove("lift too")
    texts.remove("nobody")
    texts.add("lift", texts.vector("", "快递柜打不开"))

    assert [hit.key for hit in texts.find(texts.vector("", "3号楼电梯坏了"))] == []
    assert texts.find(texts.vector("", "快递柜打不开"))[0].key == "lift"
    assert len(texts) == 4
    assert "lift too" not in texts


def test_a_mark_tells_what_words_do_not() -> None:
    index = SimilarTexts[str](everyday())
    for building in ("1", "2", "3"):
        index.add(building, index.vector("", "电梯坏了", [f"building {building}"]))

    hits = index.find(index.vector("", "电梯坏了", ["building 2"]))

    assert hits[0].key == "2"
    assert hits[0].score > hits[1].score + 0.1


def test_neighbours_bring_in_other_words() -> None:
    index = SimilarTexts[str](everyday())
    told = {
        "garage": "滨河苑买房强制捆绑车位销售",
        "both": "滨河苑捆绑车位销售,开发商欺负铁路职工",
        "railway": "开发商欺负铁路职工,请管一管",
        "park": "公园的秋千断了",
    }
    for key, words in told.items():
        index.add(key, index.vector("", words))

    assert index.find(index.vector("", told["garage"]))[-1].key == "both"
    assert [hit.key for hit in index.ranked("garage")] == ["both", "railway"]


def test_it_grows() -> None:
    index = SimilarTexts[int]()
    for number in range(300):
        index.add(number, index.vector("", f"第{number}件事情{number * 7919}"))

    for number in (0, 150, 299):
        assert index.find(index.vector("", f"第{number}件事情{number * 7919}"))[0].key == number
