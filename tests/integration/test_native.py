"""Native frames: Python that calls C that calls Python, live and in cores, against GDB, eu-stack and the program itself."""

import dataclasses

import pytest

import interpreters
import native_builds
import native_comparing
import native_tools
from native_looking import ONE, check_all, look, look_at_core, only, start_native

# Program -> since which version, and what must stand between two Python frames: (outer, native function, inner).
SITUATIONS = {
    "sort_key.py": ((2, 7), [("order", "list_?sort|sorted", "key")]),
    "pure_python.py": ((2, 7), []),
    "map_filter_reduce.py": ((2, 7), [("<module>", "reduce", "add"), ("add", "map", "double"), ("double", "sum|filter", "keep")]),
    "many_levels.py": ((2, 7), [("by_sort", "sort", "<lambda>"), ("by_max", "min_max", "plain")]),
    "collector_del.py": ((3, 6), [("<module>|allocate|<listcomp>", "slot_tp_finalize", "__del__")]),
    "del_in_dealloc.py": ((2, 7), [("drop", "subtype_dealloc", "__del__")]),
    "import_hook.py": ((3, 6), [("load", "[Ii]mport", "_find_and_load"), ("_call_with_frames_removed", "exec", "<module>"),
                                ("<module>", "[Ii]mport", "_find_and_load")]),
    "ctypes_qsort.py": ((2, 7), [("sort", "qsort", "compare_outer"), ("sort", "qsort", "compare_inner")]),
    "descriptors.py": ((2, 7), [("balance", "slot_tp_getattr_hook", "__getattr__"), ("__getattr__", "getattr", "__get__"),
                                ("__get__", "getattr|call_method", "__getattribute__")]),
    "operators.py": ((3, 6), [("describe", "slot_tp_str", "__str__"), ("__str__", "PySequence_Tuple|tuple", "__iter__"),
                              ("__iter__", "slot_(sq|mp)_|call_method", "__getitem__"), ("__getitem__", "[Dd]ict", "__eq__")]),
    "generator_from_c.py": ((2, 7), [("collect", "gen_", "outer"), ("outer", "sum", "inner")]),
    "pickling.py": ((3, 6), [("save", "dump", "__reduce__"), ("__reduce__", "save", "__getstate__")]),
    "re_sub.py": ((2, 7), [("sub", "pattern_subx", "replacement")]),
    "weakref_callback.py": ((2, 7), [("forget", "PyObject_ClearWeakRefs", "gone")]),
    "thread_start.py": ((3, 6), [("work", "sort", "<lambda>")]),
    "python_signal_handler.py": ((3, 6), [("send", "[Ss]ignal", "handler")]),
    "class_creation.py": ((3, 6), [("make", "slot_tp_new", "__new__"), ("__new__", "type_new", "__set_name__")]),
    "trace_function.py": ((3, 6), [("profiled", "call_trampoline", "profile")]),
    "coroutine_from_c.py": ((3, 7), [("_run", "task_step", "outer")]),
    "partial_and_methods.py": ((3, 6), [("show", "slot_tp_repr", "__repr__"), ("__repr__", "partial", "method"),
                                        ("method", "partial", "__call__")]),
}
# Every situation on one of each way in which CPython keeps its frames, and on the interpreters that do not run Python in
# one function alone; the other versions take turns.
ALWAYS = ["3.8", "3.12", "3.14t", "3.14-tailcall", "3.14-jit"]
IN_TURN = [one for one in interpreters.VERSIONS if one.id not in ALWAYS]


def situations():
    turn = 0
    for program, (since, _) in SITUATIONS.items():
        chosen = [interpreters.BY_ID[name] for name in ALWAYS]
        while len(chosen) < len(ALWAYS) + 1:
            one = IN_TURN[turn % len(IN_TURN)]
            turn += 1
            if one.version >= since and one not in chosen:
                chosen.append(one)
        for interpreter in chosen:
            if program == "ctypes_qsort.py" and not interpreter.has_ctypes:
                continue
            yield pytest.param(interpreter, program, id=f"{interpreter.id}-{program.removesuffix('.py')}")


@pytest.mark.parametrize(("interpreter", "program"), list(situations()))
def test_situation(start, stillframe, interpreter, program):
    running = start_native(start, interpreter, program)
    _, between = SITUATIONS[program]
    check_all(stillframe, running, between if interpreter.version >= (3, 6) else ())


@pytest.mark.parametrize("interpreter", [one for one in interpreters.ALL if one.id not in ALWAYS])
def test_every_interpreter(start, stillframe, interpreter):
    """The merged order on the whole matrix, variants included."""
    running = start_native(start, interpreter, "sort_key.py")
    names = interpreter.id.rpartition("-")[2] != "nameless"
    search = ["--exhaustive"] if interpreter.id == "3.8-nameless" else []
    if names:
        check_all(stillframe, running, SITUATIONS["sort_key.py"][1], core=None)
        return
    # No name says which call is a loop: all that can be asked is the truth of each part, and no conflict.
    still = look(stillframe, running, *search)
    native_comparing.check_truth(still, running.truth)
    native_comparing.check_merged(still, names=False)
    native_comparing.check_tools(still, native_tools.gdb(pid=running.pid))


