"""The user's files in and out: scenarios and strategies in TOML, with errors that say what would be right.

Every function that reads something of the user's raises `InputError` and nothing else for a mistake in
it; `write_atomically` is how every file of the project is written.
"""

from __future__ import annotations

import difflib
import errno
import json
import os
import re
import secrets
import sys
import tomllib
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from longgame.sim.library import STRATEGIES
from longgame.sim.organisation import POLICIES, FirmPolicy
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Strategy, Value

#: Largest scenario or strategy file that is read, in bytes.
SIZE_LIMIT = 1_000_000
#: Deepest nesting of tables and lists that is looked at; the deepest meaningful one is 5.
DEPTH_LIMIT = 20
#: Most errors shown at once; the rest are counted.
SHOWN = 20


class InputError(ValueError):
    """A mistake in something the user gave: a file, a `--set`, a command line.

    Parameters
    ----------
    *lines : str
        One line per mistake. Each names the file (or `--set`), the field, the value, and what would be right.

    Examples
    --------
    >>> str(InputError("a.toml: months is 0; it must be at least 1"))
    'a.toml: months is 0; it must be at least 1'
    """

    def __init__(self, *lines: str) -> None:
        # A name from a file may hold line breaks or terminal codes; one mistake stays one printable line.
        self.lines: tuple[str, ...] = tuple(_printable(line) for line in lines)
        super().__init__("\n".join(self.lines))

    def __reduce__(self) -> tuple[type[InputError], tuple[str, ...]]:
        """Pickle by lines, so that the error crosses process boundaries whole."""
        return type(self), self.lines


def _printable(text: str) -> str:
    """Return the text on one line, with control characters and lone surrogates escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "replace").decode() for c in text)


def _show(value: object) -> str:
    """Return a value as the user would write it, shortened to a few words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value if len(value) <= 60 else value[:57] + "...", ensure_ascii=False)
    if isinstance(value, Mapping | Value):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    if isinstance(value, int) and value.bit_length() > 200:
        return f"a whole number of about {int(value.bit_length() * 0.30103) + 1} digits"
    return str(value)


def refusals(error: ValidationError) -> str:
    """Return what a scenario says against its numbers, in one line."""
    return "; ".join(str(each["msg"]).removeprefix("Value error, ") for each in error.errors())


def nearest(name: str, known: Iterable[str], else_say: str = "") -> str:
    """Return ``did you mean `x`?`` for the nearest name, else what to say: by default, all names.

    Examples
    --------
    >>> nearest("anuity", ["annuity", "herd"]), nearest("xyz", ["annuity", "herd"])
    ('did you mean `annuity`?', 'choose from annuity, herd')
    """
    known = list(known)
    near = difflib.get_close_matches(name, known, 1, 0.5)
    return f"did you mean `{near[0]}`?" if near else else_say or f"choose from {', '.join(known)}"


def closest(word: str, names: Iterable[str]) -> str:
    """Return ``"; did you mean `x`?"`` for the nearest of the names, or an empty string.

    Examples
    --------
    >>> closest("rat", ["rate", "stake"])
    '; did you mean `rate`?'
    """
    names = list(dict.fromkeys(names))
    # A forgotten section is as frequent a slip as a misspelt word: compare whole paths, then last parts.
    for path in names:
        if path.rpartition(".")[2] == word.rpartition(".")[2]:
            return f"; did you mean `{path}`?"
    found = difflib.get_close_matches(word, names, 1, 0.7)
    if not found:
        leaves = {path.rpartition(".")[2]: path for path in names}
        found = [leaves[leaf] for leaf in difflib.get_close_matches(word.rpartition(".")[2], leaves, 1, 0.7)]
    return f"; did you mean `{found[0]}`?" if found else ""


# -- reading -----------------------------------------------------------------------------------------


def open_problem(path: Path, error: OSError) -> InputError:
    """Return the `InputError` that says why a file could not be opened or read."""
    if isinstance(error, FileNotFoundError):
        near = ""
        if path.parent.is_dir():
            near = closest(path.name, (p.name for p in path.parent.iterdir()))
        return InputError(f"{path}: there is no such file{near or '; check the name and the folder'}")
    if isinstance(error, IsADirectoryError):
        return InputError(f"{path}: is a directory; name a file in it")
    if isinstance(error, NotADirectoryError):
        return InputError(f"{path}: a part of this path is a file, not a directory; check the folders")
    if isinstance(error, PermissionError):
        return InputError(f"{path}: may not be read; change its permissions")
    return InputError(f"{path}: cannot be read ({error.strerror or error}); name a readable file")


