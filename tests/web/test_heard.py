"""听错的词: what staff put right in transcripts is proposed, agreed to, and taken back."""

from tests.bot.misheard import PAIR, put_right
from tests.web.conftest import Web

SAID = "“店梯坏”其实是“电梯坏”"


async def test_a_pair_is_proposed_agreed_to_and_taken_back(site: Web) -> None:
    await put_right(site.community, "wang")
    supervisor, csrf = await site.seated("ding")
    data = {"csrf": csrf, "heard": PAIR.heard, "meant": PAIR.meant}
    page = await (await supervisor.get("/desk/heard")).text()
    assert SAID in page
    assert "改过 1 次：王师傅" in page
    page = await (await supervisor.post("/desk/heard/agree", data=data)).text()
    assert "没有等着看的词" in page
    assert "采纳了的" in page
    again = await supervisor.post("/desk/heard/refuse", data=data)
    assert again.status == 409
    page = await (await supervisor.post("/desk/heard/back", data=data)).text()
    assert SAID not in page


async def test_a_pair_is_left_out(site: Web) -> None:
    await put_right(site.community, "wang")
    supervisor, csrf = await site.seated("ding")
    data = {"csrf": csrf, "heard": PAIR.heard, "meant": PAIR.meant}
    assert SAID not in await (await supervisor.post("/desk/heard/refuse", data=data)).text()
