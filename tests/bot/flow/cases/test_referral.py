"""Another organisation helps: what each step does to the case, and who hears of it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.flow.cards.case_card import card_text
from bot.flow.cases import clocks, guest, handle, referral
from bot.flow.cases.guest import Guest
from bot.flow.cases.referral import Ask
from bot.flow.cases.reporter import withdraw
from bot.model.case import Case, EventKind, RefusedError, State
from bot.model.clock import Clock, Step
from bot.model.referral import Referral, ReferralState
from bot.ports.media import MediaState
from bot.ports.storage import Storage, Tx
from channels.message import Attachment, AttachmentKind, InboundMessage
from tests.bot.community import Community, reporter_of, rules
from tests.channels.speaking import photo
from tests.fakes.clock import FakeClock


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


class Asked:
    """A case with which the water company was asked to help, by its handler."""

    def __init__(self, community: Community, case: Case) -> None:
        self.community = community
        self.case = case
        self.forms = 0

    async def refer(self, login: str = "wang", **changes: Any) -> Referral:
        staff = await self.community.staff(login)

        def unit(tx: Tx) -> Referral:
            water = tx.places.organisation("water") or 0
            case = tx.cases.get(self.case.id)
            ask = Ask(
                organisation_id=water,
                asked="请派人看一下水表前的阀门",
                due_at=tx.now + timedelta(hours=4),
            )
            return referral.refer(
                tx,
                self.community.rules,
                case.id,
                staff,
                replace(ask, **changes),
                version=case.version,
            )

        return await self.community.storage.write(unit)

    async def guest(self, step: Callable[..., None], *values: Any, **named: Any) -> None:
        form = named.pop("form", f"form-{self.forms}")
        self.forms += 1

        def unit(tx: Tx) -> None:
            newest = tx.referrals.of_case(self.case.id)[0]
            who = Guest(
                token=tx.referrals.link_token(newest.id),
                form=form,
                name="周工",
                phone="13900001111",
            )
            step(tx, self.community.rules, who, *values, **named)

        await self.community.storage.write(unit)

    async def newest(self) -> Referral:
        return (
            await self.community.storage.read(lambda views: views.referrals.of_case(self.case.id))
        )[0]

    async def kinds(self) -> list[EventKind]:
        page = await self.community.storage.read(lambda views: views.cases.page(self.case.id))
        assert page is not None
        return [event.kind for event in page.events]

    async def look(self) -> None:
        def unit(tx: Tx) -> None:
            for timer in tx.timers.claim_due(50):
                clocks.fire(tx, self.community.rules, timer)

        await self.community.storage.write(unit)


@pytest.fixture
async def asked(community: Community) -> Asked:
    return Asked(community, await community.report())


async def refused(reason: str, doing: Any) -> None:
    with pytest.raises(RefusedError) as error:
        await doing
    assert error.value.reason == reason


async def test_the_case_stays_with_its_handler_and_the_reporter_knows(asked: Asked) -> None:
    before = await asked.community.case(asked.case.id)
    made = await asked.refer()
    case = await asked.community.case(asked.case.id)
    assert (case.state, case.handler_id) == (before.state, before.handler_id)
    assert (made.state, made.organisation) == (ReferralState.SENT, "自来水公司")
    news = (await asked.community.news(case.contact_id))[-1]
    assert "已请自来水公司处理，王师傅盯着，最晚今天下午" in news
    card = await asked.community.storage.write(
        lambda tx: card_text(tx, asked.community.rules, case)
    )
    assert "已请自来水公司处理，王师傅盯着，最晚今天下午" in card


REFUSED_ASKS = [
    ("nothing asked", {"asked": "修"}, "too_short"),
    ("an organisation that isn't there", {"organisation_id": 9999}, "no_such_organisation"),
    ("no time", {"due_at": None}, "referral_when"),
]


@pytest.mark.parametrize(("label", "changes", "reason"), REFUSED_ASKS)
async def test_an_ask_that_is_wrong_is_refused(
    asked: Asked, label: str, changes: dict[str, Any], reason: str
) -> None:
    await refused(reason, asked.refer(**changes))
    assert label


async def test_a_time_that_has_passed_is_refused(asked: Asked, clock: FakeClock) -> None:
    await refused("referral_when", asked.refer(due_at=clock.now()))
    await refused("referral_when", asked.refer(due_at=clock.now() + timedelta(days=61)))


async def test_a_grid_is_not_asked(asked: Asked) -> None:
    grid = await asked.community.storage.read(lambda views: views.places.organisation("grid-1"))
    await refused("no_such_organisation", asked.refer(organisation_id=grid))


async def test_only_the_handler_and_dispatchers_ask_and_one_at_a_time(asked: Asked) -> None:
    await refused("not_yours", asked.refer("zhao"))
    await asked.refer("lin")
    await refused("referral_live", asked.refer())


async def test_photos_of_other_cases_are_not_released(asked: Asked) -> None:
    def unit(tx: Tx) -> tuple[int, int]:
        contact = tx.people.meet("web", "resident")
        message = InboundMessage(
            channel="web", address="", external_id="x", text="", sent_at=tx.now
        )
        inbox_id = tx.inbox.store(contact.id, message)
        assert inbox_id is not None
        ids = []
        for _ in range(2):
            one = Attachment(kind=AttachmentKind.PHOTO, media_type="image/jpeg", content=photo())
            ids.append(tx.media.add(inbox_id, contact.id, one))
            tx.media.keep(ids[-1], photo(), "image/jpeg", MediaState.KEPT)
        tx.media.attach(asked.case.id, ids[:1])
        return ids[0], ids[1]

    own, other = await asked.community.storage.write(unit)
    made = await asked.refer(photos=[own, other, 999])
    released = await asked.community.storage.read(lambda views: views.referrals.released(made.id))
    assert released == [own]


async def test_accepted_answered_done_and_the_case_is_still_open(asked: Asked) -> None:
    await asked.refer()
    await asked.guest(guest.accept)
    assert (await asked.newest()).state is ReferralState.ACCEPTED
    await asked.guest(guest.report, "明天上午换阀门", [], done=False)
    assert (await asked.newest()).state is ReferralState.ANSWERED
    await asked.guest(guest.report, "换好了", [photo()], done=True)
    done = await asked.newest()
    assert (done.state, done.guest_name, done.guest_phone) == (
        ReferralState.DONE,
        "周工",
        "13900001111",
    )
    assert (await asked.kinds())[-4:] == [
        EventKind.REFERRED,
        EventKind.REFERRAL_ACCEPTED,
        EventKind.REFERRAL_ANSWER,
        EventKind.REFERRAL_DONE,
    ]
    case = await asked.community.case(asked.case.id)
    assert case.state is State.ASSIGNED
    news = await asked.community.news(case.contact_id)
    assert "王师傅去核实" in news[-1]
    assert not any("换阀门" in line for line in news)
    evidence = await asked.community.storage.read(lambda v: v.referrals.evidence_of([done.id]))
    kept = await asked.community.storage.read(lambda v: v.referrals.evidence(evidence[0].id))
    assert kept == (done.id, photo())


async def test_a_form_has_its_effect_once(asked: Asked) -> None:
    await asked.refer()
    for _ in range(2):
        await asked.guest(guest.report, "明天上午换阀门", [photo()], done=False, form="same")
    assert (await asked.kinds()).count(EventKind.REFERRAL_ANSWER) == 1
    for _ in range(2):
        await asked.guest(guest.report, "换好了", [], done=True, form="last")
    assert (await asked.newest()).state is ReferralState.DONE


async def test_a_refused_form_can_be_sent_again(asked: Asked) -> None:
    await asked.refer()
    await refused("too_short", asked.guest(guest.refuse, "不", form="same"))
    await asked.guest(guest.refuse, "水表以内归物业", form="same")
    assert (await asked.newest()).state is ReferralState.REFUSED


async def test_a_refusal_is_counted_and_the_case_goes_on(asked: Asked) -> None:
    made = await asked.refer()
    await asked.guest(guest.refuse, "水表以内归物业")
    case = await asked.community.case(asked.case.id)
    assert (case.state, case.handler_id) == (asked.case.state, asked.case.handler_id)
    storage = asked.community.storage
    counted = await storage.read(lambda views: views.referrals.refusals(case.service_code))
    assert counted == {made.organisation_id: 1}
    tally = await storage.read(lambda views: views.referrals.tallies(case.opened_at))
    assert [(one.organisation, one.asked, one.done, one.refused) for one in tally] == [
        ("自来水公司", 1, 0, 1)
    ]
    assert "王师傅接着办" in (await asked.community.news(case.contact_id))[-1]
    await asked.refer()  # another may be asked now


async def test_late_is_told_once_and_the_link_ends_a_week_later(
    asked: Asked, clock: FakeClock
) -> None:
    await asked.refer()
    clock.move(hours=5)
    await asked.look()
    await asked.look()
    news = [
        line for line in await asked.community.news(asked.case.contact_id) if "自来水公司" in line
    ]
    assert len(news) == 2
    assert "他们还没办完。王师傅正在催" in news[-1]
    clock.move(days=2)
    await asked.guest(guest.report, "阀门到货了", [], done=False)
    clock.move(days=6)
    await refused("referral_expired", asked.guest(guest.report, "装好了", [], done=True))
    await asked.look()
    assert (await asked.newest()).state is ReferralState.EXPIRED
    await refused("referral_expired", asked.guest(guest.report, "装好了", [], done=True))


async def test_reminding_has_a_limit_and_shows(asked: Asked, clock: FakeClock) -> None:
    await asked.refer()
    wang = await asked.community.staff("wang")

    async def remind() -> None:
        await asked.community.storage.write(
            lambda tx: referral.remind(tx, asked.community.rules, asked.case.id, wang)
        )

    await remind()
    await refused("referral_reminded", remind())
    clock.move(hours=1)
    await remind()
    reminded_at = (await asked.newest()).reminded_at
    assert reminded_at is not None
    assert clock.now() - reminded_at < timedelta(minutes=1)


async def test_recalled_is_over(asked: Asked) -> None:
    await asked.refer()
    wang = await asked.community.staff("wang")
    await asked.community.storage.write(
        lambda tx: referral.recall(tx, asked.community.rules, asked.case.id, wang, "自己修好了")
    )
    ended = await asked.newest()
    assert (ended.state, ended.reason) == (ReferralState.RECALLED, "自己修好了")
    await refused("referral_recalled", asked.guest(guest.accept))


async def test_the_steps_of_the_case_leave_it_going_and_its_end_ends_it(
    asked: Asked, clock: FakeClock
) -> None:
    await asked.refer()
    wang = await asked.community.staff("wang")

    def arrive(tx: Tx) -> None:
        case = tx.cases.get(asked.case.id)
        handle.arrive(tx, asked.community.rules, case.id, wang, version=case.version)

    await asked.community.storage.write(arrive)
    assert (await asked.newest()).live
    clock.move(hours=5)
    await asked.look()
    assert EventKind.LATE in await asked.kinds()
    await asked.community.storage.write(
        lambda tx: withdraw(tx, asked.community.rules, asked.case.id, reporter_of(asked.case))
    )
    assert (await asked.newest()).state is ReferralState.RECALLED


async def test_of_two_forms_at_once_one_counts(asked: Asked) -> None:
    await asked.refer()
    sent = [
        asked.guest(guest.report, "明天换", [photo()], done=False, form="same") for _ in range(8)
    ]
    await asyncio.gather(*sent)
    assert (await asked.kinds()).count(EventKind.REFERRAL_ANSWER) == 1
    made = await asked.newest()
    evidence = await asked.community.storage.read(lambda v: v.referrals.evidence_of([made.id]))
    assert len(evidence) == 1


async def test_of_two_who_ask_at_once_one_does(asked: Asked) -> None:
    answers = await asyncio.gather(asked.refer(), asked.refer("lin"), return_exceptions=True)
    refusals = [one.reason for one in answers if isinstance(one, RefusedError)]
    assert len(refusals) == 1
    assert refusals[0] in {"referral_live", "changed_meanwhile"}


async def test_who_is_forgotten_is_forgotten_here_too(asked: Asked) -> None:
    await asked.refer()
    await asked.guest(guest.report, "换好了", [photo()], done=True)
    await asked.community.storage.write(lambda tx: tx.people.erase(asked.case.reporter_id))
    made = await asked.newest()
    evidence = await asked.community.storage.read(lambda v: v.referrals.evidence_of([made.id]))
    assert (made.asked, evidence) == ("", [])


async def alerts_of(asked: Asked, login: str) -> list[str]:
    staff = await asked.community.staff(login)
    unseen = await asked.community.storage.read(lambda v: v.alerts.unseen_of(staff.id, 10))
    return [one.words for one in unseen if "自来水公司" in one.words]


async def come_to(asked: Asked) -> Step:
    """Return how far the clock of the organisation has come."""
    running = await asked.community.storage.read(lambda v: v.clocks.running(asked.case.id))
    return next(clock.step for clock in running if clock.kind is Clock.REFERRAL)


async def test_what_an_organisation_does_calls_the_handler_and_a_refusal_the_dispatcher(
    asked: Asked,
) -> None:
    await asked.refer()
    await asked.guest(guest.accept)
    assert ["接了" in words for words in await alerts_of(asked, "wang")] == [True]
    assert await alerts_of(asked, "lin") == []
    await asked.guest(guest.refuse, "水表以内归物业")
    for login in ("wang", "lin"):
        assert any("退回来了" in words for words in await alerts_of(asked, login))


async def test_who_is_still_late_calls_the_dispatcher(asked: Asked, clock: FakeClock) -> None:
    await asked.refer()
    clock.move(hours=5)
    await asked.look()
    assert ["晚了" in words for words in await alerts_of(asked, "wang")] == [True]
    assert await alerts_of(asked, "lin") == []
    assert await come_to(asked) is Step.LATE
    clock.move(days=1)
    await asked.look()
    assert ["晚了" in words for words in await alerts_of(asked, "lin")] == [True]
    assert await come_to(asked) is Step.LEAD
