"""Positions in a conversation: check-ins, tracks, codes, taps, phones.

What the databases could do differently is in `tests/bot/flow/test_check_in.py`.
"""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.dialogue.positions import HERE
from bot.flow.check_in import ACTIVITY, FOLLOWING
from bot.model.evidence import Doubt, Means
from bot.model.place import Checkpoint
from bot.ports.positions import DEVICES, Mark
from bot.ports.storage import Storage, Tx
from bot.store import tables as t
from channels.message import Datum, Position, PositionSource
from credits.ledger import resident
from tests.bot.community import Community, interpreter, rules
from tests.bot.dialogue.talker import Answer, Talker
from tests.fakes.clock import FakeClock
from tests.gcj02 import gcj02_from_wgs84

RULES = rules()
INTERPRETER = interpreter("幸福里小区", "和平家园", "纺织厂宿舍")
EAST_GATE = (33.5801, 114.0203)
OLD_MARKET = (33.5833, 114.0251)
GRID_TWO = (33.5850, 114.0190)
ABROAD = (6.45, 3.39)
METRE = 1 / 111_195


@dataclass(slots=True)
class Courier:
    """Somebody who talks, and sends positions."""

    talker: Talker
    storage: Storage
    clock: FakeClock
    answers: list[str] = field(default_factory=list)

    async def say(self, text: str) -> Answer:
        return await self.talker.say(text)

    async def at(
        self,
        pair: tuple[float, float],
        source: PositionSource = PositionSource.PIN,
        *,
        share: str = "",
        text: str = "",
        ago: float = 0.0,
        datum: Datum = Datum.WGS84,
        accuracy: float | None = 10.0,
    ) -> str:
        """Send a position; '' when nothing is said to it."""
        before = len(await self.news())
        position = Position(
            latitude=pair[0],
            longitude=pair[1],
            datum=datum,
            source=source,
            at=self.clock.now() - timedelta(seconds=ago),
            accuracy_m=accuracy,
            share=share,
        )
        await self.talker.send(text, position=position)
        news = await self.news()
        self.answers.append(news[-1] if len(news) > before else "")
        return self.answers[-1]

    async def live(self, pair: tuple[float, float], share: str = "s-1") -> str:
        self.clock.move(seconds=20)
        return await self.at(pair, PositionSource.LIVE, share=share)

    async def news(self, channel: str = "web") -> list[str]:
        def query(views: object) -> list[str]:
            contact = views.people.find(channel, self.talker.address)  # type: ignore[attr-defined]
            if contact is None:
                return []
            lines = views.chat.lines(contact.id, after=None, limit=999)  # type: ignore[attr-defined]
            return [line.text for line in lines if not line.own]

        return await self.storage.read(query)

    async def person(self) -> int:
        contact = await self.storage.read(lambda views: views.people.find("web", "resident"))
        assert contact is not None
        return contact.person_id

    async def points(self) -> int:
        account = resident(await self.person())
        entries = await self.storage.read(lambda views: views.journal.entries(account))
        return sum(entry.amount for entry in entries if entry.activity == ACTIVITY)

    async def marks(self) -> dict[str, Mark]:
        return {m.code: m for m in await self.storage.read(lambda views: views.grids.marks())}

    async def code(self, place: str, *, changing: bool = False) -> str:
        mark = (await self.marks())[place]
        return await self.storage.read(lambda views: views.grids.code_of(mark, changing=changing))


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The dialogue uses storage through its port alone: one database is enough here."""
    return sqlite_url


@pytest.fixture
async def courier(storage: Storage, clock: FakeClock) -> Courier:
    await Community(storage, RULES).fill()
    return Courier(Talker(storage, RULES, INTERPRETER, clock), storage, clock)


def rows(engine: sa.Engine, table: sa.Table) -> list[dict[str, object]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.select(table)).mappings()]


# where she is


async def test_a_browsers_position_at_a_checkpoint(courier: Courier) -> None:
    answer = await courier.at(EAST_GATE, PositionSource.BROWSER)
    for words in (
        "您到了东门驿站",
        "饮水、充电、休息、厕所",
        "先不算分",
        "手机报的位置",
        "一路走过来",
        "点一下",
    ):
        assert words in answer
    assert [b.label for b in courier.talker.buttons] == [
        "井盖缺失",
        "路面占道",
        "路灯不亮",
        "垃圾堆放",
    ]
    assert await courier.points() == 0


WHERE = [
    ("in a grid", GRID_TWO, Datum.WGS84, "在第二网格 最近的驿站是东门驿站，大约 5 不含加 不含.0"),
    ("by a Chinese map", gcj02_from_wgs84(*EAST_GATE), Datum.GCJ02, "您到了东门驿站"),
    ("a Chinese map's pair taken for GPS", gcj02_from_wgs84(*EAST_GATE), Datum.WGS84, "不含您到了"),
    ("outside", ABROAD, Datum.WGS84, "不在我们的网格里 不含驿站"),
]


@pytest.mark.parametrize(("label", "pair", "datum", "expected"), WHERE)
async def test_where_it_is(
    courier: Courier, label: str, pair: tuple[float, float], datum: Datum, expected: str
) -> None:
    answer = await courier.at(pair, PositionSource.BROWSER, datum=datum)
    for words in expected.split():
        if words.startswith("不含"):
            assert words[2:] not in answer, label
        else:
            assert words in answer.replace(" ", ""), label


WORTH = [
    (PositionSource.PIN, "您到了东门驿站 先不算分 谁在哪儿都能标 牌子上的码", 0),
    (PositionSource.VENUE, "在第一网格 不算到场 转发来的", 0),
    (PositionSource.FORWARDED, "在第一网格 不算到场 转发来的", 0),
    (PositionSource.BROWSER, "您到了东门驿站 先不算分 手机报的 牌子上的码", 0),
    (PositionSource.LIVE, "您到了东门驿站 先不算分 还没有动过 要不要也记下来", 0),
]


@pytest.mark.parametrize(("source", "expected", "points"), WORTH)
async def test_what_each_source_is_worth(
    courier: Courier, source: PositionSource, expected: str, points: int
) -> None:
    answer = await courier.at(EAST_GATE, source, share="x")
    for words in expected.split():
        assert words in answer.replace(" ", "")
    assert await courier.points() == points


# codes


async def test_a_printed_code_alone_earns_nothing(courier: Courier) -> None:
    east, market = await courier.code("east-gate"), await courier.code("old-market")
    for text in (f"打卡 {east}", f"打卡{east.lower()}", f"签到 {market}"):
        answer = (await courier.say(text)).text
        assert "没有带位置" in answer
        assert "先不算分" in answer
    assert await courier.points() == 0


async def test_a_place_counts_once_a_day(courier: Courier) -> None:
    text = f"打卡 {await courier.code('east-gate')}"
    assert "加 1 分" in await courier.at(EAST_GATE, PositionSource.BROWSER, text=text)
    answer = await courier.at(EAST_GATE, PositionSource.BROWSER, text=text)
    assert "今天在这里已经加过分了" in answer
    courier.clock.move(days=1)
    assert "加 1 分" in await courier.at(EAST_GATE, PositionSource.BROWSER, text=text)
    assert await courier.points() == 2


async def test_a_display_read_from_afar_earns_nothing(courier: Courier) -> None:
    text = f"打卡 {await courier.code('east-gate', changing=True)}"
    answer = await courier.at(GRID_TWO, PositionSource.BROWSER, text=text)
    assert "位置却在别处" in answer
    assert "先不算分" in answer
    assert await courier.points() == 0


async def test_a_forged_position_from_many_browsers_earns_nothing(courier: Courier) -> None:
    for n in range(4):
        courier.talker.address = f"visitor-{n}"
        assert "先不算分" in await courier.at(EAST_GATE, PositionSource.BROWSER)


async def test_a_code_with_the_place_counts_at_each_checkpoint(courier: Courier) -> None:
    for place, pair in (("east-gate", EAST_GATE), ("old-market", OLD_MARKET)):
        courier.clock.move(minutes=20)
        text = f"打卡 {await courier.code(place)}"
        answer = await courier.at(pair, PositionSource.BROWSER, text=text)
        assert "加 1 分" in answer
        assert "人也在这里" in answer
    assert await courier.points() == 2


async def test_a_code_from_elsewhere_says_so(courier: Courier) -> None:
    text = f"打卡 {await courier.code('old-market')}"
    answer = await courier.at(GRID_TWO, PositionSource.BROWSER, text=text)
    assert "您到了老菜场驿站" in answer
    assert "位置却在别处" in answer
    assert await courier.points() == 0


async def test_the_code_of_a_display_holds_for_a_minute_or_two(courier: Courier) -> None:
    code = await courier.code("east-gate", changing=True)
    assert len(code) == 10
    answer = await courier.say(f"打卡 {code}")
    assert "显示屏上正在用的码" in answer.text
    courier.clock.move(seconds=130)
    assert "这个码不对" in (await courier.say(f"打卡 {code}")).text


async def test_codes_can_not_be_guessed(courier: Courier) -> None:
    for _ in range(5):
        assert "这个码不对" in (await courier.say("打卡 22222")).text
    assert "试的次数太多了" in (await courier.say(f"打卡 {await courier.code('east-gate')}")).text
    assert await courier.points() == 0


async def test_a_wrong_code_does_not_spoil_the_position(courier: Courier) -> None:
    answer = await courier.at(EAST_GATE, PositionSource.BROWSER, text="打卡 22222")
    assert "这个码不对" in answer
    assert "您到了东门驿站" in answer


async def test_how_one_checks_in(courier: Courier) -> None:
    answer = await courier.say("打卡")
    assert "三种办法" in answer.text
    assert [b.choice for b in answer.buttons] == ["follow:on", "device:bind"]


# shares and tracks


def way(
    start: tuple[float, float], end: tuple[float, float], steps: int
) -> list[tuple[float, float]]:
    return [
        (start[0] + (end[0] - start[0]) * n / steps, start[1] + (end[1] - start[1]) * n / steps)
        for n in range(1, steps + 1)
    ]


async def test_an_hour_on_the_way_with_six_check_ins(courier: Courier, engine: sa.Engine) -> None:
    """One live share past six checkpoints, with a rest at each; each is answered once."""
    stops = [(33.5776 + n * 0.0016, 114.0168 + n * 0.0001) for n in range(6)]

    def unit(tx: Tx) -> None:
        grid_id = tx.grids.locate(*EAST_GATE, None).grid_id
        assert grid_id is not None
        for n, (latitude, longitude) in enumerate(stops):
            stop = Checkpoint(
                code=f"stop-{n}", name=f"第{n + 1}站", latitude=latitude, longitude=longitude,
                radius_metres=40, offers=("饮水",),
            )  # fmt: skip
            tx.places.add_checkpoint(stop, grid_id)

    await courier.storage.write(unit)
    began = courier.clock.now()
    here = (33.5778, 114.0185)
    assert "最近的驿站是第1站" in await courier.live(here)
    for stop in stops:
        for pair in way(here, stop, 8):
            await courier.live(pair)
        for _ in range(3):
            courier.clock.move(minutes=1, seconds=30)
            await courier.live((stop[0] + 6 * METRE, stop[1]))
        here = stop
    assert 45 <= (courier.clock.now() - began).total_seconds() / 60 <= 75
    said = [answer for answer in courier.answers if answer]
    assert ["您到了第" in answer for answer in said] == [False] + [True] * 6
    assert all("加 1 分" in answer and "一路走过来的" in answer for answer in said[1:])
    assert await courier.points() == 6
    visits = [row for row in rows(engine, t.check_in) if row["checkpoint_id"]]
    assert [row["grade"] for row in visits] == ["strong"] * 6
    assert rows(engine, t.track_point) == []
    assert len(rows(engine, t.presence)) == 1


async def test_a_spoofed_track_earns_nothing_and_is_told_why(courier: Courier) -> None:
    await courier.live((33.70, 114.20))
    for pair in way((33.70, 114.20), (33.7005, 114.2005), 3):
        await courier.live(pair)
    answer = await courier.live(EAST_GATE)
    assert "您到了东门驿站" in answer
    assert "来不及走到" in answer
    assert "牌子上的码" in answer
    assert await courier.points() == 0
    assert "加" not in (await courier.say("我的积分")).text.replace("就会加分", "")


async def test_a_position_far_from_the_last_of_another_source_is_doubted(courier: Courier) -> None:
    await courier.at((31.2, 121.5), PositionSource.BROWSER)
    answer = await courier.at(EAST_GATE, PositionSource.BROWSER)
    assert "来不及走到" in answer


async def test_a_pin_far_away_is_not_held_against_anybody(courier: Courier) -> None:
    await courier.at((31.2, 121.5), PositionSource.PIN)
    text = f"打卡 {await courier.code('east-gate')}"
    assert "加 1 分" in await courier.at(EAST_GATE, PositionSource.BROWSER, text=text)


async def test_an_old_position_is_no_arrival(courier: Courier) -> None:
    answer = await courier.at(EAST_GATE, PositionSource.BROWSER, ago=3600)
    assert "早些时候的" in answer
    assert await courier.points() == 0


async def test_better_evidence_at_the_place_earns_without_another_word(
    courier: Courier, engine: sa.Engine
) -> None:
    assert "先不算分" in await courier.live(EAST_GATE)
    for metres in (12, 24, 36, 48):
        assert not await courier.live((EAST_GATE[0] + metres * METRE, EAST_GATE[1]))
    assert await courier.points() == 1
    last = rows(engine, t.check_in)[-1]
    assert (last["confidence"], last["reasons"]) == (75, Means.MOVING.value)


# what is too far stays too far


async def test_the_same_position_again_does_not_undo_the_doubt(courier: Courier) -> None:
    text = f"打卡 {await courier.code('east-gate')}"
    await courier.at(ABROAD, PositionSource.BROWSER)
    for _ in range(4):
        courier.clock.move(minutes=5)
        answer = await courier.at(EAST_GATE, PositionSource.BROWSER, text=text)
        assert "来不及走到" in answer
    assert await courier.points() == 0


async def test_a_new_share_does_not_undo_the_doubt(courier: Courier, engine: sa.Engine) -> None:
    await courier.live(ABROAD)
    for share in ("s-1", "s-2", "s-3"):
        for metres in range(0, 80, 10):
            await courier.live((EAST_GATE[0] + metres * METRE, EAST_GATE[1]), share)
    assert await courier.points() == 0
    visits = [row for row in rows(engine, t.check_in) if row["checkpoint_id"]]
    assert visits
    assert all("too_fast" in str(row["reasons"]) for row in visits)


LAUNDERED = [
    ("so rough that it reaches there", {"accuracy": 1e7}),
    ("from days ago", {"ago": 9 * 86_400.0}),
    ("days ahead", {"ago": -9 * 86_400.0}),
]


@pytest.mark.parametrize(("label", "how"), LAUNDERED)
async def test_a_doubted_position_vouches_for_no_other(
    courier: Courier, label: str, how: dict[str, float]
) -> None:
    text = f"打卡 {await courier.code('east-gate')}"
    await courier.at(ABROAD, PositionSource.BROWSER)
    await courier.at(EAST_GATE, PositionSource.BROWSER, **how)  # type: ignore[arg-type]
    answer = await courier.at(EAST_GATE, PositionSource.BROWSER, text=text)
    assert "来不及走到" in answer, label
    assert await courier.points() == 0


async def test_when_it_could_have_been_reached_it_is_taken(courier: Courier) -> None:
    text = f"打卡 {await courier.code('east-gate')}"
    near = (EAST_GATE[0] + 0.5, EAST_GATE[1])
    await courier.at(near, PositionSource.BROWSER)
    courier.clock.move(minutes=10)
    assert "来不及走到" in await courier.at(EAST_GATE, PositionSource.BROWSER, text=text)
    courier.clock.move(minutes=15)
    assert "加 1 分" in await courier.at(EAST_GATE, PositionSource.BROWSER, text=text)


# consent


async def test_without_consent_no_track_is_kept(courier: Courier, engine: sa.Engine) -> None:
    first = await courier.live(GRID_TWO)
    assert "要不要也记下来" in first
    for pair in way(GRID_TWO, (33.5860, 114.0200), 5):
        assert not await courier.live(pair)
    assert "要不要" not in await courier.live(GRID_TWO, share="s-2")
    assert rows(engine, t.track_point) == []
    assert len(rows(engine, t.check_in)) == 2


async def test_with_consent_the_track_is_kept_and_is_gone_when_it_ends(
    courier: Courier, engine: sa.Engine
) -> None:
    assert "随时停" in (await courier.say("可以跟着我")).text
    for pair in way(GRID_TWO, (33.5860, 114.0200), 5):
        await courier.live(pair)
    kept = rows(engine, t.track_point)
    assert len(kept) == 5
    assert all("33.58" not in str(row["pair"]) for row in kept)
    assert "已经删掉" in (await courier.say("别跟着我")).text
    assert rows(engine, t.track_point) == []
    await courier.live(GRID_TWO)
    assert rows(engine, t.track_point) == []
    assert "本来就没有" in (await courier.say("停止跟随")).text
    person = await courier.person()
    given = await courier.storage.read(lambda views: views.consents.given(person, FOLLOWING))
    assert not given
    (row,) = [row for row in rows(engine, t.consent) if row["given_at"]]
    assert row["withdrawn_at"]


async def test_exact_places_are_forgotten_in_time(courier: Courier, engine: sa.Engine) -> None:
    await courier.say("可以跟着我")
    await courier.live(EAST_GATE)
    tables = (t.check_in, t.presence, t.track_point)
    assert all(row["pair"] for table in tables for row in rows(engine, table))
    assert all("33.58" not in str(row["pair"]) for table in tables for row in rows(engine, table))
    courier.clock.move(days=31)
    await courier.storage.write(lambda tx: tx.forget_what_is_due())
    assert not any(row["pair"] for table in tables for row in rows(engine, table))
    assert all(row["cell"] for row in rows(engine, t.check_in))
    assert "您到了东门驿站" in await courier.live(EAST_GATE)


# one tap at a checkpoint, and where a case is


@pytest.mark.parametrize("code", HERE)
async def test_one_tap_opens_a_case_whose_place_is_known(courier: Courier, code: str) -> None:
    await courier.at(EAST_GATE, PositionSource.BROWSER)
    label = RULES.texts.say(f"places.here.{code}")
    answer = await courier.talker.press(label)
    assert f"东门驿站附近{label}" in answer.text
    assert "顺手告诉我们" in answer.text
    assert "在哪儿？" not in answer.text
    person = await courier.person()
    page = await courier.storage.read(lambda v: v.cases.rows_of_person(person, 5))
    case = page[0].case
    assert (case.service_code, case.place, case.doubtful) == (code, "东门驿站", False)
    assert case.grid_id is not None
    whole = await courier.storage.read(lambda v: v.cases.page(case.id))
    assert whole is not None
    assert any("可信度 55" in event.words for event in whole.events)


async def test_a_tap_long_after_the_visit_asks_where(courier: Courier) -> None:
    await courier.at(EAST_GATE, PositionSource.BROWSER)
    courier.clock.move(hours=3)
    assert "在哪儿看到的" in (await courier.talker.press("路灯不亮")).text
    assert "在哪儿看到的" in (await courier.talker.say("x", "here:lift_fault")).text


async def test_a_position_answers_where(courier: Courier, engine: sa.Engine) -> None:
    assert "在哪儿" in (await courier.say("路灯不亮")).text
    assert "用话说说" in await courier.at(ABROAD)
    answer = await courier.at(EAST_GATE)
    assert "第一网格（地图位置）" in answer
    person = await courier.person()
    (row,) = await courier.storage.read(lambda v: v.cases.rows_of_person(person, 5))
    assert row.case.place == "第一网格（地图位置）"
    assert row.case.grid_id is not None
    (kept,) = rows(engine, t.check_in)
    assert (kept["case_id"], kept["checkpoint_id"]) == (row.case.id, None)
    assert await courier.points() == 0


async def test_a_running_share_does_not_answer_where(courier: Courier) -> None:
    await courier.live(GRID_TWO)
    assert "在哪儿" in (await courier.say("路灯不亮")).text
    for pair in (ABROAD, GRID_TWO, (GRID_TWO[0] + 20 * METRE, GRID_TWO[1])):
        assert not await courier.live(pair)
    person = await courier.person()
    (row,) = await courier.storage.read(lambda v: v.cases.rows_of_person(person, 5))
    assert (row.case.place, row.case.grid_id) == ("", None)
    assert "第一网格（地图位置）" in await courier.at(EAST_GATE)


@pytest.mark.parametrize("source", [PositionSource.PIN, PositionSource.VENUE])
async def test_pins_and_venues_answer_where(courier: Courier, source: PositionSource) -> None:
    await courier.say("路灯不亮")
    assert "第一网格（地图位置）" in await courier.at(EAST_GATE, source)


async def test_the_first_point_of_a_share_answers_where_once(courier: Courier) -> None:
    await courier.say("路灯不亮")
    assert "用话说说" in await courier.live(ABROAD)
    assert not await courier.live(ABROAD)
    assert not await courier.live((ABROAD[0] + 20 * METRE, ABROAD[1]))
    assert "第二网格（地图位置）" in await courier.live(GRID_TWO, share="s-2")
    assert not await courier.live((GRID_TWO[0] + 20 * METRE, GRID_TWO[1]), share="s-2")


async def test_a_forwarded_position_does_not_answer_where(courier: Courier) -> None:
    await courier.say("路灯不亮")
    answer = await courier.at(EAST_GATE, PositionSource.FORWARDED)
    assert "转发来的位置" in answer
    assert "在哪儿" in answer
    person = await courier.person()
    (row,) = await courier.storage.read(lambda v: v.cases.rows_of_person(person, 5))
    assert (row.case.place, row.case.grid_id) == ("", None)
    assert "第一网格（地图位置）" in await courier.at(EAST_GATE)


# phones that report by themselves


async def bound(courier: Courier) -> tuple[Talker, str]:
    answer = (await courier.say("绑定手机定位")).text
    name, secret = (answer.split(word)[1].split()[0] for word in ("用户 ", "密码 "))
    assert "https://community.example/checkin/owntracks" in answer
    phone = Talker(courier.storage, RULES, INTERPRETER, courier.clock, name, DEVICES)
    return phone, secret


async def test_a_phone_reports_and_its_owner_is_told_on_arrival(courier: Courier) -> None:
    phone, secret = await bound(courier)
    find = courier.storage.read(lambda views: views.people.find(DEVICES, phone.address))
    contact = await find
    assert contact is not None
    assert contact.person_id == await courier.person()
    holds = lambda views: views.devices.holds(contact.id, secret)  # noqa: E731
    assert await courier.storage.read(holds)
    said = len(await courier.news())

    async def report(pair: tuple[float, float]) -> None:
        courier.clock.move(minutes=2)
        position = Position(
            latitude=pair[0], longitude=pair[1], datum=Datum.WGS84, accuracy_m=12.0,
            source=PositionSource.DEVICE, at=courier.clock.now(), share=phone.address,
        )  # fmt: skip
        await phone.send("", position=position)

    for pair in [GRID_TWO, *way(GRID_TWO, EAST_GATE, 5), EAST_GATE, GRID_TWO, EAST_GATE]:
        await report(pair)
    news = (await courier.news())[said:]
    assert len(news) == 1
    assert "您到了东门驿站" in news[0]
    assert "加 1 分" in news[0]
    assert "一路走过来的" in news[0]
    courier.clock.move(minutes=40)
    await report(GRID_TWO)
    await report(EAST_GATE)
    assert await courier.points() == 1, "once for a checkpoint and day"
    assert len((await courier.news())[said:]) == 2
    assert "解绑了" in (await courier.say("解绑手机定位")).text
    assert not await courier.storage.read(holds)
    assert "没有绑定" in (await courier.say("解绑手机定位")).text


async def test_a_person_binds_only_a_few_phones(courier: Courier) -> None:
    for _ in range(3):
        await courier.say("绑定手机定位")
    assert "已经绑了 3 部" in (await courier.say("绑定手机定位")).text


def test_every_reason_has_its_sentence() -> None:
    for reason in (*Means, *Doubt):
        assert RULES.texts.has(f"places.reason.{reason.value}")
    for code in HERE:
        assert RULES.services.get(code).code == code
