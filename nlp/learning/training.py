"""Learning a table of words from labelled texts. Only this needs scikit-learn.

A linear support vector machine without intercept, on tf-idf of all pieces of one to four
characters; those that are words in the texts count more. The pieces that matter most are kept and
weighed anew; the inverse frequencies are folded in; what is left is rounded.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_matrix, diags, vstack
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from nlp.learning.labelled import NO_DANGER, Labelled, LabelledError
from nlp.matter.dangers import DANGER, SWINDLED
from nlp.matter.emergencies import FRAUD
from nlp.places.grammar import PlaceFinder
from nlp.tables.rarity import COLUMN, LEAST, SENTENCES
from nlp.tables.wording import sentence
from nlp.text.segment import Segmenter

_SEPARATORS: Final = frozenset("\n ")
_CLIPPED: Final = 0.999
_LABELS_LEAST: Final = 2
_TOO_FEW: Final = "there are too few texts to learn from: give more, of two labels at least."


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a table is made.

    `copies` are lengths to which texts are cut, with their importance; `lengths` is how much
    pieces of one character, two, … count; smaller weights than `least` of `top` are left out.
    Single characters that weigh less than `alone_least` are left out and the rest is weighed anew:
    they are most of what is found in a text, and say next to nothing.
    """

    words_most: int
    seen_least: int
    copies: tuple[tuple[int, float], ...] = ()
    lengths: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0)
    softness: float = 1.0
    word_factor: float = 2.0
    top: int = 9
    least: int = 1
    alone_least: int = 0


GROUPS: Final = Recipe(
    words_most=20_000, seen_least=3, copies=((18, 0.3), (50, 0.2)), alone_least=2
)
"""For long messages and few labels."""

SERVICES: Final = Recipe(
    words_most=45_000,
    seen_least=1,
    lengths=(1.5, 1.0),
    softness=2.0,
    word_factor=1.0,
    top=40,
    least=2,
)
"""For which service is meant."""


DANGERS: Final = Recipe(
    words_most=60_000,
    seen_least=1,
    lengths=(1.0, 1.0, 0.7, 0.5),
    softness=4.0,
    word_factor=1.0,
    top=40,
)
"""For whether there is a danger."""

MONEY_GONE: Final = replace(DANGERS, words_most=15_000)
"""For whether money went to swindlers."""

WHICH_DANGER: Final = Recipe(words_most=6_000, seen_least=1, word_factor=1.0, top=18)
"""For which danger it is."""


def train_dangers(examples: Sequence[Labelled]) -> dict[str, dict[str, int]]:
    """Return a table whose label DANGER tells a danger from none; its others, which it is.

    SWINDLED tells by itself whether money went to swindlers: those sentences have other words.
    """
    spoken = _spoken(examples, PlaceFinder().told_besides)
    bodily = [one for one in spoken if one.label != FRAUD]
    dangers = [one for one in bodily if one.label != NO_DANGER]
    rows: dict[str, dict[str, int]] = {}
    for word, weights in train(dangers, WHICH_DANGER).items():
        rows.setdefault(word, {}).update(weights)
    _whether(rows, DANGER, DANGERS, [(one, one.label != NO_DANGER) for one in bodily])
    told = {one.body for one in spoken if one.label == FRAUD}
    swindled = [one for one in spoken if one.label == FRAUD or one.body not in told]
    _whether(rows, SWINDLED, MONEY_GONE, [(one, one.label == FRAUD) for one in swindled])
    return rows


def _whether(
    rows: dict[str, dict[str, int]],
    label: str,
    recipe: Recipe,
    examples: Iterable[tuple[Labelled, bool]],
) -> None:
    """Add how much each word speaks for that label, learned from examples and counterexamples."""
    parted = [replace(one, label=label if so else NO_DANGER) for one, so in examples]
    for word, weights in train(parted, recipe).items():
        if weights.get(label):
            rows.setdefault(word, {})[label] = weights[label]


KINDS: Final = Recipe(
    words_most=15_000, seen_least=1, lengths=(1.3, 1.0, 0.5), word_factor=1.0, top=40, least=2
)
"""For what a message wants."""


def train_services(examples: Sequence[Labelled]) -> dict[str, dict[str, int]]:
    """Return the weights of words in what people say is the matter."""
    return train(_spoken(examples, PlaceFinder().without_places), SERVICES)


def count_common(examples: Sequence[Labelled]) -> dict[str, dict[str, int]]:
    """Return how many of ten thousand sentences hold a piece of one or two characters."""
    spoken = [sentence(one.body) for one in examples]
    held: Counter[str] = Counter()
    for text in spoken:
        held.update({text[at : at + size] for size in (1, 2) for at in range(len(text))})
    shares = {piece: round(SENTENCES * times / len(spoken)) for piece, times in held.items()}
    return {piece: {COLUMN: share} for piece, share in shares.items() if share > LEAST}


def train_kinds(examples: Sequence[Labelled]) -> dict[str, dict[str, int]]:
    """Return the weights of words in what people say to us."""
    return train(_spoken(examples, PlaceFinder().without_places), KINDS)


