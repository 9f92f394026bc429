"""The key beside the data: made once, never half, never replaced."""

import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from bot.secret import keep, key_file, secret_of
from bot.settings import Settings, SettingsError
from tests.proof.command import gongzhi


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{tmp_path}/var/gongzhi.sqlite")


def test_the_key_is_made_once_for_its_owner_alone(settings: Settings) -> None:
    first = secret_of(settings)
    assert len(first) >= 48
    assert secret_of(settings) == first
    path = key_file(settings)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_the_setting_needs_no_file(settings: Settings) -> None:
    assert secret_of(Settings(secret_key="k" * 16)) == b"k" * 16
    assert not key_file(settings).exists()


def test_whoever_starts_at_once_has_the_same_key(tmp_path: Path) -> None:
    together = Barrier(8)

    def start(folder: Path) -> bytes:
        together.wait(10)
        return secret_of(Settings(database_url=f"sqlite:///{folder}/gongzhi.sqlite"))

    with ThreadPoolExecutor(8) as pool:
        for round_ in range(20):
            keys = set(pool.map(start, [tmp_path / str(round_)] * 8))
            assert len(keys) == 1
            assert keys == {(tmp_path / str(round_) / "secret.key").read_bytes()}


def test_the_first_key_wins(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret.key"
    assert keep(path, b"the first key of all") == b"the first key of all"
    assert keep(path, b"another, which is late") == b"the first key of all"


@pytest.mark.parametrize("content", ["", "\n", "short", "fifteen letters"])
def test_a_key_that_is_too_short_is_refused_and_kept(settings: Settings, content: str) -> None:
    path = key_file(settings)
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(SettingsError, match=r"secret\.key must hold a key of at least 16"):
        secret_of(settings)
    assert path.read_text() == content


def test_a_key_that_is_too_short_is_told_by_each_command(tmp_path: Path) -> None:
    assert gongzhi(tmp_path, "demo").code == 0
    path = tmp_path / "var" / "secret.key"
    path.write_text("short")
    for command in (["backup", "b.tar.gz"], ["serve"], ["demo"]):
        ended = gongzhi(tmp_path, *command)
        assert (ended.code, ended.err.count("\n")) == (1, 1), ended
        assert "at least 16 characters" in ended.err
    ended = gongzhi(tmp_path, "doctor")
    assert ended.code == 1
    assert "密钥用不了" in ended.out
    assert "磁盘" in ended.out  # it goes on
    assert not (tmp_path / "b.tar.gz").exists()


def test_a_restore_never_replaces_a_key(tmp_path: Path) -> None:
    source, other = tmp_path / "source", tmp_path / "other"
    for folder in (source, other):
        folder.mkdir()
    assert gongzhi(source, "demo").code == 0
    assert gongzhi(source, "backup", "b.tar.gz").code == 0
    own = other / "var" / "secret.key"
    own.parent.mkdir()
    own.write_text("the only key of other data")
    refused = gongzhi(other, "restore", str(source / "b.tar.gz"))
    assert (refused.code, refused.err.count("\n")) == (1, 1)
    assert "secret.key" in refused.err
    assert "move it" in refused.err
    assert own.read_text() == "the only key of other data"
    assert "空" in gongzhi(other, "backup", "none.tar.gz").err  # nothing was filled in
    own.rename(own.with_name("kept.key"))
    restored = gongzhi(other, "restore", str(source / "b.tar.gz"))
    assert restored.code == 0, restored
    with tarfile.open(source / "b.tar.gz") as archive:
        member = archive.extractfile("secret.key")
        assert member is not None
        assert own.read_bytes() == member.read()
