"""The child process that recognises speech: `python -m nlp.speech.child MODEL THREADS SECONDS`.

libvosk can end its process, and so might a decoder on a hostile file: here that ends nothing else.
All words of the protocol are in `nlp.speech.frames`. The child ends when its input ends.

One lane's work is done in order, never by two threads at once. A turn is one piece of sound; the
next one goes to the stream that waits longest, so that no recording keeps a telephone waiting and
no telephone another, otherwise to the oldest recording. A thread stays with its lane, and with
what its caches hold of it, until somebody who waits comes before it.
"""

import itertools
import json
import os
import queue
import resource
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final

import vosk  # type: ignore[import-untyped]  # it ships no types

from nlp.sound.audio import RATE, SAMPLE_BYTES, AudioError, decode, seconds_of
from nlp.speech.frames import CANNOT_LOAD, HEADER, NO_LANE, Kind, frame, pack_heard

PIECE_BYTES: Final = RATE * SAMPLE_BYTES // 5
ANYTHING_ELSE: Final = "[unk]"
_END: Final = object()
_ARRIVALS: Final = itertools.count()

Answer = Callable[[Kind, bytes], None]


class GrammarError(Exception):
    """The phrases can't be told from anything else with this model."""


class Ear:
    """One recogniser, fresh: a used one sometimes hears other words (it keeps its graph)."""

    def __init__(self, model: Any, phrases: bytes = b"") -> None:
        arguments = (grammar_of(model, phrases),) if phrases else ()
        self._recogniser = vosk.KaldiRecognizer(model, float(RATE), *arguments)
        self._recogniser.SetWords(enable_words=True)

    def hear(self, piece: bytes) -> list[dict[str, Any]] | None:
        """Listen; return the words when an utterance has ended, None before."""
        if not self._recogniser.AcceptWaveform(piece):
            return None
        return _words(self._recogniser.Result())

    def partial(self) -> str:
        """Return what the utterance sounds like so far."""
        result = json.loads(self._recogniser.PartialResult())
        return str(result.get("partial", "")).replace(" ", "")

    def finish(self) -> list[dict[str, Any]]:
        """Return the last words."""
        return _words(self._recogniser.FinalResult())


def _words(result: str) -> list[dict[str, Any]]:
    words: list[dict[str, Any]] = json.loads(result).get("result", [])
    return words


def grammar_of(model: Any, phrases: bytes) -> str:
    """Return the grammar of those phrases whose words the model knows; else libvosk would crash.

    Where anything else may come, and the model has no word for it, a cough would be a yes.
    """
    wanted = json.loads(phrases)
    known = [
        phrase
        for phrase in wanted
        if phrase.split() and all(_knows(model, word) for word in phrase.split())
    ]
    if not set(known) - {ANYTHING_ELSE} or (ANYTHING_ELSE in wanted) > (ANYTHING_ELSE in known):
        raise GrammarError
    return json.dumps(known, ensure_ascii=False)  # libvosk does not read \u


def _knows(model: Any, word: str) -> bool:
    return bool(model.vosk_model_find_word(word) >= 0)


