"""What a run was made with: versions of the packages, of Python, and the commit of the source."""

from __future__ import annotations

import functools
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from types import MappingProxyType

from longgame.sim.scenario import MODEL_VERSION

#: Packages whose version a run depends on.
PACKAGES = ("longgame", "numpy", "pandas", "scipy", "numba", "matplotlib")


def versions() -> dict[str, str | None]:
    """Return the versions of Python and of the packages that a run depends on; None if not installed."""
    return {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}}


def _version(name: str) -> str | None:
    """Return the version of an installed package, None if it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def commit() -> str | None:
    """Return the commit of the source, marked where files differ from it; None outside a repository."""
    here = Path(__file__).resolve().parent
    try:
        return (
            subprocess.run(
                ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
                cwd=here,
                capture_output=True,
                text=True,
                timeout=5,
                check=True,
            ).stdout.strip()
            or None
        )
    except (OSError, subprocess.SubprocessError):
        return None


def made_by(command: str) -> dict[str, str | None]:
    """Return what every result names: the command as it was typed, the model and the commit."""
    return {"command": command, "model": MODEL_VERSION, "commit": commit()}


@functools.cache
def environment() -> MappingProxyType[str, str | None]:
    """Return model version, commit, package versions and host of this process, found out once.

    Read-only, because everybody gets the same one.
    """
    return MappingProxyType({"model": MODEL_VERSION, "commit": commit(), **versions(), "host": platform.node()})
