"""Files as a user writes them, and the lines that say what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from longgame.sim.errors import InputError


def written(folder: Path, text: str | bytes, name: str = "market.toml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def lines_of(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    lines = str(error.value).splitlines()
    assert tuple(lines) == error.value.lines
    assert "Traceback" not in str(error.value) and "pydantic" not in str(error.value)
    assert "function-after" not in str(error.value)
    return lines
