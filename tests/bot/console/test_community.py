"""`gongzhi migrate`, `demo` and `staff`."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.store import tables as t
from bot.store.engines.database import make_engine, newest_revision, parse_url
from tests.bot.console.running import failed
from tests.proof.command import Ended, gongzhi


def test_migrate_says_from_where_to_where(tmp_path: Path) -> None:
    newest = newest_revision()
    assert gongzhi(tmp_path, "migrate") == Ended(0, f"数据库：- → {newest}\n", "")
    assert gongzhi(tmp_path, "migrate") == Ended(0, f"数据库：{newest} → {newest}\n", "")


def test_demo_fills_once(tmp_path: Path) -> None:
    first, second = gongzhi(tmp_path, "demo"), gongzhi(tmp_path, "demo")
    assert (first.code, second.code) == (0, 0)
    assert "已经填入" in first.out
    assert "没有改动" in second.out
    codes = [re.findall(r"/desk/enter\?code=(\S+)", ended.out) for ended in (first, second)]
    assert len(codes[0]) == len(codes[1]) > 3
    assert not set(codes[0]) & set(codes[1])


def test_staff_are_added(tmp_path: Path) -> None:
    added = gongzhi(
        tmp_path, "staff", "add", "li", "--name", "李姐", "--role", "dispatcher",
        "--password-stdin", typed="correct horse\n", public_url="https://a.example",
    )  # fmt: skip
    assert (added.code, added.err) == (0, "")
    assert "李姐" in added.out
    assert "code=" not in added.out
    failed(gongzhi(tmp_path, "staff", "add", "li", "--name", "别人"), "li")
    linked = gongzhi(
        tmp_path, "staff", "add", "sun", "--name", "孙师傅", public_url="https://a.example"
    )
    assert linked.code == 0
    assert len(re.findall(r"https://a\.example/desk/enter\?code=\S{16}", linked.out)) == 1
    engine = make_engine(parse_url(f"sqlite:///{tmp_path}/var/gongzhi.sqlite"))
    with engine.connect() as connection:
        rows = connection.execute(sa.select(t.staff).order_by(t.staff.c.id)).all()
    engine.dispose()
    assert [(row.login, row.role) for row in rows] == [("li", "dispatcher"), ("sun", "grid_worker")]
    assert rows[0].password_hash.startswith("$argon2id$")
    assert not rows[1].password_hash.startswith("$")


@pytest.mark.parametrize("typed", ["short\n", "\n", ""])
def test_a_short_password_is_refused(tmp_path: Path, typed: str) -> None:
    arguments = ("staff", "add", "li", "--name", "李姐", "--password-stdin")
    failed(gongzhi(tmp_path, *arguments, typed=typed), "8")
    assert gongzhi(tmp_path, *arguments, typed="long enough").code == 0


def test_an_unknown_organisation_is_refused(filled: Path) -> None:
    arguments = ("staff", "add", "li", "--name", "李姐", "--organisation", "nowhere")
    failed(gongzhi(filled, *arguments), "组织")


def test_a_member_is_added_with_skills_shifts_and_grids(tmp_path: Path) -> None:
    assert gongzhi(tmp_path, "demo").code == 0
    added = gongzhi(
        tmp_path, "staff", "add", "he", "--name", "何师傅", "--agency", "property",
        "--organisation", "xingfuli-property", "--skill", "lift", "--skill", "house",
        "--shift", "1-5 08:00-17:00", "--grid", "grid-1", "--lead", "grid-2",
    )  # fmt: skip
    assert (added.code, added.err) == (0, "")
    engine = make_engine(parse_url(f"sqlite:///{tmp_path}/var/gongzhi.sqlite"))
    with engine.connect() as connection:
        he = connection.execute(sa.select(t.staff.c.id).where(t.staff.c.login == "he")).scalar()
        rows = [
            [tuple(row)[2:] for row in connection.execute(table.select().where(of == he))]
            for table, of in (
                (t.staff_skill, t.staff_skill.c.staff_id),
                (t.shift, t.shift.c.staff_id),
                (t.staff_grid, t.staff_grid.c.staff_id),
            )
        ]
    engine.dispose()
    assert sorted(rows[0]) == [("house",), ("lift",)]
    assert sorted(rows[1]) == [(day, 480, 1020) for day in range(5)]
    assert sorted(lead for _, lead in rows[2]) == [False, True]


@pytest.mark.parametrize(
    ("option", "value", "code", "said"),
    [
        ("--skill", "juggling", 2, "lift 电梯与楼道"),
        ("--shift", "周一早上", 2, "1-5 08:00-17:00"),
        ("--lead", "grid-9", 1, "网格"),
    ],
)
def test_what_a_member_can_not_be_is_refused(
    filled: Path, option: str, value: str, code: int, said: str
) -> None:
    ended = gongzhi(filled, "staff", "add", "he", "--name", "何师傅", option, value)
    assert (ended.code, said in ended.err) == (code, True)
