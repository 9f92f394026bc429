"""The command `gongzhi`, run as people run it: in a process of its own, in an empty folder."""

import asyncio
import gzip
import json
import random
import re
import signal
import socket
import subprocess
import sys
import tarfile
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest
import sqlalchemy as sa

from bot.store import tables as t
from bot.store.backup import BackupError, verify
from bot.store.database import make_engine, newest_revision, parse_url
from channels.webchat import VISITOR_COOKIE, new_visitor
from tests import postgres
from tests.proof.command import Ended, gongzhi
from tests.proof.service import ServiceProcess, free_port

KEY = "a secret key that only proofs know"
ROOT = Path(__file__).parents[2]
REPORT = "幸福里小区3号楼2单元电梯坏了"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where the demonstration was filled in; tests copy from it or only read."""
    folder = tmp_path_factory.mktemp("filled")
    assert gongzhi(folder, "demo").code == 0
    return folder


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


def failed(ended: Ended, *named: str) -> None:
    """It failed with one sentence that names these."""
    assert (ended.code, ended.err.count("\n")) == (1, 1), ended
    for one in named:
        assert one in ended.err


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


# doctor, migrate, demo


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


# staff add


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


# serve and say


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[ServiceProcess]:
    """A running service on a new SQLite file."""
    made = ServiceProcess(f"sqlite:///{tmp_path}/var/gongzhi.sqlite", tmp_path)
    await made.start()
    yield made
    made.kill()


async def beside(service: ServiceProcess, folder: Path, *arguments: str) -> Ended:
    """Run the command beside the service, with its settings."""
    return await asyncio.to_thread(
        gongzhi, folder, *arguments,
        database_url=service.database_url, http_port=service.port, secret_key=KEY,
    )  # fmt: skip


async def test_a_resident_writes_from_the_command_line(
    service: ServiceProcess, tmp_path: Path
) -> None:
    ended = await beside(service, tmp_path, "say", REPORT)
    assert (ended.code, ended.err) == (0, "")
    assert re.search(r"工单 \w{4}", ended.out)
    assert f"{service.url}/c/" in ended.out
    ended = await beside(service, tmp_path, "say", "我的工单怎么样了", "--json")
    assert "电梯" in json.loads(ended.out.splitlines()[0])["text"]
    ended = await beside(service, tmp_path, "say", "我的工单怎么样了", "--as", "somebody_else")
    assert not re.search(r"工单 \w{4}", ended.out)
    ended = await beside(service, tmp_path, "say", "长" * 10_001)
    assert ended.code == 1
    ended = await beside(service, tmp_path, "doctor")
    assert f"服务在 {service.url} 运行正常" in ended.out

    plain = await beside(service, tmp_path, "export")
    told = await beside(service, tmp_path, "export", "told.jsonl", "--with-words")
    assert (plain.code, told.code, told.out) == (0, 0, "")
    (case,) = map(json.loads, plain.out.splitlines())
    assert case["events"][0]["kind"] == "found"
    assert not {"description", "place"} & set(case)
    for word in ("电梯", "幸福里", "王师傅"):
        assert word not in plain.out
    (case,) = map(json.loads, (tmp_path / "told.jsonl").read_text("utf-8").splitlines())
    assert (case["description"], case["events"][0]["kind"]) == (REPORT, "found")

    second = await beside(service, tmp_path, "serve")
    failed(second, "already runs", "gongzhi.sqlite")
    assert (await beside(service, tmp_path, "demo")).code == 0

    assert service.stop() == 0
    assert "已停止" in service.tail()
    assert "Traceback" not in service.tail()
    failed(await beside(service, tmp_path, "say", "在吗"), service.url)
    again = await beside(service, tmp_path, "export")
    assert again.out == plain.out


async def test_it_stops_cleanly_with_a_page_open(tmp_path: Path, database_url: str) -> None:
    number = signal.SIGINT if database_url.startswith("sqlite") else signal.SIGTERM
    service = ServiceProcess(database_url, tmp_path)
    await service.start()
    try:
        ended = await beside(service, tmp_path, "say", REPORT)
        assert ended.code == 0
        cookie = {"Cookie": f"{VISITOR_COOKIE}={new_visitor()}"}
        async with (
            aiohttp.ClientSession(headers=cookie) as session,
            session.ws_connect(f"{service.url}/chat/socket") as page,
        ):
            assert (await page.receive_json())["type"] == "ready"
            stopping = asyncio.ensure_future(asyncio.to_thread(service.stop, number))
            assert (await page.receive()).data == aiohttp.WSCloseCode.GOING_AWAY
            assert await stopping == 0
    finally:
        service.kill()
    assert "Traceback" not in service.tail()
    exported = await beside(service, tmp_path, "export")
    assert len(exported.out.splitlines()) == 1


async def test_a_port_that_is_taken_is_told(
    service: ServiceProcess, tmp_path: Path, postgres_url: str
) -> None:
    for url in (f"sqlite:///{tmp_path}/other.sqlite", postgres_url):
        ended = await asyncio.to_thread(
            gongzhi, tmp_path, "serve", database_url=url, http_port=service.port, secret_key=KEY
        )
        failed(ended, str(service.port))


async def test_a_key_that_does_not_fit_the_data_is_told(
    service: ServiceProcess, tmp_path: Path
) -> None:
    assert (await beside(service, tmp_path, "say", REPORT)).code == 0
    assert service.stop() == 0
    for command in (["serve"], ["backup", "b.tar.gz"]):
        ended = gongzhi(
            tmp_path, *command, database_url=service.database_url, http_port=service.port,
            secret_key="another key, which is wrong",  # noqa: S106
        )  # fmt: skip
        failed(ended, "GONGZHI_SECRET_KEY")
    assert not (tmp_path / "b.tar.gz").exists()


# backup and restore


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
