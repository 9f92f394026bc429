"""What a message means: its kind, its matter, its place, and what it refers to."""

import re
from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import dataclass
from typing import Final

from nlp.learning.adapting import Change, applied, without
from nlp.matter.classifier import Classification, Classifier, segmenter_of
from nlp.matter.correction import right_and_wrong
from nlp.matter.dangers import NEAR_DANGER, Dangers, Judgement
from nlp.matter.emergencies import Emergency, EmergencyFinder
from nlp.matter.guessing import KindGuess
from nlp.matter.kinds import Kind, KindTable
from nlp.matter.references import case_number, link_code, recovery_code
from nlp.matter.services import ServiceCatalogue, load_services
from nlp.places.gazetteer import NO_NAMES, read_gazetteer
from nlp.places.grammar import Place, PlaceFinder
from nlp.places.landmarks import read_landmarks
from nlp.tables.weighing import Weights, WordTable, packaged_table
from nlp.tables.wording import anywhere
from nlp.text.homophones import Homophone, Homophones, homophones
from nlp.text.normal import plain
from nlp.text.sounds import SoundAlike, SoundsLike
from nlp.times.grammar import times_in, without_times
from nlp.wishes import Wish, Wishes, by_form

__all__ = ["Interpreter", "Kind", "KindTable", "Meaning", "build_interpreter"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was understood. `place` is the right and `wrong_place` the wrong one of a correction.

    `emergency` is a danger that is there; `doubt` one that may be, so that she is asked. `text` is
    normalised; `case_number` is upper-case; `code` holds the six digits of LINK or the code of
    RECOVER as it was written. `cautious` is what the kind is taken for in the middle of a
    conversation, where a guess would lead away from it; None where it is no guess, or a sure one.
    `guessed` says that learned words alone decided the kind. `deed` is a report that may as well
    tell of a good deed.
    """

    text: str
    kind: Kind
    classification: Classification
    place: Place
    emergency: Emergency | None
    case_number: str | None
    code: str | None
    wrong_place: Place
    times: tuple[str, ...] = ()
    doubt: Emergency | None = None
    cautious: Kind | None = None
    deed: bool = False
    guessed: bool = False


class Interpreter:
    """Reads the messages of one community."""

    def __init__(
        self,
        classifier: Classifier,
        dangers: Dangers,
        places: PlaceFinder,
        kinds: KindTable,
        guess: KindGuess,
        sounds: SoundsLike,
    ) -> None:
        self._packaged: Final = classifier.learned_weights
        self._classifier = classifier
        self._dangers: Final = dangers
        self._places = places
        self._kinds: Final = kinds
        self._guess: Final = guess
        self._wishes = Wishes(kinds, guess, places)
        self._sounds = sounds
        self._homophones = Homophones()

    @property
    def catalogue(self) -> ServiceCatalogue:
        """The services this interpreter knows."""
        return self._classifier.catalogue

    @property
    def weights(self) -> Weights:
        """The learned words that count now, for the services."""
        return self._classifier.learned_weights

    def taught(self, changes: Iterable[Change], banned: Collection[str]) -> "Interpreter":
        """Return one whose packaged words of services are changed so."""
        other = copy(self)
        other.take_up(changes, banned)
        return other

    def take_up(self, changes: Iterable[Change], banned: Collection[str]) -> None:
        """From now on let the packaged words of services count with these changes.

        What is banned says nothing at the edge of a sentence either.
        """
        silent = frozenset(piece for word in banned for piece in anywhere(word))
        table = WordTable(without(applied(self._packaged, changes), silent))
        self._classifier = self._classifier.taught(table)

    def take_up_estates(self, estates: Iterable[str]) -> None:
        """From now on find these estates, beside the names of the gazetteer."""
        places = self._places.of_estates(estates)
        self._classifier = self._classifier.knowing(places.names)
        self._wishes = Wishes(self._kinds, self._guess, places)
        self._sounds = SoundsLike(places.names)
        self._places = places

    def take_up_homophones(self, pairs: Iterable[Homophone]) -> None:
        """From now on read what is meant where one of these is heard."""
        self._homophones = Homophones(pairs)

    def misheard(self, heard: str, right: str) -> list[Homophone]:
        """Return which words of a transcript that was put right sound like what they are."""
        heard, right = (plain(text) for text in (heard, right))
        return homophones(heard, right, self._classifier.cut)

    def matter(self, text: str) -> Classification:
        """Return what a text is about, and nothing else of its meaning."""
        return self._classify(self._plain(text))

    def spoken(self, text: str) -> str:
        """Return a text in the form that the learned words of services read."""
        return self._classifier.as_learned(self._said(self._plain(text)))

    def words_of(self, text: str, pieces: Iterable[str]) -> dict[str, str]:
        """Return the word of the text in which each of the pieces of learned words begins.

        A piece that begins with a pause is of the word after it.
        """
        speaking = {piece: _PAUSE.sub("", piece) or piece for piece in pieces}
        words = self._classifier.words_of(self.spoken(text), {*speaking, *speaking.values()})
        return {
            piece: words.get(said, words[piece])
            for piece, said in speaking.items()
            if piece in words
        }

    def interpret(self, text: str) -> Meaning:
        """Return the meaning; never fails, whatever was written."""
        said = plain(text)
        text = self._homophones.put_right(said)
        number = case_number(text, others=self._kinds.not_case_numbers)
        classification = self._classify(text)
        danger = self._worse_danger(text, said, classification)
        wish = Wish(Kind.EMERGENCY)
        if danger.emergency is None:
            wish = self._wishes.find(text, number, classification)
        calm = wish.kind in _CALM and wish.cautious is None and (wish.listed or not danger.grave)
        if danger.doubt and _says_when_at_home(text):
            danger = Judgement()
        if danger.doubt and calm and not any(map(self._dangers.names, (text, said))):
            danger = Judgement()
        if danger.doubt and (wish.kind in {Kind.CLAIM, Kind.ANGER} or wish.deed):
            wish = Wish(Kind.REPORT)  # who may be in danger tells of it
        right, wrong = right_and_wrong(text) if wish.kind is Kind.CORRECTION else (text, "")
        return Meaning(
            text=text,
            kind=wish.kind,
            classification=self._classify(right) if wrong else classification,
            place=self._places.find(right),
            emergency=danger.emergency,
            case_number=number,
            code=_code(wish.kind, text),
            wrong_place=self._places.find(wrong) if wrong else Place(),
            times=tuple(times_in(self._places.masked(text))),
            doubt=danger.doubt,
            cautious=wish.cautious,
            deed=wish.deed,
            guessed=wish.guessed,
        )

    def is_command(self, text: str) -> bool:
        """Tell whether a text is exactly one of the phrases that the table of kinds lists."""
        return self._kinds.knows(self._kinds.core(plain(text)))

    def names_only_a_place(self, text: str) -> bool:
        """Tell whether a text names a place and says nothing else."""
        return self._places.is_all_of(plain(text))

    def matter_of(self, text: str) -> str:
        """Return what a text says besides places; all of it when that is nothing."""
        words = plain(text)
        return self._places.without_places(words) or words

    def besides_place_and_time(self, text: str) -> str:
        """Return what a text says besides where and when; empty when that is all."""
        return self._places.without_places(without_times(plain(text)))

    def is_only_beside(self, place: Place) -> bool:
        """Tell whether a place says only where from something, and not from what: 对面."""
        return self._places.is_only_beside(place)

    def by_sound(self, text: str) -> SoundAlike:
        """Return what was heard with a name of this community in place of words that sound so."""
        return self._sounds.put_right(text)

    def _plain(self, text: str) -> str:
        return self._homophones.put_right(plain(text))

    def _classify(self, text: str) -> Classification:
        if self._places.is_all_of(text):
            return _NO_MATTER
        return self._classifier.classify(self._places.without_estates(text), self._said(text))

    def _said(self, text: str) -> str:
        return self._places.without_places(self._kinds.core(text).text)

    def _worse_danger(self, text: str, said: str, classification: Classification) -> Judgement:
        """Judge what was meant, and what was said: no list that people make hides a danger."""
        danger = self._danger(text, classification)
        if said == text or danger.emergency is not None:
            return danger
        other = self._danger(said, self._classify(said))
        return danger if other.emergency is None and danger.doubt is not None else other

    def _danger(self, text: str, classification: Classification) -> Judgement:
        core = self._kinds.core(text)
        if not core.text or self._kinds.knows(core) or by_form(text, core) is not None:
            return Judgement()
        best, matter = classification.best, None
        if best is not None and classification.clear and not classification.doubtful:
            matter = self.catalogue.get(best.service_code).emergency
        said = self._places.told_besides(core.text) or text
        return self._dangers.judge(
            text,
            said,
            matter=matter,
            harmless=_harmless(classification),
            service="" if best is None else best.service_code,
        )


_CALM: Final = frozenset(
    {
        Kind.CLAIM,
        Kind.STATIONS,
        Kind.CLAIMS,
        Kind.APPEAL,
        Kind.WITNESS,
        Kind.POINTS,
        Kind.EARNING,
        Kind.REWARDS,
        Kind.ORDERS,
        Kind.WALL,
        Kind.VOTES,
        Kind.THANKS,
        Kind.GREETING,
        Kind.HELP,
        Kind.PRIVACY,
        Kind.EXPORT,
        Kind.LANGUAGE,
    }
)
"""Who surely says so is asked about a danger only if listed words name one."""

_HARMLESS_MOST: Final = 110
"""A harmless matter, however clear, speaks no more than this against asking about a danger."""

_AT_HOME: Final = re.compile(
    r"[我都也,。!]*(?:(?:家里|屋里|家)?都?(?:有人|没人|没有人)|不?在家?)[都的了,。!]*"
)
_BY_NOW: Final = re.compile(r"昨|前|刚|现在|夜|凌晨|一直")

_NO_MATTER: Final = Classification((), 0, doubtful=True, clear=False)
_PAUSE: Final = re.compile(r"^[^\w^]+")


def _says_when_at_home(text: str) -> bool:
    """Tell whether she says when she can be visited, and no more: nobody is trapped at home.

    刚才家里有人 and 半夜家里有人 may be a burglar.
    """
    rest = without_times(text)
    return rest != text and _AT_HOME.fullmatch(rest) is not None and not _BY_NOW.search(text)


def _harmless(classification: Classification) -> int:
    """Return how much is said for a matter that is no danger: its points, and its lead."""
    best = classification.best
    if best is None or best.service_code in NEAR_DANGER:
        return 0
    return min(best.score + classification.margin, _HARMLESS_MOST)


def _code(kind: Kind, text: str) -> str | None:
    if kind is Kind.LINK:
        return link_code(text)
    return recovery_code(text) if kind is Kind.RECOVER else None


def build_interpreter(
    *,
    services_toml: str | None = None,
    estates: Iterable[str] = (),
    landmarks: Iterable[str] = (),
    gazetteer_toml: str | None = None,
    landmarks_toml: str | None = None,
) -> Interpreter:
    """Return an interpreter from the packaged tables and the community's own names."""
    catalogue = load_services(services_toml)
    gazetteer = NO_NAMES if gazetteer_toml is None else read_gazetteer(gazetteer_toml)
    places = PlaceFinder(estates, landmarks, gazetteer, read_landmarks(landmarks_toml))
    learned = packaged_table("service_words.tsv")
    classifier = Classifier(catalogue, segmenter_of(catalogue, places.names), learned)
    sounds = SoundsLike(places.names)
    dangers = Dangers(EmergencyFinder(), packaged_table("emergency_words.tsv"))
    guess = KindGuess(packaged_table("kind_words.tsv"))
    return Interpreter(classifier, dangers, places, KindTable(), guess, sounds)