def _depth(tree: object) -> int:
    """Return how deep tables and lists are nested, without recursion."""
    depth, level = 0, [tree]
    while level and depth <= DEPTH_LIMIT:
        nested = [x for x in level if isinstance(x, dict | list)]
        level = [y for x in nested for y in (x.values() if isinstance(x, dict) else x)]
        depth += bool(nested)
        if not nested:
            break
    return depth


def read_toml(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the content of a TOML file.

    Raises
    ------
    InputError
        If the file is missing, a directory, unreadable, over `SIZE_LIMIT` bytes, not UTF-8, not TOML (with
        the line), or nested deeper than `DEPTH_LIMIT`.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "is a directory")
        with path.open("rb") as stream:
            raw = stream.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise open_problem(path, error) from None
    except ValueError:  # a NUL in the name
        raise InputError(f"{path}: is not a possible file name; check the name") from None
    if len(raw) > SIZE_LIMIT:
        raise InputError(f"{path}: is larger than {SIZE_LIMIT} bytes; a scenario is a few kilobytes of TOML")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}: line {line} is not UTF-8 text; save the file as UTF-8") from None
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: is not valid TOML: {error}; {_toml_advice(str(error))}") from None
    except RecursionError:
        raise InputError(f"{path}: is nested too deeply; at most {DEPTH_LIMIT} levels") from None
    except ValueError as error:  # Python refuses to read integers of more than 4300 digits
        raise InputError(f"{path}: holds a number that cannot be read ({error}); write a smaller one") from None
    if _depth(tree) > DEPTH_LIMIT:
        raise InputError(f"{path}: is nested too deeply; at most {DEPTH_LIMIT} levels")
    return tree


def _toml_advice(message: str) -> str:
    """Return what to write instead, for a message of `tomllib`."""
    if "overwrite" in message or "declare" in message or "mutate" in message:
        return "give every key and every [section] once"
    if "Invalid value" in message:
        return 'write numbers as 0.5, words as "word", switches as true or false'
    return "write `key = value` lines under [section] headings"


# -- errors of validation ------------------------------------------------------------------------------


def _fields(annotation: Any) -> type[Value] | None:
    """Return the `Value` class inside an annotation (`X`, `X | None`, `tuple[X, ...]`), if there is one."""
    if isinstance(annotation, type) and issubclass(annotation, Value):
        return annotation
    for inner in typing.get_args(annotation):
        found = _fields(inner)
        if found is not None:
            return found
    return None


def _names(model: type[Value], prefix: str = "") -> Iterator[str]:
    """Yield every dotted name in a model."""
    for name, info in model.model_fields.items():
        yield prefix + name
        inner = _fields(info.annotation)
        if inner is not None:
            yield from _names(inner, f"{prefix}{name}.")


def _declaration(model: type[Value], loc: Sequence[str | int]) -> FieldInfo | None:
    """Return the declaration of the number at a place, if it is a declared field."""
    info: FieldInfo | None = None
    for part in loc:
        if isinstance(part, int):
            continue
        inner = model if info is None else _fields(info.annotation)
        if inner is None or part not in inner.model_fields:
            return None
        info = inner.model_fields[part]
    return info


def meaning_of(name: str) -> tuple[str, str]:
    """Return what a number of the scenario means and its unit, by its dotted name; nothing of other names.

    Examples
    --------
    >>> meaning_of("customers.rate"), meaning_of("aftercare")
    (('mean number of needs of a customer', 'per month'), ('', ''))
    """
    from longgame.sim.scenario import Scenario

    info = _declaration(Scenario, name.split(".")) if "." in name else None
    return ((info.description or "") if info else "", _unit(info))


