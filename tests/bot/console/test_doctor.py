"""`gongzhi doctor`: what is missing, and what is broken."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.proof.command import gongzhi
from tests.proof.service import free_port


def test_doctor_says_what_is_missing_and_makes_nothing(tmp_path: Path) -> None:
    ended = gongzhi(tmp_path, "doctor", http_port=free_port())
    assert (ended.code, ended.err) == (0, "")
    for words in ("还没有数据库", "还没有密钥", "回应", "HTTPS"):
        assert words in ended.out
    ended = gongzhi(tmp_path, "doctor", "--json", http_port=free_port())
    found = {one["subject"]: one["level"] for one in map(json.loads, ended.out.splitlines())}
    assert found["database"] == found["key"] == found["service"] == "advice"
    assert found["tables"] == "ok"


def test_doctor_on_a_filled_community(filled: Path) -> None:
    ended = gongzhi(filled, "doctor", "--json", http_port=free_port())
    found = {one["subject"]: one for one in map(json.loads, ended.out.splitlines())}
    assert ended.code == 0
    assert {one: found[one]["level"] for one in ("database", "staff", "key", "disk")} == {
        "database": "ok",
        "staff": "ok",
        "key": "ok",
        "disk": "ok",
    }


@contextmanager
def somebody_else() -> Iterator[str]:
    """Another program on a port, which waits for whatever comes."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"127.0.0.1:{listening.getsockname()[1]}"


def test_doctor_looks_at_the_telephone_line(filled: Path) -> None:
    def said(address: str) -> tuple[str, str]:
        ended = gongzhi(filled, "doctor", "--json", phone_audiosocket=address)
        found = {one["subject"]: one for one in map(json.loads, ended.out.splitlines())}
        return found["phone"]["level"], found["phone"]["words"]

    assert said("")[0] == "ok"
    away = f"127.0.0.1:{free_port()}"
    assert said(away) == (
        "advice",
        f"电话线路 {away} 没有回应。服务启动以后才有，运行 gongzhi serve。",
    )
    with somebody_else() as taken:
        level, words = said(taken)
    assert level == "broken"
    assert taken in words


BROKEN = [
    ("database", {"database_url": "postgresql://u@127.0.0.1:1/d"}),
    ("database", {"database_url": "sqlite:///text"}),
    ("tables", {"services_file": "text"}),
    ("tables", {"gazetteer_file": "text"}),
    ("tables", {"landmarks_file": "text"}),
    ("tables", {"policy_file": "text"}),
    ("tables", {"privacy_file": "text"}),
    ("tables", {"calendar_file": "text"}),
]


@pytest.mark.parametrize(("subject", "settings"), BROKEN)
def test_doctor_says_what_is_broken(tmp_path: Path, subject: str, settings: dict[str, str]) -> None:
    (tmp_path / "text").write_text("not what it should be", encoding="utf-8")
    ended = gongzhi(tmp_path, "doctor", "--json", **settings)
    found = {one["subject"]: one["level"] for one in map(json.loads, ended.out.splitlines())}
    assert (ended.code, found[subject]) == (1, "broken")
    assert "disk" in found  # it goes on


def test_doctor_minds_a_key_that_others_can_read(filled: Path) -> None:
    key = filled / "var/secret.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(0o644)
    try:
        ended = gongzhi(filled, "doctor")
    finally:
        key.chmod(0o600)
    assert ended.code == 1
    assert "chmod 600" in ended.out
