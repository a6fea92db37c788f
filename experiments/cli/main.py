"""The command `longgame`.

Nothing heavy is imported until a command needs it: ``longgame --help`` answers at once. A command is a function in a
file of its own; to add one, write the function and name it in `COMMANDS`.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cyclopts import App, CoercionError, CycloptsError, Parameter, UnknownCommandError, UnusedCliTokensError

from longgame.experiments.cli.codes import BAD_INPUT, BROKEN_PIPE, DONE, FAILED, INTERRUPTED, Stopped

#: Name, module and function, and what it does, in the order of the help.
COMMANDS = {
    "list": ("names:names", "show the experiments, strategies and reference configurations"),
    "run": ("run:run", "run an experiment and say whether its claim holds"),
    "check": ("check:check", "check files of your own by the rules of claims, studies and strategies"),
    "claims": ("claims:claims", "run all claims: verdicts, effects, and where they flip, in one table and page"),
    "sweep": ("sweep:sweep", "turn one or two dials and see who is ahead at every value"),
    "tournament": ("tournament:tournament", "play every strategy against every other; a league table"),
    "invade": ("invade:invade", "let every strategy invade every other: whose market is stable"),
    "evolve": ("evolve:evolve", "let ways of selling that earn more spread, on payoffs and in the market"),
    "phase-map": ("phase_map:phase_map", "map who is ahead over any two dials of the scenario, and how surely"),
    "sensitivity": ("sensitivity:sensitivity", "find the dials that decide the verdict of a claim"),
    "ensemble": ("ensemble:ensemble", "find the markets that agree with published numbers, with weights"),
    "show": ("show:show", "print the card of a strategy: rule, origin, traits, record"),
    "cards": ("cards:cards", "measure what the strategy cards report of the library"),
    "fit-strategy": ("fit_strategy:fit_strategy", "search the best conduct in a market, by horizon"),
    "lesson": ("lesson:lesson", "make the lesson page: one HTML file to sell, bet, watch and try in"),
    "sayings": ("sayings:sayings", "show what salespeople say and what the runs say of it; write it as a quiz"),
    "page": ("page:page", "serve the lesson page to this machine, with markets of your own run live"),
    "class": ("classroom:classroom", "let the phones of a class bet, then sell in one market; the projector shows it"),
    "simulate": ("simulate:simulate", "run one market and write its tables"),
    "orders": ("orders:orders", "show what an order file holds, and what was left out"),
    "calibrate": ("calibrate:calibrate", "fit markets to an order book, and the nearest of them"),
    "advise": ("advise:advise", "say what could be changed, in the markets that fit an order book"),
    "limits": ("limits:limits", "compare the market with exact results of theory, all else switched off"),
    "bands": ("bands:bands", "see whether each reference configuration is a market that could exist"),
    "status": ("store:status", "show how far experiments are, and which runs failed"),
    "export": ("store:export", "write the runs of a results store as CSV or Parquet"),
    "patterns": ("patterns:patterns", "compare the untuned market with published empirical patterns"),
}

#: Longest line on what is wrong with a command line. Unit: letters.
LONGEST = 400
#: Most files that an interrupted command names.
MOST_NAMED = 5


def _app() -> App:
    """Return the command line; the module of a command is imported when it is called."""
    from longgame import __version__

    made = App(
        name="longgame",
        help="In selling, who wins in the long run, and why? An agent-based market to find out.",
        help_format="plaintext",
        version=__version__,
        default_parameter=Parameter(negative=(), show_default=_shown, allow_repeating=True),
        result_action="return_value",
        exit_on_error=False,
        print_error=False,
    )
    for place, (name, (target, text)) in enumerate(COMMANDS.items()):
        made.command(f"{__package__}.{target}", name=name, help=text, sort_key=place, help_format="markdown")
    return made


def _shown(default: Any) -> str | None:
    """Return how a help text shows a default; what is off or not given is not shown."""
    return None if default in (False, (), None) else str(default)


def parse(arguments: Sequence[str]) -> Callable[[], int | None]:
    """Read a command line and return what carries it out.

    Raises
    ------
    CycloptsError
        If it is none.
    """
    app = _app()
    call, bound, given = app.parse_args(list(arguments))
    if isinstance(getattr(call, "__self__", None), App):  # --help and --version
        return lambda: _readable(lambda: call(*bound.args, **bound.kwargs))
    line = {"line": shlex.join(["longgame", *arguments])} if "line" in given else {}
    return lambda: call(*bound.args, **bound.kwargs, **line)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the name of the program; those of the process if left out.

    Returns
    -------
    int
        0 done, 1 every run or a limit failed, 2 something wrong in what was given, 130 interrupted, 141 nobody
        reads what is printed.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    program = f"longgame {arguments[0]}" if arguments and arguments[0] in COMMANDS else "longgame"
    _written().clear()
    try:
        code = _carry_out(arguments, program)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt as stop:
        print(f"\ninterrupted; {str(stop) or _kept()}", file=sys.stderr)
        # CPython takes note of an interrupt that went through `exec` of a text (numba has some) even where it
        # is caught, and under `python -m` would die by the signal at its end. An `exec` clears the note.
        exec("")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough of it; the interpreter's own flush must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE


def _written() -> list[Path]:
    """Return what was written so far; without the module that writes, that is nothing."""
    files = sys.modules.get("longgame.sim.files")
    return [] if files is None else files.WRITTEN


def _kept() -> str:
    """Report what an interrupted command has written whole; what was in a draft is gone with it."""
    there = [str(path) for path in dict.fromkeys(_written()) if os.path.exists(path)]
    if not there:
        return "nothing was written"
    more = f" and {len(there) - MOST_NAMED:,} more" if len(there) > MOST_NAMED else ""
    return f"written whole: {', '.join(there[:MOST_NAMED])}{more}; the same command again writes all"


def _carry_out(arguments: Sequence[str], program: str) -> int:
    """Carry out a command; a mistake in what the user gave becomes one line each on stderr."""
    try:
        return parse(arguments)() or DONE
    except CycloptsError as error:
        lines, code = [f"{_said(error)} (try {program} --help)"], BAD_INPUT
    except Stopped as stop:
        lines, code = [str(stop)], FAILED
    except ValueError as error:
        from longgame.sim.errors import InputError

        if not isinstance(error, InputError):
            raise
        lines, code = list(error.lines), BAD_INPUT
    for line in lines:
        print(f"{program}: {line}", file=sys.stderr)
    return code


def _said(error: CycloptsError) -> str:
    """Return in one line what is wrong with a command line."""
    text = str(error)
    if isinstance(error, CoercionError) and error.msg and error.argument:  # from one of our own readers
        text = f"{error.argument.name}: {error.msg}"
    elif isinstance(error, UnknownCommandError) and error.unused_tokens:
        from longgame.sim.errors import nearest

        text = f"{error.unused_tokens[0]!r} is not a command; {nearest(error.unused_tokens[0], COMMANDS)}"
    elif isinstance(error, UnusedCliTokensError):
        text = f"{' '.join(error.unused_tokens or ())!r} is more than the command takes"
    text = text.removeprefix(f'Command "{" ".join(error.command_chain or ())}" parameter ')
    text = "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split())).rstrip(".")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def _readable(show: Callable[[], Any]) -> None:
    """Show a help text; Rich leaves the program where nobody reads it."""
    try:
        show()
    except SystemExit:
        raise BrokenPipeError from None


if __name__ == "__main__":
    sys.exit(main())
