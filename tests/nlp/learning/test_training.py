"""What is kept of what is learned."""

from dataclasses import replace

import pytest

from nlp.learning.labelled import Labelled, LabelledError
from nlp.learning.training import Recipe, train

RECIPE = Recipe(words_most=100, seen_least=1, lengths=(1.0, 1.0))
SAID = {
    "lift": ("电梯坏了", "电梯停了", "电梯门坏了", "坐电梯的人吵"),
    "noise": ("楼上吵", "楼上的人吵", "晚上吵人", "门吵坏了"),
}
EXAMPLES = [Labelled(label, "", text) for label, texts in SAID.items() for text in texts]


def test_single_characters_that_say_little_are_left_out() -> None:
    everything = train(EXAMPLES, RECIPE)
    weights = {word: max(map(abs, row.values())) for word, row in everything.items()}
    faint = {word for word, weight in weights.items() if len(word) == 1 and weight < 4}
    telling = {word for word, weight in weights.items() if len(word) == 1 and weight >= 4}
    assert faint
    assert telling
    kept = train(EXAMPLES, replace(RECIPE, alone_least=4)).keys()
    assert not kept & faint
    assert kept >= telling
    assert kept >= {word for word in weights if len(word) > 1}


RARE = replace(RECIPE, seen_least=9)


@pytest.mark.parametrize(
    ("examples", "recipe"),
    [([], RECIPE), (EXAMPLES[:2], RECIPE), (EXAMPLES[3:5], RARE), (EXAMPLES, RARE)],
)
def test_of_too_few_texts_nothing_is_learned(examples: list[Labelled], recipe: Recipe) -> None:
    with pytest.raises(LabelledError, match="too few"):
        train(examples, recipe)
