"""The fixture's clips, and recordings made from them in every format that phones send."""

import csv
import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from tests.proof.texts import SETTING, shared

MODEL = Path(__file__).parents[2] / "models" / "tiny-cn"
CLIPS = MODEL / "clips"


def transcripts() -> dict[str, str]:
    """The words of each clip, with spaces between, by its file name."""
    with (CLIPS / "transcripts.tsv").open(encoding="utf-8", newline="") as lines:
        return {row["file"]: row["words"] for row in csv.DictReader(lines, delimiter="\t")}


def clip(name: str) -> bytes:
    return (CLIPS / name).read_bytes()


def material() -> list[Any]:
    """Models with recordings: the fixture, and real speech where there is any."""
    folder = shared()
    reason = f"{SETTING} names no folder with real speech"
    missing = pytest.mark.skipif(folder is None, reason=reason)
    real = folder or Path()
    return [
        pytest.param(MODEL, MODEL / "clips", id="fixture"),
        pytest.param(real / "models/lab-cn", real / "data/speech", id="people", marks=missing),
    ]


def recordings_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix in {".wav", ".ogg"})


FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
FORMATS: dict[str, tuple[str, str, int, str, dict[str, str]]] = {
    "WebM Opus, Chrome": ("webm", "libopus", 48000, "mono", {}),
    "Ogg Opus, Telegram and Firefox": ("ogg", "libopus", 48000, "mono", {}),
    "mp4 AAC, Safari": ("mp4", "aac", 48000, "mono", {}),
    "fragmented mp4 AAC, Safari": ("mp4", "aac", 44100, "stereo", FRAGMENTED),
    "m4a": ("ipod", "aac", 44100, "mono", {}),
    "AAC": ("adts", "aac", 44100, "mono", {}),
    "WAV": ("wav", "pcm_s16le", 44100, "stereo", {}),
    "WAV as it is wanted": ("wav", "pcm_s16le", 16000, "mono", {}),
    "WAV in float": ("wav", "pcm_f32le", 48000, "mono", {}),
    "WAV, mu-law": ("wav", "pcm_mulaw", 8000, "mono", {}),
    "MP3": ("mp3", "libmp3lame", 44100, "mono", {}),
    "AMR": ("amr", "libopencore_amrnb", 8000, "mono", {}),
    "FLAC": ("flac", "flac", 16000, "mono", {}),
}


def encoded(sound: bytes, label: str, *, picture: bool = False) -> bytes:
    """Encode the sound (16 kHz mono) in that format; with a moving picture beside it if wanted."""
    container, codec, rate, layout, options = FORMATS[label]
    file = io.BytesIO()
    with av.open(file, "w", format=container, options=options) as output:
        stream = output.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        if picture:
            _add_picture(output)
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(sound) // 2)
        frame.sample_rate = 16000
        frame.planes[0].update(sound)
        resampler = av.AudioResampler(stream.format.name, layout, rate)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            part.pts = None
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
    return file.getvalue()


def _add_picture(output: "av.container.OutputContainer") -> None:
    stream = output.add_stream("mpeg4", rate=Fraction(10))
    assert isinstance(stream, av.VideoStream)
    stream.width = stream.height = 64
    stream.pix_fmt = "yuv420p"
    for _ in range(10):
        output.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
    output.mux(stream.encode(None))
