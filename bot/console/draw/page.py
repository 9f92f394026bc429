"""The page with all tables: diagrams and tables of case and referral, and of the conversation."""

from collections.abc import Callable, Iterable, Sequence

from bot.console.draw.chart import Chart, Name
from bot.dialogue.table import BY_KIND, CHOICES, IN_STEP

_HEAD = """\
# What can happen

Written by `gongzhi draw` from the tables in the code; a test fails when this page is older than \
they are. Whatever is not in a table is refused with a reason.

In the pictures a hollow dot is where a step may begin, the full one where it leads; a ring \
around a full dot is a step that may also begin where it leads. In states on green nobody has \
to act.
"""


def page(charts: Sequence[Chart]) -> str:
    """Return the page in Markdown, of the tables of a case, a referral, an initiative, a vote."""
    case, referral, initiative, vote = charts
    parts = [
        _HEAD,
        "## A case\n",
        _chart(case),
        "## A referral\n",
        "It stands beside the states of its case and never changes them.\n",
        _chart(referral),
        "## An initiative\n",
        "What was pledged is set aside until `fill`; `withdraw`, `lapse`, `return` give it back.\n",
        _chart(initiative),
        "## A vote\n",
        "Who opens, refuses, or cancels what is open is another than who asked for it.\n",
        _chart(vote),
        "## The conversation\n",
        "What was heard, when no question is open:\n",
        table(("heard", "answer"), ((f"`{kind}`", says(does)) for kind, does in BY_KIND.items())),
        "What is heard as the answer to an open question:\n",
        table(("step", "kinds that answer it"), _steps()),
        "What a button does:\n",
        table(
            ("button", "arguments", "what it does"),
            (
                (f"`{verb}`", str(choice.arguments), says(choice.handler))
                for verb, choice in CHOICES.items()
            ),
        ),
    ]
    return "\n".join(parts)


def picture(chart: Chart) -> str:
    """Return the name of the file with the picture of the table."""
    return f"transitions-{chart.code}.svg"


def _chart(chart: Chart) -> str:
    words = {state.code: state.words for state in chart.states}

    def states(codes: Iterable[str]) -> str:
        return ", ".join(f"`{code}` {words[code]}" for code in codes)

    rows = (
        (_named(row.step), states(row.sources), states([row.target]), _all(row.parties))
        for row in chart.rows
    )
    steps = table(("step", "from", "to", "by"), rows)
    return f"![The table of a {chart.code}]({picture(chart)})\n\n{mermaid(chart)}\n{steps}"


def mermaid(chart: Chart) -> str:
    """Steps that lead the same way share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in chart.rows:
        for source in row.sources:
            steps = arrows.setdefault((source, row.target), [])
            if row.step.code not in steps:
                steps.append(row.step.code)
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{state.words} {state.code}" as {state.code}' for state in chart.states]
    lines += [f"    [*] --> {chart.states[0].code}"]
    lines += [f"    {a} --> {b} : {', '.join(steps)}" for (a, b), steps in arrows.items()]
    lines += [f"    {state.code} --> [*]" for state in chart.states if state.code in chart.ends]
    return "\n".join([*lines, "```", ""])


def _steps() -> Iterable[tuple[str, str]]:
    for step, kinds in IN_STEP.items():
        answers: dict[str, list[str]] = {}
        for kind, does in kinds.items():
            answers.setdefault(_where(does), []).append(f"`{kind}`")
        told = "; ".join(f"{', '.join(heard)} → {does}" for does, heard in answers.items())
        yield f"`{step}`", told or "none: everything as above"


def says(does: Callable[..., object]) -> str:
    """Return where the answer is in the code, and its contract in a line."""
    first = (does.__doc__ or "").strip().splitlines()[0]
    return f"{_where(does)}: {first}"


def _where(does: Callable[..., object]) -> str:
    return f"`{does.__module__.rsplit('.', 1)[-1]}.{does.__name__.lstrip('_')}`"


def _named(name: Name) -> str:
    return f"`{name.code}` {name.words}"


def _all(names: Iterable[Name]) -> str:
    return ", ".join(_named(name) for name in names)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [_line(heads), _line(["---"] * len(heads)), *(_line(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
