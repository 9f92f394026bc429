"""The handlers that `phone.toml` names."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from bot.dialogue.phone import (
    always,
    closing,
    dictating,
    filing,
    people,
    progress,
    sorting,
    voting,
)
from bot.dialogue.phone.talk import Step, Talk

Handler = Callable[[Talk], Step]

HANDLERS: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        handler.__name__: handler
        for handler in (
            always.repeat,
            always.slower,
            always.dialect,
            people.human,
            people.unanswered,
            people.message_left,
            people.no_message,
            people.danger,
            people.may_be_danger,
            people.danger_told,
            people.danger_over,
            dictating.dictated,
            dictating.retold,
            dictating.placed,
            dictating.no_place,
            dictating.wrong,
            dictating.wrong_place,
            dictating.wrong_matter,
            dictating.wrong_both,
            dictating.corrected,
            dictating.unconfirmed,
            dictating.silent,
            dictating.unclear,
            dictating.another,
            dictating.no_danger,
            filing.filed,
            sorting.sorted_by_name,
            sorting.sorted_by_words,
            sorting.unsorted,
            voting.vote,
            voting.vote_over,
            progress.progress,
            progress.number_given,
            progress.answered,
            progress.not_answered,
            progress.no_number,
            progress.urged,
            progress.nothing_more,
            closing.told,
            closing.not_hers,
            closing.nobody_there,
            closing.solved,
            closing.unsolved,
            closing.not_said,
            closing.rated,
            closing.goodbye,
        )
    }
)