def _unit(info: FieldInfo | None) -> str:
    """Return the unit of a declared number, or an empty string."""
    extra = info.json_schema_extra if info is not None else None
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def permitted(info: FieldInfo | None, context: Mapping[str, Any] | None = None) -> str:
    """Return the permitted range of a declared number in words, or an empty string.

    Examples
    --------
    >>> from longgame.sim.scenario import Customers
    >>> permitted(Customers.model_fields["rate"])
    'above 0 and at most 50 per month'
    """
    bounds: dict[str, float] = dict(context or {})
    unit = _unit(info)
    if info is not None:
        for constraint in info.metadata:
            for kind in ("gt", "ge", "lt", "le"):
                limit = getattr(constraint, kind, None)
                if limit is not None:
                    bounds[kind] = limit
    words = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
    parts = [f"{word} {bounds[kind]:.12g}" for kind, word in words.items() if kind in bounds]
    return " and ".join(parts) + (f" {unit}" if parts and unit else "")


def _place(model: type[Value], loc: Sequence[str | int], tree: Any) -> tuple[list[str | int], str]:
    """Return a pydantic location without its union labels, and as the user would write it."""
    clean: list[str | int] = []
    shown: list[str] = []
    branch = tree
    for part in loc:
        if isinstance(branch, Mapping) and part in branch:
            branch = branch[part]
        elif isinstance(branch, list | tuple) and isinstance(part, int) and part < len(branch):
            branch = branch[part]
            clean.append(part)
            name = branch.get("name") if isinstance(branch, Mapping) else None
            shown.append(name if isinstance(name, str) and re.fullmatch(r"[\w-]{1,60}", name) else str(part))
            continue
        elif isinstance(part, str) and (part in ("str", "FirmPolicy", "[key]") or part.startswith("function-")):
            continue  # a label of pydantic's, not a name of the user's
        else:
            branch = None
        clean.append(part)
        shown.append(str(part))
    return clean, ".".join(shown)


_KINDS = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "int_parsing_size": "a whole number of normal size",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "string_type": 'a word in quotes, like "this"',
    "dict_type": "a table",
    "model_type": "a table",
    "tuple_type": "a list",
    "list_type": "a list",
    "finite_number": "a finite number",
    "mapping_type": "a table",
    "model_attributes_type": "a table",
}


def problems(error: ValidationError, model: type[Value], tree: Any, source: str) -> list[str]:
    """Return one line per mistake that pydantic found.

    Parameters
    ----------
    error : pydantic.ValidationError
        What `model.model_validate(tree)` raised.
    model : type
        The model.
    tree : mapping
        What was validated.
    source : str
        File name (or ``--set``) that opens each line.

    Returns
    -------
    list of str
        Lines of the form ``file: field is value; what would be right``.
    """
    found = error.errors(include_url=False)
    lines: list[str] = []
    for item in found:
        loc, value, kind = item["loc"], item["input"], item["type"]
        context: Mapping[str, Any] = item.get("ctx") or {}
        if kind == "string_type" and loc[-1:] == ("str",) and isinstance(value, Mapping):
            continue  # the other half of `str | FirmPolicy`; the real mistakes follow
        if kind == "model_type" and isinstance(value, str) and "policy" in loc:
            continue
        if kind == "too_short" and any(x["loc"][: len(loc)] == loc and x is not item for x in found):
            continue  # pydantic counts items that failed as absent
        clean, shown = _place(model, loc, tree)
        info = _declaration(model, clean)
        allowed = permitted(info, {k: v for k, v in context.items() if k in ("gt", "ge", "lt", "le")})
        if kind == "extra_forbidden":
            lines.append(f"{source}: {shown} is not a known name{_near(model, clean, shown)}")
        elif kind == "missing":
            lines.append(f"{source}: {shown} is missing; add it{_meaning(info)}")
        elif kind == "value_error":
            text = str(context.get("error", item["msg"]))
            lines.append(f"{source}: {shown + ': ' if shown else ''}{text}")
        elif kind in _KINDS:
            right = (
                f"a list of tables, each opened by a line [[{shown}]]"
                if kind in ("tuple_type", "list_type") and shown in ("firms", "strategies")
                else _KINDS[kind]
            )
            lines.append(
                f"{source}: {shown} is {_show(value)}; it must be {right}" + (f", {allowed}" if allowed else "")
            )
        elif kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
            lines.append(f"{source}: {shown} is {_show(value)}; it must be {allowed}")
        elif kind == "literal_error":
            lines.append(f"{source}: {shown} is {_show(value)}; choose from {context.get('expected')}")
        elif kind == "too_short":
            lines.append(f"{source}: {shown} is {_show(value) if value else 'empty'}; give at least one")
        elif kind == "string_too_short":
            lines.append(f"{source}: {shown} is empty; write a few words")
        elif kind == "string_pattern_mismatch":
            lines.append(
                f"{source}: {shown} is {_show(value)}; write lower-case letters, digits and hyphens, "
                f"a letter first, and no more than {_longest(context)} characters"
            )
        else:
            lines.append(f"{source}: {shown} is {_show(value)}; {item['msg'][:1].lower()}{item['msg'][1:]}")
    lines = list(dict.fromkeys(lines))
    if len(lines) > SHOWN:
        lines = [*lines[:SHOWN], f"{source}: and {len(lines) - SHOWN} more mistakes; correct these first"]
    return lines


