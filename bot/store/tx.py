"""One transaction with all its areas."""

import secrets
from datetime import datetime
from functools import cached_property

import sqlalchemy as sa

from bot.store.alerts import SqlAlerts
from bot.store.audit import SqlAudit
from bot.store.cases.archives import SqlArchives
from bot.store.cases.board import SqlBoard
from bot.store.cases.cases import SqlCases
from bot.store.cases.clocks import SqlClocks
from bot.store.cases.dispatch import SqlDispatch
from bot.store.cases.filings import SqlFilings
from bot.store.cases.incidents import SqlIncidents
from bot.store.cases.proofs import SqlProofs
from bot.store.cases.ratings import SqlRatings
from bot.store.cases.referrals import SqlReferrals
from bot.store.cases.relations import SqlRelations
from bot.store.cases.routes import SqlRoutes
from bot.store.cases.timers import SqlTimers
from bot.store.cases.visits import SqlVisits
from bot.store.credit.claims import SqlClaims
from bot.store.credit.draws import SqlAuditBook
from bot.store.credit.proposals import SqlProposals
from bot.store.credit.rewards import SqlRewards
from bot.store.credit.wall import SqlWall
from bot.store.desk import SqlOnlookers, SqlSentForms
from bot.store.forget import forget
from bot.store.ground.personal import PersonalData
from bot.store.ground.unit import Unit
from bot.store.initiatives.cards import SqlInitiativeCards
from bot.store.initiatives.initiatives import SqlInitiatives
from bot.store.initiatives.remarks import SqlRemarks
from bot.store.initiatives.teams import SqlTeams
from bot.store.leases import SqlLeases
from bot.store.ledger.journal import SqlJournal
from bot.store.ledger.log import SqlLog
from bot.store.messages.by_hand import SqlByHand
from bot.store.messages.calls import SqlCalls
from bot.store.messages.chat import SqlChat
from bot.store.messages.dialogues import SqlDialogues
from bot.store.messages.held import SqlHeld
from bot.store.messages.inbox import SqlInbox
from bot.store.messages.media import SqlMedia
from bot.store.messages.outbox import SqlOutbox
from bot.store.messages.talks import SqlTalks
from bot.store.people.clients import SqlClients
from bot.store.people.devices import SqlConsents, SqlDevices
from bot.store.people.directory import SqlDirectory
from bot.store.people.own import SqlOwn
from bot.store.people.people import SqlPeople
from bot.store.people.roster import SqlRoster
from bot.store.people.sessions import SqlSessions
from bot.store.people.staff import SqlStaff
from bot.store.places.grids import SqlGrids
from bot.store.places.places import SqlPlaces
from bot.store.places.positions import SqlPositions
from bot.store.votes.news import SqlVoteNews
from bot.store.votes.votes import SqlVotes
from bot.store.words.corrections import SqlCorrections
from bot.store.words.homophones import SqlHomophones
from bot.store.words.learning import SqlLearning
from bot.store.words.prompts import SqlPrompts


