"""A neighbour asks about an initiative, or proposes other words for it: a few steps in the chat."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bot.dialogue import initiatives, pledging
from bot.dialogue.initiative_words import asked, is_fresh, say
from bot.dialogue.remarks import is_enough, waiting
from bot.dialogue.turn import Reply, Turn
from bot.flow.cards.initiative_card import main_of, title
from bot.flow.initiatives import remarks
from bot.model.case import RefusedError
from bot.model.initiative import OPEN_FOR_PLEDGES, Initiative
from bot.model.remark import Wording
from channels.message import Button
from nlp.matter.kinds import Kind

STEP: Final = "remarking"
_NUMBER: Final = re.compile(r"[0-9]{1,15}")  # fits the database
_NAMED: Final = re.compile(
    r"(?<![0-9])([0-9]{1,15})\s*号(?:的)?提议(?!那里|那边|那儿|旁边|门口|附近)"
)
"""An initiative itself, not the place where it is."""

_NAMED_AS_SAID: Final = re.compile(
    r"(?:关于|对|给|就)?第?\s*[0-9一二三四五六七八九十百零〇两]+\s*号(?:的)?提议(?:里|的)?"
)
_WAITING: Final = re.compile(r"(?:谁|有人|有没有人|邻居)[^,。?]{0,3}问|问(?:了|的)(?:什么|啥)")
_CHANGE: Final = re.compile(r"改(?!造|建|天|装|革)|写错|写得|写的")
_ASK: Final = re.compile(
    r"(?:我|咱们|我们)?(?:也|就|还)?(?:想|要|来)?"
    r"(?:问一句|问一下|问一问|问问|问个问题|提个问题|提问|请问一下|请问|请教一下|请教|打听一下|打听|(?<=[想要])问)"
)
_GIVES: Final = re.compile(
    "支持|赞成|同意|出[0-9一二两三四五六七八九十点些力钱]|捐|参加|报名|加入|帮忙|算我|帮一把"
)
_AGAINST: Final = re.compile("不(?:太)?(?:支持|赞成|同意|合适)|反对|投诉|举报")
_THINKS: Final = re.compile("意见|建议|觉得|看法")
_LOOK: Final = re.compile(r"(?:我)?(?:也)?(?:想|要)?(?:看一看|看一下|看看|看|查|打开|支持)?")
"""What may stand beside an initiative's number where she only wants to see it."""

_PARTS: Final = {
    "title": re.compile("名字|标题|题目|做什么"),
    "place": re.compile("地点|地方|在哪|位置"),
    "reason": re.compile("原因|理由|为什么|为啥"),
    "things": re.compile("东西|要什么|材料|工具"),
}
_ASK_WORD: Final = "问一句"
_CHANGE_WORD: Final = "提个改法"
_ALONE: Final = frozenset(
    {_ASK_WORD, "我想问一句", "想问一句", "我想问", "我想问问", "问个问题", "提个问题"}
)
_ALONE_CHANGE: Final = frozenset({_CHANGE_WORD, "改一改", "我来改一改", "我想改一改", "提改法"})
_LEAD: Final = re.compile(r"(?:我想|想)?问一句[,，:：]\s*")
_ALONE_GIVE: Final = frozenset({"支持", "我支持", "我想支持", "我要支持", "我也支持", "支持一下"})
_OWN: Final = re.compile(
    r"^回?答邻居$|我的提议.{0,4}问|(?:有人|谁).{0,4}问.{0,3}我的提议|邻居.{0,3}问了(?:什么|啥)"
)
"""She asks what neighbours want to know of her own."""

_SHOWN: Final = frozenset(
    {Kind.UNCLEAR, Kind.PROGRESS, Kind.HELP, Kind.CHATTER, Kind.ADDITION, Kind.GREETING}
)
"""What her words may sound like when they only name an initiative: then its card answers."""

_WORDS_LEAST: Final = 2
_LISTED: Final = 3
_AGAIN: Final = frozenset(
    {"remark_words", "remark_personal", "remark_same", "initiative_title", "initiative_words"}
)
"""Refusals after which she can say it in other words."""


def answer(turn: Turn) -> Reply | None:
    """Answer words that begin a question or a proposal, or name an initiative; None for others."""
    named = _NAMED.search(turn.meaning.text)
    if named is not None:
        return _of_the_one_named(turn, named[1])
    words, seen = turn.words.strip("。！!？?，, "), _seen(turn)
    if _OWN.search(words):
        return waiting(turn)
    if words in _ALONE_GIVE:
        return pledging.show(turn, seen) if seen else initiatives.listed(turn)
    if seen:
        return _of_the_one_seen(turn, seen, words)
    return _of_which(turn, words) if turn.state.step == "open" else None


