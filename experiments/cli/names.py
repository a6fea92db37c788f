"""``longgame list``: every name that the other commands take."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.options import screen_width
from longgame.experiments.tables import text_table

#: What a value at the top of a file makes of the file.
VALUES = {"CLAIM": "claim", "STUDY": "study"}


def names() -> int:
    """Print every name that the other commands take, and the files of your own in this folder."""
    from longgame.experiments import claims, studies
    from longgame.sim.configurations import DESCRIPTIONS
    from longgame.sim.library import STRATEGIES

    told = {name: claims.headline(name) for name in claims.names()}
    _print("Experiments (longgame run NAME)", told | studies.headlines())
    _print("Strategies", {name: s.description for name, s in STRATEGIES.items()})
    _print("Configurations (--scenario NAME)", DESCRIPTIONS)
    if own := own_files():
        _print("Files of your own in this folder (longgame check FILE)", own)
    return DONE


def own_files() -> dict[str, str]:
    """Return the files of the present folder that declare something, and what; none is run."""
    found = {}
    for file in sorted([*Path().glob("*.py"), *Path().glob("*.toml")]):
        if kind := declares(str(file)):
            text = headline(file)
            found[file.name] = f"{kind}: {text}" if text else kind
    return found


def declares(file: str) -> str:
    """Return whether a file declares a claim, a study or strategies, without running it; nothing if none of them.

    A file that cannot be read declares nothing.
    """
    if file.endswith(".toml"):
        return "strategies" if "\n[[strategies]]" in f"\n{_text(file)}" else ""
    for node in _tree(file).body:
        targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
        for name in [*(getattr(target, "id", "") for target in targets), getattr(node, "name", "")]:
            if name in VALUES:
                return VALUES[name]
    return "strategies" if any(map(_is_strategy, _tree(file).body)) else ""


def headline(file: Path) -> str:
    """Return the first line of the docstring of a Python file, and nothing of another."""
    return "" if file.suffix == ".toml" else (ast.get_docstring(_tree(str(file))) or "").partition("\n")[0]


def _is_strategy(node: ast.stmt) -> bool:
    """Return whether a statement makes a strategy: a subclass of `Salesperson`, or a value of `Strategy`."""
    if isinstance(node, ast.ClassDef):
        return any(_last(base) == "Salesperson" for base in node.bases)
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return False
    return any(isinstance(part, ast.Call) and _last(part.func) == "Strategy" for part in ast.walk(node.value))


def _last(node: ast.expr) -> str:
    """Return the last part of a dotted name."""
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _tree(file: str) -> ast.Module:
    """Return the syntax of a Python file; nothing of one that has none."""
    try:
        return ast.parse(_text(file))
    except (SyntaxError, ValueError, RecursionError):
        return ast.Module([], [])


def _text(file: str) -> str:
    """Return the text of a file; nothing if it cannot be read."""
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _print(title: str, lines: dict[str, str]) -> None:
    """Print names and their lines in two columns."""
    room = screen_width() - max(map(len, lines)) - 4
    rows = [(name, textwrap.fill(text, room)) for name, text in lines.items()]
    print(f"{title}\n{text_table(rows, indent='  ')}\n")
