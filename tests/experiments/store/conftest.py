import pytest


@pytest.fixture
def path(tmp_path, monkeypatch):
    """The file of a store, in a folder of its own that the test works in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "runs.sqlite"
