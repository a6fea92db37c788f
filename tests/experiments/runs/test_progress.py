"""Progress is a bar on a terminal and in a notebook, and elsewhere a line every few seconds."""

import io
import sys
import threading
from types import SimpleNamespace

import pytest
import tqdm.notebook

from longgame.experiments.runs import progress
from longgame.experiments.runs.progress import bar


class Stream(io.StringIO):
    """A stream that says whether it is a terminal."""

    def __init__(self, terminal):
        super().__init__()
        self.isatty = lambda: terminal
        self.written = threading.Event()

    def write(self, text):
        super().write(text)
        if "2 of 3" in text:
            self.written.set()


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


def test_in_a_line_after_each_silence_where_stderr_is_piped(monkeypatch):
    monkeypatch.setattr("longgame.sim.say.SILENCE", 0)
    monkeypatch.setattr("longgame.sim.say.INTERVAL", 1e-3)
    monkeypatch.setattr(sys, "stderr", Stream(terminal=False))
    with bar(3, 1) as advance:
        advance()
        assert sys.stderr.written.wait(60)
    assert set(sys.stderr.getvalue().splitlines()) <= {"1 of 3 runs are done", "2 of 3 runs are done"}


@pytest.mark.parametrize("how", [{"terminal": True}, {"shown": False}])
def test_in_no_line_where_there_is_a_bar_or_nothing_is_to_be_shown(monkeypatch, how):
    monkeypatch.setattr(progress, "saying", lambda *_: pytest.fail("a line would be said"))
    shown(monkeypatch, **how)


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