def _longest(context: Mapping[str, Any]) -> int:
    """Return the greatest length that a name pattern ``^[a-z][a-z0-9-]{0,n}$`` allows."""
    found = re.search(r"\{0,(\d+)\}", str(context.get("pattern", "")))
    return int(found[1]) + 1 if found else 60


def _meaning(info: FieldInfo | None) -> str:
    """Return the meaning of a field in parentheses, if it is declared."""
    return f" ({info.description})" if info is not None and info.description else ""


def _near(model: type[Value], loc: Sequence[str | int], shown: str) -> str:
    """Return the advice for an unknown name: the nearest known one in its own place, else anywhere."""
    parent, info = model, _declaration(model, loc[:-1])
    if info is not None:
        parent = _fields(info.annotation) or model
    word, prefix = str(loc[-1]), shown.rpartition(".")[0]
    here = difflib.get_close_matches(word, parent.model_fields, 1, 0.6)
    if here:
        return f"; did you mean `{prefix + '.' if prefix else ''}{here[0]}`?"
    anywhere = closest(shown, _names(model))
    if anywhere:
        return anywhere
    return f"; known names{' in ' + prefix if prefix else ''} are {', '.join(parent.model_fields)}"


def _validated[M: Value](model: type[M], tree: Mapping[str, Any], source: str) -> M:
    """Return the validated model, or raise `InputError` with one line per mistake."""
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        raise InputError(*problems(error, model, tree, source)) from None
    except (RecursionError, OverflowError):
        raise InputError(f"{source}: holds a value that is too deep or too large; write plain numbers") from None


# -- scenarios -----------------------------------------------------------------------------------------


def load_scenario(path_or_name: str | os.PathLike[str]) -> Scenario:
    """Return the scenario of a TOML file, or a named reference configuration.

    Parameters
    ----------
    path_or_name : str or path
        A name in `sim.configurations.CONFIGURATIONS` (``"software"``), else a file. Write ``./software`` for
        a
        file that has the name of a configuration. A file gives only the numbers that differ from its
        ``base`` (a configuration's name; without it, the default scenario). Lists (``firms``,
        ``strategies``) replace those of the base.

    Raises
    ------
    InputError
        One line per mistake.

    Examples
    --------
    >>> load_scenario("default") == Scenario()
    True
    """
    from longgame.sim.configurations import CONFIGURATIONS

    if isinstance(path_or_name, str):
        if path_or_name in CONFIGURATIONS:
            return CONFIGURATIONS[path_or_name]
        if re.fullmatch(r"[\w-]*", path_or_name) and not Path(path_or_name).is_file():
            near = closest(path_or_name, CONFIGURATIONS)
            known = "" if near else f"; choose from {', '.join(CONFIGURATIONS)}"
            if not Path(path_or_name).is_dir() or near or not path_or_name:
                raise InputError(
                    f"scenario {_show(path_or_name)} is neither a file nor a named configuration{near}{known}"
                )
    source = str(path_or_name)
    tree = read_toml(path_or_name)
    base = tree.pop("base", "default")
    if not isinstance(base, str) or base not in CONFIGURATIONS:
        near = closest(base, CONFIGURATIONS) if isinstance(base, str) else ""
        raise InputError(f"{source}: base is {_show(base)}; choose from {', '.join(CONFIGURATIONS)}{near}")
    whole = _tree(CONFIGURATIONS[base])
    _merge(whole, tree)
    return _validated(Scenario, whole, source)


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
        if list(tree) == ["value"] and _depth(tree) <= DEPTH_LIMIT:
            return path, tree["value"]
    except (ValueError, RecursionError):
        if re.fullmatch(r"[A-Za-z][\w-]*", text):
            return path, text
    raise InputError(
        f'--set {setting}: {_show(text)} is not a TOML value; write a number (0.5), true or false, "text", or a [list]'
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
                    f"--set {setting}: {what} has no {_show(part)}; "
                    f"choose from {', '.join(names) or '(there are none)'}"
                )
            key = index[0]
        elif not isinstance(branch, dict):
            raise InputError(f"--set {setting}: {'.'.join(parts[:depth])} is a single value; it has no {_show(part)}")
        if depth == len(parts) - 1:
            if isinstance(value, Mapping) and len(parts) == 1 and isinstance(branch.get(key), dict):
                value = {**branch[key], **value}
            branch[key] = value
            return
        if key == "policy" and isinstance(branch.get(key), str):
            branch[key] = POLICIES[branch[key]].model_dump(mode="json")
        if isinstance(branch, dict) and key not in branch:
            if key not in Strategy.model_fields:  # an absent conduct of a strategy may be filled in
                raise InputError(f"--set {setting}: {path} is not a known name{closest(path, _names(Scenario))}")
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
    head = "".join(f"# {_printable(line)}".rstrip() + "\n" for line in lines)
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
            line = f"{line}  # {_printable(note)}{' (' + allowed + ')' if allowed else ''}"
        lines.append(line)
    return "\n".join(lines)


