"""Scenarios and strategies from TOML files and ``--set``, and scenarios written as TOML.

Each function that reads raises `InputError`, and nothing else, for a mistake of the user's.
"""

from __future__ import annotations

import os
import re
import tomllib
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

from pydantic import ValidationError

from longgame.default_market import DEFAULT
from longgame.sim.configurations import CONFIGURATIONS
from longgame.sim.errors import InputError, closest, printable, shown_as
from longgame.sim.files import DEPTH_LIMIT, depth_of, read_toml, write_atomically
from longgame.sim.library import STRATEGIES
from longgame.sim.organisation import POLICIES
from longgame.sim.refusals import names_in, permitted, problems, validated
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Strategy, Value


def load_scenario(path_or_name: str | os.PathLike[str]) -> Scenario:
    """Return the scenario of a TOML file, or a named reference configuration.

    Parameters
    ----------
    path_or_name : str or path
        A name in `longgame.sim.configurations.CONFIGURATIONS` (``"software"``), else a file. A file that has the
        name of a configuration is written ``./software``. A file gives only the numbers that differ from its
        ``base``, the name of a configuration (without it, `DEFAULT`). Its lists (``firms``,
        ``strategies``) replace those of the base.

    Raises
    ------
    InputError
        One line per mistake.

    Examples
    --------
    >>> load_scenario("anonymous") == Scenario()
    True
    """
    if isinstance(path_or_name, str):
        if path_or_name in CONFIGURATIONS:
            return CONFIGURATIONS[path_or_name]
        if re.fullmatch(r"[\w-]*", path_or_name) and not os.path.isfile(path_or_name):
            near = closest(path_or_name, CONFIGURATIONS)
            known = "" if near else f"; choose from {', '.join(CONFIGURATIONS)}"
            if not os.path.isdir(path_or_name) or near or not path_or_name:
                raise InputError(
                    f"scenario {shown_as(path_or_name)} is neither a file nor a named configuration{near}{known}"
                )
    source = str(path_or_name)
    tree = read_toml(path_or_name)
    base = tree.pop("base", DEFAULT)
    if not isinstance(base, str) or base not in CONFIGURATIONS:
        near = closest(base, CONFIGURATIONS) if isinstance(base, str) else ""
        raise InputError(f"{source}: base is {shown_as(base)}; choose from {', '.join(CONFIGURATIONS)}{near}")
    whole = _tree(CONFIGURATIONS[base])
    _merge(whole, tree)
    return validated(Scenario, whole, source)


def _tree(scenario: Scenario) -> dict[str, Any]:
    """Return the scenario as nested dictionaries and lists, as TOML would give it."""
    return scenario.model_dump(mode="json", exclude_none=True)


def _merge(whole: dict[str, Any], changes: Mapping[str, Any]) -> None:
    """Put the changes into the tree: sections are merged, everything else replaced."""
    for name, value in changes.items():
        if isinstance(value, Mapping) and isinstance(whole.get(name), dict):
            whole[name] = {**whole[name], **value}
        else:
            whole[name] = value


def set_values(scenario: Scenario, settings: Iterable[str]) -> Scenario:
    """Return the scenario with ``path=value`` settings applied, as `--set` gives them.

    Parameters
    ----------
    scenario : Scenario
        What to change.
    settings : iterable of str
        ``"customers.rate=0.5"``. The value is a TOML value; a bare word is taken as a string. A group of
        firms or a strategy is named (``firms.adversarial-herd.count=4``) or counted from 0
        (``firms.0.count=4``). Later settings win.

    Raises
    ------
    InputError
        One line per mistake, opening with the setting itself.

    Examples
    --------
    >>> set_values(Scenario(), ["customers.rate=0.5", "months=24"]).months
    24
    """
    tree = _tree(scenario)
    lines: list[str] = []
    given: dict[str, str] = {}
    for setting in settings:
        try:
            path, value = _setting(setting)
            _put(tree, path, value, setting)
            given[path] = setting
        except InputError as error:
            lines.extend(error.lines)
    if lines:
        raise InputError(*lines)
    try:
        return Scenario.model_validate(tree)
    except ValidationError as error:
        source = "--set " + next(iter(given.values())) if len(given) == 1 else "--set"
        raise InputError(*problems(error, Scenario, tree, source)) from None
    except (RecursionError, OverflowError):
        raise InputError("--set: a value is too deep or too large; write plain numbers") from None


def _setting(setting: str) -> tuple[str, Any]:
    """Split ``path=value`` and read the value as TOML; a bare word is a string."""
    path, equals, text = setting.partition("=")
    path, text = path.strip(), text.strip()
    if not equals or not path:
        raise InputError(f"--set {setting}: is not of the form name=value; write for example customers.rate=0.5")
    if not text:
        raise InputError(
            f"--set {setting}: has no value after the ="
            '; write for example customers.rate=0.5, or name="" for empty text'
        )
    try:
        tree = tomllib.loads(f"value = {text}") if "\n" not in text else {}
        if list(tree) == ["value"] and depth_of(tree) <= DEPTH_LIMIT:
            return path, tree["value"]
    except (ValueError, RecursionError):
        if re.fullmatch(r"[A-Za-z][\w-]*", text):
            return path, text
    raise InputError(
        f"--set {setting}: {shown_as(text)} is not a TOML value; "
        'write a number (0.5), true or false, "text", or a [list]'
    )


