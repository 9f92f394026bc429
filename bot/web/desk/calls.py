"""The page of a whole call: turn by turn what she said, with its sound, and what we said."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from aiohttp import web

from bot.dialogue.phone.hearing import read_choice
from bot.flow.cases.listen import correct
from bot.locale.texts import Texts
from bot.model.case import Case, RefusedError
from bot.oversight.permissions import Right, may
from bot.ports.calls import KeptTurn, KnownCall
from bot.ports.corrections import Correction
from bot.ports.storage import Views
from bot.web.desk.session import SEAT, desk_page
from bot.web.media import HEADERS
from bot.web.site import Site, form_of, number_in, see, site_of
from channels.call import Heard
from channels.phone.numbers import dialled
from nlp.sound.both_sides import Exchange, both_sides
from nlp.sound.wav import as_wav
from nlp.speech.transcript import HeardWord

_UUID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_DIGITS_SHOWN: Final = 1
_WAV: Final = "audio/wav"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A turn as it is shown; `after` so many minutes and seconds of the call.

    `told` says what was heard where it was no words, `sound` that there is something to play,
    `right` what staff put in place of the words.
    """

    number: int
    after: str
    turn: KeptTurn
    told: str
    words: Sequence[HeardWord]
    text: str
    sound: bool
    right: Correction | None


@dataclass(frozen=True, slots=True)
class Sight:
    """All the page needs."""

    call: KnownCall
    turns: Sequence[KeptTurn]
    cases: Sequence[Case]
    corrections: Mapping[int, Correction]
    names: Mapping[int, str]


async def show(request: web.Request) -> web.Response:
    """Show the call."""
    return await _page(request)


async def show_number(request: web.Request) -> web.Response:
    """Show the call with the number: who wants it presses for it, and that is written down."""
    return await _page(request, number=True)


async def heard(request: web.Request) -> web.Response:
    """Send what she said in one turn."""
    sight = await _sight(request)
    turn = _turn(request, sight)
    content = await _content(site_of(request), turn)
    if not content:
        raise web.HTTPNotFound
    return _sound(content)


async def said(request: web.Request) -> web.Response:
    """Send what we said to one turn, as the line says it now."""
    turn = _turn(request, await _sight(request))
    if not turn.said:
        raise web.HTTPNotFound
    return _sound(as_wav(await site_of(request).sounds.speech(turn.said, slow=False)))


async def whole(request: web.Request) -> web.Response:
    """Send the whole call as one file: she on the left, we on the right."""
    site, sight = site_of(request), await _sight(request)
    exchanges = [await _exchange(site, sight, turn) for turn in sight.turns]
    response = _sound(await asyncio.to_thread(both_sides, exchanges))
    name = f"call-{sight.call.registered_at.astimezone(site.rules.texts.zone):%Y%m%d-%H%M}.wav"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


async def put_right(request: web.Request) -> web.Response:
    """Keep what a member heard in a turn, beside the machine's words."""
    site, staff, form = site_of(request), request[SEAT].staff, await form_of(request)
    sight = await _sight(request)
    turn = _turn(request, sight)
    media, words = turn.media, form.get("words", "")
    if media is None:
        raise web.HTTPNotFound
    try:
        await site.storage.write(lambda tx: correct(tx, site.rules, staff, media.id, words))
    except RefusedError as refused:
        return await _page(request, reason=refused.reason)
    raise see(f"/desk/calls/{sight.call.uuid}#turn-{turn.number}")


async def _page(request: web.Request, *, reason: str = "", number: bool = False) -> web.Response:
    site, staff, sight = site_of(request), request[SEAT].staff, await _sight(request)
    texts = site.rules.texts
    return desk_page(
        request,
        "call.html",
        status=409 if reason else 200,
        problem=texts.say(f"case.refused.{reason}") if reason else "",
        call=sight.call,
        cases=sight.cases,
        names=sight.names,
        lines=[_line(texts, sight, turn) for turn in sight.turns],
        seconds=_seconds(sight.call),
        number=dialled(sight.call.caller) if number else "",
        may_call=may(staff.role, Right.CALL),
        may_correct=may(staff.role, Right.HANDLE_CASE),
    )


async def _sight(request: web.Request) -> Sight:
    uuid = request.match_info["uuid"]
    found = None
    if _UUID.fullmatch(uuid):
        found = await site_of(request).storage.read(partial(_look, uuid))
    if found is None:
        raise web.HTTPNotFound
    return found


def _look(uuid: str, views: Views) -> Sight | None:
    call = views.calls.get(uuid)
    if call is None:
        return None
    turns = views.calls.turns(uuid)
    media = [turn.media for turn in turns if turn.media is not None]
    ids = dict.fromkeys(one.case_id for one in media if one.case_id is not None)
    pages = [page for case_id in ids if (page := views.cases.page(case_id)) is not None]
    right = views.corrections.of([one.id for one in media])
    return Sight(
        call=call,
        turns=turns,
        cases=[page.case for page in pages],
        corrections={one.media_id: one for one in right},
        names={member.id: member.name for member in views.staff.all()},
    )


def _line(texts: Texts, sight: Sight, turn: KeptTurn) -> Said:
    media = turn.media
    return Said(
        number=turn.number,
        after="{}:{:02d}".format(*divmod(round(_after(sight, turn)), 60)),
        turn=turn,
        told=_told(texts, turn),
        words=() if media is None else media.transcript.words,
        text=turn.text,
        sound=media is not None and media.state not in {"wanted", "lost"},
        right=None if media is None else sight.corrections.get(media.id),
    )


def _told(texts: Texts, turn: KeptTurn) -> str:
    """Say what was heard where it was no words; a code that was keyed is nobody's business."""
    told = read_choice(turn.choice)
    if told is None:
        return ""
    what, keys = told
    if what is Heard.KEY and len(keys) > _DIGITS_SHOWN:
        return texts.say("desk.calls.heard.digits", count=len(keys))
    return texts.say(f"desk.calls.heard.{what.value}", keys=keys)


def _turn(request: web.Request, sight: Sight) -> KeptTurn:
    number = number_in(request, "number")
    found = next((turn for turn in sight.turns if turn.number == number), None)
    if found is None:
        raise web.HTTPNotFound
    return found


async def _exchange(site: Site, sight: Sight, turn: KeptTurn) -> Exchange:
    ours = await site.sounds.speech(turn.said, slow=False) if turn.said else b""
    return Exchange(_after(sight, turn), await _content(site, turn), ours)


def _after(sight: Sight, turn: KeptTurn) -> float:
    """Return the seconds from the beginning of the call."""
    began = sight.call.began_at or sight.turns[0].at
    return max(0.0, (turn.at - began).total_seconds())


async def _content(site: Site, turn: KeptTurn) -> bytes:
    media_id = 0 if turn.media is None else turn.media.id
    return await site.storage.read(lambda views: views.media.content(media_id))


def _seconds(call: KnownCall) -> int | None:
    if call.began_at is None or call.ended_at is None:
        return None
    return round((call.ended_at - call.began_at).total_seconds())


def _sound(content: bytes) -> web.Response:
    return web.Response(body=content, content_type=_WAV, headers=HEADERS)
