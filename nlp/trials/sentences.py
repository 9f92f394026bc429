"""Trying what residents get on sentences: services, kinds of message, emergencies."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from nlp.learning.labelled import Labelled
from nlp.matter.kinds import Kind
from nlp.matter.services import ServiceCatalogue
from nlp.meaning import Interpreter, build_interpreter
from nlp.trials.evaluation import details, report
from nlp.trials.measures import Outcome, accuracy, macro_f1, top_two

NO_EMERGENCY: Final = "none"

_PART_OF: Final = {
    Kind.REWARDS: Kind.POINTS,
    Kind.ORDERS: Kind.POINTS,
    Kind.WALL: Kind.POINTS,
    Kind.VOTES: Kind.INITIATIVE,
    Kind.VOTE_HELPERS: Kind.INITIATIVE,
    Kind.EXPORT: Kind.PRIVACY,
}

Lines = Iterator[str | dict[str, float]]


def service_outcomes(interpreter: Interpreter, examples: Sequence[Labelled]) -> list[Outcome]:
    """Say which service each sentence is taken for; none at all is 'other'."""
    found = []
    for one in examples:
        candidates = interpreter.interpret(one.body).classification.candidates
        codes = [*(candidate.service_code for candidate in candidates), ServiceCatalogue.OTHER]
        found.append(Outcome(one.label, codes[0], codes[min(1, len(codes) - 1)]))
    return found


def kind_outcomes(interpreter: Interpreter, examples: Sequence[Labelled]) -> list[Outcome]:
    """Say which kind each sentence is taken for; a finer kind counts as what it is part of."""
    kinds = ((one.label, interpreter.interpret(one.body).kind) for one in examples)
    return [Outcome(label, _PART_OF.get(kind, kind)) for label, kind in kinds]


def emergency_outcomes(interpreter: Interpreter, examples: Sequence[Labelled]) -> list[Outcome]:
    """Say which danger is seen in each sentence: one that is asked about is seen."""
    found = []
    for one in examples:
        meaning = interpreter.interpret(one.body)
        emergency = meaning.emergency or meaning.doubt
        found.append(Outcome(one.label, NO_EMERGENCY if emergency is None else emergency.kind))
    return found


def alarm_figures(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """Return how many alarms are right, and how many dangers are seen, whichever they are."""
    wanted = [one for one in outcomes if one.wanted != NO_EMERGENCY]
    seen = [one for one in outcomes if one.found != NO_EMERGENCY]
    both = sum(one.found != NO_EMERGENCY for one in wanted)
    return both / (len(seen) or 1), both / (len(wanted) or 1)


def _services(examples: Sequence[Labelled]) -> Lines:
    found = service_outcomes(build_interpreter(), examples)
    yield from report(found, title="services")
    yield from details(found)
    yield {
        "accuracy": accuracy(found),
        "top2_accuracy": top_two(found),
        "macro_f1": macro_f1(found),
    }


def _kinds(examples: Sequence[Labelled]) -> Lines:
    found = kind_outcomes(build_interpreter(), examples)
    yield from report(found, title="kinds")
    yield from details(found)
    yield {"accuracy": accuracy(found), "macro_f1": macro_f1(found)}


def _emergencies(examples: Sequence[Labelled]) -> Lines:
    found = emergency_outcomes(build_interpreter(), examples)
    precision, recall = alarm_figures(found)
    yield f"alarms that are right: {precision:.4f}; dangers seen: {recall:.4f}"
    yield from details(found)
    yield {"precision": precision, "recall": recall, "accuracy": accuracy(found)}


TASKS: Final[dict[str, Callable[[Sequence[Labelled]], Lines]]] = {
    "services": _services,
    "kinds": _kinds,
    "emergencies": _emergencies,
}
"""By the name of its option."""
