"""The services a resident can ask for: what they are, who answers, and by when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final, TypeVar

from nlp.matter.emergencies import KINDS
from nlp.tables.reading import Entry, LexiconError, entries, read_table
from nlp.text.normal import normalise

__all__ = [
    "AGENCIES",
    "TAXONOMY",
    "Elsewhere",
    "Evidence",
    "Group",
    "LexiconError",
    "Priority",
    "Service",
    "ServiceCatalogue",
    "load_services",
]

AGENCIES: Final = frozenset(
    [
        "community",
        "property",
        "sanitation",
        "municipal",
        "urban_management",
        "water",
        "power",
        "gas",
        "heating",
        "telecom",
        "traffic",
        "health_centre",
        "police_station",
        "street",
    ]
)
"""Codes of the organisations that can be responsible for a service."""

TAXONOMY: Final = frozenset(
    [
        "交通运输",
        "党务政务",
        "农村农业",
        "劳动和社会保障",
        "卫生计生",
        "商贸旅游",
        "国土资源",
        "城乡建设",
        "政法",
        "教育文体",
        "民政",
        "环境保护",
        "科技与信息产业",
        "纪检监察",
        "经济管理",
    ]
)
"""The first level of the national category system for messages to government."""


class Priority(StrEnum):
    """How soon a matter has to be taken up."""

    URGENT = "urgent"
    SOON = "soon"
    NORMAL = "normal"


class Evidence(StrEnum):
    """What closing such a matter needs besides a note."""

    PHOTO = "photo"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Who does it when the community cannot: shown with the number to call."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Group:
    """A group of services that a resident would recognise."""

    code: str
    name: str
    icon: str


@dataclass(frozen=True, slots=True)
class Service:
    """One kind of matter, with its time limits in hours and its keywords with weights -9..9.

    `icon` is the name of a Tabler outline icon; `taxonomy` is one of `TAXONOMY`; `needs_place`
    says that nobody can go there without knowing where; `elsewhere` is set when the community
    can only say where to turn; `emergency` is the kind of danger that such a matter always is;
    `evidence` is what closing it needs besides a note; `outage` says that what one house lacks its
    neighbours mostly lack too.
    """

    code: str
    name: str
    group: str
    taxonomy: str
    icon: str
    agency: str
    priority: Priority
    first_answer_hours: float
    solve_hours: float
    keywords: Mapping[str, int]
    needs_place: bool
    elsewhere: Elsewhere | None
    emergency: str | None
    evidence: Evidence | None = None
    outage: bool = False


class ServiceCatalogue:
    """All services and their groups, in the order of the table."""

    OTHER: Final = "other"

    def __init__(self, groups: Iterable[Group], services: Iterable[Service]) -> None:
        self.groups: Final = tuple(groups)
        self.services: Final = tuple(services)
        self._by_code: Final = {service.code: service for service in self.services}

    def get(self, code: str) -> Service:
        """Return the service; KeyError names a code that is not in the catalogue."""
        try:
            return self._by_code[code]
        except KeyError:
            raise KeyError(f"no service has the code '{code}'") from None

    def in_group(self, code: str) -> tuple[Service, ...]:
        """Return the services of a group; none for an unknown group."""
        return tuple(service for service in self.services if service.group == code)


@cache
def load_services(text: str | None = None) -> ServiceCatalogue:
    """Read the packaged catalogue, or an operator's own TOML; LexiconError on any mistake.

    Each is read once: nothing changes a catalogue.
    """
    table = read_table("services.toml", text)
    groups = _unique((_group(entry) for entry in entries(table, "group", label="group")), "group")
    group_codes = frozenset(group.code for group in groups)
    rows = entries(table, "service", label="service")
    services = _unique((_service(entry, group_codes) for entry in rows), "service")
    if all(service.code != ServiceCatalogue.OTHER for service in services):
        raise LexiconError("service 'other' is missing, add it for what a person must sort.")
    return ServiceCatalogue(groups, services)


_GROUP_FIELDS = frozenset({"code", "name", "icon"})
_ELSEWHERE_FIELDS = frozenset({"name", "phone"})
_SERVICE_FIELDS = _GROUP_FIELDS | frozenset(
    [
        "group",
        "taxonomy",
        "agency",
        "priority",
        "first_answer_hours",
        "solve_hours",
        "keywords",
        "needs_place",
        "outage",
        "elsewhere",
        "emergency",
        "evidence",
    ]
)


def _group(entry: Entry) -> Group:
    entry.allow_only(_GROUP_FIELDS)
    return Group(entry.string("code"), entry.string("name"), entry.string("icon"))


def _service(entry: Entry, groups: frozenset[str]) -> Service:
    entry.allow_only(_SERVICE_FIELDS)
    first_answer_hours, solve_hours = entry.hours("first_answer_hours"), entry.hours("solve_hours")
    if first_answer_hours > solve_hours:
        raise entry.mistake("'first_answer_hours' is above 'solve_hours', make it smaller")
    return Service(
        code=entry.string("code"),
        name=entry.string("name"),
        group=_one_of(entry, "group", groups),
        taxonomy=_one_of(entry, "taxonomy", TAXONOMY),
        icon=entry.string("icon"),
        agency=_one_of(entry, "agency", AGENCIES),
        priority=Priority(_one_of(entry, "priority", frozenset(Priority))),
        first_answer_hours=first_answer_hours,
        solve_hours=solve_hours,
        keywords=_keywords(entry),
        needs_place=entry.flag("needs_place", default=True),
        elsewhere=_elsewhere(entry),
        outage=entry.flag("outage", default=False),
        emergency=_one_of(entry, "emergency", KINDS) if "emergency" in entry.values else None,
        evidence=_evidence(entry),
    )


def _keywords(entry: Entry) -> Mapping[str, int]:
    weights = {normalise(word): weight for word, weight in entry.weights("keywords").items()}
    if "" in weights:
        raise entry.mistake("a keyword is empty, remove it")
    if not weights and entry.string("code") != ServiceCatalogue.OTHER:
        raise entry.mistake("it has no keywords, add words as residents say them")
    return MappingProxyType(weights)


def _elsewhere(entry: Entry) -> Elsewhere | None:
    inner = entry.table("elsewhere")
    if inner is None:
        return None
    inner.allow_only(_ELSEWHERE_FIELDS)
    return Elsewhere(inner.string("name"), inner.string("phone"))


def _evidence(entry: Entry) -> Evidence | None:
    if "evidence" not in entry.values:
        return None
    return Evidence(_one_of(entry, "evidence", frozenset(Evidence)))


def _one_of(entry: Entry, name: str, allowed: frozenset[str]) -> str:
    value = entry.string(name)
    if value not in allowed:
        raise entry.mistake(f"'{name}' is '{value}', use one of: {', '.join(sorted(allowed))}")
    return value


_T = TypeVar("_T", Group, Service)


def _unique(found: Iterable[_T], label: str) -> tuple[_T, ...]:
    by_code: dict[str, _T] = {}
    for one in found:
        if one.code in by_code:
            raise LexiconError(f"{label} '{one.code}': the code is used twice, rename one.")
        by_code[one.code] = one
    return tuple(by_code.values())
