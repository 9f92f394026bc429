"""The turns of a call, the calls of a case, and corrections, on both databases."""

import pytest

from bot.flow.cases.listen import correct
from bot.flow.cases.open import open_case
from bot.model.case import Case, RefusedError
from bot.ports.outbox import Outgoing
from bot.ports.storage import Storage, Tx
from channels.call import PHONE, SpokenWord
from channels.message import Attachment, AttachmentKind, InboundMessage
from tests.bot.community import Community, meaning, rules

HERS, OTHER = "6f0c6e8a-0000-4000-8000-000000000001", "6f0c6e8a-0000-4000-8000-000000000002"
NUMBER = "+8613812345678"
RULES = rules()
WORDS = (SpokenWord("电梯", 0.9, 0.0, 0.5), SpokenWord("坏了", 0.4, 0.5, 1.0))


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, RULES)
    await made.fill()
    return made


def turn(tx: Tx, uuid: str, number: int, *, choice: str | None = None, spoken: bool = False) -> int:
    contact = tx.people.meet(PHONE, NUMBER)
    voice = Attachment(
        kind=AttachmentKind.VOICE, media_type="audio/wav", content=b"RIFF", seconds=1.0, words=WORDS
    )
    stored = tx.inbox.store(
        contact.id,
        InboundMessage(
            channel=PHONE,
            address=NUMBER,
            external_id=f"{uuid}:{number}",
            text="",
            sent_at=tx.now,
            choice=choice,
            attachments=(voice,) if spoken else (),
        ),
    )
    assert stored is not None
    if spoken:
        tx.media.add(stored, contact.id, voice)
    tx.outbox.put(
        Outgoing(key=f"inbox:{stored}", contact_id=contact.id, text=f"答{number}"), tx.now
    )
    return stored


async def a_call(community: Community) -> Case:
    """Two calls of one number; what was said in the first became a case."""

    def unit(tx: Tx) -> Case:
        for uuid in (HERS, OTHER):
            tx.calls.register(uuid, caller=NUMBER, called="")
        turn(tx, HERS, 0, choice="phone:began:")
        told = turn(tx, HERS, 10, spoken=True)
        turn(tx, HERS, 2, choice="phone:key:1")
        turn(tx, OTHER, 0, choice="phone:began:")
        contact = tx.people.meet(PHONE, NUMBER)
        case = open_case(tx, RULES, contact, meaning(), words="电梯坏了")
        tx.media.attach(case.id, [media.id for media in tx.media.of_message(told)])
        return case

    return await community.storage.write(unit)


async def test_turns_are_in_order_with_both_sides(community: Community) -> None:
    await a_call(community)
    turns = await community.storage.read(lambda views: views.calls.turns(HERS))
    assert [(one.number, one.choice, one.said) for one in turns] == [
        (0, "phone:began:", "答0"),
        (2, "phone:key:1", "答2"),
        (10, None, "答10"),
    ]
    assert [one.media is not None for one in turns] == [False, False, True]
    assert await community.storage.read(lambda views: views.calls.turns("nothing")) == []


async def test_a_case_has_the_call_that_led_to_it_and_ours_about_it(community: Community) -> None:
    case = await a_call(community)

    def call_her(tx: Tx) -> None:
        news = Outgoing(key="news", contact_id=case.contact_id, text="修好了", case_id=case.id)
        tx.outbox.put(news, tx.now)
        tx.calls.register("ours", caller=NUMBER, called="", about="news")

    await community.storage.write(call_her)
    calls = await community.storage.read(lambda views: views.calls.of_case(case.id))
    assert [call.uuid for call in calls] == [HERS, "ours"]
    assert await community.storage.read(lambda views: views.calls.of_case(case.id + 1)) == []


async def test_what_was_heard_stays_beside_what_is_put_right(community: Community) -> None:
    case, wang = await a_call(community), await community.staff("wang")
    (media,) = await community.storage.read(lambda views: views.media.of_case(case.id))
    for words in ("电梯又坏", "电梯又坏了"):
        await community.storage.write(
            lambda tx, said=words: correct(tx, RULES, wang, media.id, said)  # type: ignore[misc]
        )
    kept = await community.storage.read(lambda views: views.corrections.of([media.id]))
    assert [(one.words, one.staff_id) for one in kept] == [
        ("电梯又坏", wang.id),
        ("电梯又坏了", wang.id),
    ]
    (heard,) = await community.storage.read(lambda views: views.media.of_case(case.id))
    assert heard.transcript.text == "电梯坏了"
    assert await community.storage.read(lambda views: views.corrections.of([])) == []


@pytest.mark.parametrize(
    ("login", "of_a_case", "reason"), [("ding", True, "not_allowed"), ("wang", False, "not_there")]
)
async def test_who_may_not_correct_and_what_can_not_be(
    community: Community, login: str, reason: str, *, of_a_case: bool
) -> None:
    case, staff = await a_call(community), await community.staff(login)
    (media,) = await community.storage.read(lambda views: views.media.of_case(case.id))
    media_id = media.id if of_a_case else media.id + 1
    with pytest.raises(RefusedError) as refused:
        await community.storage.write(lambda tx: correct(tx, RULES, staff, media_id, "好的"))
    assert refused.value.reason == reason


async def test_who_is_forgotten_takes_the_corrections_along(community: Community) -> None:
    case, wang = await a_call(community), await community.staff("wang")
    (media,) = await community.storage.read(lambda views: views.media.of_case(case.id))
    await community.storage.write(lambda tx: correct(tx, RULES, wang, media.id, "电梯又坏了"))
    await community.storage.write(lambda tx: tx.people.erase(case.reporter_id))
    (kept,) = await community.storage.read(lambda views: views.corrections.of([media.id]))
    assert kept.words == ""
