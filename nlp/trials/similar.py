"""Trying how well messages of one incident are found, on messages whose incidents are known."""

import csv
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nlp.incidents.index import SimilarTexts, common_of, everyday
from nlp.incidents.stream import Incidents
from nlp.learning.labelled import LabelledError, plain


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it came; title and body in the form that is compared."""

    id: str
    at: datetime
    title: str
    body: str

    @property
    def letters(self) -> str:
        """All of it without what only separates: copies have the same."""
        return re.sub(r"\W", "", self.title + self.body)


def similar(
    messages_file: Path, clusters_file: Path, progress: Callable[[str], None]
) -> Iterator[str | dict[str, float]]:
    """Report how messages of one incident are ranked, and how the stream is put together."""
    messages = sorted(read_messages(messages_file), key=lambda one: one.at)
    clusters = read_clusters(clusters_file, {one.id for one in messages})
    progress(f"ranking {len(messages)} messages for each of {len(clusters)} that are known")
    ranking = _ranking(messages, clusters)
    precisions = average_precisions(ranking, clusters)
    for cluster in sorted(set(clusters.values())):
        own = [value for key, value in precisions.items() if clusters[key] == cluster]
        yield f"incident {cluster}: {len(own)} messages, average precision {_mean(own):.4f}"
    as_one = average_precisions(*_copies_as_one(messages, ranking, clusters))
    progress("putting them together in the order of time")
    found, seconds = _stream(messages)
    precision, recall, f1 = bcubed(found, clusters)
    yield f"stream: {len(messages)} messages are {len(set(found.values()))} incidents"
    yield f"stream: BCubed precision {precision:.4f}, recall {recall:.4f}"
    figures = {
        "map": _mean(precisions.values()),
        "map_copies_as_one": _mean(as_one.values()),
        "bcubed_f1": f1,
        "messages_per_second": len(messages) / seconds,
    }
    yield from (f"{name}: {value:.4f}" for name, value in figures.items())
    yield figures


def average_precisions(
    ranking: Mapping[str, Sequence[str]], clusters: Mapping[str, str]
) -> dict[str, float]:
    """Return for each message how far in front the others of its cluster are ranked."""
    precisions = {}
    for key, others in ranking.items():
        wanted = {one for one, cluster in clusters.items() if cluster == clusters[key]} - {key}
        places = [place for place, other in enumerate(others, start=1) if other in wanted]
        found = sum(number / place for number, place in enumerate(places, start=1))
        if wanted:
            precisions[key] = found / len(wanted)
    return precisions


def bcubed(found: Mapping[str, str], clusters: Mapping[str, str]) -> tuple[float, float, float]:
    """Return BCubed precision, recall and F1 over the messages whose cluster is known."""
    precisions, recalls = [], []
    for key, cluster in clusters.items():
        together = {one for one in clusters if found[one] == found[key]}
        wanted = {one for one, other in clusters.items() if other == cluster}
        precisions.append(len(together & wanted) / len(together))
        recalls.append(len(together & wanted) / len(wanted))
    precision, recall = _mean(precisions), _mean(recalls)
    return precision, recall, 2 * precision * recall / (precision + recall)


def read_messages(path: Path) -> list[Message]:
    """Read columns id, time, title, body."""
    messages = []
    for row in _rows(path, {"id", "time", "title", "body"}):
        try:
            at = datetime.fromisoformat(row["time"].replace("/", "-"))
        except ValueError as error:
            raise LabelledError(f"{path}: message {row['id']} has no time ({error}).") from error
        messages.append(Message(row["id"], at, plain(row["title"]), plain(row["body"])))
    return messages


def read_clusters(path: Path, known: Collection[str]) -> dict[str, str]:
    """Read columns cluster, id; each has to be one of the messages."""
    clusters = {row["id"]: row["cluster"] for row in _rows(path, {"cluster", "id"})}
    strange = sorted(clusters.keys() - set(known))
    if strange or not clusters:
        what = f"there is no message {strange[0]}" if strange else "there is nothing in it"
        raise LabelledError(f"{path}: {what}.")
    return clusters


def _rows(path: Path, names: set[str]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, restval="")
            rows = list(reader)
    except (OSError, UnicodeDecodeError) as error:
        raise LabelledError(f"{path}: it cannot be read ({error}).") from error
    missing = sorted(names - set(reader.fieldnames or ()))
    if missing:
        raise LabelledError(f"{path}: the first line must name the column {missing[0]}.")
    return rows


def _ranking(messages: Sequence[Message], asked: Iterable[str]) -> dict[str, list[str]]:
    """Return for each message that is asked for all others, the most alike first."""
    texts = SimilarTexts[str](common_of(f"{one.title}\n{one.body}" for one in messages))
    for one in messages:
        texts.add(one.id, texts.vector(one.title, one.body))
    return {key: [hit.key for hit in texts.ranked(key)] for key in asked}


def _copies_as_one(
    messages: Sequence[Message], ranking: Mapping[str, Sequence[str]], clusters: Mapping[str, str]
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return ranking and clusters as if each text had been sent once.

    Where only one of two copies is known to belong to an incident, the other would be an error.
    """
    firsts: dict[str, str] = {}
    first_of = {one.id: firsts.setdefault(one.letters, one.id) for one in messages}
    once = {
        first_of[key]: [
            one for one in dict.fromkeys(map(first_of.__getitem__, others)) if one != first_of[key]
        ]
        for key, others in ranking.items()
    }
    return once, {first_of[key]: cluster for key, cluster in clusters.items()}


def _stream(messages: Sequence[Message]) -> tuple[dict[str, str], float]:
    """Return the incident of each message, and how long it took to put them together."""
    incidents = Incidents[str](everyday())
    started = time.perf_counter()
    found = {
        one.id: incidents.take(one.id, one.title, one.body, at=one.at).first for one in messages
    }
    return found, time.perf_counter() - started


def _mean(values: Iterable[float]) -> float:
    several = list(values)
    return sum(several) / len(several)
