"""How a number of the model is declared: default, meaning, unit, source, range, and the value that turns it off."""

from __future__ import annotations

from typing import Any

from pydantic import Field

ASSUMED = "assumed"


def dial(
    default: Any,
    meaning: str,
    *,
    unit: str = "",
    source: str = ASSUMED,
    off: str = "",
    ge: float | None = None,
    le: float | None = None,
    gt: float | None = None,
    lt: float | None = None,
) -> Any:
    """Declare one number of the model: the only place where its default, range and source stand."""
    return Field(
        default=default,
        description=meaning,
        ge=ge,
        le=le,
        gt=gt,
        lt=lt,
        json_schema_extra={"unit": unit, "source": source, "off": off},
    )
