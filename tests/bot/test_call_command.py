"""`gongzhi call`: a recording goes through the line, and the conversation is printed."""

import asyncio
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.nlp.speech.recordings import CLIPS, MODEL
from tests.proof.command import Ended, gongzhi
from tests.proof.service import ServiceProcess, free_port

KEY = "a secret key that only proofs know"
BRIEF = """
[greeting]
called = "您好。"
[prompt]
matter = "请讲。"
place = "在哪儿？"
"""


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[ServiceProcess]:
    """A running service with a telephone line that says little."""
    (tmp_path / "phone.toml").write_text(BRIEF, encoding="utf-8")
    settings = {
        "GONGZHI_PHONE_AUDIOSOCKET": f"127.0.0.1:{free_port()}",
        "GONGZHI_VOSK_MODEL": str(MODEL),
        "GONGZHI_LOCALE_FOLDER": str(tmp_path),
    }
    made = ServiceProcess(f"sqlite:///{tmp_path}/var/gongzhi.sqlite", tmp_path, settings=settings)
    await made.start()
    yield made
    made.kill()


async def call(service: ServiceProcess, folder: Path, *arguments: str) -> Ended:
    environment = service.settings
    return await asyncio.to_thread(
        gongzhi, folder, "call", *arguments,
        database_url=service.database_url, secret_key=KEY,
        phone_audiosocket=environment["GONGZHI_PHONE_AUDIOSOCKET"],
    )  # fmt: skip


async def test_a_recording_is_heard_and_answered(service: ServiceProcess, tmp_path: Path) -> None:
    clip = CLIPS / "clip06.ogg"
    ended = await call(service, tmp_path, str(clip), "--caller", "13912345678", "--out", "b.wav")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == "电话：您好。请讲。"
    assert lines[1] == "来电：（放 clip06.ogg）"
    assert lines[2] == "听成：花园门口墙裂了"
    assert lines[3].startswith("电话：")
    with wave.open(str(tmp_path / "b.wav")) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 8000)
        frames = file.readframes(file.getnframes())
    assert any(frames[::4])  # the caller, left
    assert any(frames[2::4])  # the line, right

    ended = await call(service, tmp_path, "--keys", "0@0.5s", "--out", "c.wav")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines.index("来电：（按 0）") < len(lines) - 2  # and its answer is waited for


def test_nobody_to_call(tmp_path: Path) -> None:
    ended = gongzhi(tmp_path, "call", phone_audiosocket="")
    assert (ended.code, "GONGZHI_PHONE_AUDIOSOCKET" in ended.err) == (1, True)
    gongzhi(tmp_path, "migrate")
    away = f"127.0.0.1:{free_port()}"
    ended = gongzhi(tmp_path, "call", phone_audiosocket=away)
    assert (ended.code, ended.out) == (1, "")
    assert away in ended.err
    assert not (tmp_path / "call.wav").exists()


MISUSED = [
    ("a file that is not there", ["gone.wav"]),
    ("a file that is no sound", ["text"]),
    ("a key without a time", ["--keys", "1"]),
    ("a key that no telephone has", ["--keys", "x@1s"]),
    ("no number", ["--caller", "nobody"]),
]


@pytest.mark.parametrize(("label", "arguments"), MISUSED)
def test_what_is_misused_ends_with_two(tmp_path: Path, label: str, arguments: list[str]) -> None:
    (tmp_path / "text").write_text("no sound", encoding="utf-8")
    ended = gongzhi(tmp_path, "call", *arguments)
    assert (ended.code, ended.out) == (2, ""), label
    assert arguments[-1] in ended.err
