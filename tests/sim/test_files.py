"""Files that cannot be read, and that writing is whole or not at all."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from longgame.sim.errors import InputError
from longgame.sim.files import SIZE_LIMIT, read_file, write_atomically
from longgame.sim.scenario import Scenario
from longgame.sim.scenario_files import dump_scenario, load_scenario, load_strategies
from tests.sim.user_files import lines_of, written


def test_files_that_cannot_be_read(tmp_path):
    written(tmp_path, "", "market.toml")
    cases = {
        tmp_path: "is a directory",
        tmp_path / "markte.toml": "did you mean `market.toml`",
        tmp_path / "no" / "where.toml": "no such file",
        tmp_path / "market.toml" / "inner.toml": "not a directory",
        written(tmp_path, "#" * (SIZE_LIMIT + 1), "large.toml"): "larger than 1000000 bytes",
        str(tmp_path) + "/a\0b.toml": "not a possible file name",
    }
    for path, words in cases.items():
        with pytest.raises(InputError) as error:
            load_scenario(path)
        (line,) = lines_of(error)
        assert words in line


IMPOSSIBLE = {"name": "x" * 256 + ".toml", "path": "d/" * 3000 + "x.toml", "bare name": "x" * 300, "loop": "loop.toml"}


@pytest.mark.parametrize("case", IMPOSSIBLE)
@pytest.mark.parametrize("read", [load_scenario, load_strategies, read_file])
def test_names_that_no_file_can_have(tmp_path, monkeypatch, case, read):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    with pytest.raises(InputError) as error:
        read(IMPOSSIBLE[case])
    (line,) = lines_of(error)
    assert "cannot be read (" in line or (line.startswith('scenario "xxx') and "neither a file" in line)


def test_a_missing_file_in_a_folder_that_cannot_be_listed(tmp_path, monkeypatch):
    def refuse(_self):  # file permissions do not stop the superuser, so the refusal is played
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(InputError, match="there is no such file; check the name and the folder"):
        load_scenario(tmp_path / "gone.toml")


def test_a_protected_file(tmp_path, monkeypatch):
    path = written(tmp_path, "")

    def refuse(*_args, **_kwargs):  # file permissions do not stop the superuser, so the refusal is played
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="may not be read"):
        load_scenario(path)


def test_writing_replaces_whole_files(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    (tmp_path / "old").hardlink_to(path)
    with write_atomically(path) as stream:
        stream.write("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    # Renamed into place, not written over: whoever holds the old file still reads it whole.
    assert (tmp_path / "old").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "old"]


def test_an_error_while_writing_leaves_everything_as_it_was(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), write_atomically(path) as stream:
        stream.write("half")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_full_disk_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="make room"), write_atomically(tmp_path / "a.txt"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert not list(tmp_path.iterdir())


def test_a_part_of_a_killed_process_is_removed_by_the_next_and_one_in_use_is_not(tmp_path):
    code = (
        "import os, signal\nfrom longgame.sim.files import write_atomically\n"
        f"with write_atomically({str(tmp_path / 'a.csv')!r}) as stream:\n"
        "    stream.write('half')\n    stream.flush()\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    assert left.suffix == ".part"
    (tmp_path / ".mine.part").touch()  # not one of ours
    with write_atomically(tmp_path / "a.csv") as stream:
        assert not left.exists()
        with write_atomically(tmp_path / "b.csv") as other:
            other.write("b")
        stream.write("a")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".mine.part", "a.csv", "b.csv"]


def test_a_part_that_was_cleared_before_it_was_locked_is_made_again(tmp_path, monkeypatch):
    cleared = []

    def take(descriptor, wait):
        if not cleared:
            cleared.extend(tmp_path.iterdir())
            cleared[0].unlink()
        return True

    monkeypatch.setattr("longgame.sim.files.take", take)
    with write_atomically(tmp_path / "a.csv") as stream:
        stream.write("a")
    assert cleared and [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_writing_follows_links(tmp_path):
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    with write_atomically(tmp_path / "link.txt", binary=True) as stream:
        stream.write(b"new")
    assert (tmp_path / "link.txt").is_symlink() and (tmp_path / "real.txt").read_text() == "new"


def test_places_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    for path, words in {
        tmp_path: "is a directory",
        tmp_path / "no" / "a.toml": "does not exist",
        tmp_path / "file" / "a.toml": "does not exist",
        str(tmp_path / "a\0b"): "not a possible file name",
        tmp_path / ("x" * 300): "cannot be written",
    }.items():
        with pytest.raises(InputError) as error:
            dump_scenario(Scenario(), path)
        (line,) = lines_of(error)
        assert words in line
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
