"""Several people, one matter: who hears what, who can end it, and a merge undone."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from bot.flow.cases import follow_up, handle, reporter, split, together
from bot.flow.erase import erase_due
from bot.model.case import Actor, Case, Party, RefusedError, State
from bot.model.number import case_number
from bot.ports.storage import Storage, Tx
from credits.ledger import resident as account_of
from nlp.matter.emergencies import Emergency
from tests.bot.community import Community, meaning, reporter_of, rules
from tests.bot.proving import finish
from tests.fakes.clock import FakeClock


@dataclass(slots=True)
class Scene:
    """A community in which some people reported, and shorthand for who does what."""

    community: Community
    ids: dict[str, int] = field(default_factory=dict)

    async def reports(self, *names: str, **heard: Any) -> None:
        for name in names:
            self.ids[name] = (await self.community.report(meaning(**heard), name)).id

    async def case(self, name: str) -> Case:
        return await self.community.case(self.ids[name])

    async def do(self, act: Callable[[Tx], Any]) -> Any:
        return await self.community.storage.write(act)

    async def merge(self, name: str, into: str, login: str = "lin") -> None:
        staff, case = await self.community.staff(login), await self.case(name)
        number = case_number(self.ids[into])
        await self.do(
            lambda tx: together.merge(
                tx, self.community.rules, case.id, staff, number, version=case.version
            )
        )

    async def separate(self, name: str, login: str = "lin") -> Case:
        staff, case = await self.community.staff(login), await self.case(name)
        separated: Case = await self.do(
            lambda tx: together.separate(
                tx, self.community.rules, case.id, staff, version=case.version
            )
        )
        return separated

    async def follow(self, who: str, name: str) -> None:
        def unit(tx: Tx) -> None:
            together.follow(tx, self.community.rules, self.ids[name], tx.people.meet("web", who))

        await self.do(unit)

    async def unfollow(self, who: str, name: str) -> bool:
        stopped: bool = await self.do(
            lambda tx: together.unfollow(tx, self.ids[name], tx.people.meet("web", who))
        )
        return stopped

    async def solve(self, name: str) -> None:
        case = await self.case(name)

        def unit(tx: Tx) -> None:
            assert case.handler_id is not None
            staff = tx.staff.get(case.handler_id)
            finish(tx, self.community.rules, case.id, staff, "换了零件", version=case.version)

        await self.do(unit)

    async def confirm(self, name: str) -> int:
        case = await self.case(name)
        points: int = await self.do(
            lambda tx: follow_up.confirm(tx, self.community.rules, case.id, reporter_of(case))
        )
        return points

    async def dispute(self, name: str) -> None:
        case = await self.case(name)
        await self.do(
            lambda tx: follow_up.dispute(
                tx, self.community.rules, case.id, reporter_of(case), "没好"
            )
        )

    async def heard(self, who: str) -> list[str]:
        contact = await self.do(lambda tx: tx.people.meet("web", who))
        return await self.community.news(contact.id)

    async def others(self, name: str) -> int:
        case = await self.case(name)
        return await self.community.storage.read(
            lambda views: together.others(views.relations, case)
        )


@pytest.fixture
async def scene(storage: Storage) -> Scene:
    made = Scene(Community(storage, rules()))
    await made.community.fill()
    return made


async def test_everybody_hears_in_their_own_channel_and_nobody_twice(scene: Scene) -> None:
    await scene.reports("main", "second")
    await scene.follow("neighbour", "main")
    await scene.follow("aunt", "second")
    await scene.follow("second", "main")
    await scene.merge("second", "main")
    await scene.solve("main")
    main, second = await scene.case("main"), await scene.case("second")
    for who, words in (
        ("main", f"工单 {main.number}，"),
        ("second", f"您的工单 {second.number} 一起办的事有消息。工单 {main.number}，"),
        ("neighbour", f"您说也遇到的那件事有消息。工单 {main.number}，"),
        ("aunt", f"您说也遇到的那件事有消息。工单 {main.number}，"),
    ):
        solved = [line for line in await scene.heard(who) if "说办好了" in line]
        assert len(solved) == 1, who
        assert solved[0].startswith(words), solved
        assert ("换了零件" in solved[0]) is (who in {"main", "second"}), who
    assert await scene.others("main") == 3


async def test_followers_see_neither_words_nor_answers_nor_the_link(scene: Scene) -> None:
    await scene.reports("main")
    await scene.follow("neighbour", "main")
    case, wang = await scene.case("main"), await scene.community.staff("wang")
    await scene.do(
        lambda tx: handle.answer(tx, scene.community.rules, case.id, wang, "李阿姨您家几点有人")
    )
    await scene.do(
        lambda tx: handle.take(tx, scene.community.rules, case.id, wang, version=case.version + 1)
    )
    contact = await scene.do(lambda tx: tx.people.meet("web", "neighbour"))
    lines = await scene.community.storage.read(
        lambda views: views.chat.lines(contact.id, after=None, limit=9)
    )
    assert [line.text.split("有消息。")[1].split("，")[0] for line in lines] == [
        f"工单 {case.number}：王师傅接手了"
    ]
    assert all(case.token not in str(line) for line in lines)


async def test_who_stops_hears_no_more(scene: Scene) -> None:
    await scene.reports("main")
    await scene.follow("neighbour", "main")
    await scene.follow("neighbour", "main")
    assert await scene.others("main") == 1
    assert await scene.unfollow("neighbour", "main")
    assert not await scene.unfollow("neighbour", "main")
    await scene.solve("main")
    assert await scene.heard("neighbour") == []


@pytest.mark.parametrize(
    ("who", "service", "reason"),
    [
        ("main", "lift_fault", "follow_own"),
        ("neighbour", "elder_care", "follow_private"),
    ],
)
async def test_what_cannot_be_followed(scene: Scene, who: str, service: str, reason: str) -> None:
    await scene.reports("main", service_code=service)
    with pytest.raises(RefusedError, match=reason):
        await scene.follow(who, "main")


async def test_what_has_ended_cannot_be_followed(scene: Scene) -> None:
    await scene.reports("main")
    await scene.solve("main")
    await scene.confirm("main")
    with pytest.raises(RefusedError, match="follow_ended"):
        await scene.follow("neighbour", "main")


async def test_each_reporter_who_confirms_is_thanked_once(scene: Scene) -> None:
    await scene.reports("main", "second", "third")
    await scene.merge("second", "main")
    await scene.merge("third", "main")
    await scene.solve("main")
    assert [await scene.confirm(name) for name in ("second", "main", "third")] == [5, 5, 5]
    for name in ("second", "main", "third"):
        with pytest.raises(RefusedError, match="not_now"):
            await scene.confirm(name)
    assert (await scene.case("main")).state is State.ARCHIVED
    second = await scene.case("second")
    balance = await scene.community.storage.read(
        lambda views: views.journal.balance(account_of(second.reporter_id)).posted
    )
    assert balance == 5


async def test_any_reporter_may_say_that_it_is_not_solved(scene: Scene) -> None:
    await scene.reports("main", "second")
    await scene.merge("second", "main")
    await scene.solve("main")
    await scene.confirm("main")
    await scene.dispute("second")
    assert (await scene.case("main")).times_reopened == 1


async def test_a_stranger_says_nothing_about_it(scene: Scene) -> None:
    await scene.reports("main", "second", "stranger")
    await scene.merge("second", "main")
    await scene.solve("main")
    stranger = reporter_of(await scene.case("stranger"))
    for name in ("main", "second"):
        with pytest.raises(RefusedError, match="not_yours"):
            await scene.do(
                partial(
                    follow_up.confirm,
                    rules=scene.community.rules,
                    case_id=scene.ids[name],
                    actor=stranger,
                )
            )


async def clocks_of(community: Community, case_id: int) -> set[tuple[str, str, datetime]]:
    running = await community.storage.read(lambda views: views.clocks.running(case_id))
    return {(clock.kind.value, clock.party, clock.due_at) for clock in running}


async def test_a_separated_case_is_as_it_was(scene: Scene, clock: FakeClock) -> None:
    await scene.reports("main", "second")
    await scene.follow("aunt", "second")
    before = await scene.case("second")
    clocks = await clocks_of(scene.community, before.id)
    await scene.merge("second", "main")
    assert (await scene.case("second")).state is State.MERGED
    assert not await clocks_of(scene.community, before.id)
    clock.move(minutes=5)
    after = await scene.separate("second")
    for name in ("state", "handler_id", "answer_due", "solve_due", "answered_at", "closed_at"):
        assert getattr(after, name) == getattr(before, name), name
    assert await clocks_of(scene.community, before.id) == clocks
    assert (await scene.others("second"), await scene.others("main")) == (1, 0)
    await scene.solve("main")
    assert not [line for line in await scene.heard("second") if "说办好了" in line]


REFUSED: list[tuple[str, list[tuple[str, str]], tuple[str, str], str]] = [
    ("itself", [], ("a", "a"), "merge_self"),
    ("a cycle", [("a", "b")], ("b", "a"), "merge_chain"),
    ("a chain behind", [("b", "c")], ("a", "b"), "merge_chain"),
    ("a chain before", [("a", "b")], ("b", "c"), "merge_others"),
    ("twice", [("a", "b")], ("a", "c"), "not_now"),
]


@pytest.mark.parametrize(("label", "before", "last", "reason"), REFUSED)
async def test_chains_and_cycles_are_refused(
    scene: Scene, label: str, before: list[tuple[str, str]], last: tuple[str, str], reason: str
) -> None:
    await scene.reports("a", "b", "c")
    for pair in before:
        await scene.merge(*pair)
    with pytest.raises(RefusedError, match=reason):
        await scene.merge(*last)
    assert label


async def test_only_a_dispatcher_merges_and_what_is_urgent_stays_urgent(scene: Scene) -> None:
    await scene.reports("a", "b")
    await scene.reports("urgent", emergency=Emergency("trapped", ("119",)))
    with pytest.raises(RefusedError, match="not_allowed"):
        await scene.merge("a", "b", login="wang")
    with pytest.raises(RefusedError, match="merge_urgent"):
        await scene.merge("urgent", "a")


@pytest.mark.parametrize("second", [("b", "a"), ("b", "c"), ("a", "c")])
async def test_of_two_merges_at_once_one_is_refused(scene: Scene, second: tuple[str, str]) -> None:
    await scene.reports("a", "b", "c")
    done = await asyncio.gather(scene.merge("a", "b"), scene.merge(*second), return_exceptions=True)
    refused = [one for one in done if isinstance(one, RefusedError)]
    assert len(refused) == 1, done
    states = [(await scene.case(name)).state for name in ("a", "b", "c")]
    assert states.count(State.MERGED) == 1


async def test_who_withdraws_takes_nobody_elses_matter_along(scene: Scene) -> None:
    await scene.reports("main", "second")
    await scene.merge("second", "main")
    main = await scene.case("main")
    await scene.do(
        lambda tx: reporter.withdraw(tx, scene.community.rules, main.id, reporter_of(main))
    )
    assert (await scene.case("main")).state is State.WITHDRAWN
    assert (await scene.case("second")).state is State.ASSIGNED
    assert any("单独接着办" in line for line in await scene.heard("second"))


async def test_one_report_with_two_matters_becomes_two_cases(scene: Scene) -> None:
    await scene.reports("main")
    case, wang = await scene.case("main"), await scene.community.staff("wang")
    parts = split.Parts(stays="电梯坏了", goes="楼道灯也不亮", service_code="stair_light")
    old, new = await scene.do(
        lambda tx: split.split(
            tx, scene.community.rules, case.id, wang, parts, version=case.version
        )
    )
    assert (old.description, new.description) == ("电梯坏了", "楼道灯也不亮")
    assert (new.reporter_id, new.place) == (case.reporter_id, case.place)
    news = await scene.heard("main")
    assert any(old.number in line and new.number in line for line in news), news
    found = await scene.community.storage.read(
        lambda views: (views.relations.splits(old.id), views.relations.splits(new.id))
    )
    assert found == ([new.id], [old.id])


async def test_urging_alarms_once_an_hour_and_the_lead_the_second_time(
    scene: Scene, clock: FakeClock
) -> None:
    await scene.reports("main", "second")
    await scene.merge("second", "main")
    did = []
    for name, minutes in (("main", 0), ("second", 30), ("second", 31)):
        clock.move(minutes=minutes)
        case = await scene.case(name)
        actor = Actor(Party.REPORTER, f"resident:{case.reporter_id}")
        urged = await scene.do(
            partial(
                reporter.urge, rules=scene.community.rules, case=case, actor=actor, words="快点"
            )
        )
        did.append((urged.counted, bool(urged.lead), urged.case.times_urged))
    assert did == [(True, False, 1), (False, False, 1), (True, True, 2)]


async def test_who_is_linked_follows_once(scene: Scene) -> None:
    await scene.reports("main")
    await scene.follow("old", "main")
    await scene.follow("new", "main")

    def unit(tx: Tx) -> None:
        old, new = tx.people.meet("web", "old"), tx.people.meet("web", "new")
        tx.relations.absorb(old=old.person_id, into=new.person_id)

    await scene.do(unit)
    assert await scene.others("main") == 1


@pytest.mark.parametrize(
    ("who", "second", "others"),
    [("main", State.ASSIGNED, 1), ("neighbour", State.MERGED, 1), ("second", State.MERGED, 1)],
)
async def test_who_is_forgotten_is_told_nothing_and_takes_nothing_along(
    scene: Scene, who: str, second: State, others: int
) -> None:
    await scene.reports("main", "second")
    await scene.follow("neighbour", "main")
    await scene.merge("second", "main")

    def forget(tx: Tx) -> int:
        contact = tx.people.meet("web", who)
        tx.people.erase_at(contact.person_id, tx.now)
        return erase_due(tx, scene.community.rules)

    assert await scene.do(forget) == 1
    assert (await scene.case("second")).state is second
    assert await scene.others("main") == others