class Lane:
    """What is to be done with one ear; every step of it is one turn."""

    def __init__(self, number: int, model: Any, answer: Answer, turns: "Turns") -> None:
        self._number = number
        self._model = model
        self._answer = answer
        self._turns = turns
        self._work: deque[Iterator[None]] = deque()
        self._lock = threading.Lock()
        self._ear: Ear | None = None
        self._is_stream = False
        self._fed = 0
        self._settled = 0
        self.dropped = False

    def take(self, kind: Kind, content: bytes, most_seconds: float) -> None:
        """Put the frame's work behind what is still to be done."""
        self._is_stream = kind is not Kind.RECORDING
        steps = self._steps(kind, content, most_seconds)
        with self._lock:
            self._work.append(steps)
            idle = len(self._work) == 1
        if idle:
            self._ask_for_a_turn()

    def turn(self) -> bool:
        """Do one step; say whether there is another. Until there is none it is not queued anew."""
        try:
            over = self.dropped or next(self._work[0], _END) is _END
        except AudioError as error:
            over = self._failed(error.code)
        except GrammarError:
            over = self._failed("grammar")
        except Exception:  # noqa: BLE001  one lane's trouble is no other's
            traceback.print_exc()
            over = self._failed("crashed")
        with self._lock:
            if over:
                self._work.popleft()
            return bool(self._work)

    def _ask_for_a_turn(self) -> None:
        order = next(_ARRIVALS) if self._is_stream else self._number
        self._turns.put((not self._is_stream, order, self))

    def _failed(self, code: str) -> bool:
        self._answer(Kind.FAILED, code.encode())
        return True

    def _steps(self, kind: Kind, content: bytes, most_seconds: float) -> Iterator[None]:
        match kind:
            case Kind.OPEN:
                return self._open(content)
            case Kind.FEED:
                return self._feed(content)
            case Kind.FINISH:
                return self._finish()
            case Kind.RECORDING:
                return self._recording(content, most_seconds)
            case _:
                raise ValueError(kind)

    def _open(self, phrases: bytes) -> Iterator[None]:
        self._ear = Ear(self._model, phrases)
        self._answer(Kind.READY, b"")
        yield

    def _feed(self, sound: bytes) -> Iterator[None]:
        ear = self._listening()
        words = []
        for piece in _pieces(sound):
            heard = ear.hear(piece)
            self._fed += len(piece)
            if heard is not None:
                words += heard
                self._settled = self._fed
            yield
        self._answer(Kind.HEARD, pack_heard(words, ear.partial(), self._settled))

    def _finish(self) -> Iterator[None]:
        words, self._ear = self._listening().finish(), None
        self._answer(Kind.HEARD, pack_heard(words, settled=self._fed))
        yield

    def _listening(self) -> Ear:
        if self._ear is None:
            raise RuntimeError("a stream is opened before it is fed")
        return self._ear

    def _recording(self, recording: bytes, most_seconds: float) -> Iterator[None]:
        sound = decode(recording, most_seconds=most_seconds)
        self._answer(Kind.LENGTH, str(seconds_of(len(sound))).encode())
        yield
        ear, words = Ear(self._model), []
        for piece in _pieces(sound):
            words += ear.hear(piece) or []
            yield
        self._answer(Kind.HEARD, pack_heard(words + ear.finish(), settled=len(sound)))


def _pieces(sound: bytes) -> Iterator[bytes]:
    return (sound[start : start + PIECE_BYTES] for start in range(0, len(sound), PIECE_BYTES))


Place = tuple[bool, int, Lane]
Turns = queue.PriorityQueue[Place]


def serve_next(turns: Turns) -> None:
    """Let the first lane do its steps until it has none left, or another comes before it."""
    place = turns.get()
    while place[-1].turn():
        if _is_overtaken(place, turns):
            turns.put(place)
            return


def _is_overtaken(place: Place, turns: Turns) -> bool:
    with turns.mutex:
        return bool(turns.queue) and turns.queue[0] < place


class Child:
    """Reads frames, gives them to lanes, and lets the threads take turns."""

    def __init__(self, model: Any, out: BinaryIO, *, most_seconds: float) -> None:
        self._model = model
        self._out = out
        self._most_seconds = most_seconds
        self._writing = threading.Lock()
        self._lanes: dict[int, Lane] = {}
        self._turns: Turns = queue.PriorityQueue()

    def serve(self, source: BinaryIO, threads: int) -> None:
        """Work until the input ends."""
        for _ in range(threads):
            threading.Thread(target=self._work, daemon=True).start()
        self._write(Kind.READY, NO_LANE, b"")
        while len(header := source.read(HEADER.size)) == HEADER.size:
            kind, number, length = HEADER.unpack(header)
            self._take(Kind(kind), number, source.read(length))

    def _take(self, kind: Kind, number: int, content: bytes) -> None:
        if kind is Kind.DROP:
            lane = self._lanes.pop(number, None)
            if lane is not None:
                lane.dropped = True
            return
        lane = self._lanes.get(number)
        if lane is None:
            lane = Lane(number, self._model, self._answering(number), self._turns)
            self._lanes[number] = lane
        lane.take(kind, content, self._most_seconds)

    def _work(self) -> None:
        while True:
            serve_next(self._turns)

    def _answering(self, number: int) -> Answer:
        return lambda kind, content: self._write(kind, number, content)

    def _write(self, kind: Kind, number: int, content: bytes) -> None:
        with self._writing:
            self._out.write(frame(kind, number, content))
            self._out.flush()


def main() -> None:
    """Load the model and serve."""
    folder, threads, most_seconds = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no recordings in a core file
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no frame
    vosk.SetLogLevel(-1)
    try:
        model = vosk.Model(folder)
    except Exception:  # noqa: BLE001  libvosk has no narrower one
        traceback.print_exc()
        sys.exit(CANNOT_LOAD)
    Child(model, out, most_seconds=float(most_seconds)).serve(sys.stdin.buffer, int(threads))
    os._exit(0)  # without waiting for threads that are inside libvosk


if __name__ == "__main__":
    main()
