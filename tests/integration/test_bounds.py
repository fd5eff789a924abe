"""Memory and files that somebody has made so that a reader never ends: every look ends within 10 seconds of CPU and 512 MiB
of address space, and says what it has left out."""

import gzip
import resource
import zipfile

import pytest

from interpreters import BY_ID

ONE = BY_ID["3.12"]
CPU_SECONDS = 10
ADDRESS_SPACE = 512 << 20


def bounded():
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))


def look(stillframe, *arguments):
    return stillframe(*arguments, preexec_fn=bounded)


@pytest.mark.parametrize("command", [["dump"], ["dump", "--no-block"], ["why"], ["dump", "--no-fold"]], ids=" ".join)
def test_calls_without_end(start, stillframe, command):
    program = start(ONE, "endless_chains.py", "calls", 1_000_000)
    program.wait_asleep()
    outcome = look(stillframe, *command, program.pid)
    assert outcome.code == 3, outcome.err
    assert "it has more than 150000 calls; --max-frames raises the limit" in outcome.out


def test_calls_as_many_as_asked_for(start, stillframe):
    program = start(ONE, "endless_chains.py", "calls", 3000)
    program.wait_asleep()
    few = look(stillframe, "dump", "--json", "--max-frames", 1000, program.pid)
    assert few.code == 3
    [thread] = few.still["threads"]
    assert len(thread["frames"]) == 1000
    assert not thread["complete"]
    assert "--max-frames" in thread["incomplete_reason"]
    all_of_them = look(stillframe, "dump", "--json", "--max-frames", 4000, program.pid)
    [thread] = all_of_them.still["threads"]
    assert len(thread["frames"]) == 3004
    assert "--max-frames" not in thread["incomplete_reason"], "the interpreter counts two calls"


@pytest.mark.parametrize("command", ["dump", "why"])
def test_threads_without_end(start, stillframe, command):
    program = start(ONE, "endless_chains.py", "threads", 500_000)
    program.wait_asleep()
    outcome = look(stillframe, command, program.pid)
    assert outcome.code == 3, outcome.err
    assert "there are more than 20000 thread states" in outcome.out


def test_threads_as_many_as_asked_for(start, stillframe):
    program = start(ONE, "endless_chains.py", "threads", 100)
    program.wait_asleep()
    still = look(stillframe, "dump", "--json", "--max-threads", 10, program.pid).still
    assert len(still["threads"]) == 10
    assert any("more than 10 thread states" in warning for warning in still["warnings"])


def test_large_sources(start, stillframe):
    count = 50

    def prepare(folder):
        for i in range(1, count + 1):
            with open(folder / f"source{i}.py", "wb") as file:
                file.write(b"first line\n")
                file.truncate(60 << 20)

    program = start(ONE, "many_sources.py", "source{}.py", count, before=prepare,
                    command=lambda interpreter, inside: ["env", "-C", inside, interpreter.executable,
                                                         "many_sources.py"])
    program.wait_asleep()
    outcome = look(stillframe, "dump", "--json", program.pid)
    assert outcome.code == 3, outcome.err
    sources = [frame["source"] for frame in outcome.still["threads"][0]["frames"]
               if frame["file"].endswith(".py") and "source" in frame["file"]]
    assert sources.count("first line") == 4, "256 MiB"
    [warning] = [one for one in outcome.still["warnings"] if "--max-read" in one]
    assert "and others were not read" in warning


def test_archive_of_many_members(start, stillframe):
    count = 100

    def prepare(folder):
        with zipfile.ZipFile(folder / "all.zip", "w") as archive:
            for i in range(60_000):
                archive.writestr(f"filler{i}.py", "")
            for i in range(1, count + 1):
                archive.writestr(f"source{i}.py", f"line of {i}\n")

    program = start(ONE, "many_sources.py", "all.zip/source{}.py", count, before=prepare,
                    command=lambda interpreter, inside: ["env", "-C", inside, interpreter.executable,
                                                         "many_sources.py"])
    program.wait_asleep()
    outcome = look(stillframe, "dump", "--json", program.pid)
    assert outcome.code == 0, outcome.still["warnings"]
    sources = {frame["source"] for frame in outcome.still["threads"][0]["frames"]}
    assert {f"line of {i}" for i in range(1, count + 1)} <= sources


def test_compressed_core_of_zeros(start, stillframe, tmp_path):
    program = start(ONE, "blocked_threads.py")
    program.wait_asleep()
    core = program.core()
    packed = tmp_path / "core.gz"
    with gzip.open(packed, "wb", compresslevel=1) as out, core.open("rb") as file:
        while piece := file.read(1 << 20):
            out.write(piece)
        for _ in range(256):
            out.write(bytes(1 << 20))
    whole = look(stillframe, "core", "--json", packed)
    assert whole.code == 0, whole.still["warnings"]
    size = core.stat().st_size
    cut = look(stillframe, "core", "--json", "--max-core-size", size, packed)
    assert cut.code == 3
    [warning] = [one for one in cut.still["warnings"] if "--max-core-size" in one]
    assert "the memory behind that is missing" in warning
    assert cut.still["threads"] == whole.still["threads"]
