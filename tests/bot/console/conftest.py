"""A community that was filled in, and a running service."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.proof.command import gongzhi
from tests.proof.service import ServiceProcess


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where the demonstration was filled in; tests copy from it or only read."""
    folder = tmp_path_factory.mktemp("filled")
    assert gongzhi(folder, "demo").code == 0
    return folder


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[ServiceProcess]:
    """A running service on a new SQLite file."""
    made = ServiceProcess(f"sqlite:///{tmp_path}/var/gongzhi.sqlite", tmp_path)
    await made.start()
    yield made
    made.kill()
