"""An operator's names, and what is wrong in a file of them."""

import pytest

from nlp.meaning import build_interpreter
from nlp.places.gazetteer import read_gazetteer
from nlp.places.grammar import Place
from nlp.tables.reading import LexiconError

OWN = """
[[estate]]
name = "春风苑"
also = ["老钢厂"]
[[road]]
name = "解放街"
[[spot]]
name = "老菜场"
"""

FOUND = [
    ("老钢厂3号楼停水了", Place(estate="春风苑", building="3")),
    ("春风院3号楼停水了", Place(estate="春风苑", building="3")),  # it sounds the same
    ("解放街北口的井盖翘了", Place(landmark="解放街北口")),
    ("老菜场旁边有人乱停车", Place(landmark="老菜场旁边")),
    ("2号楼到3号楼之间的路塌了", Place(landmark="2号楼到3号楼之间")),
    ("不是3号楼,是5号楼停水", Place(building="5")),
]


@pytest.mark.parametrize(("text", "place"), FOUND)
def test_names_of_an_operator_are_found(text: str, place: Place) -> None:
    assert build_interpreter(gazetteer_toml=OWN).interpret(text).place == place


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[estate]]\nnick = 1", "unknown field 'nick'"),
        ("[[estate]]\nname = ''", "'name' is missing"),
        ("[[estate]", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_told(text: str, complaint: str) -> None:
    with pytest.raises(LexiconError, match=complaint):
        read_gazetteer(text)


def test_one_kind_is_enough() -> None:
    assert read_gazetteer('[[road]]\nname = "解放街"').estates == {}
