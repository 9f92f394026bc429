"""The synthetic clips that the test model understands, with their words."""

import csv
import subprocess
import sys
from pathlib import Path
from typing import Final

from channels.phone.sound import Resampler
from nlp.voice.espeak import Espeak
from tests.proof.texts import shared

MODEL = Path(__file__).parents[1] / "models" / "tiny-cn"


def clips() -> list[tuple[bytes, str]]:
    """Return each recording with its words."""
    with (MODEL / "clips" / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [((MODEL / "clips" / row["file"]).read_bytes(), row["text"]) for row in rows]


def uttered(pinyin: str) -> bytes:
    """Return the words in the voice that the test model was made with: 16 kHz, mono, 16 bits.

    There are clips of sentences only; a yes is needed too.
    """
    espeak = Espeak()
    sound = espeak.speak(pinyin, voice="cmn-latn-pinyin", words_per_minute=155)
    return Resampler(espeak.rate).convert(sound)


def human_speech() -> tuple[Path, bytes] | None:
    """Return a model that was trained on people and a recording of one, where they are."""
    folder = shared()
    if folder is None or not (folder / "models/lab-cn").is_dir():
        return None
    recording = folder / "data/speech/aisample_BAC009S0150W0250.wav"
    return (folder / "models/lab-cn", recording.read_bytes()) if recording.is_file() else None


def bare_words(model: Path, recording: bytes) -> str:
    """Return what Vosk alone makes of it, in a process of its own, without the blanks."""
    asked = subprocess.run(
        [sys.executable, "-c", _BARE, str(model)],
        input=recording,
        capture_output=True,
        check=True,
        timeout=60,
    )
    return asked.stdout.decode().replace(" ", "").strip()


_BARE: Final = """
import io, json, sys, wave
import vosk
vosk.SetLogLevel(-1)
sound = wave.open(io.BytesIO(sys.stdin.buffer.read()))
recogniser = vosk.KaldiRecognizer(vosk.Model(sys.argv[1]), sound.getframerate())
words = []
while piece := sound.readframes(sound.getframerate() // 5):
    if recogniser.AcceptWaveform(piece):
        words.append(json.loads(recogniser.Result())["text"])
words.append(json.loads(recogniser.FinalResult())["text"])
print(" ".join(words))
"""
