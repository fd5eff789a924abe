"""Native frames of code that is built in every way: with and without CFI, symbols and debug information, in C, C++, Rust, assembly."""

import pathlib
import signal

import pytest

import interpreters
import native_builds
import native_comparing
import native_tools
from native_looking import ONE, OUTER, check_all, has_symbols, look, look_at_core, only, start_native, wait_for_handler

WITH_CFI = ["plain", "unoptimized", "debug_frame", "lto", "dwarf 4", "split dwarf", "compressed dwarf", "large"]


@pytest.mark.parametrize("way", WITH_CFI + ["no debug information", "stripped"])
def test_library(start, stillframe, way):
    library = native_builds.library("stacks.c", way)
    running = start_native(start, ONE, "through_library.py", library.name, "stacks_outer", "stacks_variable_frame:3000",
                           "stacks_large_frame", "stacks_longjmp", copy=[library])
    for still in check_all(stillframe, running):
        main = only(still, "MainThread")
        if way == "stripped":  # static functions have no names left
            continue
        native_comparing.check_chain(main, [
            "through", "ffi_call", *OUTER, "through", "stacks_variable_frame", "through", "stacks_large_frame", "through",
            "stacks_longjmp", "stacks_landed", "through", "block"])
        assert not [frame for frame in main["frames"] if frame["function"] == "stacks_jump"]


@pytest.mark.parametrize("how", ["debug link", "debug_frame", "debug data", "dwp"])
def test_debug_information_elsewhere(start, stillframe, how):
    """Beside the library by name, with all unwind rules or not, compressed in a section, in one package of split DWARF."""
    library, extra = native_builds.beside(how)
    running = start_native(start, ONE, "in_library.py", library.name, "stacks_block", copy=[library, *([extra] if extra else [])])
    for still in check_all(stillframe, running):
        main = only(still, "MainThread")
        native_comparing.check_chain(main, ["stacks_block", *OUTER, "stacks_wait"])
        if how != "debug data":  # which has no more than symbols
            native_comparing.check_chain(main, ["stacks_block", "stacks_outer", "stacks_inlined", "stacks_inlined_deeply"])


def test_inlined_and_lines(start, stillframe):
    library = native_builds.library("stacks.c")
    running = start_native(start, ONE, "in_library.py", library.name, "stacks_block", copy=[library])
    for still in check_all(stillframe, running):
        frames = only(still, "MainThread")["frames"]
        mine = [(frame["function"], frame["inlined"]) for frame in frames if (frame["library"] if frame["kind"] == "native" else "")
                and frame["library"].endswith(library.name)]
        assert mine == [("stacks_block", False), ("stacks_outer", False), ("stacks_inlined", True), ("stacks_inlined_deeply", True),
                        ("stacks_middle", False), ("stacks_middle", False), ("stacks_middle", False), ("stacks_inner", False),
                        ("stacks_wait", False)]
        source = (native_builds.SOURCES / "stacks.c").read_text().splitlines()
        for frame in frames:
            if frame["kind"] == "native" and (frame["file"] or "").endswith("/stacks.c"):
                assert frame["source"] == source[frame["line"] - 1], frame
        for name, text in (("stacks_inner", "CALL_THROUGH_MACRO(callback);"), ("stacks_outer", "stacks_inlined(callback);"),
                           ("stacks_wait", "pause();")):
            [frame] = [one for one in frames if one["function"] == name]
            assert pathlib.Path(frame["file"]).name == "stacks.c"
            # GCC gives a call the line of the statement, or of the one after it where a barrier follows.
            assert text in "".join(source[frame["line"] - 2:frame["line"] + 1])


def test_macro(start, stillframe):
    """Built with -g3, the call is named as the macro that it is in."""
    library = native_builds.library("stacks.c", "unoptimized")
    running = start_native(start, ONE, "in_library.py", library.name, "stacks_block", copy=[library])
    for still in [look(stillframe, running), look_at_core(stillframe, running, running.core())]:
        [inner] = [frame for frame in only(still, "MainThread")["frames"] if frame["function"] == "stacks_inner"]
        assert inner["macro"] == "CALL_THROUGH_MACRO"


