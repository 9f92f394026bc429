"""The states of the telephone, drawn: what is asked, what may be heard, where that leads."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from bot.console.draw.chart import Chart, Name, Row
from bot.console.draw.page import mermaid, picture, says, table
from bot.dialogue.phone.script import EVENTS, Script, State, Way
from bot.dialogue.phone.table import HANDLERS
from bot.locale.texts import Texts
from channels.call import Listening

_HEAD: Final = """\
# The telephone conversation

Written by `gongzhi draw` from `bot/dialogue/phone.toml`; a test fails when this page is older. \
Every way below is driven by a conversation in `tests/bot/dialogue/phone/tales.py`.

A call to us begins in `{begins}`, one of ours in `{calls}`, and both end in `{ends}`. She may \
hang up anywhere: what nobody confirmed becomes a case to be listened to, with a call back.
"""

_FEW: Final = 4
"""A step that begins in more states than these is one that may be asked for anywhere."""


def phone_chart(texts: Texts, script: Script) -> Chart:
    """Return the states with the steps that lead from one to another."""
    steps: dict[tuple[str, str], list[tuple[State, Way]]] = {}
    for state in script.states.values():
        for way in state.ways.values():
            for to in way.to:
                if to != state.name:
                    steps.setdefault((way.does, to), []).append((state, way))
    return Chart(
        code="phone",
        states=tuple(Name(name, texts.say(f"console.draw.state.{name}")) for name in script.states),
        ends=frozenset({script.ends}),
        rows=tuple(
            Row(
                step=Name(does, texts.say(f"console.draw.phone.{does}")),
                sources=tuple(dict.fromkeys(state.name for state, _ in ways)),
                target=to,
                parties=tuple(_heard(texts, (way for _, way in ways))),
            )
            for (does, to), ways in steps.items()
        ),
    )


def phone_page(texts: Texts, script: Script, chart: Chart) -> str:
    """Return the page in Markdown."""
    head = _HEAD.format(begins=script.begins, calls=script.calls, ends=script.ends)
    own = tuple(row for row in chart.rows if len(row.sources) <= _FEW)
    parts = [
        head,
        f"![The states of the telephone]({picture(chart)})\n",
        "What may be asked for anywhere (`human`, `progress`, `danger`) is left out here:\n",
        mermaid(replace(chart, rows=own)),
    ]
    for state in script.states.values():
        parts += _state(texts, state)
    return "\n".join(parts)


def _state(texts: Texts, state: State) -> Iterator[str]:
    name = texts.say(f"console.draw.state.{state.name}")
    yield f"## `{state.name}` {name}\n"
    yield f"> {texts.say(f'phone.prompt.{state.prompt}')}\n"
    if state.listening is Listening.NOTHING:
        yield f"Nobody is listened to; then: `{state.after}`.\n"
    elif state.listening is Listening.KEYS:
        yield (
            "Listens for keys alone. Nothing that she says is heard and nothing that she presses "
            "is kept, until she comes out or wants a person; see `bot/dialogue/phone/booth.py`.\n"
        )
    else:
        yield (
            f"Listens for `{state.listening}`: {state.wait_seconds:g} s for the first word, "
            f"ended by {state.silence_seconds:g} s of silence, {state.most_seconds:g} s at most.\n"
        )
    rows = (_row(way, state) for way in state.ways.values())
    if state.ways:
        yield table(("way", "key", "said", "what it does", "leads to"), rows)


def _row(way: Way, state: State) -> Sequence[str]:
    to = ", ".join("stays" if name == state.name else f"`{name}`" for name in way.to)
    key = f"`{way.key}`" if way.key else ""
    return f"`{way.name}`", key, "、".join(way.phrases), says(HANDLERS[way.does]), to


def _heard(texts: Texts, ways: Iterable[Way]) -> Iterator[Name]:
    """Say by what a step is taken: a key with its first phrase, or what was heard."""
    told = set()
    for way in ways:
        said = way.phrases[0] if way.phrases else ""
        if way.name in EVENTS:
            said = texts.say(f"console.draw.heard.{way.name}")
        words = f"{way.key} {said}".strip()
        if words not in told:
            told.add(words)
            yield Name(way.name, words)
