"""The library as others use it: programs built against an installed tree (scripts/embed)."""

import os
import re
import signal
import subprocess

import pytest

import interpreters

REPOSITORY = interpreters.TESTS.parent
BUILT = REPOSITORY / "build" / "embed" / "programs"
VERSIONS = [one for one in interpreters.VERSIONS if one.version in ((2, 7), (3, 8), (3, 12), (3, 14))]
NEWEST = [one for one in interpreters.VERSIONS if one.version == (3, 12)]


@pytest.fixture(scope="module")
def built():
    subprocess.run([REPOSITORY / "scripts" / "embed"], check=True, timeout=900)

    def run(name, *arguments, **options):
        path = BUILT / ("examples" if (BUILT / "examples" / name).exists() else ".") / name
        return subprocess.run([path, *map(str, arguments)], capture_output=True, timeout=60, **options)

    return run


def rewritten(built, outcome) -> None:
    """A still that was read from its JSON and written again is the same, byte for byte."""
    assert outcome.out
    again = built("rewrite_stills", input=outcome.out.encode())
    assert again.returncode == 0, again.stderr
    assert again.stdout.decode() == outcome.out


def test_versions(built):
    run = built("headers_alone")
    assert run.returncode == 0, run.stdout
    by_pkg_config = REPOSITORY / "build" / "embed" / "by_pkg_config"
    assert subprocess.run([by_pkg_config], input=b"", timeout=60).returncode == 0


def test_headers_need_nothing_of_ours(built):
    """Five headers at most and that of the version; they include each other and the standard library alone."""
    folder = REPOSITORY / "build" / "embed" / "prefix" / "include" / "stillframe"
    headers = {path.name for path in folder.iterdir()}
    assert {"session.h", "still.h", "memory.h", "error.h", "version.h"} <= headers
    assert headers <= {"session.h", "still.h", "memory.h", "error.h", "version.h", "sampling.h"}
    for path in folder.iterdir():
        included = re.findall(r'#\s*include\s+["<](.+)[">]', path.read_text())
        assert all(re.fullmatch(r"[a-z_]+|stillframe/[a-z]+\.h", name) for name in included), included
        assert "fmt" not in path.read_text() and "nlohmann" not in path.read_text()


@pytest.mark.parametrize("options", [(), ("--native", "--locals"), ("--native-all", "--locals", "--locals-depth", "2")])
@pytest.mark.parametrize("interpreter", VERSIONS)
def test_stills_of_processes(built, start, stillframe, interpreter, options):
    running = start(interpreter, "blocked_threads.py")
    rewritten(built, stillframe("dump", "--json", *options, running.pid))
    rewritten(built, stillframe("why", "--json", running.pid))


@pytest.mark.parametrize("interpreter", NEWEST)
@pytest.mark.parametrize("program", ["hostile_names.py", "deep_recursion.py", "coroutines.py", "subinterpreters.py",
                                     "expressions_of_several_lines.py", "native/many_levels.py"])
def test_stills_of_many_kinds(built, start, stillframe, interpreter, program):
    running = start(interpreter, program, 5000)
    rewritten(built, stillframe("dump", "--json", "--locals", running.pid))


@pytest.mark.parametrize("interpreter", [one for one in VERSIONS if one.root is None])
def test_stills_of_cores(built, start, stillframe, interpreter):
    core = start(interpreter, "blocked_threads.py").core()
    rewritten(built, stillframe("core", "--json", "--native", "--locals", core))
    with core.open("rb") as file:
        core.unlink()
        run = built("core_from_descriptor", stdin=file)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith(b"died of SIGSEGV\n")
    assert run.stdout.count(b"thread ") >= 2
    assert b" at " in run.stdout


def test_watches_its_parent(built):
    """The parent is a Python of its own, which waits for the program."""
    built("headers_alone")
    parent = "import subprocess, sys\ndef wait_for_it():\n    subprocess.run(sys.argv[1:])\nwait_for_it()"
    run = subprocess.run(["/usr/bin/python3.11", "-c", parent, BUILT / "examples" / "watch_parent", "2"],
                         capture_output=True, timeout=60, text=True)
    assert run.returncode == 0
    assert run.stdout.count("MainThread:") == 2, run.stdout + run.stderr
    assert run.stdout.count("wait_for_it:3") == 2, run.stdout


@pytest.mark.parametrize("interpreter", VERSIONS)
def test_supplies_memory_itself(built, start, stillframe, interpreter):
    """The same calls as the program finds in the process."""
    running = start(interpreter, "blocked_threads.py")
    os.kill(running.pid, signal.SIGSTOP)
    running.wait_stopped()
    run = built("own_memory", running.pid)
    still = stillframe("dump", "--json", running.pid).still
    assert run.returncode == 0, run.stderr
    version, *threads = re.split(r"\nthread (?:\d+)\n", run.stdout.decode())
    assert version == f"Python {still['python']['version']}"
    calls = [[call.split()[0] for call in thread.splitlines()] for thread in threads]
    assert sorted(calls) == sorted([f"{frame['function']}:{frame['line']}" for frame in thread["frames"]]
                                   for thread in still["threads"])


def test_memory_without_python(built):
    with subprocess.Popen(["sleep", "60"]) as process:
        run = built("own_memory", process.pid)
        process.kill()
    assert run.returncode == 1
    assert run.stderr


@pytest.mark.parametrize("interpreter", NEWEST)
def test_leaves_its_own_process_alone(built, start, interpreter):
    """What a library does to its own process it does only where it is told that it may."""
    running = start(interpreter, "blocked_threads.py")

    def told(*options):
        lines = built("quiet_guest", running.pid, *options).stdout.decode().splitlines()
        return {word: {line.removeprefix(word) for line in lines if line.startswith(word)}
                for word in ("before: ", "while: ", "after: ", "call: ")}

    untouched = {"SIGBUS default, limit 256, no children, no servers"}
    quiet = told()
    assert [quiet["before: "], quiet["while: "], quiet["after: "]] == [untouched] * 3
    free = told("all")
    assert free["before: "] == untouched
    assert "SIGBUS handled, limit 4096, no children, no servers" in free["while: "]
    assert free["after: "] == {"SIGBUS default, limit 4096, no children, no servers"}
    assert quiet["call: "] == free["call: "], "the same functions have names"
