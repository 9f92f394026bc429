"""A table of steps as a picture: a column for each state, a line for each row.

A hollow dot is where a step may begin, the full one where it leads; a ring around a full dot is
a step that may also begin where it leads.
"""

from html import escape
from typing import Final

from bot.console.draw.chart import Chart, Name, Row

_INK, _SOFT, _LINE, _PAPER = "#1B1F23", "#4A5560", "#8A939C", "#FFFFFF"
_TEAL, _GREEN, _WARM = "#0B6B61", "#E4F4E8", "#FAF7F2"
_FONTS: Final = (
    "'PingFang SC','HarmonyOS Sans SC','Source Han Sans SC','Noto Sans CJK SC',"
    "'Microsoft YaHei',sans-serif"
)
_SPACE: Final = "http://www.w3.org/2000/svg"
_LEFT: Final = 250
_COLUMN: Final = 124
_HEAD: Final = 76
_ROW: Final = 46
_DOT: Final = 7


def draw(chart: Chart) -> str:
    """Return the picture; the same table gives the same picture."""
    width = _LEFT + _COLUMN * len(chart.states)
    height = _HEAD + _ROW * len(chart.rows) + 16
    columns = {
        state.code: _LEFT + _COLUMN * number + _COLUMN // 2
        for number, state in enumerate(chart.states)
    }
    parts = [
        f'<svg xmlns="{_SPACE}" viewBox="0 0 {width} {height}" font-family="{_FONTS}">',
        f'<rect width="{width}" height="{height}" fill="{_PAPER}"/>',
        *(_column(chart, state, columns[state.code], height) for state in chart.states),
        *(_row(row, columns, number, width) for number, row in enumerate(chart.rows)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _column(chart: Chart, state: Name, x: int, height: int) -> str:
    end = state.code in chart.ends
    band = (
        f'<rect x="{x - _COLUMN // 2 + 3}" y="8" width="{_COLUMN - 6}" height="{_HEAD - 16}" '
        f'rx="8" fill="{_GREEN if end else _WARM}"/>'
    )
    rail = (
        f'<line x1="{x}" y1="{_HEAD}" x2="{x}" y2="{height - 12}" '
        f'stroke="{_LINE}" stroke-dasharray="1 5"/>'
    )
    words = _text(x, 36, state.words, size=14, anchor="middle", weight=600)
    return band + rail + words + _text(x, 56, state.code, size=12, anchor="middle", colour=_SOFT)


def _row(row: Row, columns: dict[str, int], number: int, width: int) -> str:
    y = _HEAD + _ROW * number + _ROW // 2
    target = columns[row.target]
    places = [columns[source] for source in row.sources]
    stripe = (
        f'<rect y="{y - _ROW // 2}" width="{width}" height="{_ROW}" fill="{_WARM}" '
        'fill-opacity=".6"/>'
        if number % 2
        else ""
    )
    line = (
        f'<line x1="{min(*places, target)}" y1="{y}" x2="{max(*places, target)}" y2="{y}" '
        f'stroke="{_INK}" stroke-width="2"/>'
    )
    dots = "".join(
        f'<circle cx="{x}" cy="{y}" r="{_DOT + 4 if x == target else _DOT}" fill="{_PAPER}" '
        f'stroke="{_INK}" stroke-width="2"/>'
        for x in places
    )
    end = f'<circle cx="{target}" cy="{y}" r="{_DOT}" fill="{_TEAL}"/>'
    name = _text(16, y - 3, f"{row.step.words}  {row.step.code}", size=14, weight=600)
    parties = _text(16, y + 15, "、".join(one.words for one in row.parties), size=12, colour=_SOFT)
    return stripe + line + dots + end + name + parties


def _text(
    x: int,
    y: int,
    words: str,
    *,
    size: int,
    anchor: str = "start",
    weight: int = 400,
    colour: str = _INK,
) -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'
    )