def _spoken(examples: Sequence[Labelled], told: Callable[[str], str]) -> list[Labelled]:
    """Return what is told besides places as tables read it; a text that is only places stays."""
    return [replace(one, body=sentence(told(one.body) or one.body)) for one in examples]


def train(examples: Sequence[Labelled], recipe: Recipe) -> dict[str, dict[str, int]]:
    """Return the weights of each word that is worth keeping; LabelledError of too few texts."""
    if len({one.label for one in examples}) < _LABELS_LEAST:
        raise LabelledError(_TOO_FEW)
    counter = CountVectorizer(
        analyzer="char",
        ngram_range=(1, len(recipe.lengths)),
        min_df=recipe.seen_least,
        lowercase=False,
    )
    try:
        whole = counter.fit_transform([one.document for one in examples])
    except ValueError as nothing_left:
        raise LabelledError(_TOO_FEW) from nothing_left
    names = counter.get_feature_names_out()
    sane = np.array([not _SEPARATORS & set(name) for name in names])
    lengths = np.array([recipe.lengths[len(name) - 1] for name in names])
    factors = _rarity(whole) * _wordness(names, examples, recipe.word_factor) * sane * lengths
    copies = [(counter.transform([one.short(n) for one in examples]), w) for n, w in recipe.copies]
    sources = [(whole, 1.0), *copies]
    importance = _importance(_learned(sources, factors, examples, recipe), whole, factors)
    kept = np.sort(np.argsort(-importance, kind="stable")[: recipe.words_most])
    labels, weights = _weighed(sources, kept, factors, examples, recipe)
    alone = np.array([len(name) == 1 for name in names[kept]])
    faint = alone & (abs(weights).max(axis=0) < recipe.alone_least)
    if faint.any():
        kept = kept[~faint]
        labels, weights = _weighed(sources, kept, factors, examples, recipe)
    return _rows(names[kept], labels, weights)


def _weighed(
    sources: Iterable[tuple[csr_matrix, float]],
    kept: Any,
    factors: Any,
    examples: Sequence[Labelled],
    recipe: Recipe,
) -> tuple[Any, Any]:
    """Return the labels, and for each the whole weights of the pieces that are kept."""
    narrowed = [(counts[:, kept], share) for counts, share in sources]
    labels, weights = _learned(narrowed, factors[kept], examples, recipe)
    rounded = _rounded(weights * factors[kept], recipe.top)
    return labels, np.where(abs(rounded) < recipe.least, 0, rounded)


def _learned(
    sources: Iterable[tuple[csr_matrix, float]],
    factors: Any,
    examples: Sequence[Labelled],
    recipe: Recipe,
) -> tuple[Any, Any]:
    """Return the labels, and for each the weights of all words."""
    scaled = [(_scaled(counts, factors), share) for counts, share in sources]
    wanted = np.array([one.label for one in examples])
    how_many = Counter(wanted.tolist())
    rare = np.array([len(examples) / len(how_many) / how_many[label] for label in wanted])
    machine = LinearSVC(C=recipe.softness, fit_intercept=False, tol=1e-3, random_state=0)
    machine.fit(
        vstack([counts for counts, _ in scaled]).tocsr(),
        np.concatenate([wanted] * len(scaled)),
        sample_weight=np.concatenate([rare * share for _, share in scaled]),
    )
    weights = machine.coef_
    if len(weights) == 1:  # of two labels it weighs only one
        weights = np.vstack([-weights, weights])
    return machine.classes_, weights - weights.mean(axis=0)


def _scaled(counts: csr_matrix, factors: Any) -> Any:
    damped = counts.astype(np.float64)
    damped.data = 1 + np.log(damped.data)
    return normalize(damped @ diags(factors))


def _rarity(counts: csr_matrix) -> Any:
    seen = np.asarray((counts > 0).sum(axis=0)).ravel()
    return np.log((1 + counts.shape[0]) / (1 + seen)) + 1


def _wordness(names: Any, examples: Sequence[Labelled], factor: float) -> Any:
    segmenter = Segmenter()
    words = {word for one in examples for word in one.words or segmenter.cut(one.body)}
    return np.array([factor if name in words else 1.0 for name in names])


def _importance(learned: tuple[Any, Any], whole: csr_matrix, factors: Any) -> Any:
    _, weights = learned
    return (
        np.abs(weights).max(axis=0) * np.asarray(_scaled(whole, factors).sum(axis=0)).ravel() ** 0.5
    )


def _rounded(weights: Any, top: int) -> Any:
    most = np.quantile(np.abs(weights).max(axis=0), _CLIPPED)
    return np.clip(np.round(weights / most * top), -top, top).astype(int)


def _rows(names: Any, labels: Any, weights: Any) -> dict[str, dict[str, int]]:
    rows = {}
    for number, name in enumerate(names):
        row = {str(label): int(w) for label, w in zip(labels, weights[:, number], strict=True) if w}
        if row:
            rows[str(name)] = row
    return rows


LEARN: Final[Mapping[str, Callable[[Sequence[Labelled]], dict[str, dict[str, int]]]]] = {
    "group": partial(train, recipe=GROUPS),
    "service": train_services,
    "kind": train_kinds,
    "emergency": train_dangers,
    "common": count_common,
}
"""How each table is learned."""
