"""Every interpreter of the matrix, live and as a core, against what the program says of itself."""

import pytest

import comparing
import interpreters

# Programs that run on every version, and those that need a later one.
SITUATIONS = {
    "blocked_threads.py": (2, 7),
    "generators.py": (2, 7),
    "comprehensions.py": (2, 7),
    "class_body.py": (2, 7),
    "exec_code.py": (2, 7),
    "imports.py": (3, 6),
    "decorators.py": (3, 6),
    "c_callbacks.py": (2, 7),
    "garbage_collection.py": (3, 6),
    "coroutines.py": (3, 7),
    "columns.py": (3, 6),
    "non_ascii_names.py": (3, 6),
}
# These show whether the interpreters, threads and frames are found at all.
FOR_VARIANTS = ("blocked_threads.py", "generators.py")


def cases():
    return list(all_cases())


def all_cases():
    for interpreter in interpreters.ALL:
        for program, since in SITUATIONS.items():
            if interpreter.version < since or (interpreter.variant and program not in FOR_VARIANTS):
                continue
            if program == "c_callbacks.py" and not interpreter.has_ctypes:
                continue
            yield pytest.param(interpreter, program, id=f"{interpreter.id}-{program.removesuffix('.py')}")


@pytest.mark.parametrize(("interpreter", "program"), list(cases()))
def test_live_and_core(start, stillframe, interpreter, program):
    running = start(interpreter, program)
    running.wait_asleep()
    truth = running.truth
    # Before 3.10 nothing in such a program leads to the interpreter: the whole memory is searched.
    search = ["--exhaustive"] if interpreter.id == "3.8-nameless" else []
    live = stillframe("dump", "--json", *search, running.pid)
    assert live.code == 0, live.err + str(live.still["warnings"])
    assert live.still["consistency"]["method"] == "untouched"
    assert live.still["python"]["version"] == ".".join(map(str, truth["version"]))
    assert live.still["python"]["debug_build"] == interpreter.debug
    assert live.still["python"]["free_threaded"] == interpreter.free_threaded
    comparing.check(live.still, truth)

    core = stillframe("core", "--json", *search, running.core(), *interpreters.root_of(interpreter))
    assert core.code == 0, core.err + str(core.still["warnings"])
    assert core.still["source"]["kind"] == "core"
    assert core.still["crash"]["signal"] == "SIGSEGV"
    assert core.still["crash"]["sender_pid"] is not None
    comparing.check(core.still, truth)
