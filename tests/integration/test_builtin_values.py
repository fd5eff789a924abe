"""Values of the built-in types, and thousands of each type that repr() shows whole, live and as cores, against the program's
own repr() of each."""

import pytest

import interpreters
import value_comparing
from interpreters import PROGRAMS

CASES = [pytest.param(one, id=one.id) for one in interpreters.VERSIONS]
CORES = interpreters.EVERY_CORE or [
    interpreters.BY_ID[name] for name in ("2.7", "3.9-dbg", "3.11", "3.13", "3.14t", "3.15-dbg")]


def start_values(start, interpreter, name):
    running = start(interpreter, f"values/{name}", copy=[PROGRAMS / "values/_generated.py"])
    running.wait_asleep()
    return running


def compare(start, stillframe, interpreter, name, cores):
    running = start_values(start, interpreter, name)
    live = stillframe("dump", *value_comparing.OPTIONS, running.pid)
    value_comparing.check(live.still, running.truth)
    if interpreter in cores:
        core = stillframe("core", *value_comparing.OPTIONS, running.core(), *interpreters.root_of(interpreter))
        value_comparing.check(core.still, running.truth)


@pytest.mark.parametrize("interpreter", CASES)
def test_values(start, stillframe, interpreter):
    compare(start, stillframe, interpreter, "builtin_values.py", CORES)


@pytest.mark.parametrize("interpreter", CASES)
def test_many_values(start, stillframe, interpreter):
    compare(start, stillframe, interpreter, "many_values.py", interpreters.EVERY_CORE or CORES[::2])
