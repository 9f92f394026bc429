"""Whatever the auditor's commands can say has its sentence in Chinese."""

import ast
import re
from collections.abc import Iterator
from importlib import resources

import pytest

from credits.recount import CHECKED
from credits.verify import CHECKS, BrokenError
from credits.words import broken, chinese, sentences

_SAYING = {
    "_tell", "BrokenError", "BrokenRuleError", "LineError", "NoteError", "ProofError",
    "RefusedError",
}  # fmt: skip
_MODULES = {
    "credits": (
        "__main__", "lines", "merkle", "notes", "recount", "replay", "rotation", "verify",
        "witness",
    ),
    "bot.store.exports": ("check", "votes"),
    "bot.store.ledger": ("rows",),
}  # fmt: skip
_HAN = re.compile(r"[\u4e00-\u9fff]")


def _text(node: ast.expr) -> str | None:
    """What the expression says, with a gap for each value."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values
        )
    return None


def _said() -> Iterator[str]:
    for package, name in ((package, name) for package, names in _MODULES.items() for name in names):
        source = resources.files(package).joinpath(f"{name}.py").read_text("utf-8")
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Call(func=ast.Name(id=called), args=parts) if called in _SAYING:
                    yield from filter(None, map(_text, parts))
                case ast.Assign(targets=[ast.Name(id="where")], value=part):
                    yield from filter(None, [_text(part)])
                case ast.Yield(value=ast.expr() as part) if name == "recount":
                    yield from filter(None, [_text(part)])
                case _:
                    pass


SAID = sorted({*_said(), *CHECKS.values(), *CHECKED})
TABLE = {re.sub(r"\{\w+\}", "{}", told): said for told, said in sentences().items()}
_VARIED = {"  {}  {}", "{}: {}; {} abstained", "quorum of {} %: {}", "  - {}"}
"""Rows of options, and those of which the table has each form."""


def test_much_is_said() -> None:
    assert len(SAID) > 80
    assert all(_HAN.search(said) for told, said in sentences().items() if told != "  - {check}")


@pytest.mark.parametrize("text", SAID)
def test_what_can_be_said_is_in_the_table(text: str) -> None:
    assert text in {*TABLE, *_VARIED}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("entry 7", "第 7 条"),
        ("vote 3, ballot 5", "第 3 号投票，第 5 张票"),
        ("this is no exported ledger: it is not JSON", "这不是导出的账本：不是 JSON"),
        ("  - each leaf is the hash of its entry", "  - 每一条的指纹都是从这一条算出来的"),
        ("tie: 甲, 乙; 2 abstained", "并列：甲, 乙；弃权 2 张"),
        ("[Errno 2] No such file or directory: 'x'", "没有这个文件：'x'"),
        (
            "REFUSED  'x:1/ledger' is not an address of a log",
            "不签名  'x:1/ledger' 不是账本的地址，要写全，像这样：https://…/ledger",
        ),
        ("what nobody foresaw", "what nobody foresaw"),
    ],
)
def test_a_sentence_keeps_what_it_is_about(text: str, said: str) -> None:
    assert chinese(text) == said


@pytest.mark.parametrize("told", sentences())
def test_no_sentence_is_taken_for_another(told: str) -> None:
    names = dict.fromkeys(re.findall(r"\{(\w+)\}", told), "7:x")
    assert chinese(told.format(**names)) == sentences()[told].format(**names)


def test_what_is_broken_is_named_with_its_place() -> None:
    error = BrokenError("checkpoint of 5 entries", "one of 4 entries of example.org stands here")
    assert broken(error) == "覆盖 5 条的签名：这里放的是 example.org 覆盖 4 条的签名"