def _of_the_one_seen(turn: Turn, number: str, words: str) -> Reply | None:
    lead = _LEAD.match(turn.words)
    if lead is not None:
        return _asked_of(turn, number, turn.words[lead.end() :])
    if words in _ALONE_CHANGE:
        return change(turn, number)
    return ask(turn, number) if words in _ALONE else None


def asks(turn: Turn) -> bool:
    """Say whether her words name an initiative and ask something, whatever was asked of her."""
    return bool(_NAMED.search(turn.meaning.text)) and _ASK.search(turn.meaning.text) is not None


def is_begun(turn: Turn) -> bool:
    """Say whether her words name an initiative and ask, give, or want other words for it."""
    text = turn.meaning.text
    meant = (_ASK, _CHANGE, _GIVES)
    return bool(_NAMED.search(text)) and any(one.search(text) for one in meant)


def only_names(turn: Turn) -> bool:
    """Say whether her words do nothing but name an initiative that she wants to see."""
    rest = _NAMED_AS_SAID.sub("", turn.words).strip("。！!？?，, ")
    return bool(_NAMED.search(turn.meaning.text)) and _LOOK.fullmatch(rest) is not None


def ask(turn: Turn, number: str) -> Reply:
    """Ask what she wants to know."""

    def asks(found: Initiative) -> Reply:
        words = _say(turn, "ask", number=found.id, title=title(turn.rules, found))
        return Reply(text=words, step=STEP, notes=asked(turn, number, "ask"))

    return _guarded(turn, number, lambda: asks(remarks.public(turn.tx, int(number))))


def change(turn: Turn, number: str) -> Reply:
    """Ask which part she wants in other words."""

    def asks() -> Reply:
        found = remarks.to_change(turn.tx, turn.contact.person_id, int(number))
        now = Wording.of(found.wish)
        lines = [
            _say(turn, "part_line", part=_part(turn, name), words=getattr(now, name))
            for name in _PARTS
            if getattr(now, name)
        ]
        buttons = tuple(
            Button(_part(turn, name), f"remark_part:{number}:{name}") for name in _PARTS
        )
        text = "\n".join([_say(turn, "which"), *lines])
        notes = asked(turn, number, "which")
        return Reply(text=text, buttons=buttons, step=STEP, notes=notes)

    return _guarded(turn, number, asks)


def change_part(turn: Turn, number: str, part: str) -> Reply:
    """Ask for other words for one part."""

    def asks() -> Reply:
        found = remarks.to_change(turn.tx, turn.contact.person_id, int(number))
        now = getattr(found.wish, part)
        key = "other_words" if now else "first_words"
        text = _say(turn, key, part=_part(turn, part), words=now)
        return Reply(text=text, step=STEP, notes=asked(turn, number, f"part:{part}"))

    if part not in _PARTS:
        return Reply(text=turn.say("too_late"))
    return _guarded(turn, number, asks)


def worded(turn: Turn) -> Reply:
    """She says what was asked for."""
    notes = turn.state.notes
    number, asks, words = notes.get("idea", ""), notes.get("asks", ""), turn.words
    if is_enough(turn):
        return Reply(text=_say(turn, "never_mind"))
    if asks == "ask" and words in _ALONE:
        return ask(turn, number)
    if asks == "ask":
        return _asked_of(turn, number, words)
    if asks == "which":
        part = _part_in(words)
        return change(turn, number) if part is None else change_part(turn, number, part)
    part = asks.partition(":")[2]
    if asks.startswith("part:"):
        return _guarded(turn, number, lambda: _ask_why(turn, number, part, words))
    return _guarded(turn, number, lambda: _proposed(turn, number, part, words))


def _ask_why(turn: Turn, number: str, part: str, words: str) -> Reply:
    found = remarks.to_change(turn.tx, turn.contact.person_id, int(number))
    words = _as_written(turn, part, words)
    remarks.changes(turn.rules, found, replace(Wording.of(found.wish), **{part: words}))
    notes = {**asked(turn, number, f"why:{part}"), "words": words}
    text = _say(turn, "why", part=_part(turn, part), words=words or _say(turn, "nothing"))
    return Reply(text=text, step=STEP, notes=notes)


def _as_written(turn: Turn, part: str, words: str) -> str:
    """Return her words as the text would have them: of things, 不用 is none."""
    words = " ".join(words.split())
    none = part == "things" and words.strip("。 ") in say(turn, "words.nothing").split()
    return "" if none else words