class SqlTx:
    """See `bot.ports.storage.Tx` and `Views`: an area is made when it is first used."""

    def __init__(self, connection: sa.Connection, now: datetime, personal: PersonalData) -> None:
        self._unit = Unit(connection, now, personal)
        self._transfers = 0

    @property
    def now(self) -> datetime:
        """The time of this transaction."""
        return self._unit.now

    @property
    def topics(self) -> set[str]:
        """What to ring after the commit."""
        return self._unit.topics

    def ring(self, topic: str) -> None:
        """Wake the topic's listeners after the commit."""
        self._unit.topics.add(topic)

    def new_transfer_id(self) -> str:
        """Return an id that sorts by time, and within the unit in order."""
        self._transfers += 1
        return f"{self._transfers_of}-{self._transfers:04x}"

    @cached_property
    def _transfers_of(self) -> str:
        """What the ids of this unit have in common, and no other unit's."""
        microseconds = int(self._unit.now.timestamp() * 1_000_000)
        return f"{microseconds:014x}-{secrets.token_hex(6)}"

    def forget_what_is_due(self) -> int:
        """Blank personal fields past their retention."""
        return forget(self._unit)

    @cached_property
    def audit(self) -> SqlAudit:
        """What staff did and looked at."""
        return SqlAudit(self._unit)

    @cached_property
    def by_hand(self) -> SqlByHand:
        """News that people tell by telephone."""
        return SqlByHand(self._unit)

    @cached_property
    def calls(self) -> SqlCalls:
        """Telephone calls."""
        return SqlCalls(self._unit)

    @cached_property
    def cases(self) -> SqlCases:
        """Cases."""
        return SqlCases(self._unit)

    @cached_property
    def board(self) -> SqlBoard:
        """Lists of cases."""
        return SqlBoard(self._unit, self.cases)

    @cached_property
    def sent_forms(self) -> SqlSentForms:
        """Forms that came already."""
        return SqlSentForms(self._unit)

    @cached_property
    def onlookers(self) -> SqlOnlookers:
        """Who looks at which case."""
        return SqlOnlookers(self._unit)

    @cached_property
    def alerts(self) -> SqlAlerts:
        """Alerts to staff."""
        return SqlAlerts(self._unit)

    @cached_property
    def clocks(self) -> SqlClocks:
        """The clocks of cases."""
        return SqlClocks(self._unit)

    @cached_property
    def people(self) -> SqlPeople:
        """Persons and contacts."""
        return SqlPeople(self._unit)

    @cached_property
    def places(self) -> SqlPlaces:
        """The map."""
        return SqlPlaces(self._unit)

    @cached_property
    def grids(self) -> SqlGrids:
        """Polygons, checkpoints, plates."""
        return SqlGrids(self._unit)

    @cached_property
    def positions(self) -> SqlPositions:
        """Check-ins and tracks."""
        return SqlPositions(self._unit)

    @cached_property
    def consents(self) -> SqlConsents:
        """What people allowed."""
        return SqlConsents(self._unit)

    @cached_property
    def devices(self) -> SqlDevices:
        """Phones that report by themselves."""
        return SqlDevices(self._unit)

    @cached_property
    def referrals(self) -> SqlReferrals:
        """Other organisations that help."""
        return SqlReferrals(self._unit)

    @cached_property
    def incidents(self) -> SqlIncidents:
        """What a memory of incidents is made of."""
        return SqlIncidents(self._unit)

    @cached_property
    def initiatives(self) -> SqlInitiatives:
        """What neighbours do together."""
        return SqlInitiatives(self._unit)

    @cached_property
    def initiative_cards(self) -> SqlInitiativeCards:
        """Messages that show how far an initiative is."""
        return SqlInitiativeCards(self._unit)

    @cached_property
    def teams(self) -> SqlTeams:
        """Who carries initiatives out."""
        return SqlTeams(self._unit)

    @cached_property
    def remarks(self) -> SqlRemarks:
        """What is said about initiatives."""
        return SqlRemarks(self._unit)

    @cached_property
    def relations(self) -> SqlRelations:
        """Followers, cases merged and split, words that are waited for."""
        return SqlRelations(self._unit)

    @cached_property
    def staff(self) -> SqlStaff:
        """Staff."""
        return SqlStaff(self._unit)

    @cached_property
    def dispatch(self) -> SqlDispatch:
        """Candidates, loads, decisions."""
        return SqlDispatch(self._unit)

    @cached_property
    def filings(self) -> SqlFilings:
        """How cases were filed."""
        return SqlFilings(self._unit)

    @cached_property
    def homophones(self) -> SqlHomophones:
        """Words that sound alike."""
        return SqlHomophones(self._unit)

    @cached_property
    def learning(self) -> SqlLearning:
        """What the table of services learns."""
        return SqlLearning(self._unit)

    @cached_property
    def routes(self) -> SqlRoutes:
        """Routing rules."""
        return SqlRoutes(self._unit)

    @cached_property
    def directory(self) -> SqlDirectory:
        """Everybody who serves or has served."""
        return SqlDirectory(self._unit)

    @cached_property
    def rewards(self) -> SqlRewards:
        """What points are spent on."""
        return SqlRewards(self._unit)

    @cached_property
    def roster(self) -> SqlRoster:
        """Skills, shifts, leads."""
        return SqlRoster(self._unit)

    @cached_property
    def sessions(self) -> SqlSessions:
        """Log-ins."""
        return SqlSessions(self._unit)

    @cached_property
    def inbox(self) -> SqlInbox:
        """Incoming messages."""
        return SqlInbox(self._unit)

    @cached_property
    def media(self) -> SqlMedia:
        """Photos and recordings."""
        return SqlMedia(self._unit)

    @cached_property
    def prompts(self) -> SqlPrompts:
        """Recordings of what the telephone line says."""
        return SqlPrompts(self._unit)

    @cached_property
    def corrections(self) -> SqlCorrections:
        """Words of recordings that staff put right."""
        return SqlCorrections(self._unit)

    @cached_property
    def proofs(self) -> SqlProofs:
        """Photos and signatures of staff."""
        return SqlProofs(self._unit)

    @cached_property
    def archives(self) -> SqlArchives:
        """What is kept of ended cases."""
        return SqlArchives(self._unit)

    @cached_property
    def ratings(self) -> SqlRatings:
        """How content people are."""
        return SqlRatings(self._unit)

    @cached_property
    def visits(self) -> SqlVisits:
        """Who is visited after the work."""
        return SqlVisits(self._unit)

    @cached_property
    def votes(self) -> SqlVotes:
        """Votes and ballots."""
        return SqlVotes(self._unit)

    @cached_property
    def vote_news(self) -> SqlVoteNews:
        """Who is told of votes."""
        return SqlVoteNews(self._unit)

    @cached_property
    def own(self) -> SqlOwn:
        """All about one person, for herself."""
        return SqlOwn(self._unit)

    @cached_property
    def wall(self) -> SqlWall:
        """Who is on the wall, and public totals."""
        return SqlWall(self._unit)

    @cached_property
    def leases(self) -> SqlLeases:
        """Work that one process at a time does."""
        return SqlLeases(self._unit)

    @cached_property
    def outbox(self) -> SqlOutbox:
        """Outgoing messages."""
        return SqlOutbox(self._unit)

    @cached_property
    def held(self) -> SqlHeld:
        """Outgoing messages that wait until she writes."""
        return SqlHeld(self._unit, self.outbox)

    @cached_property
    def chat(self) -> SqlChat:
        """Conversations as the chat page shows them."""
        return SqlChat(self._unit)

    @cached_property
    def dialogues(self) -> SqlDialogues:
        """Where conversations stand."""
        return SqlDialogues(self._unit)

    @cached_property
    def talks(self) -> SqlTalks:
        """Conversations with staff."""
        return SqlTalks(self._unit)

    @cached_property
    def timers(self) -> SqlTimers:
        """What is due."""
        return SqlTimers(self._unit)

    @cached_property
    def journal(self) -> SqlJournal:
        """The ledger's journal."""
        return SqlJournal(self._unit)

    @cached_property
    def log(self) -> SqlLog:
        """The log over the ledger."""
        return SqlLog(self._unit)

    @cached_property
    def claims(self) -> SqlClaims:
        """What residents say to have done."""
        return SqlClaims(self._unit)

    @cached_property
    def proposals(self) -> SqlProposals:
        """What takes two people."""
        return SqlProposals(self._unit)

    @cached_property
    def audit_book(self) -> SqlAuditBook:
        """Which approvals are audited."""
        return SqlAuditBook(self._unit)

    @cached_property
    def clients(self) -> SqlClients:
        """Other systems that bring messages."""
        return SqlClients(self._unit)
