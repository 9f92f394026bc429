"""Cards of initiatives: what they show, and when they are shown anew."""

from dataclasses import replace
from datetime import timedelta

from bot.flow.cards.case_card import as_it_stands
from bot.flow.cards.initiative_card import card_buttons, show_changed
from bot.flow.votes import steps as vote_steps
from bot.model.initiative import Initiative
from bot.model.people import Verification
from bot.ports.initiative_cards import InitiativeCard
from bot.ports.outbox import Claimed, Outgoing
from bot.ports.storage import Tx
from bot.ports.votes import Question
from channels.message import OutboundMessage
from credits.ballots import Method
from tests.bot.flow.initiatives.square import RULES, H, P, Square


async def carded(square: Square, one: Initiative, who: str = "b") -> int:
    """She has its card in her chat, sent and shown; return the chat."""

    def unit(tx: Tx) -> int:
        contact_id = tx.people.meet("web", who).id
        words = Outgoing(key=who, contact_id=contact_id, text="card", initiative_id=one.id)
        tx.outbox.put(words, tx.now)
        return contact_id

    contact_id: int = await square.do(unit)
    assert [claimed.initiative_id for claimed in await sent(square)] == [one.id]
    await square.do(lambda tx: tx.initiative_cards.shown(contact_id, one.id, "41"))
    return contact_id


async def sent(square: Square) -> list[Claimed]:
    """Send what waits; return the cards among it, as they stand when they go out."""

    def unit(tx: Tx) -> list[Claimed]:
        claimed = tx.outbox.claim(limit=64, lease_until=tx.now)
        filled = [as_it_stands(tx, RULES, one) for one in claimed]
        tx.outbox.sent([one.id for one in claimed])
        return [one for one in filled if one.initiative_id is not None]

    found: list[Claimed] = await square.do(unit)
    return found


async def changed(square: Square) -> InitiativeCard | None:
    found: InitiativeCard | None = await square.storage.read(
        lambda views: views.initiative_cards.next_changed()
    )
    return found


async def shown_anew(square: Square) -> OutboundMessage:
    """Return the one card that changed, as it goes out."""
    card = await changed(square)
    assert card is not None
    await square.do(show_changed, card=card)
    assert await changed(square) is None
    (claimed,) = await sent(square)
    return claimed.message


def labels(message: OutboundMessage) -> list[str]:
    return [button.label for button in message.buttons]


async def test_what_others_give_is_seen_and_several_changes_are_one(square: Square) -> None:
    one = await square.published()
    await carded(square, one)
    assert await changed(square) is None
    await square.pledge("c", one, P, 10)
    await square.pledge("d", one, H, 2)
    message = await shown_anew(square)
    assert "现在有 2 位邻居支持、2 小时、10 分" in message.text
    assert (message.replaces, message.only_edited) == ("41", True)
    assert labels(message) == ["出 2 小时", "出 10 分", "出一样东西"]
    assert message.link is not None
    assert message.link.endswith(f"/initiatives/{one.id}")


async def test_her_own_buttons_follow_what_she_gave(square: Square) -> None:
    one = await square.published()
    await carded(square, one)
    await square.pledge("b", one, P, 10)
    assert labels(await shown_anew(square)) == ["出 2 小时", "出一样东西", "收回"]


async def test_a_mark_is_taken_once(square: Square) -> None:
    one = await square.published()
    await carded(square, one)
    await square.pledge("c", one, P, 10)
    card = await changed(square)
    assert card is not None
    for _ in range(2):
        await square.do(show_changed, card=card)
    assert len(await sent(square)) == 1
    assert await sent(square) == []


async def test_while_a_card_waits_to_be_sent_no_second_one_is_queued(square: Square) -> None:
    one = await square.published()
    await carded(square, one)
    await square.pledge("c", one, P, 10)
    card = await changed(square)
    await square.do(show_changed, card=card)
    await square.pledge("d", one, P, 10)
    assert await changed(square) is None
    assert "20 分" in (await sent(square))[0].message.text, "it is written when it goes out"
    assert await changed(square) is not None


async def test_while_it_is_held_no_second_one_is_tried(square: Square) -> None:
    one = await square.published()
    await carded(square, one)
    await square.pledge("c", one, P, 10)
    await square.do(show_changed, card=await changed(square))

    def refused(tx: Tx) -> None:
        (claimed,) = tx.outbox.claim(limit=1, lease_until=tx.now)
        tx.held.hold(claimed, "blocked")

    await square.do(refused)
    await square.pledge("d", one, P, 10)
    assert await changed(square) is None


async def test_what_is_hidden_goes_from_chats_too(square: Square) -> None:
    one = await square.published()
    await carded(square, one)
    await square.do(lambda tx: tx.initiatives.save(replace(one, hidden=True)))
    message = await shown_anew(square)
    assert "没有找到这个提议" in message.text
    assert one.wish.title not in message.text
    assert message.buttons == ()


async def opened(square: Square, subject: str) -> int:
    """Open a vote on which a confirmed resident may vote; return its number."""
    second = await square.community.staff("admin")
    now = await square.storage.read(lambda views: views.now)
    question = Question(
        title="扶手什么颜色",
        options=("红", "蓝"),
        method=Method.SINGLE,
        ends_at=now + timedelta(days=3),
        subject=subject,
    )

    def unit(tx: Tx) -> int:
        tx.people.verify(square.people["b"], Verification.RESIDENT_CONFIRMED)
        made = vote_steps.prepare(tx, square.lin, question)
        vote_steps.offer(tx, square.lin, made)
        vote_steps.open_it(tx, RULES, second, made)
        return made

    vote_id: int = await square.do(unit)
    return vote_id


async def test_a_vote_about_it_is_led_to_until_it_is_over(square: Square) -> None:
    one = await square.published()
    await carded(square, one)
    vote_id = await opened(square, f"initiative:{one.id}")
    message = await shown_anew(square)
    assert "正在投票：扶手什么颜色" in message.text
    assert "投了的还不到 5 人，一共 1 人可以投" in message.text
    assert labels(message) == ["去投票", "出 2 小时", "出 10 分"]
    assert message.link == f"{RULES.public_url}/votes/{vote_id}"
    second = await square.community.staff("admin")
    await square.do(vote_steps.cancel, RULES, second, vote_id, "问错了")
    message = await shown_anew(square)
    assert "投票" not in message.text
    assert message.link == f"{RULES.public_url}/initiatives/{one.id}"


async def test_a_vote_about_something_else_changes_no_card(square: Square) -> None:
    one = await square.published()
    await carded(square, one)
    await opened(square, "")
    assert await changed(square) is None


async def test_whose_chat_is_lost_has_no_card_any_more(square: Square) -> None:
    one = await square.published()
    contact_id = await carded(square, one)
    await square.do(lambda tx: tx.initiative_cards.shown(contact_id, one.id, ""))
    await square.pledge("c", one, P, 10)
    assert await changed(square) is None


async def test_nobody_is_asked_for_points_that_it_does_not_need(square: Square) -> None:
    for points, asked in ((30, True), (0, False)):
        one = await square.published(points=points)
        buttons = await square.do(card_buttons, RULES, one, square.people["b"])
        assert ("出 10 分" in [button.label for button in buttons]) is asked
