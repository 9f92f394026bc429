"""`draw`: the tables of transitions and of the conversation, as a page and pictures."""

import argparse
import sys
from pathlib import Path
from typing import Any, Final

from bot.console.draw import svg
from bot.console.draw.chart import case_chart, initiative_chart, referral_chart, vote_chart
from bot.console.draw.page import page, picture
from bot.console.draw.phone import phone_chart, phone_page
from bot.dialogue.phone.script import the_script
from bot.locale.texts import Texts
from bot.settings import Settings

PAGE: Final = "transitions.md"
PHONE_PAGE: Final = "phone-dialogue.md"


def add_parsers(commands: Any, texts: Texts) -> None:
    """Add the command."""
    drawing = commands.add_parser("draw", help=texts.say("console.help.draw"))
    drawing.add_argument(
        "folder", nargs="?", default="docs", type=Path, help=texts.say("console.help.draw_folder")
    )
    drawing.set_defaults(command=run_draw)


def run_draw(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Write the files and print their names."""
    del settings
    folder: Path = arguments.folder
    if not folder.is_dir():
        print(texts.say("console.draw.no_folder", folder=folder), file=sys.stderr)
        return 1
    for name, content in files(texts).items():
        folder.joinpath(name).write_text(content, encoding="utf-8")
        print(folder / name)
    return 0


def files(texts: Texts) -> dict[str, str]:
    """Return what is drawn, by the name of the file."""
    makers = (case_chart, referral_chart, initiative_chart, vote_chart)
    charts = tuple(make(texts) for make in makers)
    phone = phone_chart(texts, the_script())
    drawn = {picture(chart): svg.draw(chart) for chart in (*charts, phone)}
    return {PAGE: page(charts), PHONE_PAGE: phone_page(texts, the_script(), phone)} | drawn
