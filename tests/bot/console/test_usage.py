"""The command `gongzhi`, run as people run it: in a process of its own, in an empty folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.store.engines.database import make_engine, newest_revision, parse_url
from tests.bot.console.running import failed
from tests.proof.command import gongzhi

ROOT = Path(__file__).parents[3]
COMMANDS = ["serve", "migrate", "doctor", "demo", "staff", "staff add", "say", "call", "export",
            "backup", "restore", "draw"]  # fmt: skip


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_each_command_explains_itself(tmp_path: Path, command: str) -> None:
    ended = gongzhi(tmp_path, *command.split(), "--help")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"usage: gongzhi {command}".rstrip())
    if not command:
        assert all(one.split()[0] in ended.out for one in COMMANDS)
    assert list(tmp_path.iterdir()) == []


def test_it_is_a_program(tmp_path: Path) -> None:
    """All others here run in a forked process; that it starts at all is shown by these two."""
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "serve"], cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "GONGZHI_HTTP_PROT": "1"},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("gongzhi: unknown setting GONGZHI_HTTP_PROT")
    assert ended.stderr.count("\n") == 1


def test_it_serves_as_a_program(tmp_path: Path) -> None:
    settings = {"GONGZHI_HTTP_PORT": "0", "GONGZHI_PHONE_AUDIOSOCKET": ""}
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "serve", "--demo"], cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)} | settings, stdout=subprocess.PIPE, encoding="utf-8",
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert any("Ctrl-C" in line for line in running.stdout), "it ended before it served"
        running.terminate()
        assert "已停止" in running.stdout.read()
    assert running.returncode == 0


MISUSED = [
    ("nothing", []),
    ("an unknown command", ["fly"]),
    ("an unknown option", ["doctor", "--fly"]),
    ("nothing to say", ["say"]),
    ("nobody to add", ["staff", "add"]),
    ("a name for nobody", ["say", "hello", "--as", "../me"]),
    ("no capacity", ["staff", "add", "li", "--name", "李", "--capacity", "0"]),
]


@pytest.mark.parametrize(("label", "arguments"), MISUSED)
def test_what_is_misused_ends_with_two(tmp_path: Path, label: str, arguments: list[str]) -> None:
    ended = gongzhi(tmp_path, *arguments)
    assert (ended.code, ended.out) == (2, ""), label
    assert ended.err
    assert list(tmp_path.iterdir()) == []


WRONG = [
    ("an unknown setting", {"http_prot": "1"}, "", "GONGZHI_HTTP_PROT"),
    ("an unknown name in the file", {}, "http_prot = 1", "http_prot"),
    ("a wrong port", {"http_port": "x"}, "", "GONGZHI_HTTP_PORT"),
    ("a database that can't be", {"database_url": "sqlite:///"}, "", "GONGZHI_DATABASE_URL"),
    ("a file that is not TOML", {}, "=", "gongzhi.toml"),
]


@pytest.mark.parametrize(("label", "settings", "text", "named"), WRONG)
def test_a_wrong_setting_ends_with_two_and_one_sentence(
    tmp_path: Path, label: str, settings: dict[str, str], text: str, named: str
) -> None:
    (tmp_path / "gongzhi.toml").write_text(text, encoding="utf-8")
    ended = gongzhi(tmp_path, "serve", **settings)
    assert (ended.code, ended.out) == (2, ""), label
    assert ended.err.startswith("gongzhi: ")
    assert named in ended.err
    assert ended.err.count("\n") == 1


UNUSABLE = [
    ("no database file", "sqlite:///text", "text"),
    ("no server", "postgresql://u@127.0.0.1:1/d", "127.0.0.1"),
]


@pytest.mark.parametrize("command", ["serve", "migrate", "demo", "export"])
@pytest.mark.parametrize(("label", "url", "named"), UNUSABLE)
def test_a_database_that_can_not_be_used_is_told(
    tmp_path: Path, command: str, label: str, url: str, named: str
) -> None:
    (tmp_path / "text").write_text("not a database, for sure", encoding="utf-8")
    ended = gongzhi(tmp_path, command, database_url=url)
    assert ended.code == 1, label
    failed(ended, named)


@pytest.mark.parametrize("command", ["serve", "migrate", "demo"])
def test_a_database_of_a_newer_version_is_told(tmp_path: Path, command: str) -> None:
    assert gongzhi(tmp_path, "migrate").code == 0
    engine = make_engine(parse_url(f"sqlite:///{tmp_path}/var/gongzhi.sqlite"))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    failed(gongzhi(tmp_path, command), "9999", newest_revision())


FILES = [
    ("grids import grids.json", "gongzhi: 找不到 grids.json。请看看名字"),
    ("grids import .", "gongzhi: . 是文件夹。请写文件的名字。"),
    ("buildings import none/houses.json", "gongzhi: 没有 none 这个文件夹。请看看路径"),
    ("export none/cases.jsonl", "gongzhi: 没有 none 这个文件夹。请看看路径"),
    ("backup none/copy", "gongzhi: 没有 none 这个文件夹。请看看路径"),
    ("restore copy", "gongzhi: 找不到 copy。请看看名字"),
]


@pytest.mark.parametrize(("command", "told"), FILES)
def test_what_is_wrong_with_a_file_is_said_in_plain_words(
    tmp_path: Path, command: str, told: str
) -> None:
    assert gongzhi(tmp_path, "migrate").code == 0
    ended = gongzhi(tmp_path, *command.split())
    assert ended.code == 1
    assert ended.err.startswith(told)
    assert "Errno" not in ended.err
