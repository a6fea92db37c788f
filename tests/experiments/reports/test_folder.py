"""Results folders: whole or not at all, and nothing left behind by a process that was killed."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from longgame.experiments.reports.folder import results_folder
from longgame.sim.errors import InputError

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Every test works in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder="."):
    return sorted(p.relative_to(folder).as_posix() for p in Path(folder).rglob("*"))


def test_files_appear_together_and_others_stay():
    Path("out").mkdir()
    Path("out/notes").touch()
    with results_folder(Path("out")) as draft:
        (draft / "deep").mkdir()
        (draft / "deep" / "a").touch()
        assert [p for p in files("out") if not p.startswith(".draft")] == ["notes"]
    assert files("out") == ["deep", "deep/a", "notes"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, OSError(errno.ENOSPC, "No space left on device")])
def test_after_an_error_everything_is_as_before(error):
    with pytest.raises((KeyboardInterrupt, ValueError)), results_folder(Path("new/out")) as draft:
        (draft / "a").touch()
        raise error
    assert files() == []


@pytest.mark.parametrize("where", ["out", "beside"])
def test_a_draft_of_a_killed_process_is_removed_by_the_next_and_one_in_use_is_not(where):
    code = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from longgame.experiments.reports.folder import results_folder\n"
        f"with results_folder(Path({where!r})) as draft:\n"
        "    (draft / 'half').touch()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == -signal.SIGKILL and any(name.endswith("half") for name in files(where))
    Path("out/.draft-mine").mkdir(parents=True)  # no lock beside it: none of ours
    with results_folder(Path("out")) as used:
        (used / "a").touch()
        with results_folder(Path("out")) as other:
            (other / "b").touch()
            assert (used / "a").exists()
        assert (used / "a").exists()
    assert (
        files("out") == [".draft-mine", "a", "b"] and files("beside" if where == "beside" else "out/.draft-mine") == []
    )


@pytest.mark.parametrize("where", ["out", "beside"])
def test_a_part_of_a_file_that_a_killed_process_left_is_removed(where):
    Path(where).mkdir()
    Path(where, ".a.csv.0123abcd.part").touch()
    with results_folder(Path("out")) as used:
        (used / "a").touch()
    assert files(where) == (["a"] if where == "out" else [])


@pytest.mark.parametrize("name", ["x" * 256, "/".join(["x" * 200] * 25), "a\0b"])
def test_a_name_that_no_file_can_have_is_one_line(name):
    with (
        pytest.raises(InputError, match=r"--out .*: cannot be written to") as refusal,
        results_folder(Path("new", name)),
    ):
        raise AssertionError("no such folder can be")
    assert len(refusal.value.lines) == 1 and files() == []


def test_a_full_disk_is_one_line(monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    said = r"--out out: cannot be written \(No space left on device\); make room"
    with pytest.raises(InputError, match=said), results_folder(Path("out")) as draft:
        (draft / "a").touch()
        monkeypatch.setattr(os, "replace", full)
    assert files() == []
