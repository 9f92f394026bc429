"""Recordings of every common kind, as the plain sound that a recogniser listens to."""

import io
import wave
from collections.abc import Iterator
from typing import Any, Final, NoReturn

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

RATE: Final = 16_000
SAMPLE_BYTES: Final = 2
_WANTED: Final = (1, SAMPLE_BYTES, RATE)
_RATES: Final = range(4_000, 192_001)
_CHANNELS_MOST: Final = 8
_OPTIONS: Final = {
    # Formats that can name other files (playlists, concat, SDP, DASH …) are not among these.
    "format_whitelist": "ogg,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,wav,mp3,aac,amr,flac,au,caf",
    # No picture is ever decoded, not even to find out what it is.
    "codec_whitelist": "opus,libopus,vorbis,aac,aac_fixed,mp3,mp3float,flac,alac,amrnb,amrwb,"
    "libopencore_amrnb,libopencore_amrwb,pcm_mulaw,pcm_alaw,pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,"
    "pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be",
    "protocol_whitelist": "none",
    "probesize": "65536",  # by default most of the time for a short WAV goes into looking for DTS
    "max_size": "65536",  # of a packet of WAV
}


class AudioError(Exception):
    """A recording has no sound that can be used; `code` is undecodable or too_long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def decode(recording: bytes, *, most_seconds: float) -> bytes:
    """Return the sound as 16 kHz mono, signed 16 bits little-endian.

    Damaged places are left out; AudioError when nothing is left, or when it is longer than allowed.
    """
    sound = _plain(recording) or _decoded(recording, most_seconds)
    if not sound:
        raise AudioError("undecodable")
    if seconds_of(len(sound)) > most_seconds:
        raise AudioError("too_long")
    return sound


def _plain(recording: bytes) -> bytes:
    """Return the sound of a WAV that is as wanted already, which saves time; else nothing."""
    try:
        with wave.open(io.BytesIO(recording)) as reader:
            if (reader.getnchannels(), reader.getsampwidth(), reader.getframerate()) != _WANTED:
                return b""
            sound: bytes = reader.readframes(reader.getnframes())
    except (wave.Error, EOFError, RuntimeError):
        return b""
    return sound[: len(sound) // SAMPLE_BYTES * SAMPLE_BYTES]


def _decoded(recording: bytes, most_seconds: float) -> bytes:
    try:
        with av.open(
            io.BytesIO(recording), options=_OPTIONS, metadata_errors="ignore", io_open=_refuse
        ) as container:
            return b"".join(_pieces(container, most_seconds))
    except (av.FFmpegError, OSError, ValueError, OverflowError, MemoryError) as error:
        raise AudioError("undecodable") from error


def seconds_of(size: int) -> float:
    """Return how long so many bytes of decoded sound are."""
    return size / (RATE * SAMPLE_BYTES)


def _refuse(*_: Any) -> NoReturn:
    raise PermissionError("a recording names no other files")


def _pieces(container: Any, most_seconds: float) -> Iterator[bytes]:
    """Give the resampled sound, looking at the length before anything grows."""
    resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
    seconds = 0.0
    for frame in _frames(container):
        if frame.sample_rate not in _RATES or len(frame.layout.channels) > _CHANNELS_MOST:
            raise AudioError("undecodable")
        seconds += frame.samples / frame.sample_rate
        if seconds > most_seconds:
            raise AudioError("too_long")
        frame.pts = None
        yield from map(_bytes, resampler.resample(frame))
    if seconds:
        yield from map(_bytes, resampler.resample(None))


def _frames(container: Any) -> Iterator[AudioFrame]:
    """Decode the first sound; a damaged packet is skipped."""
    if not container.streams.audio:
        raise AudioError("undecodable")
    for packet in container.demux(container.streams.audio[0]):
        try:
            yield from packet.decode()
        except av.InvalidDataError:
            continue


def _bytes(frame: AudioFrame) -> bytes:
    return bytes(frame.planes[0])[: frame.samples * SAMPLE_BYTES]
