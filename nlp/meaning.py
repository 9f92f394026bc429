"""What a message means: its kind, its matter, its place, and what it refers to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from nlp.classifier import Classification, Classifier
from nlp.emergencies import Emergency, EmergencyFinder
from nlp.kinds import Kind, KindTable
from nlp.places import Place, PlaceFinder
from nlp.services import ServiceCatalogue

__all__ = ["Interpreter", "Kind", "KindTable", "Meaning", "build_interpreter"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was understood. `place` is the right and `wrong_place` the wrong one of a correction.

    `text` is normalised; `case_number` is upper-case; `code` holds the six digits of LINK or
    what was given as the recovery code of RECOVER.
    """

    text: str
    kind: Kind
    classification: Classification
    place: Place
    emergency: Emergency | None
    case_number: str | None
    code: str | None
    wrong_place: Place


class Interpreter:
    """Reads messages of one community."""

    def __init__(
        self,
        classifier: Classifier,
        emergencies: EmergencyFinder,
        places: PlaceFinder,
        kinds: KindTable,
    ) -> None:
        self._classifier: Final = classifier
        self._emergencies: Final = emergencies
        self._places: Final = places
        self._kinds: Final = kinds

    @property
    def catalogue(self) -> ServiceCatalogue:
        """The services this interpreter knows."""
        return self._classifier.catalogue

    def interpret(self, text: str) -> Meaning:
        """Return the meaning; never fails."""
        raise NotImplementedError(text)


def build_interpreter(
    *,
    services_toml: str | None = None,
    estates: Iterable[str] = (),
    landmarks: Iterable[str] = (),
) -> Interpreter:
    """Return an interpreter from the packaged tables and the community's own names."""
    raise NotImplementedError(services_toml, estates, landmarks)
