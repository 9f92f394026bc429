"""What everybody says is told from what few say."""

from nlp.tables.rarity import rarity


def test_what_few_say_is_rarer() -> None:
    assert 0 < rarity("了") < rarity("漏水") < rarity("鹦鹉")


def test_what_no_sentence_held_is_as_rare_as_can_be_told() -> None:
    assert rarity("鹦鹉") == rarity("貔貅")
