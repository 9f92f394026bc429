"""`gongzhi backup` and `restore`."""

import gzip
import json
import random
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store.exports.backup import BackupError, verify
from tests import postgres
from tests.bot.console.running import beside, failed
from tests.proof.command import gongzhi
from tests.proof.service import ServiceProcess


@pytest.fixture(scope="module")
def archive(filled: Path) -> Path:
    ended = gongzhi(filled, "backup", "backup.tar.gz")
    assert (ended.code, ended.err) == (0, "")
    file = filled / "backup.tar.gz"
    assert file.stat().st_mode & 0o777 == 0o600
    return file


@pytest.fixture
def empty_postgres(postgres_server: str) -> Iterator[str]:
    with postgres.database(postgres_server) as url:
        yield url


def test_a_backup_goes_from_one_engine_to_the_other_and_back(
    archive: Path, tmp_path: Path, empty_postgres: str
) -> None:
    there, back = tmp_path / "there", tmp_path / "back"
    for folder, more in ((there, {"database_url": empty_postgres}), (back, {})):
        folder.mkdir()
        source = archive if folder is there else there / "again.tar.gz"
        ended = gongzhi(folder, "restore", str(source), **more)
        assert (ended.code, ended.err) == (0, "")
        assert (folder / "var/secret.key").stat().st_mode & 0o777 == 0o600
        ended = gongzhi(folder, "backup", "again.tar.gz", "--json", **more)
        assert json.loads(ended.out)["tables"] == verify(archive)["tables"]
    keys = {(folder / "var/secret.key").read_text("ascii") for folder in (there, back)}
    assert keys == {(archive.parent / "var/secret.key").read_text("ascii")}
    assert "没有改动" in gongzhi(back, "demo").out
    # and the restored one counts on where the first had ended
    assert (
        gongzhi(there, "staff", "add", "li", "--name", "李", database_url=empty_postgres).code == 0
    )


def test_a_backup_of_nothing_is_none(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var/gongzhi.sqlite").touch()
    failed(gongzhi(tmp_path, "backup", "b.tar.gz"), "空")
    assert not (tmp_path / "b.tar.gz").exists()


def test_only_an_empty_database_is_filled(archive: Path, filled: Path, tmp_path: Path) -> None:
    before = (filled / "var/secret.key").read_bytes()
    failed(gongzhi(filled, "restore", str(archive)), "not empty")
    assert (filled / "var/secret.key").read_bytes() == before
    failed(gongzhi(tmp_path, "restore", "gone.tar.gz"), "gone.tar.gz")
    assert gongzhi(tmp_path, "restore", str(archive)).code == 0


async def test_nothing_is_restored_under_a_running_service(
    service: ServiceProcess, archive: Path, tmp_path: Path
) -> None:
    failed(await beside(service, tmp_path, "restore", str(archive)), "already runs")


def changed(archive: Path, target: Path, **values: object) -> Path:
    """Return the archive with another manifest."""
    with tarfile.open(archive) as source, tarfile.open(target, "w:gz") as copy:
        for member in source.getmembers():
            content = source.extractfile(member)
            assert content is not None
            if member.name == "manifest.json":
                file = target.parent / "manifest.json"
                file.write_text(json.dumps(json.loads(content.read()) | values))
                copy.add(file, "manifest.json")
            else:
                copy.addfile(member, content)
    return target


FROM_ELSEWHERE = [
    ("a newer schema", {"revision": "9999"}, "newer version"),
    ("another format", {"format": 2}, "format 2"),
    ("no revision", {"revision": None}, "revision"),
    ("no tables", {"tables": None}, "manifest"),
]


@pytest.mark.parametrize(("label", "values", "named"), FROM_ELSEWHERE)
def test_what_is_not_ours_is_not_restored(
    archive: Path, tmp_path: Path, label: str, values: dict[str, object], named: str
) -> None:
    other = changed(archive, tmp_path / "other.tar.gz", **values)
    ended = gongzhi(tmp_path, "restore", str(other))
    assert ended.code == 1, label
    failed(ended, named)
    assert gongzhi(tmp_path, "restore", str(archive)).code == 0  # nothing was left behind


def unpacked(file: Path) -> bytes | None:
    try:
        return gzip.decompress(file.read_bytes())
    except (OSError, EOFError, zlib.error):
        return None


def test_any_damage_is_noticed(archive: Path, tmp_path: Path) -> None:
    whole, content = archive.read_bytes(), unpacked(archive)
    rng = random.Random(1)
    file = tmp_path / "damaged.tar.gz"
    for _ in range(300):
        place = rng.randrange(whole.index(b"\0", 10) + 1, len(whole))  # time and name don't matter
        flipped = bytes([whole[place] ^ (1 << rng.randrange(8))])
        file.write_bytes(whole[:place] + flipped + whole[place + 1 :])
        if unpacked(file) == content:
            continue  # a bit that means nothing: the padding at the end of the stream
        with pytest.raises(BackupError):
            verify(file)
    for length in range(0, len(whole), len(whole) // 50):
        file.write_bytes(whole[:length])
        with pytest.raises(BackupError):
            verify(file)
    file.write_bytes(gzip.compress(b"not a tar"))
    with pytest.raises(BackupError):
        verify(file)
    failed(gongzhi(tmp_path, "restore", str(file)), "damaged.tar.gz")
    assert not (tmp_path / "var/secret.key").exists()
