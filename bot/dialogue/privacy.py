"""'删除我的资料' and '导出我的资料': what is kept goes or is given, once it is surely she."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from bot.dialogue.adding import add_to
from bot.dialogue.guessing import count_wrong, too_often
from bot.dialogue.reports import report
from bot.dialogue.turn import Reply, Turn
from bot.flow.telling.news import send
from bot.model.case import OPEN_STATES
from bot.model.number import ALPHABET
from bot.model.people import Contact
from bot.ports.outbox import Outgoing
from channels.call import PHONE

EXPORT: Final = "export"
"""The code by which the file of one's own is fetched, once."""

RECOVER: Final = "recover"
RECOVER_LASTS: Final = timedelta(days=730)

EXPORT_LASTS: Final = timedelta(minutes=15)
_ERASE_AFTER: Final = timedelta(minutes=2)
"""Time for the last answer to go out, and to change one's mind."""

_SURE_MINUTES: Final = 10
_WRITTEN_DOWN: Final = timedelta(days=1)
"""A recovery code that is older was written down; a newer one proves what the chat proves."""

_WEB: Final = "web"

STEP: Final = "erase"
"""She was asked whether what is kept is to go."""


def ask(turn: Turn) -> Reply:
    """She asks who reads what she says, wants it kept to ourselves, or wants it gone."""
    if _says(turn, "words_gone"):
        return gone(turn)
    if _says(turn, "words_secret"):
        return _secret(turn)
    return Reply(
        text=turn.say("privacy.told"),
        buttons=(turn.button("erase", "erase"), turn.button("export", EXPORT)),
        case_id=turn.state.case_id,
    )


def gone(turn: Turn) -> Reply:
    """Say what goes and what stays, and ask."""
    open_ = [case for case in turn.recent_cases(100) if case.state in OPEN_STATES]
    key = "privacy.ask_open" if open_ else "privacy.ask"
    return Reply(
        text=turn.say(key, count=len(open_)),
        buttons=(
            turn.button("erase", "erase"),
            turn.button("keep_data", "keep_data"),
            turn.button("export", EXPORT),
        ),
        step=STEP,
    )


def _secret(turn: Turn) -> Reply:
    """Whoever has her case hears that it is to stay a secret who told; a matter in it is one."""
    case, secret = turn.current_case(), turn.say("privacy.secret")
    if turn.meaning.classification.named is not None:
        told = report(turn)
        return replace(told, text=f"{told.text}\n{secret}")
    if case is None or case.state not in OPEN_STATES:
        return Reply(text=secret, case_id=turn.state.case_id)
    return replace(add_to(turn, case), text=secret)


def _says(turn: Turn, key: str) -> bool:
    return any(word in turn.meaning.text for word in turn.say(f"privacy.{key}").split())


def erase(turn: Turn) -> Reply:
    """She wants it: first it has to be sure that it is she."""
    return _challenge(turn, "erase")


def export(turn: Turn) -> Reply:
    """She wants all that is kept: likewise."""
    return _challenge(turn, EXPORT)


def keep(turn: Turn) -> Reply:
    """She has changed her mind."""
    turn.tx.people.erase_at(turn.contact.person_id, None)
    return Reply(text=turn.say("privacy.kept"))


def sure(turn: Turn) -> Reply:
    """Take the code that was asked for; a wrong one asks again, for as long as one may guess."""
    what = turn.state.step.removeprefix("sure_")
    if too_often(turn, short=True):
        return Reply(text=turn.say("link.too_often"))
    if not _is_hers(turn, what):
        count_wrong(turn, short=True)
        return Reply(text=turn.say("privacy.wrong"), step=turn.state.step)
    turn.tx.people.drop_code(turn.contact.person_id, f"sure_{what}")
    return _DO[what](turn)


def meanwhile(turn: Turn, code: str) -> Reply | None:
    """Take a code that is still good after she spoke of something else; None for any other."""
    for what, do in _DO.items():
        if turn.tx.people.by_code(f"sure_{what}", code) == turn.contact.person_id:
            turn.tx.people.drop_code(turn.contact.person_id, f"sure_{what}")
            return do(turn)
    return None


def _challenge(turn: Turn, what: str) -> Reply:
    """Ask for what only she has: another chat of hers, a paper of hers, or at least the moment."""
    people, person_id = turn.tx.people, turn.contact.person_id
    before = turn.tx.now + RECOVER_LASTS - _WRITTEN_DOWN
    other = _elsewhere(turn)
    if other is None and people.has_code(person_id, RECOVER, expires_before=before):
        return Reply(text=turn.say(f"privacy.sure_{what}_paper"), step=f"sure_{what}")
    code = f"{secrets.randbelow(1_000_000):06d}"
    expires = turn.tx.now + timedelta(minutes=_SURE_MINUTES)
    people.set_code(person_id, f"sure_{what}", code, expires)
    values = {"code": code, "minutes": _SURE_MINUTES}
    if other is None:
        return Reply(text=turn.say(f"privacy.sure_{what}_here", **values), step=f"sure_{what}")
    text = turn.say(f"privacy.code_{what}", **values)
    key = f"inbox:{turn.waiting.id}:sure"
    send(turn.tx, Outgoing(key=key, contact_id=other.id, text=text, prompt=True))
    return Reply(text=turn.say(f"privacy.sure_{what}_there"), step=f"sure_{what}")


def _elsewhere(turn: Turn) -> Contact | None:
    """Return the chat in another channel that she used last."""
    others = [
        one
        for one in turn.tx.people.contacts_of(turn.contact.person_id)
        if one.channel not in {PHONE, turn.contact.channel}
    ]
    return max(others, key=lambda one: one.last_seen_at, default=None)


def _is_hers(turn: Turn, what: str) -> bool:
    people, code = turn.tx.people, turn.meaning.code or ""
    person_id = turn.contact.person_id
    before = turn.tx.now + RECOVER_LASTS - _WRITTEN_DOWN
    if people.by_code(f"sure_{what}", code) == person_id:
        return True
    written = "".join(letter for letter in code.upper() if letter in ALPHABET)
    old = people.has_code(person_id, RECOVER, expires_before=before)
    return old and people.by_code(RECOVER, written) == person_id


def _erase(turn: Turn) -> Reply:
    """It happens in two minutes."""
    turn.tx.people.erase_at(turn.contact.person_id, turn.tx.now + _ERASE_AFTER)
    return Reply(text=turn.say("privacy.done"), buttons=(turn.button("keep_data", "keep_data"),))


def _export(turn: Turn) -> Reply:
    """Let the file be fetched once.

    A browser is known by itself; others get a link in the text, which is kept encrypted.
    """
    token = secrets.token_urlsafe(24)
    expires = turn.tx.now + EXPORT_LASTS
    turn.tx.people.set_code(turn.contact.person_id, EXPORT, token, expires)
    minutes = int(EXPORT_LASTS.total_seconds() / 60)
    page = f"{turn.rules.public_url}/export"
    if turn.contact.channel == _WEB:
        return Reply(text=turn.say("privacy.ready", minutes=minutes), link=page)
    link = f"{page}/{token}"
    return Reply(text=turn.say("privacy.ready_link", minutes=minutes, link=link))


_DO: Final[Mapping[str, Callable[[Turn], Reply]]] = MappingProxyType(
    {"erase": _erase, EXPORT: _export}
)
