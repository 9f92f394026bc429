"""What this installation has decided: services, policy, words, hours."""

from dataclasses import dataclass

from bot.locale.texts import Texts
from bot.model.hours import ServiceHours
from credits.policy import Policy
from nlp.services import ServiceCatalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The operator's files, read once at the start. `public_url` has no slash at its end."""

    services: ServiceCatalogue
    policy: Policy
    texts: Texts
    hours: ServiceHours
    public_url: str