def _put(tree: dict[str, Any], path: str, value: Any, setting: str) -> None:
    """Set one dotted path in the tree, in place."""
    branch: Any = tree
    parts = path.split(".")
    for depth, part in enumerate(parts):
        key: str | int = part
        if isinstance(branch, list):
            index = [i for i, item in enumerate(branch) if item.get("name") == part]
            if part.isdecimal() and len(part) < 9 and int(part) < len(branch):
                index = index or [int(part)]
            if not index:
                names = [str(item.get("name")) for item in branch]
                what = ".".join(parts[:depth])
                raise InputError(
                    f"--set {setting}: {what} has no {shown_as(part)}; "
                    f"choose from {', '.join(names) or '(there are none)'}"
                )
            key = index[0]
        elif not isinstance(branch, dict):
            raise InputError(
                f"--set {setting}: {'.'.join(parts[:depth])} is a single value; it has no {shown_as(part)}"
            )
        if depth == len(parts) - 1:
            if isinstance(value, Mapping) and len(parts) == 1 and isinstance(branch.get(key), dict):
                value = {**branch[key], **value}
            branch[key] = value
            return
        if key == "policy" and isinstance(branch.get(key), str):
            branch[key] = POLICIES[branch[key]].model_dump(mode="json")
        if isinstance(branch, dict) and key not in branch:
            if key not in Strategy.model_fields:  # an absent conduct of a strategy may be filled in
                raise InputError(f"--set {setting}: {path} is not a known name{closest(path, names_in(Scenario))}")
            branch[key] = {}
        branch = branch[key]


def dump_scenario(
    scenario: Scenario,
    path_or_stream: str | os.PathLike[str] | IO[str],
    *,
    comments: str | Iterable[str] = (),
    explain: bool = False,
) -> None:
    """Write a whole scenario as TOML; `load_scenario` gives an equal one back.

    Parameters
    ----------
    scenario : Scenario
        What to write; every number of it is written.
    path_or_stream : str, path or text stream
        Where to. A file is written whole or not at all.
    comments : str or iterable of str
        Lines for the head of the file (without ``#``).
    explain : bool
        Put meaning and unit behind every number, and its permitted range.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    import tomli_w

    lines = (
        comments.splitlines() if isinstance(comments, str) else [x for c in comments for x in c.splitlines() or [""]]
    )
    head = "".join(f"# {printable(line)}".rstrip() + "\n" for line in lines)
    body = tomli_w.dumps(_tree(scenario))
    text = (head + "\n" if head else "") + (_explained(scenario, body) if explain else body)
    if hasattr(path_or_stream, "write"):
        typing.cast(IO[str], path_or_stream).write(text)
        return
    with write_atomically(typing.cast("str | os.PathLike[str]", path_or_stream)) as stream:
        stream.write(text)


def _explained(scenario: Scenario, body: str) -> str:
    """Return TOML text with the meaning, unit and range of each declared number behind it."""
    declared = {path: info for path, info, _ in scenario.numbers()}
    section, lines = "", []
    for line in body.split("\n"):  # not splitlines: text may hold rarer line breaks
        if line.startswith("["):
            section = line.strip("[]") + "."
        name = section + line.partition(" = ")[0]
        info = declared.get(name)
        if info is not None:
            note = str(info.description)
            allowed = permitted(info)
            line = f"{line}  # {printable(note)}{' (' + allowed + ')' if allowed else ''}"
        lines.append(line)
    return "\n".join(lines)


class _StrategyFile(Value):
    """The content of a strategy file."""

    strategies: list[Strategy]


def load_strategies(path: str | os.PathLike[str]) -> tuple[Strategy, ...]:
    """Return the user's strategies of a TOML file with ``[[strategies]]`` tables.

    Conducts are tables within (``[strategies.with_prospects]``); a dial that is not given has the default of
    `Conduct`.

    Raises
    ------
    InputError
        One line per mistake: as for `load_scenario`; also a name given twice or taken by the library.
    """
    source = str(path)
    tree = read_toml(path)
    if "strategies" not in tree and not set(tree) - set(Strategy.model_fields):
        raise InputError(f"{source}: strategies is missing; open every strategy with a line [[strategies]]")
    others = [name for name in tree if name != "strategies" and name in Scenario.model_fields]
    if others:
        raise InputError(
            f"{source}: {', '.join(others)} belong to a whole scenario; a file of strategies has [[strategies]] alone"
        )
    found = validated(_StrategyFile, tree, source).strategies
    if not found:
        raise InputError(f"{source}: strategies is an empty list; open every strategy with a line [[strategies]]")
    return own_strategies(found, source)


def own_strategies(found: Sequence[Strategy], source: str) -> tuple[Strategy, ...]:
    """Return strategies of the user's from one source, if their names are their own.

    Raises
    ------
    InputError
        One line per name given twice or taken by the library.
    """
    names = [s.name for s in found]
    lines = []
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            lines.append(
                f"{source}: strategies has the name {shown_as(name)} {names.count(name)} times; give each its own"
            )
        if name in STRATEGIES:
            lines.append(
                f"{source}: strategies.{name}.name is {shown_as(name)}, a strategy of the library; choose another name"
            )
    if lines:
        raise InputError(*lines)
    return tuple(found)
