"""Locks, queues, tasks, processes, loggers and enums: the state that is shown, against what the program knows of it."""

import re

import pytest

import value_comparing
from interpreters import CORES_OF_VALUES, VERSIONS, root_of


def pattern(text: str) -> str:
    return ".*".join(re.escape(part) for part in text.split("*"))


def check(still: dict, truth: list[str]) -> None:
    value_comparing.check_children(still, truth, lambda shown, known: re.fullmatch(pattern(known), shown, re.DOTALL))


OPTIONS = ["--json", "--locals", "--locals-depth", 2, "--max-items", 100_000, "--max-string", 100_000, "--no-redact"]


def start_states(start, interpreter):
    return start(interpreter, "values/states.py")


@pytest.mark.parametrize("interpreter", VERSIONS)
def test_live(start, stillframe, interpreter):
    running = start_states(start, interpreter)
    check(stillframe("dump", *OPTIONS, running.pid).still, running.truth["values"])


@pytest.mark.parametrize("interpreter", CORES_OF_VALUES)
def test_core(start, stillframe, interpreter):
    running = start_states(start, interpreter)
    # Of what processes share a core may have nothing.
    truth = [re.sub(r"(SemLock .*) value=\d+", r"\1 value=*", text) for text in running.truth["values"]]
    check(stillframe("core", *OPTIONS, running.core(), *root_of(interpreter)).still, truth)
