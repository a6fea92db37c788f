"""Exit codes of the command, and how one ends that has failed."""

from __future__ import annotations

#: Everything was done; runs or a limit failed; something given is wrong; Ctrl-C; nobody reads what is printed.
DONE, FAILED, BAD_INPUT, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 130, 141


class Stopped(Exception):
    """Ends a command with one line on stderr and the exit code `FAILED`."""
