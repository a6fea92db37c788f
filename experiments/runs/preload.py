"""Imported once by the server from which workers are forked: they start with compiled code loaded."""

import contextlib

from longgame.experiments.runs.provenance import environment
from longgame.experiments.runs.runner import load_compiled

# A worker that meets the same error reports it as a failed run; the server itself must live.
with contextlib.suppress(Exception):
    load_compiled()
    environment()
