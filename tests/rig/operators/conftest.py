"""The terminal of the tests."""

from collections.abc import Iterator

import pytest
from tests.rig.operators.pipe_terminal import Terminal


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    opened = Terminal()
    yield opened
    opened.close()
