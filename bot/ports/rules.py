"""What this installation has decided: services, policy, words, hours."""

from dataclasses import dataclass

from bot.locale.texts import Texts
from bot.model.hours import ServiceHours
from bot.ports.prompts import MANDARIN
from credits.policy import Policy
from nlp.matter.services import Service, ServiceCatalogue


@dataclass(slots=True)
class PolicyBook:
    """The rules of points that count now: those at the start, then what two people agree on."""

    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The operator's files, read once at the start; only the rules of points may follow anew.

    `public_url` has no slash at its end. `editing` are the channels that can replace what they
    sent: there a case has a status card instead of a message for each of its steps. `sparing` are
    those that allow few messages to each of hers: there only so many steps are told. `software` is
    the version that decides by these rules. `transfers` says that a caller can be connected with
    a person, `phone_number` is the community's, `phone_dialect` the set of recordings in which the
    telephone speaks to begin with.
    """

    services: ServiceCatalogue
    book: PolicyBook
    texts: Texts
    hours: ServiceHours
    public_url: str
    software: str
    editing: frozenset[str] = frozenset()
    sparing: frozenset[str] = frozenset()
    transfers: bool = False
    phone_number: str = ""
    witnesses: tuple[str, ...] = ()
    phone_dialect: str = MANDARIN

    @property
    def policy(self) -> Policy:
        """The rules of points that count now."""
        return self.book.policy

    def service(self, code: str) -> Service:
        """Return the service; one that the catalogue dropped counts as 'other'."""
        try:
            return self.services.get(code)
        except KeyError:
            return self.services.get(ServiceCatalogue.OTHER)
