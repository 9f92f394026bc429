"""`gongzhi voice-model`, with a server of our own in place of the Vosk project's."""

import asyncio
import hashlib
import io
import stat
import zipfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from nlp.speech.models import installed_model
from tests.nlp.speech.recordings import MODEL
from tests.proof.command import Ended, gongzhi

LARGE = "vosk-model-cn-0.22"
SMALL = "vosk-model-small-cn-0.22"


def archive(name: str = LARGE, others: Mapping[str, bytes] | None = None) -> bytes:
    """The fixture as the Vosk project packs its models; `others` are files beside it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(MODEL.rglob("*")):
            if path.is_file() and "clips" not in path.parts:
                packed.write(path, f"{name}/{path.relative_to(MODEL)}")
        for other, content in (others or {}).items():
            packed.writestr(other, content)
    return file.getvalue()


GOOD = archive()
DIGEST = hashlib.sha256(GOOD).hexdigest()


@dataclass
class Site:
    """Serves one file; may know no ranges, and break off after so many bytes."""

    content: bytes = GOOD
    ranges: bool = True
    breaks_after: int | None = None
    asked: list[str | None] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        asked = request.headers.get("Range")
        self.asked.append(asked)
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and self.ranges else 0
        if start >= len(self.content):
            return web.Response(status=416)
        response = web.StreamResponse(status=206 if start else 200)
        response.content_length = len(self.content) - start
        await response.prepare(request)
        await response.write(self.content[start : self.breaks_after])
        if self.breaks_after is not None and request.transport is not None:
            await asyncio.sleep(0.1)
            request.transport.close()
        return response


@asynccontextmanager
async def served(site: Site) -> AsyncIterator[Site]:
    application = web.Application()
    application.add_routes([web.get(f"/{LARGE}.zip", site.answer)])
    application.add_routes([web.get(f"/{SMALL}.zip", site.answer)])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield site
    await runner.cleanup()


async def install(folder: Path, site: Site, *arguments: str, model: str = "large") -> Ended:
    command = ("voice-model", "install", model, "--base-url", site.url, *arguments)
    return await asyncio.to_thread(gongzhi, folder, *command)


def models(folder: Path) -> Path:
    return folder / "var" / "voice-models"


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in models(folder).iterdir())


def test_it_lists_what_is_known_and_what_is_there(tmp_path: Path) -> None:
    ended = gongzhi(tmp_path, "voice-model")
    assert (ended.code, ended.err) == (0, "")
    assert SMALL in ended.out
    assert LARGE in ended.out
    assert list(tmp_path.iterdir()) == []


async def test_a_model_is_fetched_tried_and_found(tmp_path: Path) -> None:
    async with served(Site()) as site:
        ended = await install(tmp_path, site)
    assert ended.code == 0, ended
    assert DIGEST in ended.out
    assert "100%" in ended.err
    assert left(tmp_path) == [LARGE]
    assert installed_model(models(tmp_path)) == models(tmp_path) / LARGE
    listed = await asyncio.to_thread(gongzhi, tmp_path, "voice-model")
    assert str(Path("var/voice-models", LARGE)) in listed.out


@pytest.mark.parametrize("ranges", [True, False])
async def test_what_broke_off_goes_on(tmp_path: Path, ranges: bool) -> None:  # noqa: FBT001
    async with served(Site(breaks_after=100_000)) as site:
        ended = await install(tmp_path, site)
        assert ended.code == 1
        assert left(tmp_path) == [f"{LARGE}.zip.part"]
        site.breaks_after, site.ranges = None, ranges
        ended = await install(tmp_path, site, "--sha256", DIGEST)
        assert ended.code == 0, ended
    assert site.asked == [None, "bytes=100000-"]
    assert left(tmp_path) == [LARGE]


async def test_all_that_was_there_already_is_not_fetched_again(tmp_path: Path) -> None:
    models(tmp_path).mkdir(parents=True)
    (models(tmp_path) / f"{LARGE}.zip.part").write_bytes(GOOD)
    async with served(Site()) as site:
        assert (await install(tmp_path, site)).code == 0
    assert left(tmp_path) == [LARGE]


async def test_what_is_not_as_published_is_refused(tmp_path: Path) -> None:
    async with served(Site()) as site:
        for model, given in (("small", ()), ("large", ("--sha256", "0" * 64))):
            ended = await install(tmp_path, site, *given, model=model)
            assert (ended.code, ended.out) == (1, "")
            assert DIGEST in ended.err
    assert left(tmp_path) == []


async def test_without_a_network_it_says_what_to_do(tmp_path: Path) -> None:
    ended = await install(tmp_path, Site(url="http://127.0.0.1:1"))
    assert (ended.code, ended.out) == (1, "")
    assert f"gongzhi voice-model install {LARGE}.zip" in ended.err
    async with served(Site()) as site:
        site.url += "/elsewhere"
        assert "404" in (await install(tmp_path, site)).err


def test_a_file_is_installed_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "here.zip"
    for name in (LARGE, "another"):
        file.write_bytes(archive(name=name))
        ended = gongzhi(tmp_path, "voice-model", "install", str(file))
        assert ended.code == 0, ended
        assert installed_model(models(tmp_path)) == models(tmp_path) / name
    assert gongzhi(tmp_path, "voice-model", "install", str(file)).code == 0
    assert file.exists()
    assert left(tmp_path) == ["another", LARGE]


def test_a_file_with_the_name_of_a_published_one_must_be_that(tmp_path: Path) -> None:
    file = tmp_path / f"{SMALL}.zip"
    file.write_bytes(GOOD)
    ended = gongzhi(tmp_path, "voice-model", "install", str(file))
    assert (ended.code, ended.out) == (1, "")
    assert DIGEST in ended.err
    assert file.exists()
    assert left(tmp_path) == []


def bomb() -> bytes:
    """Nine gigabytes, as the archive has it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("am/final.mdl", b"x")
        packed.infolist()[0].file_size = 9 * 1024**3
    return file.getvalue()


def link() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        entry = zipfile.ZipInfo("am/final.mdl")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(entry, "/etc/passwd")
    return file.getvalue()


def broken() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("model/am/final.mdl", b"no model at all" * 100)
    return file.getvalue()


BAD = [
    ("no archive", b"not a zip", "zip"),
    ("half of one", GOOD[: len(GOOD) // 2], "zip"),
    ("damaged", GOOD[:5000] + bytes(100) + GOOD[5100:], "zip"),
    ("a way out", archive(others={"../../out": b"x"}), "不安全"),
    ("a root", archive(others={"/out": b"x"}), "不安全"),
    ("a link", link(), "不安全"),
    ("a bomb", bomb(), "不安全"),
    ("no model", archive(name="a/b/c"), "没有 Vosk 模型"),
    ("a broken model", broken(), "加载不了"),
]


@pytest.mark.parametrize(("label", "content", "told"), BAD)
def test_a_bad_file_leaves_nothing(tmp_path: Path, label: str, content: bytes, told: str) -> None:
    (tmp_path / "bad.zip").write_bytes(content)
    ended = gongzhi(tmp_path, "voice-model", "install", "bad.zip")
    assert (ended.code, ended.out) == (1, ""), label
    assert told in ended.err
    assert ended.err.count("\n") == 1
    assert left(tmp_path) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.zip", "var"]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    ended = gongzhi(tmp_path, "voice-model", "install", "medium")
    assert (ended.code, ended.out) == (1, "")
    assert "medium" in ended.err
