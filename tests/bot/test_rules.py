"""What an installation has decided, all together."""

from tests.bot.community import rules


def test_printed_in_a_log_they_are_not_all_the_sentences_there_are() -> None:
    assert len(repr(rules())) < 10_000
