"""Refusals of pydantic's as lines for the user: file, field, value, and the right value."""

from __future__ import annotations

import difflib
import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from longgame.sim.errors import InputError, closest, shown_as
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Value

#: Most errors shown at once; the rest are counted.
SHOWN = 20


def _fields(annotation: Any) -> type[Value] | None:
    """Return the `Value` class inside an annotation (`X`, `X | None`, `tuple[X, ...]`), if there is one."""
    if isinstance(annotation, type) and issubclass(annotation, Value):
        return annotation
    for inner in typing.get_args(annotation):
        found = _fields(inner)
        if found is not None:
            return found
    return None


def names_in(model: type[Value], prefix: str = "") -> Iterator[str]:
    """Yield every dotted name in a model."""
    for name, info in model.model_fields.items():
        yield prefix + name
        inner = _fields(info.annotation)
        if inner is not None:
            yield from names_in(inner, f"{prefix}{name}.")


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
    """Return the meaning and the unit of a number of the scenario, by its dotted name; empty for other names.

    Examples
    --------
    >>> meaning_of("customers.rate"), meaning_of("aftercare")
    (('mean number of needs of a customer', 'per month'), ('', ''))
    """
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
    >>> from longgame.sim.dials import Customers
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
                f"{source}: {shown} is {shown_as(value)}; it must be {right}" + (f", {allowed}" if allowed else "")
            )
        elif kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
            lines.append(f"{source}: {shown} is {shown_as(value)}; it must be {allowed}")
        elif kind == "literal_error":
            lines.append(f"{source}: {shown} is {shown_as(value)}; choose from {context.get('expected')}")
        elif kind == "too_short":
            lines.append(f"{source}: {shown} is {shown_as(value) if value else 'empty'}; give at least one")
        elif kind == "string_too_short":
            lines.append(f"{source}: {shown} is empty; write a few words")
        elif kind == "string_pattern_mismatch":
            lines.append(
                f"{source}: {shown} is {shown_as(value)}; write lower-case letters, digits and hyphens, "
                f"a letter first, and no more than {_longest(context)} characters"
            )
        else:
            lines.append(f"{source}: {shown} is {shown_as(value)}; {item['msg'][:1].lower()}{item['msg'][1:]}")
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
    anywhere = closest(shown, names_in(model))
    if anywhere:
        return anywhere
    return f"; known names{' in ' + prefix if prefix else ''} are {', '.join(parent.model_fields)}"


def validated[M: Value](model: type[M], tree: Mapping[str, Any], source: str) -> M:
    """Return the validated model, or raise `InputError` with one line per mistake."""
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        raise InputError(*problems(error, model, tree, source)) from None
    except (RecursionError, OverflowError):
        raise InputError(f"{source}: holds a value that is too deep or too large; write plain numbers") from None