def _proposed(turn: Turn, number: str, part: str, why: str) -> Reply:
    tx, person_id, new = turn.tx, turn.contact.person_id, turn.state.notes.get("words", "")
    found = remarks.to_change(tx, person_id, int(number))
    wording = replace(Wording.of(found.wish), **{part: new})
    remarks.propose(tx, turn.rules, person_id, found.id, wording, why)
    text = _say(turn, "proposed", part=_part(turn, part), words=new or _say(turn, "nothing"))
    return Reply(text=text, notes=asked(turn, number, pledging.SEEN))


def _of_the_one_named(turn: Turn, number: str) -> Reply | None:
    text = turn.meaning.text
    main = main_of(turn.tx, int(number))
    if main is None:
        return _unknown(turn) if is_begun(turn) or only_names(turn) else None
    number = str(main.id)
    if _WAITING.search(text):
        return waiting(turn, number) or pledging.show(turn, number)
    if _CHANGE.search(text):
        part = _part_in(_NAMED.sub("", text))
        return change(turn, number) if part is None else change_part(turn, number, part)
    if _ASK.search(text):
        words = _ASK.sub("", _NAMED_AS_SAID.sub("", turn.words, count=1), count=1)
        words = words.strip("，,：:。 ")
        return _asked_of(turn, number, words) if len(words) >= _WORDS_LEAST else ask(turn, number)
    if _THINKS.search(text) or _AGAINST.search(text):
        return _ask_which_way(turn, number)
    seen = only_names(turn) or _GIVES.search(text) or turn.meaning.kind in _SHOWN
    return pledging.show(turn, number) if seen else None


def _unknown(turn: Turn) -> Reply:
    return Reply(text=turn.rules.texts.say("case.refused.initiative_unknown"))


def _ask_which_way(turn: Turn, number: str) -> Reply:
    """Ask whether she wants to know something, or other words."""

    def asks() -> Reply:
        found = remarks.public(turn.tx, int(number))
        buttons = (
            Button(_say(turn, "button_ask"), f"remark_ask:{found.id}"),
            Button(_say(turn, "button_change"), f"remark_change:{found.id}"),
        )
        name = title(turn.rules, found)
        text = _say(turn, "which_way", number=found.id, title=name)
        page = f"{turn.rules.public_url}/initiatives/{found.id}"
        return Reply(text=text, buttons=buttons, link=page)

    return _guarded(turn, number, asks)


def _of_which(turn: Turn, words: str) -> Reply | None:
    """Ask which one she means; None when her words need not be about any."""
    if words not in {_ASK_WORD, _CHANGE_WORD}:
        return None
    to_change = words == _CHANGE_WORD
    verb, label = ("remark_change", "change_this") if to_change else ("remark_ask", "ask_this")
    buttons = tuple(
        Button(_say(turn, label, number=one.id), f"{verb}:{one.id}")
        for one in turn.tx.initiatives.public(_LISTED)
        if not to_change or one.state in OPEN_FOR_PLEDGES
    )
    return Reply(text=_say(turn, "of_which" if buttons else "of_none"), buttons=buttons)


def _seen(turn: Turn) -> str:
    """Return the number of the initiative that was shown just now, '' if none was."""
    notes = turn.state.notes
    return notes.get("idea", "") if notes.get("asks") == pledging.SEEN and is_fresh(turn) else ""


def _asked_of(turn: Turn, number: str, words: str) -> Reply:
    def asks() -> Reply:
        made = remarks.ask(turn.tx, turn.rules, turn.contact.person_id, int(number), words)
        seen = asked(turn, number, pledging.SEEN)
        return Reply(text=_say(turn, "asked", number=number, words=made.words), notes=seen)

    return _guarded(turn, number, asks)


def _part_in(words: str) -> str | None:
    return next((name for name, said in _PARTS.items() if said.search(words)), None)


def _guarded(turn: Turn, number: str, answer: Callable[[], Reply]) -> Reply:
    """Answer; a refusal is a sentence, and after some she can say it in other words at once."""
    if not _NUMBER.fullmatch(number):
        return Reply(text=turn.say("too_late"))
    try:
        return answer()
    except RefusedError as refused:
        text = turn.rules.texts.say(f"case.refused.{refused.reason}")
        notes = turn.state.notes
        if refused.reason not in _AGAIN:
            return Reply(text=text)
        if turn.state.step != STEP:
            return Reply(text=text, step=STEP, notes=asked(turn, number, "ask"))
        again = {**notes, **asked(turn, number, notes.get("asks", ""))}
        return Reply(text=text, step=STEP, notes=again)


def _part(turn: Turn, name: str) -> str:
    return turn.rules.texts.say(f"remarks.part.{name}")


def _say(turn: Turn, key: str, **values: object) -> str:
    return turn.rules.texts.say(f"remarks.chat.{key}", **values)
