"""How rules are compiled: one decorator, one cache that notices every change of source."""

from __future__ import annotations

import functools
import hashlib
import importlib
import os
import tempfile
import weakref
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import typeof
from numba.core import cgutils, config, types
from numba.core.registry import CPUDispatcher
from numba.extending import intrinsic
from numba.np import linalg
from numba.np.arrayobj import make_array


def _load_without_scipy() -> None:
    """Load the part of Numba that imports SciPy only to see whether it is there: that takes a fifth of a start.

    Functions that multiply matrices load it all the same when they are compiled.
    """
    look = linalg.ensure_blas
    linalg.ensure_blas = lambda: None
    try:
        importlib.import_module("numba.np.arraymath")
    finally:
        linalg.ensure_blas = look


_load_without_scipy()


def _sources_hash() -> str:
    """Hash the sources that hold compiled code.

    Numba's own cache looks only at the file of the outermost function, so a changed rule in another
    file would go unnoticed (numba issue 2908). A folder per state of the sources cannot go stale.
    """
    digest = hashlib.sha256(numba.__version__.encode())
    here = Path(__file__).parent
    names = ("chance", "columns", "compiled", "functions", "loop", "network", "state", "trust")
    compiled = [here / f"{name}.py" for name in names]
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

# Without what lets Python and C call a function, which takes long to compile.
_UNWRAPPED = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def rule(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a small function to be inlined into stages; never an entry point."""
    return numba.njit(**_OPTIONS, inline="always")(function)


class _Routine(CPUDispatcher):
    """A function that compiled code calls. A call from Python, as in a test, compiles another that calls it."""

    def __call__(self, *arguments: Any) -> Any:
        """Call the function from Python, which without a wrapper would be a fault."""
        return self._from_python(*arguments)

    @functools.cached_property
    def _from_python(self) -> Callable[..., Any]:
        return numba.njit(**_OPTIONS)(lambda *arguments: self(*arguments))


def routine(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function of plain numbers that is too long to be inlined everywhere."""
    made = numba.njit(**_OPTIONS, **_UNWRAPPED)(function)
    made.__class__ = _Routine
    return made


def _cached(function: Callable[..., Any], **options: bool) -> Any:
    """Compile a function, cached on disk under `CACHE` without touching Numba's global settings."""
    before = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE)
    try:
        return numba.njit(**_OPTIONS, cache=True, **options)(function)
    finally:
        config.CACHE_DIR = before


def query(function: Callable[..., Any]) -> Any:
    """Compile a function that Python calls and that returns something."""
    return _cached(function)


class EntryPoint:
    """A compiled function that Python and other compiled code enter by its address; it returns nothing.

    It has no wrapper of its own: each would take about a second to compile, only to unpack the same state.
    """

    def __init__(self, function: Callable[..., None]) -> None:
        functools.update_wrapper(self, function)
        self.name = function.__name__
        self.dispatcher = _cached(function, **_UNWRAPPED)
        self._ways: dict[Hashable, tuple[Callable[..., None], int]] = {}

    def compile(self, kinds: tuple[types.Type, ...]) -> None:
        """Compile the function for arguments of these types, or load it from disk."""
        self.dispatcher.compile(kinds)

    def address(self, kinds: tuple[types.Type, ...]) -> int:
        """Return where the function for arguments of these types lies, compiled or loaded if need be."""
        self.compile(kinds)
        found = self.dispatcher.overloads[kinds]
        return found.library.get_pointer_to_function(found.fndesc.llvm_func_name)

    def __call__(self, *arguments: Any) -> None:
        """Run the function."""
        likeness = tuple([likeness_of(each) for each in arguments])
        if likeness not in self._ways:
            kinds = tuple(
                types.int64 if kind is int else typeof(each) for kind, each in zip(likeness, arguments, strict=True)
            )
            self._ways[likeness] = enter.compile((types.int64, types.Tuple(kinds))), self.address(kinds)
        way, address = self._ways[likeness]
        way(address, arguments)


def stage(function: Callable[..., None]) -> EntryPoint:
    """Compile an entry point, cached on disk."""
    return EntryPoint(function)


#: Marks of the tuples of tables that were seen, and of the last one, which is mostly the next one: its id, its first
#: table and its mark. To find what it is like takes 16 µs.
_marks: dict[Hashable, object] = {}
_last: tuple[int, Callable[[], Any], object] = 0, lambda: None, None


def likeness_of(value: Any) -> Hashable:
    """Return what decides the type of an argument in Numba, which itself takes long to find and to look up.

    Of a state, a tuple of tables, it is found once. An id alone would not do: it is given again once a tuple is gone.
    """
    global _last
    if isinstance(value, tuple):
        known, first, mark = _last
        if known != id(value) or first() is not value[0]:
            mark = _marks.setdefault(tuple([likeness_of(each) for each in value]), object())
            _last = id(value), weakref.ref(value[0]), mark
        return mark
    if isinstance(value, np.ndarray):
        return value.dtype, value.ndim, value.flags.num
    return int


@intrinsic
def call(context, address, arguments):
    """Call the function at an address with a tuple of arguments (Numba's own calling convention)."""
    kinds = tuple(arguments)

    def generate(target, builder, _signature, values):
        kind = target.call_conv.get_function_type(types.none, kinds)
        function = builder.inttoptr(values[0], kind.as_pointer())
        unpacked = cgutils.unpack_tuple(builder, values[1])
        target.call_conv.call_function(builder, function, types.none, kinds, unpacked)
        return target.get_dummy_value()

    return types.void(address, arguments), generate


@query
def enter(address, arguments):
    """Call the entry point at an address: the one way from Python into compiled code."""
    call(address, arguments)


@intrinsic
def either(context, condition, yes, no):
    """Return one of two values without a branch: both are there already."""
    kind = context.unify_types(yes, no)

    def generate(target, builder, signature, values):
        chosen, *both = (target.cast(builder, *each) for each in zip(values, signature.args, kinds, strict=True))
        return builder.select(chosen, *both)

    kinds = (types.boolean, kind, kind)
    return kind(condition, yes, no), generate


@intrinsic
def apart(context):
    """Keep the function that calls this out of others, and promise that no two of its tables overlap.

    A long function has more values than the processor has places; only in short ones are loops made fast.
    The promise holds where a function writes to one table and is given each table once.
    """

    def generate(target, builder, _signature, _values):
        builder.function.attributes.add("noinline")
        for argument in builder.function.args[2:]:  # behind the place for the result and that for an error
            if isinstance(argument.type, ir.PointerType):
                argument.add_attribute("noalias")
        return target.get_dummy_value()

    return types.void(), generate


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

#: How many records before its turn a record is asked for in a loop that does much with each.
AHEAD = 16


@rule
def fetch(table, i):
    """Ask for record i of a table before it is needed, so that many such requests are under way at once.

    With more customers than fit the cache a stage would otherwise wait a hundred nanoseconds for each.
    """
    start, size = i * table.strides[0], table.strides[0]
    for offset in range(start, start + size, _LINE):
        _touch(table, offset)
    _touch(table, start + size - 1)