@pytest.mark.parametrize("way", ["frame pointers alone", "no cfi", "no cfi, stripped"])
@pytest.mark.parametrize("program", ["through_library.py", "in_library.py"])
def test_library_without_cfi(start, stillframe, way, program):
    """No tool can be asked: the same library with CFI tells which frames there are."""
    library = native_builds.library("stacks.c", way)
    function = ["stacks_outer"] if program == "through_library.py" else ["stacks_block"]
    running = start_native(start, ONE, program, library.name, *function, copy=[library])
    truth = running.truth
    gdb = native_tools.gdb(pid=running.pid)
    for still in [look(stillframe, running), look_at_core(stillframe, running, running.core())]:
        native_comparing.check_truth(still, truth)
        native_comparing.check_merged(still)
        main = only(still, "MainThread")
        native_comparing.check_native(only(still, "witness"), gdb[only(still, "witness")["tid"]])
        assert main["native_end"] is None, main["native_end"]
        mine = [frame for frame in main["frames"] if frame["kind"] == "native" and frame["library"].endswith(library.name)]
        if way != "no cfi, stripped":
            assert [frame["function"] for frame in mine] == [
                *(["stacks_block"] if program == "in_library.py" else []), *OUTER,
                *(["stacks_wait"] if program == "in_library.py" else [])]
        assert len(mine) == (7 if program == "in_library.py" else 5)
        guessed = [frame for frame in main["frames"] if frame["kind"] == "native" and frame["guessed"]]
        # Each call made by the library is found without CFI: its own frames but the innermost, and what called it.
        assert len(guessed) == len(mine)
        native_comparing.check_chain(main, ["_start", "<module>", "ffi_call", *(["through"] if function == "stacks_outer" else [])])


@pytest.mark.parametrize("function", ["assembly_with_frame", "assembly_without_frame"])
@pytest.mark.parametrize("calls", ["Python", "C"])
def test_assembly(start, stillframe, function, calls):
    code, stacks = native_builds.library("no_cfi.S"), native_builds.library("stacks.c")
    running = start_native(start, ONE, "assembly.py", code.name, stacks.name if calls == "C" else "-", function,
                           copy=[code, stacks])
    truth = running.truth
    for still in [look(stillframe, running), look_at_core(stillframe, running, running.core())]:
        native_comparing.check_truth(still, truth)
        native_comparing.check_merged(still)
        main = only(still, "MainThread")
        assert main["native_end"] is None, main["native_end"]
        native_comparing.check_chain(main, ["_start", "<module>", "call_python|call_c", "ffi_call", function,
                                            *(["called_back", "block"] if calls == "Python" else ["stacks_block", *OUTER])])
        [mine] = [at for at, frame in enumerate(main["frames"]) if frame["function"] == function]
        guessed = [at for at, frame in enumerate(main["frames"]) if frame["kind"] == "native" and frame["guessed"]]
        assert guessed == [mine - 1]  # what called the code without CFI was found by a guess, and nothing else


def test_leaf_without_cfi(start, stillframe):
    """The thread runs: its pc is in the code without CFI itself."""
    code = native_builds.library("no_cfi.S")
    running = start(ONE, "native/spins_in_assembly.py", code.name, copy=[code])
    truth = running.truth
    outcome = stillframe("dump", "--native", "--json", running.pid)
    assert outcome.code == 0, outcome.err
    assert outcome.still["consistency"]["method"] == "stopped"
    for still in [outcome.still, look_at_core(stillframe, running, running.core())]:
        native_comparing.check_truth(still, truth)
        native_comparing.check_merged(still)
        main = only(still, "MainThread")
        native_comparing.check_chain(main, ["_start", "<module>", "spin", "ffi_call", "assembly_leaf"])
        assert main["frames"][-1]["function"] == "assembly_leaf"
        assert main["native_end"] is None


