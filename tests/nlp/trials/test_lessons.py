"""A table that begins with few words learns from what staff put right."""

from nlp.learning.labelled import Labelled
from nlp.trials.lessons import adapted

_SAID = {"环境保护": "冒黑烟呛人", "交通运输": "车不来等了好久", "教育文体": "校服太贵了"}


def test_what_comes_again_is_learned() -> None:
    messages = [
        Labelled(label, "", f"{said}{number}")
        for number in range(40)
        for label, said in _SAID.items()
    ]
    told: list[str] = []

    *lines, figures = adapted(messages, told.append)

    assert isinstance(figures, dict)
    assert figures["last_500_after_1000_messages"] > 0.5
    assert figures["last_500_after_1000_corrections"] > 0.5
    assert len(lines) == 2
    assert len(told) == 10
