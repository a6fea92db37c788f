"""What the tests of the search share."""

import pytest

from longgame.experiments.evidence.emulator import one_thread


@pytest.fixture(autouse=True)
def alone():
    """Small matrices are faster on one thread, as in the search itself."""
    with one_thread():
        yield
