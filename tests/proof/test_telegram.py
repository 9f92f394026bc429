"""A real service on Telegram's protocol, killed during downloads, recognition and sends."""

import asyncio
import io
import random
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from bot.store import tables as t
from bot.store.engines.database import make_engine, parse_url
from tests.fakes.botapi import BotApi
from tests.proof.kills import calm
from tests.proof.service import SERVE, SERVE_BRISKLY, ServiceProcess
from tests.proof.spoken import MODEL, clips
from tests.proof.texts import own_texts


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (2400, 1200), "green").save(made, "JPEG")
    return made.getvalue()


def settings(server: BotApi) -> dict[str, str]:
    return {
        "GONGZHI_TELEGRAM_TOKEN": server.token,
        "GONGZHI_TELEGRAM_BASE_URL": server.base_url,
        "GONGZHI_VOSK_MODEL": str(MODEL),
    }


@pytest.mark.parametrize(("kind", "kills"), [("sqlite", 3), ("postgres", 2)])
async def test_nothing_that_telegram_gave_us_is_lost_or_doubled(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str, kills: int
) -> None:
    url = request.getfixturevalue(f"{kind}_url")
    rng = random.Random(7)
    spoken, texts, photo = clips(), own_texts(8), picture()
    async with BotApi() as server:
        server.fail("file", times=10_000, delay_seconds=0.2)
        service = ServiceProcess(
            url,
            tmp_path,
            command=SERVE if kind == "sqlite" else SERVE_BRISKLY,
            settings=settings(server),
        )
        await service.start()
        try:
            for n in range(kills):
                for one in range(n, len(spoken), kills):
                    await server.people.voice(1000 + one, spoken[one][0])
                for one in range(n, len(texts), kills):
                    await server.people.text(2000 + one, texts[one])
                    await server.people.photo(3000 + one, photo, texts[one])
                await asyncio.sleep(rng.uniform(0.2, 1.2))
                service.kill()
                await service.start()
            async with asyncio.timeout(60):
                while server.updates.waiting:
                    await asyncio.sleep(0.1)
            await calm(service)
        finally:
            service.kill()
        assert server.complaints == []
        asked = {chat for chat in server.methods.chats if chat > 0}
        unanswered = {chat for chat in asked if not server.chat(chat).from_bot}
    _check(url, len(spoken) + 2 * len(texts), {words for _, words in spoken}, unanswered)


def _check(url: str, messages: int, spoken: set[str], unanswered: set[int]) -> None:
    engine = make_engine(parse_url(url))
    with engine.connect() as connection:
        states = connection.execute(sa.select(t.inbox.c.state)).scalars().all()
        assert states == ["handled"] * messages
        media = connection.execute(sa.select(t.media.c.kind, t.media.c.state)).all()
        assert {tuple(one) for one in media} == {("voice", "heard"), ("photo", "kept")}
        answers = connection.execute(
            sa.select(sa.func.count()).where(t.outbox.c.key.like("inbox:%"))
        ).scalar_one()
        assert answers == messages
        cases = connection.execute(sa.select(t.case_file.c.description)).scalars().all()
        assert spoken <= set(cases), "a case does not hold exactly the words"
        assert all(cases.count(words) == 1 for words in spoken), "a case was doubled"
        uncertain = connection.execute(
            sa.select(t.outbox.c.contact_id).where(t.outbox.c.delivery == "uncertain")
        ).scalars()
        assert len(unanswered) <= len(set(uncertain)), "an answer was lost without a word"
    engine.dispose()
