"""The community is there when a test begins."""

import pytest


@pytest.fixture
def holds() -> str:
    return "filled"