@pytest.mark.parametrize("own_stack", [0, 1])
@pytest.mark.parametrize("function", ["stacks_fault", "stacks_interrupted", "stacks_call_nothing"])
def test_signal_handler(start, stillframe, function, own_stack):
    """A C handler that does not come back, on the thread's stack or on its own: what it interrupted stands under it."""
    library = native_builds.library("stacks.c")
    running = start_native(start, ONE, "in_library.py", library.name, function, own_stack, copy=[library])
    wait_for_handler(running, signal.SIGALRM if function == "stacks_interrupted" else signal.SIGSEGV)
    under = {"stacks_fault": ["stacks_write_to"], "stacks_interrupted": ["stacks_wait", "(__GI_)?_*(libc_)?pause"],
             "stacks_call_nothing": []}[function]
    # A pc that leads nowhere is the end for GDB and eu-stack.
    without = ["MainThread"] if function == "stacks_call_nothing" else []
    for still in check_all(stillframe, running, without=without, core=signal.SIGABRT):  # SIGSEGV is held back in its handler
        native_comparing.check_chain(only(still, "MainThread"), [
            "<module>", "call", "ffi_call", function, *under, "stacks_handler", "stacks_in_handler", "stacks_wait"])


@pytest.mark.parametrize("interpreter", [interpreters.BY_ID[name] for name in ("2.7", "3.8", "3.12", "3.13-debian", "3.14")])
def test_thread_of_c(start, stillframe, interpreter):
    library = native_builds.library("stacks.c")
    running = start_native(start, interpreter, "c_thread.py", library.name, copy=[library])
    for still in check_all(stillframe, running):
        [thread] = [one for one in still["threads"] if one["name"] not in ("MainThread", "witness")]
        began = ["(__)?clone3?", "start_thread"] if has_symbols(interpreter) else []
        native_comparing.check_chain(thread, [*began, "stacks_thread_start", *OUTER, "called_back", "<lambda>", "block"])


def test_all_threads(start, stillframe):
    """--native-all shows the threads that Python has never heard of, --native does not."""
    library = native_builds.library("stacks.c")
    running = start_native(start, ONE, "native_threads.py", library.name, copy=[library])
    assert len(look(stillframe, running)["threads"]) == 2
    gdb = native_tools.gdb(pid=running.pid)
    assert len(gdb) == 5
    outcome = stillframe("dump", "--native-all", "--json", running.pid)
    assert outcome.code == 0, outcome.err
    core = stillframe("core", "--native-all", "--json", running.core())
    assert core.code == 0, core.err
    for still in (outcome.still, core.still):
        native_comparing.check_tools(still, gdb, everything=True)
        native_comparing.check_merged(still)
        strangers = [thread for thread in still["threads"] if not thread["python"]]
        assert len(strangers) == 3
        for thread in strangers:
            native_comparing.check_chain(thread, ["start_thread", "stacks_thread_start", *OUTER, "stacks_wait"])


@pytest.mark.parametrize(("source", "way"), [
    ("templates.cpp", "plain"), ("templates.cpp", "no debug information"), ("templates.cpp", "stripped"),
    ("rusty.rs", "plain"), ("rusty.rs", "stripped")])
def test_cpp_and_rust(start, stillframe, source, way):
    library = native_builds.library(source, way)
    functions, chain = {
        "templates.cpp": (["templates_visit", "templates_sort", "templates_throw"],
                          ["templates_visit", "visit", "visit", "visit", "settle", "<lambda>", "through",
                           "templates_sort", "before", "<lambda>", "through", "templates_throw", "fail", "<lambda>", "through",
                           "block"]),
        "rusty.rs": (["rusty_visit", "rusty_sort"],
                     ["rusty_visit", "visit", "visit", "visit", "within", "<lambda>", "through", "rusty_sort", "compare",
                      "<lambda>", "through", "block"]),
    }[source]
    running = start_native(start, ONE, "through_library.py", library.name, *functions, copy=[library])
    for still in check_all(stillframe, running):
        main = only(still, "MainThread")
        shown = [frame["function"] for frame in main["frames"] if frame["kind"] == "native"]
        if way == "stripped":
            native_comparing.check_chain(main, [*functions, "block"])
            continue
        native_comparing.check_chain(main, chain)
        for wanted in {"templates.cpp": ["ledger::Book<unsigned long, 2>::visit", "ledger::before", "ledger::fail"],
                       "rusty.rs": ["rusty::within", "rusty::compare"]}[source]:
            assert any(wanted in (name or "") for name in shown), f"{wanted}: {shown}"


