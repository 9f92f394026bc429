"""投票 in the chat: what she can vote on, and the way to the paper, by web and by Telegram."""

import re
from datetime import timedelta

from bot.flow.people.recognise import named_by
from bot.flow.votes import steps as vote_steps
from bot.flow.votes.news import tell_opened, wanted
from bot.flow.votes.voting import cast
from bot.model.people import Verification
from bot.ports.storage import Tx, Views
from bot.ports.votes import Question
from credits.ballots import Method
from tests.bot.community import rules
from tests.bot.dialogue.talker import Talker


def open_one(tx: Tx, talker: Talker, *, hers: bool) -> int:
    """Open a vote in which she may vote, or a neighbour only."""
    who = (talker.channel, talker.address) if hers else ("web", "a neighbour")
    tx.people.verify(tx.people.meet(*who).person_id, Verification.RESIDENT_CONFIRMED)
    lin, admin = (tx.staff.by_login(login) for login in ("lin", "admin"))
    assert lin is not None
    assert admin is not None
    question = Question(
        title="空地做什么", options=("种花", "停车"), method=Method.SINGLE,
        ends_at=tx.now + timedelta(days=2),
    )  # fmt: skip
    made = vote_steps.prepare(tx, lin[0], question)
    vote_steps.offer(tx, lin[0], made)
    vote_steps.open_it(tx, rules(), admin[0], made)
    return made


async def last_link(talker: Talker) -> str:
    def look(views: Views) -> str:
        contact = views.people.find(talker.channel, talker.address)
        assert contact is not None
        return views.chat.lines(contact.id, after=None, limit=9)[-1].link or ""

    return await talker.storage.read(look)


async def test_she_hears_what_she_can_vote_on_and_where(talker: Talker) -> None:
    answer = await talker.say("投票")
    assert "现在没有投票" in answer.text
    one = await talker.storage.write(lambda tx: open_one(tx, talker, hers=True))
    answer = await talker.say("我要投票")
    assert "“空地做什么”，您还没投" in answer.text
    link = await last_link(talker)
    assert link.startswith("https://community.example/votes")
    assert ("?code=" in link) is (talker.channel != "web")

    def vote(tx: Tx) -> None:
        cast(tx, tx.people.meet(talker.channel, talker.address).person_id, one, [1])

    await talker.storage.write(vote)
    assert "您投过了" in (await talker.say("投票")).text


async def test_who_is_not_on_the_roll_is_told_so(talker: Talker) -> None:
    await talker.storage.write(lambda tx: open_one(tx, talker, hers=False))
    answer = await talker.say("大家投票")
    assert "没有您可以投的" in answer.text
    assert await last_link(talker) == "https://community.example/votes"


async def test_who_wants_to_hear_no_more_of_votes_says_so_and_takes_it_back(
    talker: Talker,
) -> None:
    async def wants() -> bool:
        def look(tx: Tx) -> bool:
            return wanted(tx, tx.people.meet(talker.channel, talker.address).person_id)

        return await talker.storage.write(look)

    await talker.storage.write(lambda tx: open_one(tx, talker, hers=True))
    await talker.storage.write(lambda tx: tell_opened(tx, rules()))
    assert await wants()
    await talker.say("投票的事不用告诉我", "votes_quiet:off")
    assert not await wants()
    await talker.press("还是告诉我")
    assert await wants()


async def test_who_votes_for_her_is_said_and_ended_in_the_chat(talker: Talker) -> None:
    assert "没有登记谁替您投票" in (await talker.say("谁替我投票")).text

    def put_on_record(tx: Tx) -> None:
        hers, helper = (
            tx.people.meet(*who).person_id
            for who in ((talker.channel, talker.address), ("web", "a neighbour"))
        )
        tx.people.call(helper, "小李")
        lin = tx.staff.by_login("lin")
        assert lin is not None
        tx.votes.set_helper(hers, helper, lin[0].id)

    await talker.storage.write(put_on_record)
    answer = await talker.say("谁替我投票")
    assert "小李可以替您投票" in answer.text
    (button,) = answer.buttons
    assert button.label == "不要小李替我投了"
    for choice in ("vote_helper_end:99", "vote_helper_end:x"):
        assert "过时" in (await talker.say("", choice)).text
    assert "取消了" in (await talker.say(button.label, button.choice)).text
    assert "没有登记谁替您投票" in (await talker.say("谁替我投票")).text


async def test_a_code_to_read_out_to_staff(talker: Talker) -> None:
    answer = await talker.say("登记码")
    found = re.search("[0-9]{4} [0-9]{4}", answer.text)
    assert found

    def look(tx: Tx) -> tuple[int, int]:
        hers = tx.people.meet(talker.channel, talker.address).person_id
        return named_by(tx, found[0]), hers

    named, hers = await talker.storage.write(look)
    assert named == hers
