"""The tutorial's Python prints what the page says, block after block; its commands exist."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from longgame.experiments.cli.main import main

PAGE = (Path(__file__).parents[2] / "docs" / "tutorial.md").read_text(encoding="utf-8")


def test_every_block_prints_what_follows_it():
    made = {}
    blocks = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", PAGE, re.S)
    assert len(blocks) == PAGE.count("```python")
    for code, output in blocks:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, made)
        assert printed.getvalue() == output


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^longgame ([\w-]+)", PAGE, re.M))))
def test_its_commands_exist(command, capsys):
    assert main([command, "--help"]) == 0