@pytest.mark.parametrize("interpreter", [one for one in interpreters.VERSIONS if native_builds.headers(one)])
def test_extension(start, stillframe, interpreter):
    module = native_builds.extension(interpreter)
    running = start_native(start, interpreter, "in_extension.py", copy=[module])
    call = ["extension_call", "extension_descend"]
    for still in check_all(stillframe, running):
        native_comparing.check_chain(only(still, "MainThread"), [
            "_start", "<module>", "outermost", *call, "extension_call_now", "drop", "caller_dealloc", "extension_call_now",
            "from_dealloc", *call, "extension_call_now", "innermost", "block"])
        [other] = [one for one in still["threads"] if one["name"] not in ("MainThread", "witness")]
        began = [] if interpreter.musl else ["start_thread"]
        native_comparing.check_chain(other, [*began, "extension_thread", "extension_descend", "extension_call_now",
                                             "in_c_thread", *call, "innermost", "block"])


DEATHS = {
    "stacks_die_of_fault": ("SIGSEGV", ["stacks_die_of_fault", "stacks_write_to"]),
    "stacks_die_of_abort": ("SIGABRT", ["stacks_die_of_abort", "(__GI_)?abort", "(__GI_)?raise"]),
    "stacks_die_of_call": ("SIGSEGV", ["stacks_die_of_call"]),
    "stacks_overflow": ("SIGSEGV", ["stacks_overflow", "stacks_overflow", "stacks_overflow"]),
}


@pytest.mark.parametrize("function", DEATHS)
def test_death(start, stillframe, function):
    """The core that the kernel writes of a program that dies in C."""
    sent, chain = DEATHS[function]
    library = native_builds.library("stacks.c")
    running = start(ONE, "native/dies_in_library.py", library.name, function, 1, copy=[library])
    running.process.wait(60)
    [core] = running.folder.glob("core*")
    still = look_at_core(stillframe, running, core)
    assert still["crash"]["signal"] == sent
    died = only(still, "dies")
    assert died["tid"] == still["crash"]["tid"]
    native_comparing.check_merged(still)
    native_comparing.check_tools(still, native_tools.gdb(core=core, executable=ONE.executable),
                                 native_tools.eu_stack(core=core, executable=ONE.executable),
                                 without=["dies"] if function == "stacks_die_of_call" else [])
    native_comparing.check_chain(died, ["start_thread", "_bootstrap", "die", "call", "ffi_call", *chain])


def test_missing_library(start, stillframe):
    """A library that is gone costs its names, not the stack."""
    library = native_builds.library("stacks.c", "no debug information")
    running = start_native(start, ONE, "in_library.py", library.name, "stacks_block", copy=[library])
    before = look(stillframe, running)
    core = running.core()
    (running.folder / library.name).unlink()
    outcome = stillframe("core", "--native", "--json", core)
    assert outcome.code in (0, 3)
    assert any(library.name in warning for warning in outcome.still["warnings"]), outcome.still["warnings"]
    main, complete = only(outcome.still, "MainThread"), only(before, "MainThread")
    mine = [frame for frame in main["frames"] if frame["kind"] == "native" and frame["library"]
            and frame["library"].endswith(library.name)]
    assert mine and all(frame["function"] is None for frame in mine)
    native_comparing.check_chain(main, ["_start", "<module>", "call", "ffi_call"])
    found = stillframe("core", "--native", "--json", core, "--lib-search-path", library.parent)
    assert found.code == 0, found.err
    assert only(found.still, "MainThread")["frames"] == complete["frames"] or [
        frame["function"] for frame in only(found.still, "MainThread")["frames"]] == [
        frame["function"] for frame in complete["frames"]]