@pytest.mark.parametrize("interpreter", [interpreters.BY_ID[name] for name in ("3.14t", "3.14-tailcall", "3.14-jit")])
def test_hot_loop(start, stillframe, interpreter):
    """A loop that the JIT has compiled, where there is one: its code has no names and nothing says how to unwind it."""
    running = start_native(start, interpreter, "hot_loop.py")
    stills = [look(stillframe, running)]
    stills.append(look_at_core(stillframe, running, running.core()))
    for still in stills:
        main = only(still, "MainThread")
        native_comparing.check_truth(still, running.truth)
        native_comparing.check_merged(still)
        native_comparing.check_between(main, "hot", "list_sort", "work")
        native_comparing.check_chain(main, ["_start", "Py_RunMain", "PyEval_EvalCode", "_PyEval_EvalFrameDefault", "hot",
                                            "builtin_sorted", "work", "block", ".*nanosleep"])
        made = [frame for frame in main["frames"] if frame["kind"] == "native" and frame["library"] is None]
        assert bool(made) == (interpreter.id == "3.14-jit"), native_comparing.show(main["frames"])


@pytest.mark.parametrize("program", ["sort_key.py", "pure_python.py"])
def test_untouched(start, stillframe, program):
    """A program that sleeps in the C library is not stopped, native frames or not."""
    still = look(stillframe, start_native(start, ONE, program))
    assert still["consistency"]["method"] == "untouched"
    assert still["consistency"]["threads_stopped"] == 0


def test_after_a_stop(start, stillframe):
    """A debugger has stopped the program before: its threads are then in restart_syscall, or in their call again."""
    running = start_native(start, ONE, "sort_key.py")
    before = native_tools.gdb(pid=running.pid)
    running.wait_asleep()
    native_comparing.check_tools(look(stillframe, running), before)


@pytest.mark.parametrize("flags", [["-static"], ["-static-pie"], ["-no-pie"], ["-pie"], ["-static", "-s"]], ids="".join)
def test_program_kinds(start, stillframe, flags):
    """Python inside of executables of every kind: static ones have no dynamic linker and no list of libraries."""
    executable = native_builds.program(ONE, *flags)
    running = start_native(start, dataclasses.replace(ONE, executable=str(executable)), "sort_key.py")
    if "-s" not in flags:
        check_all(stillframe, running, SITUATIONS["sort_key.py"][1])
        return
    still = look(stillframe, running)
    native_comparing.check_truth(still, running.truth)
    native_comparing.check_merged(still, names=False)
    native_comparing.check_tools(still, native_tools.gdb(pid=running.pid))


def test_last(start, stillframe):
    """--native-last shows native frames only below the last Python frame."""
    running = start_native(start, ONE, "sort_key.py")
    outcome = stillframe("dump", "--native-last", "--json", running.pid)
    assert outcome.code == 0, outcome.err
    for thread in outcome.still["threads"]:
        kinds = [frame["kind"] for frame in thread["frames"]]
        last = len(kinds) - kinds[::-1].index("python")
        assert set(kinds[:last]) == {"python"} and kinds[last:], kinds
    native_comparing.check_truth(outcome.still, running.truth)
    whole = look(stillframe, running)
    for thread in outcome.still["threads"]:
        full = only(whole, thread["name"])["frames"]
        kinds = [frame["kind"] for frame in full]
        last = len(kinds) - kinds[::-1].index("python")
        assert [frame["address"] for frame in thread["frames"] if frame["kind"] == "native"] == [
            frame["address"] for frame in full[last:]]


def test_text(start, stillframe):
    """Plumbing is folded away by default, --no-hide shows it; the library is named."""
    library = native_builds.library("stacks.c")
    running = start_native(start, ONE, "through_library.py", library.name, "stacks_outer", copy=[library])
    folded = stillframe("dump", "--native", running.pid)
    everything = stillframe("dump", "--native", "--no-hide", running.pid)
    assert folded.code == everything.code == 0
    for text in (folded.out, everything.out):
        for name in ("stacks_outer", "stacks_inlined", "libstacks.so", "through", "clock_nanosleep"):
            assert name in text
    assert "_PyEval_EvalFrameDefault" not in folded.out
    assert "_PyEval_EvalFrameDefault" in everything.out
    assert len(folded.out.splitlines()) < len(everything.out.splitlines())


def test_busy(start, stillframe):
    """Threads that run are stopped shortly; each still is merged without a conflict."""
    running = start(interpreters.ONE, "busy.py")
    for _ in range(10):
        outcome = stillframe("dump", "--native", "--json", running.pid)
        assert outcome.code == 0, outcome.err
        assert outcome.still["consistency"]["method"] == "stopped"
        native_comparing.check_merged(outcome.still)
        for thread in outcome.still["threads"]:
            assert thread["native_end"] is None, thread["native_end"]
            assert thread["frames"][0]["function"] in ("_start", "clone3", "__clone3", "clone", "__clone")
