"""`python -m credits witness` beside a running service: what it hears, and what the log says."""

import asyncio
import fcntl
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from credits.__main__ import main
from tests.bot.community import Community
from tests.credits.exports import LOG
from tests.web.conftest import Make, Web
from tests.web.test_ledger import get, visitor

Said = tuple[int, str, str]


class Witness:
    """Somebody outside, with a key and a memory in a folder of her own."""

    def __init__(
        self, folder: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.key, self.memory, self.kept = folder / "key", folder / "seen", folder / "signed"
        self._patch, self._capsys = patch, capsys

    async def run(self, *words: str) -> Said:
        self._patch.setattr("sys.argv", ["credits", *words])
        code = await asyncio.to_thread(main)
        told = self._capsys.readouterr()
        return code, told.out, told.err

    async def made(self) -> str:
        """Make a key; return the public one."""
        return (await self.run("witness-key", "neighbours", str(self.key)))[1].strip()

    async def sign(self, url: str, log_key: str = "", *more: str) -> Said:
        files = ("--key", str(self.key), "--memory", str(self.memory))
        return await self.run("witness", url, *files, "--log-key", log_key, *more)


@pytest.fixture
def witness(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Witness:
    return Witness(tmp_path, monkeypatch, capsys)


def ledger(site: Web) -> str:
    return str(site.server.make_url("/ledger"))


async def log_key(site: Web) -> str:
    return str((await (await get(site, "/ledger/keys")).json())[0]["key"])


async def test_a_witness_who_is_not_known_is_told_what_to_do(
    site: Web, witness: Witness, caplog: pytest.LogCaptureFixture
) -> None:
    await visitor(site)
    public = await witness.made()
    with caplog.at_level(logging.WARNING, "bot.web.ledger"):
        code, _, told = await witness.sign(ledger(site), await log_key(site))
    assert code == 1
    assert "还不认识你这位见证人" in told
    assert f"GONGZHI_LEDGER_WITNESSES：\n{public}\n" in told
    assert "403" not in told
    (line,) = caplog.messages
    assert "'neighbours'" in line
    assert "GONGZHI_LEDGER_WITNESSES" in line


async def test_what_is_kept_can_be_published_elsewhere(site: Web, witness: Witness) -> None:
    await visitor(site)
    await witness.made()
    kept = ("--keep", str(witness.kept))
    code, out, told = await witness.sign(ledger(site), await log_key(site), *kept)
    assert (code, "还不认识" in told, "已签名" in out) == (0, True, True)
    assert "— neighbours " in witness.kept.read_text("utf-8")


async def test_a_witness_who_is_known_signs_each_time(
    make: Make, community: Community, witness: Witness
) -> None:
    public = await witness.made()
    community.rules = replace(community.rules, witnesses=(public,))
    site = await make()
    for number in range(2):
        await visitor(site, number)
        code, out, told = await witness.sign(ledger(site), await log_key(site))
        assert (code, "已签名" in out, told) == (0, True, "")
    assert "— neighbours " in await (await get(site, "/ledger/checkpoint")).text()
    await visitor(site, 2)
    assert "— neighbours " not in await (await get(site, "/ledger/checkpoint")).text()
    page = await (await get(site, "/ledger")).text()
    assert "<code>neighbours</code> 签过前 4 条" in page
    assert "还没有外面的人签名" not in page


async def test_two_runs_on_one_memory_never_sign_at_once(site: Web, witness: Witness) -> None:
    await visitor(site)
    await witness.made()
    with witness.memory.with_name("seen.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        code, out, told = await witness.sign(ledger(site), await log_key(site))
    assert (code, out) == (1, "")
    assert "另一次见证正在用" in told
    assert not witness.memory.exists()


async def test_where_no_ledger_is_that_is_said(witness: Witness, site: Web) -> None:
    await witness.made()
    key = str(LOG.verifier)
    code, out, told = await witness.sign("http://127.0.0.1:9/ledger", key)
    assert (code, out) == (1, "")
    assert "连不上那边的服务，请检查地址和网络" in told
    url = f"{ledger(site)}/elsewhere"
    assert await witness.sign(url, key) == (
        1,
        "",
        f"不签名  这里没有账本，或者账本还没有记录：{url}/keys。地址应该是 https://…/ledger\n",
    )
