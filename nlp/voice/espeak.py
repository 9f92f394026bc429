"""eSpeak NG through ctypes: text in, sound out.

The library keeps everything in globals: one Espeak in a process, used by one thread at a time.
"""

import ctypes
from typing import Final

import espeakng_loader

from nlp.voice.respelled import respelled

_SYNCHRONOUS: Final = 2  # AUDIO_OUTPUT_RETRIEVAL answers before the sound is made
_NEVER_EXIT: Final = 0x8000
_UTF8: Final = 1
_PHONEMES: Final = 0x100
_MANDARIN: Final = "cmn"
_RATE_PARAMETER: Final = 1

_Take = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


class EspeakError(Exception):
    """The library could not be loaded, or refused."""


class Espeak:
    """The synthesiser with its data, as the wheel brings them; `rate` is of its sound, in Hz."""

    def __init__(self) -> None:
        self._library = _library()
        data = str(espeakng_loader.get_data_path()).encode()
        self.rate: int = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, _NEVER_EXIT)
        if self.rate <= 0:
            raise EspeakError("eSpeak NG does not find its data")
        self._voice = ""
        self._pieces: list[bytes] = []
        self._keep = _Take(self._take)  # else it would be collected while the library has it
        self._library.espeak_SetSynthCallback(self._keep)

    def speak(self, text: str, *, voice: str, words_per_minute: int) -> bytes:
        """Return mono sound, signed 16 bits little-endian; `voice` is a language such as cmn."""
        self._use(voice)
        self._library.espeak_SetParameter(_RATE_PARAMETER, words_per_minute, 0)
        self._pieces.clear()
        mandarin = voice == _MANDARIN
        plain = _encoded(respelled(text) if mandarin else text)
        flags = _UTF8 | (_PHONEMES if mandarin else 0)
        failed = self._library.espeak_Synth(plain, len(plain) + 1, 0, 0, 0, flags, None, None)
        if failed:
            raise EspeakError(f"eSpeak NG refuses the text: {failed}")
        return b"".join(self._pieces)

    def _use(self, voice: str) -> None:
        if voice == self._voice:
            return
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise EspeakError(f"eSpeak NG has no voice {voice}")
        self._voice = voice

    def _take(self, sound: int | None, samples: int, _events: int) -> int:
        if sound and samples > 0:
            self._pieces.append(ctypes.string_at(sound, samples * ctypes.sizeof(ctypes.c_short)))
        return 0


def _library() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(espeakng_loader.get_library_path())
    except OSError as error:
        raise EspeakError(f"eSpeak NG can't be loaded: {error}") from error
    library.espeak_Synth.argtypes = (
        *(ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int),
        *(ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p),
    )
    return library


def _encoded(text: str) -> bytes:
    return text.replace("\0", " ").encode("utf-8", "replace")
