"""The demonstration community for tests, and shorthand to act in it."""

from dataclasses import dataclass, replace
from functools import cache

from bot.app import make_rules
from bot.console.demo import fill
from bot.flow.cases.open import open_case
from bot.model.case import Actor, Case, Party
from bot.model.staff import Staff
from bot.ports.rules import PolicyBook, Rules
from bot.ports.storage import Storage, Tx
from bot.settings import Settings
from nlp.matter.classifier import Candidate, Classification
from nlp.matter.emergencies import Emergency
from nlp.matter.kinds import Kind
from nlp.meaning import Interpreter, Meaning, build_interpreter
from nlp.places.grammar import Place


@cache
def _read() -> Rules:
    return make_rules(Settings(public_url="https://community.example"))


def rules() -> Rules:
    """Return the packaged tables, read once; the book of points is the caller's own."""
    return replace(_read(), book=PolicyBook(_read().policy))


@cache
def interpreter(*estates: str) -> Interpreter:
    """Return one for these estates, made once: it only reads, and to make it takes a while."""
    return build_interpreter(estates=estates)


def meaning(
    service_code: str = "lift_fault",
    *,
    doubtful: bool = False,
    place: Place | None = None,
    emergency: Emergency | None = None,
) -> Meaning:
    """What a report would be understood as."""
    best = Candidate(service_code, 20, (("电梯", 9), ("坏", 4)))
    other = Candidate("other", 10, ())
    return Meaning(
        text="电梯坏了",
        kind=Kind.REPORT,
        classification=Classification((best, other), 10, doubtful),
        place=place or Place(estate="幸福里小区", building="3", unit="2"),
        emergency=emergency,
        case_number=None,
        code=None,
        wrong_place=Place(),
    )


@dataclass(slots=True)
class Community:
    """A filled community on a storage."""

    storage: Storage
    rules: Rules
    address: str = "resident"

    async def fill(self) -> None:
        await self.storage.write(fill)

    async def report(
        self,
        heard: Meaning | None = None,
        address: str = "resident",
        words: str = "3号楼2单元电梯坏了",
        channel: str = "web",
    ) -> Case:
        def unit(tx: Tx) -> Case:
            contact = tx.people.meet(channel, address)
            return open_case(tx, self.rules, contact, heard or meaning(), words=words)

        return await self.storage.write(unit)

    async def case(self, case_id: int) -> Case:
        return await self.storage.write(lambda tx: tx.cases.get(case_id))

    async def staff(self, login: str) -> Staff:
        found = await self.storage.read(lambda views: views.staff.by_login(login))
        assert found is not None
        return found[0]

    async def news(self, contact_id: int) -> list[str]:
        lines = await self.storage.read(
            lambda views: views.chat.lines(contact_id, after=None, limit=50)
        )
        return [line.text for line in lines if not line.own]


def reporter_of(case: Case) -> Actor:
    return Actor(Party.REPORTER, f"resident:{case.reporter_id}")
