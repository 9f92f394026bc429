"""When to call for help at once, whatever else is said."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from nlp.tables.reading import Entry, LexiconError, entries, read_table
from nlp.text.phrases import phrase_pattern

FRAUD: Final = "fraud"
"""Money went to swindlers, or is about to: what is asked then is whether it went."""

KINDS: Final = frozenset(
    [
        "fire",
        "gas",
        "medical",
        "self_harm",
        "family_violence",
        "trapped",
        "crime",
        "missing_person",
        FRAUD,
        "hazard",
    ]
)


@dataclass(frozen=True, slots=True)
class Emergency:
    """A danger, and whom to call, the first one first: numbers, or `property` for its office."""

    kind: str
    call: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    emergency: Emergency
    phrases: re.Pattern[str]
    harmless: re.Pattern[str]


class EmergencyFinder:
    """Finds emergencies in normalised text; the table's order says which is more pressing.

    Words that only sound like one (着火演练) are covered first, then the phrases are searched in
    what is left, so that a real danger beside them is still found.
    """

    def __init__(self, text: str | None = None) -> None:
        """Read the packaged table, or an operator's own TOML; LexiconError on any mistake."""
        table = read_table("emergencies.toml", text)
        self._rules: Final = tuple(_rules(entries(table, "emergency", label="emergency")))

    def find(self, text: str) -> Emergency | None:
        """Return the most pressing danger, None when there is none. Blanks say nothing here."""
        text = text.replace(" ", "")
        for rule in self._rules:
            if rule.phrases.search(text) and rule.phrases.search(rule.harmless.sub(_COVER, text)):
                return rule.emergency
        return None

    def denies(self, text: str) -> bool:
        """Tell whether a danger is named only to say that it is none: 怕半夜烧起来."""
        text = text.replace(" ", "")
        return self.find(text) is None and any(rule.phrases.search(text) for rule in self._rules)

    def first_of(self, kind: str) -> Emergency:
        """Return the danger of that kind; KeyError for one that is not in the table."""
        for rule in self._rules:
            if rule.emergency.kind == kind:
                return rule.emergency
        raise KeyError(f"no emergency is of the kind '{kind}'")

    def of_kind(self, kind: str, text: str) -> Emergency | None:
        """Return the danger that something else in the text speaks for, if nothing denies it."""
        text = text.replace(" ", "")
        for rule in self._rules:
            if rule.emergency.kind == kind and not rule.harmless.search(text):
                return rule.emergency
        return None


_COVER: Final = "。"
_FIELDS: Final = frozenset({"kind", "call", "phrases", "harmless"})


def _rules(rows: Iterable[Entry]) -> list[_Rule]:
    rules = []
    for row in rows:
        row.allow_only(_FIELDS)
        emergency = Emergency(row.string("kind"), row.strings("call"))
        phrases = row.strings("phrases")
        if not phrases or not emergency.call:
            raise LexiconError(f"{row.label}: it needs both 'phrases' and 'call', write them.")
        rules.append(
            _Rule(emergency, phrase_pattern(phrases), phrase_pattern(row.strings("harmless")))
        )
    return rules
