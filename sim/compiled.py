"""How rules are compiled: one decorator, one cache that notices every change of source."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from llvmlite import ir
from numba.core import config, types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array


def _sources_hash() -> str:
    """Hash the sources that hold compiled code.

    Numba's own cache looks only at the file of the outermost function, so a changed rule in another
    file would go unnoticed (numba issue 2908). A folder per state of the sources cannot go stale.
    """
    digest = hashlib.sha256(numba.__version__.encode())
    here = Path(__file__).parent
    compiled = [here / f"{name}.py" for name in ("chance", "columns", "compiled", "state", "trust")]
    for path in [*compiled, *sorted((here / "stages").glob("*.py"))]:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_root() -> Path:
    """Return a writable folder for compiled code: ``LONGGAME_CACHE``, else the user's cache folder."""
    chosen = os.environ.get("LONGGAME_CACHE")
    base = Path(chosen) if chosen else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "longgame"
    try:
        base.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=base):
            return base
    except OSError:
        return Path(tempfile.gettempdir()) / f"longgame-{os.getuid() if hasattr(os, 'getuid') else 'cache'}"


#: Where the compiled code of exactly these sources lies.
CACHE = _cache_root() / _sources_hash()


# Counting references to the state's tables cost twenty times the work itself (measured: 340 against 17 ns
# for a customer without a need), so compiled code neither counts nor allocates: all scratch is in the state.
_OPTIONS = {"nogil": True, "error_model": "numpy", "_nrt": False}


def rule(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a small function to be inlined into stages; never an entry point."""
    return numba.njit(**_OPTIONS, inline="always")(function)


def routine(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function of plain numbers that is too long to be inlined everywhere."""
    return numba.njit(**_OPTIONS)(function)


def stage(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile an entry point, cached on disk under `CACHE` without touching Numba's global settings."""
    before = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE)
    try:
        return numba.njit(**_OPTIONS, cache=True)(function)
    finally:
        config.CACHE_DIR = before


@intrinsic
def _touch(context, array, offset):
    """Ask for the cache line at a byte offset of an array (LLVM's ``prefetch``; a hint, never a fault)."""

    def generate(target, builder, signature, arguments):
        table = make_array(signature.args[0])(target, builder, arguments[0])
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        address = builder.gep(builder.bitcast(table.data, byte), [arguments[1]])
        kind = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        hint = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        # for reading, to be kept in all caches, data
        builder.call(hint, [address, *(ir.Constant(word, value) for value in (0, 3, 1))])
        return target.get_dummy_value()

    return types.void(array, types.intp), generate


_LINE = 64


@rule
def fetch(table, i):
    """Ask for record i of a table before it is needed, so that many such requests are under way at once.

    With more customers than fit the cache a stage would otherwise wait a hundred nanoseconds for each.
    """
    start, size = i * table.strides[0], table.strides[0]
    for offset in range(start, start + size, _LINE):
        _touch(table, offset)
    _touch(table, start + size - 1)
