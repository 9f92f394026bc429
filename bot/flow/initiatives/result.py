"""The result of an initiative 成果公示: photos beside the words of whoever led it."""

from collections.abc import Collection
from typing import Final

from bot.flow.initiatives.initiatives import own
from bot.model.case import RefusedError
from bot.model.initiative import Initiative, InitiativeState
from bot.model.team import ResultPhoto
from bot.ports.bell import INITIATIVES
from bot.ports.media import Media, MediaState
from bot.ports.storage import Tx, Views

PHOTOS_MOST: Final = 6
PHOTO_WORDS_MOST: Final = 100


def add_photo(tx: Tx, person_id: int, initiative_id: int, media: Media, words: str) -> Initiative:
    """Keep a photo with what is on it; nobody else sees it before staff have looked at it.

    The same photo again is the same. Raises RefusedError when it is no photo, or too many.
    """
    found = own(tx, initiative_id, person_id)
    if found.state is not InitiativeState.IN_PROGRESS:
        raise RefusedError("initiative_not_now")
    hers = tx.people.contact(media.contact_id).person_id == person_id
    if not hers or media.spoken or media.state is not MediaState.KEPT:
        raise RefusedError("result_no_photo")
    if len(tx.teams.photos(found.id)) >= PHOTOS_MOST:
        raise RefusedError("result_many_photos")
    words = " ".join(words.split())[:PHOTO_WORDS_MOST]
    tx.teams.add_photo(
        ResultPhoto(id=0, initiative_id=found.id, media_id=media.id, words=words, at=tx.now)
    )
    tx.ring(INITIATIVES)
    return found


def show_photos(tx: Tx, initiative_id: int, photo_ids: Collection[int]) -> None:
    """Let everybody see those of its photos that staff found fit."""
    fit = [one.id for one in tx.teams.photos(initiative_id) if one.id in photo_ids]
    tx.teams.show_photos(fit)


def public_photos(views: Views, initiative: Initiative) -> list[ResultPhoto]:
    """Return what everybody may see of it: nothing of which the words are gone."""
    if initiative.state is not InitiativeState.DONE or initiative.hidden:
        return []
    return [one for one in views.teams.photos(initiative.id) if one.shown and one.words]
