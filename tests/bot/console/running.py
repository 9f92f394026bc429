"""Commands beside a running service, and how they fail."""

import asyncio
from pathlib import Path

from tests.proof.command import Ended, gongzhi
from tests.proof.service import ServiceProcess

KEY = "a secret key that only proofs know"
REPORT = "幸福里小区3号楼2单元电梯坏了"


def failed(ended: Ended, *named: str) -> None:
    """It failed with one sentence that names these."""
    assert (ended.code, ended.err.count("\n")) == (1, 1), ended
    for one in named:
        assert one in ended.err


async def beside(service: ServiceProcess, folder: Path, *arguments: str) -> Ended:
    """Run the command beside the service, with its settings."""
    return await asyncio.to_thread(
        gongzhi, folder, *arguments,
        database_url=service.database_url, http_port=service.port, secret_key=KEY,
    )  # fmt: skip
