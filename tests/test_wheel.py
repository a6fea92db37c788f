"""What is built holds the whole program, and runs from an environment that knows nothing of the checkout."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")
PACKAGES = ("sim", "experiments")
RUN = "import longgame; print(len(longgame.run(longgame.Scenario(months=2), 1).monthly) > 0)"


def carry_out(*command, cwd):
    """Carry out a command without the checkout on its path; return what it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}
    done = subprocess.run([str(word) for word in command], cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return the source distribution and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("dist")
    carry_out(UV, "build", "--quiet", "--python", sys.executable, "--out-dir", folder, ROOT, cwd=folder)
    return next(folder.glob("*.tar.gz")), next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """Return the programs of a fresh environment in which nothing but the wheel and its dependencies is installed."""
    venv = tmp_path_factory.mktemp("fresh") / "venv"
    carry_out(UV, "venv", "--quiet", "--python", sys.executable, venv, cwd=venv.parent)
    programs = venv / "bin"
    constraints = ("-c", ROOT / "constraints.txt")
    carry_out(UV, "pip", "install", "--quiet", "--python", programs / "python", *constraints, built[1], cwd=venv.parent)
    return programs


def sources():
    """Return every file of the two packages, as a path from the top of the repository."""
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file())
    return {str(path.relative_to(ROOT)) for path in files if path.suffix != ".pyc"}


def test_the_wheel_holds_every_file_of_the_packages_and_no_test(built):
    names = set(zipfile.ZipFile(built[1]).namelist())
    assert {f"longgame/{name}" for name in sources()} <= names
    assert {name.split("/")[0] for name in names if "dist-info" not in name} == {"longgame"}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_source_distribution_holds_every_file_once(built):
    with tarfile.open(built[0]) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    assert sources() <= set(names)
    assert not [name for name in names if name.startswith(tuple(f"longgame/{package}" for package in PACKAGES))]


@pytest.mark.parametrize("beside", [False, True], ids=["empty-folder", "beside-own-files"])
def test_it_runs_from_a_fresh_environment(installed, tmp_path, beside):
    if beside:  # a user's own files of these names must be left alone
        for name in ("sim.py", "experiments/__init__.py"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text("raise RuntimeError('a file of the user was imported')")
    assert carry_out(installed / "python", "-c", RUN, cwd=tmp_path) == "True\n"
    assert "herd" in carry_out(installed / "longgame", "list", cwd=tmp_path)
