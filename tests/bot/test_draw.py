"""The tables drawn into the documentation are those of the code."""

from pathlib import Path

import pytest

from bot.app import make_texts
from bot.console.draw import svg
from bot.console.draw.chart import Chart, case_chart, initiative_chart, referral_chart, vote_chart
from bot.console.draw.command import PAGE, PHONE_PAGE, files
from bot.console.draw.phone import phone_chart
from bot.dialogue.phone.script import the_script
from bot.dialogue.table import BY_KIND, CHOICES, IN_STEP
from bot.settings import Settings
from tests.proof.command import gongzhi

DOCS = Path(__file__).parents[2] / "docs"
TEXTS = make_texts(Settings())


@pytest.mark.parametrize("name", files(TEXTS))
def test_the_documentation_is_up_to_date(name: str) -> None:
    drawn = files(TEXTS)[name]
    assert DOCS.joinpath(name).read_text("utf-8") == drawn, "run `gongzhi draw`"


def test_the_page_names_every_answer_step_and_button() -> None:
    page = files(TEXTS)[PAGE]
    for name in (*BY_KIND, *IN_STEP, *CHOICES):
        assert f"| `{name}` |" in page, name


def test_the_page_of_the_telephone_names_every_state_and_way() -> None:
    page = files(TEXTS)[PHONE_PAGE]
    for state in the_script().states.values():
        part = page.split(f"## `{state.name}` ")[1].split("\n## ")[0]
        for way in state.ways:
            assert f"| `{way}` |" in part, (state.name, way)


CHARTS = [
    *(drawn(TEXTS) for drawn in (case_chart, referral_chart, initiative_chart, vote_chart)),
    phone_chart(TEXTS, the_script()),
]


@pytest.mark.parametrize("chart", CHARTS)
def test_the_picture_shows_every_source_and_target_once(chart: Chart) -> None:
    assert svg.draw(chart).count("<circle ") == sum(len(row.sources) + 1 for row in chart.rows)


def test_the_command_writes_into_a_folder_that_is_there(tmp_path: Path) -> None:
    wrong = gongzhi(tmp_path, "draw")
    assert (wrong.code, wrong.out) == (1, "")
    assert "没有 docs 这个文件夹" in wrong.err
    right = gongzhi(tmp_path, "draw", str(tmp_path))
    assert right.code == 0
    assert {file.name for file in tmp_path.iterdir()} == set(files(TEXTS))
