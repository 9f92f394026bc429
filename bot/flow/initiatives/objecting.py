"""Neighbours find an initiative unfit to be shown: enough of them hide it until staff look."""

from dataclasses import replace

from bot.flow.initiatives.initiatives import got, tell_author
from bot.flow.initiatives.resting import rest
from bot.model.case import RefusedError
from bot.model.initiative import PUBLIC, Initiative, Report
from bot.oversight.permissions import Service, served
from bot.ports.bell import INITIATIVES
from bot.ports.rules import Rules
from bot.ports.storage import Tx

_WORDS_LEAST = 2
_WORDS_MOST = 200


def object_to(tx: Tx, rules: Rules, person_id: int, initiative_id: int, words: str) -> Initiative:
    """Keep what she finds unfit, once; who is not known well enough hides nothing.

    After so many as the rules say it is hidden, the clock of staff runs, that of the support rests,
    and its author is told.
    """
    tx.people.hold(person_id)
    if not served(tx.people.person(person_id).verification, Service.PLEDGE):
        raise RefusedError("pledge_stranger")
    found = got(tx, initiative_id)
    if found.state not in PUBLIC or found.hidden or found.author_id == person_id:
        raise RefusedError("initiative_not_now")
    words = words.strip()
    if not _WORDS_LEAST <= len(words) <= _WORDS_MOST:
        raise RefusedError("report_words")
    report = Report(initiative_id=found.id, person_id=person_id, words=words, at=tx.now)
    if not tx.initiatives.report(report):
        raise RefusedError("report_already")
    tx.ring(INITIATIVES)
    if len(tx.initiatives.reports(found.id)) < rules.policy.initiatives.reports_hide:
        return found
    look_by = rules.hours.after(tx.now, rules.policy.initiatives.look_hours)
    resting = replace(rest(tx, rules, found), hidden=True, look_by=look_by, late_told=False)
    gone = tx.initiatives.save(resting)
    when = rules.texts.moment(look_by, tx.now)
    tell_author(tx, rules, gone, "hidden", when=when)
    return gone