# -- strategies ----------------------------------------------------------------------------------------


class _StrategyFile(Value):
    """What a strategy file holds."""

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
    found = _validated(_StrategyFile, tree, source).strategies
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
                f"{source}: strategies has the name {_show(name)} {names.count(name)} times; give each its own"
            )
        if name in STRATEGIES:
            lines.append(
                f"{source}: strategies.{name}.name is {_show(name)}, a strategy of the library; choose another name"
            )
    if lines:
        raise InputError(*lines)
    return tuple(found)


# -- writing -------------------------------------------------------------------------------------------

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)


@contextmanager
def write_atomically(path: str | os.PathLike[str], *, binary: bool = False) -> Iterator[Any]:
    """Open a file for writing that appears whole, under its name, when the block ends without an error.

    The text (or bytes) goes to a temporary file next to the target, which is renamed at the end. After an
    error the target is as it was before and the temporary file is gone.

    Parameters
    ----------
    path : str or path
        The target. A link is followed; a device such as ``/dev/stdout`` is written directly.
    binary : bool
        Open for bytes, not for UTF-8 text.

    Yields
    ------
    file
        The open temporary file.

    Raises
    ------
    InputError
        If the folder does not exist or is not writable, the target is a directory, or the disk is full.
    """
    shown = os.fspath(path)
    how: dict[str, Any] = {"mode": "wb"} if binary else {"mode": "w", "encoding": "utf-8", "newline": "\n"}
    try:
        target = Path(os.path.realpath(path))
        if target.is_dir():
            raise InputError(f"{shown}: is a directory; name a file in it")
        if target.exists() and not target.is_file():
            with open(target, **how) as stream:
                yield stream
            return
        if not target.parent.is_dir():
            raise InputError(f"{shown}: the folder {target.parent} does not exist; create it or choose another")
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, "is write-protected")
        part = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
        # O_EXCL: never through somebody's link; 0o666: the usual permissions, less the user's mask.
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    except OSError as error:
        raise InputError(f"{shown}: cannot be written ({error.strerror or error}); choose another place") from None
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{shown}: is not a possible file name; check the name") from None
    try:
        with open(descriptor, **how) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, target)
    except OSError as error:
        if error.errno in _FULL:
            raise InputError(
                f"{shown}: cannot be written ({error.strerror}); make room or choose another place"
            ) from None
        raise
    finally:
        part.unlink(missing_ok=True)


def fail(error: InputError) -> typing.NoReturn:
    """Print the lines of the error to standard error and leave with exit code 2."""
    print(error, file=sys.stderr)
    raise SystemExit(2)


__all__ = [
    "DEPTH_LIMIT",
    "SIZE_LIMIT",
    "FirmPolicy",
    "InputError",
    "closest",
    "dump_scenario",
    "fail",
    "load_scenario",
    "load_strategies",
    "open_problem",
    "own_strategies",
    "permitted",
    "problems",
    "read_toml",
    "set_values",
    "write_atomically",
]
