"""The progress bar shows on a terminal and in a notebook, and nowhere else."""

import io
import sys
from types import SimpleNamespace

import pytest
import tqdm.notebook

from longgame.experiments.runs.progress import bar


class Stream(io.StringIO):
    """A stream that says whether it is a terminal."""

    def __init__(self, terminal):
        super().__init__()
        self.isatty = lambda: terminal


@pytest.fixture
def notebook(monkeypatch):
    """A kernel, as IPython tells of it."""
    shell = SimpleNamespace(config={"IPKernelApp": {}})
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))


def shown(monkeypatch, terminal=False, **how):
    monkeypatch.setattr(sys, "stderr", Stream(terminal))
    with bar(3, 1, **how) as advance:
        advance()
    return sys.stderr.getvalue()


def test_on_a_terminal_and_not_elsewhere(monkeypatch):
    assert "1/3" in shown(monkeypatch, terminal=True)
    assert shown(monkeypatch) == shown(monkeypatch, terminal=True, shown=False) == ""


def test_as_text_in_a_notebook_without_widgets(monkeypatch, notebook, recwarn):
    monkeypatch.setattr(tqdm.notebook, "IProgress", None)
    assert "1/3" in shown(monkeypatch)
    assert shown(monkeypatch, shown=False) == ""
    assert not recwarn.list


def test_as_a_widget_in_a_notebook_with_them(monkeypatch, notebook):
    asked = []

    class Widget:
        def __init__(self, **how):
            asked.append(how)

        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

        def update(self, count):
            asked.append(count)

    monkeypatch.setattr(tqdm.notebook, "IProgress", object)
    monkeypatch.setattr(tqdm.notebook, "tqdm", Widget)
    assert shown(monkeypatch) == ""
    assert (asked[0]["total"], asked[0]["initial"], asked[0]["disable"], asked[1]) == (3, 1, False, 1)
