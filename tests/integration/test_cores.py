"""Cores of every make: by gdb, filtered, compressed, cut, moved to another machine, of other signals."""

import os
import pathlib
import shutil
import signal
import struct
import subprocess

import pytest

import comparing
import interpreters

PACKERS = {"zst": ["zstd", "-q", "-1", "-c"], "lz4": ["lz4", "-q", "-c"], "gz": ["gzip", "-1", "-c"],
           "xz": ["xz", "-0", "-c"]}


@pytest.fixture(scope="module")
def kept(tmp_path_factory, stillframe):
    """One kernel core and its truth, for the tests that only change the file."""
    return {"folder": tmp_path_factory.mktemp("core")}


def one_core(start, kept):
    if "core" not in kept:
        running = start(interpreters.ONE, "blocked_threads.py")
        running.wait_asleep()
        kept["truth"] = running.truth
        kept["core"] = pathlib.Path(shutil.copy(running.core(), kept["folder"] / "core"))
    return kept["core"], kept["truth"]


def call_chains(described):
    """(function, line) of every frame of every thread that stands in the same place in each still."""
    return sorted([(frame["function"], frame["line"]) for frame in thread["frames"]]
                  for thread in described["threads"] if thread["name"] != "witness")


@pytest.mark.parametrize("packer", PACKERS)
def test_compressed(start, stillframe, kept, packer, tmp_path):
    core, truth = one_core(start, kept)
    packed = tmp_path / f"core.{packer}"
    with packed.open("wb") as out:
        subprocess.run([*PACKERS[packer], core], stdout=out, check=True)
    outcome = stillframe("core", "--json", packed)
    assert outcome.code == 0, outcome.err + str(outcome.still["warnings"])
    assert call_chains(outcome.still) == call_chains(truth)
    assert not list(tmp_path.glob("*.tmp*"))


@pytest.mark.parametrize("packer", PACKERS)
def test_compressed_and_cut(start, stillframe, kept, packer, tmp_path):
    core, _ = one_core(start, kept)
    packed = subprocess.run([*PACKERS[packer], core], stdout=subprocess.PIPE, check=True).stdout
    for part in (0.1, 0.6, 0.95):
        cut = tmp_path / f"core.{packer}"
        cut.write_bytes(packed[: int(len(packed) * part)])
        told(stillframe("core", "--json", cut))


@pytest.mark.parametrize("part", [0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99])
def test_cut(start, stillframe, kept, part, tmp_path):
    """What a full disk leaves."""
    core, truth = one_core(start, kept)
    cut = tmp_path / "core"
    shutil.copy(core, cut)
    os.truncate(cut, int(core.stat().st_size * part))
    outcome = stillframe("core", "--json", cut)
    told(outcome)
    if outcome.code == 3:  # a stack that is shown as whole is right, but for functions that are lost and said to be
        shown = {thread["tid"]: thread for thread in outcome.still["threads"] if thread["complete"]}
        for thread in truth["threads"]:
            if thread["native_id"] in shown and thread["name"] != "witness":
                frames = shown[thread["native_id"]]["frames"]
                assert len(frames) == len(thread["frames"])
                for frame, true in zip(frames, thread["frames"]):
                    if "lost_code" in frame:
                        assert frame["line"] in (None, true["line"]) and frame["function"] in (None, true["function"])
                    else:
                        assert (frame["function"], frame["line"]) == (true["function"], true["line"])


def test_cut_in_the_middle(start, stillframe):
    """The frames of the threads are there, and many of the code objects that they run are not: nearly all cuts of a
    core give a stack."""
    # Addresses that the kernel does not choose by chance: else the frames of all threads may come last in a core.
    running = start(interpreters.ONE, "core_to_damage.py", command=lambda one, inside: [
        "setarch", "-R", one.executable, "-S", "-E", f"{inside}/core_to_damage.py"])
    running.wait_asleep()
    core = running.core()
    assert stillframe("core", "--json", core).code == 0
    size, given, unnamed, answers = core.stat().st_size, 0, 0, []
    for percent in range(90, 0, -10):
        os.truncate(core, size * percent // 100)
        outcome = stillframe("core", "--json", core)
        told(outcome)
        answers.append((percent, outcome.code, outcome.err))
        threads = outcome.still["threads"] if outcome.code == 3 else []
        given += any(thread["frames"] for thread in threads)
        unnamed += sum(frame["function"] is None for thread in threads for frame in thread["frames"])
        assert outcome.code == 1 or outcome.still["partial"]
    assert given >= 6, answers
    assert unnamed




@pytest.mark.parametrize("interpreter", [interpreters.BY_ID["3.8"], interpreters.ONE])
def test_damaged_thread_number(start, stillframe, interpreter):
    """The note of a thread (NT_PRSTATUS) with another pr_pid: the thread's own memory contradicts it."""
    running = start(interpreter, "core_to_damage.py", flags=["-S", "-E"])
    running.wait_asleep()
    tid = max(thread["native_id"] for thread in running.truth["threads"])
    path = running.core()
    assert stillframe("core", "--json", path).code == 0
    core = bytearray(path.read_bytes())
    size = {"x86_64": 336, "aarch64": 392}[os.uname().machine]  # of an elf_prstatus; its pr_pid is at 32
    name = struct.pack("<III8s", 5, size, 1, b"CORE")
    at = core.index(name)
    while struct.unpack_from("<i", core, at + len(name) + 32)[0] != tid:
        at = core.index(name, at + 1)
    struct.pack_into("<i", core, at + len(name) + 32, 123456)
    path.write_bytes(core)
    outcome = stillframe("core", "--json", path)
    assert outcome.code == 3
    assert any(f"calls a thread 123456 that called itself {tid}" in one for one in outcome.still["warnings"])


def told(outcome):
    """Not silent: some of it with a warning, or nothing with three lines."""
    assert outcome.code in (1, 3)
    if outcome.code == 3:
        assert outcome.still["warnings"]
    else:
        assert len(outcome.err.strip().splitlines()) >= 3


def test_size_limit(start, stillframe):
    """The kernel itself cuts a core at RLIMIT_CORE."""
    running = start(interpreters.ONE, "blocked_threads.py")
    running.wait_asleep()
    subprocess.run(["prlimit", "--pid", str(running.pid), "--core=2000000:2000000"], check=True)
    told(stillframe("core", "--json", running.core()))


@pytest.mark.parametrize("interpreter", [interpreters.BY_ID[name] for name in ("3.8", "3.12", "3.14")])
def test_gcore(start, stillframe, interpreter):
    running = start(interpreter, "blocked_threads.py")
    running.wait_asleep()
    truth = running.truth
    outcome = stillframe("core", "--json", running.gcore(), *search_root(interpreter))
    assert outcome.code in (0, 3)  # gdb 13 leaves parts of stacks out under newer C libraries
    assert call_chains(outcome.still) == call_chains(truth) or outcome.code == 3
    if interpreter.root is None:
        assert outcome.code == 0, outcome.still["warnings"]


@pytest.mark.parametrize("coredump_filter", [0x00, 0x01, 0x33, 0x7F])
@pytest.mark.parametrize("interpreter", [interpreters.ONE, interpreters.BY_ID["3.14t"]])
def test_filtered(start, stillframe, interpreter, coredump_filter):
    running = start(interpreter, "blocked_threads.py")
    running.wait_asleep()
    truth = running.truth
    pathlib.Path(f"/proc/{running.pid}/coredump_filter").write_text(hex(coredump_filter))
    outcome = stillframe("core", "--json", running.core())
    if coredump_filter == 0:
        told(outcome)
        assert "coredump_filter" in outcome.err + outcome.out
    else:
        assert outcome.code == 0, outcome.err + str(outcome.still["warnings"])
        comparing.check(outcome.still, truth)


def search_root(interpreter):
    return ["--lib-search-root", interpreter.root] if interpreter.root else []


@pytest.mark.parametrize("interpreter", [interpreters.BY_ID[name] for name in ("3.9-dbg", "3.13-debian", "3.14", "3.15")])
def test_libraries_are_not_here(start, stillframe, interpreter):
    """A core from a machine with other libraries: the executables, libraries and sources of its paths are not found."""
    running = start(interpreter, "blocked_threads.py")
    running.wait_asleep()
    truth = running.truth
    core = running.core()
    outcome = stillframe("core", "--json", core)
    assert outcome.code in (0, 1, 3)
    if outcome.code == 1:
        assert "--lib-search" in outcome.err or "xecutable" in outcome.err
    else:
        assert call_chains(outcome.still) == call_chains(truth)
    found = stillframe("core", "--json", core, interpreter.outside(interpreter.executable), "--lib-search-root",
                       interpreter.root)
    assert found.code == 0, found.err + str(found.still["warnings"])
    assert call_chains(found.still) == call_chains(truth)


@pytest.mark.parametrize("sent", [signal.SIGABRT, signal.SIGBUS, signal.SIGQUIT])
def test_signal_and_sender(start, stillframe, sent):
    running = start(interpreters.ONE, "blocked_threads.py")
    running.wait_asleep()
    crash = stillframe("core", "--json", running.core(sent)).still["crash"]
    assert crash["signal"] == sent.name
    assert crash["code"] == "SI_USER"
    assert crash["sender_pid"] == os.getpid()


@pytest.mark.parametrize("interpreter", interpreters.EACH_KIND)
def test_dies_in_native_code(start, stillframe, interpreter):
    """The thread that died, what it touched, and its Python stack."""
    if interpreter.free_threaded:
        interpreter = interpreters.BY_ID["3.13"]  # the free-threaded builds have no ctypes
    running = start(interpreter, "crashes.py")
    running.process.wait(60)
    [core] = running.folder.glob("core*")
    outcome = stillframe("core", "--json", core, *search_root(interpreter))
    assert outcome.code == 0, outcome.err + str(outcome.still["warnings"])
    still = outcome.still
    assert still["crash"] == {**still["crash"], "signal": "SIGSEGV", "code": "SEGV_MAPERR", "fault_address": "0x10",
                              "sender_pid": None}
    [died] = [thread for thread in still["threads"] if thread["tid"] == still["crash"]["tid"]]
    assert died["name"] == "crasher"
    assert [frame["function"] for frame in died["frames"]][-3:] == ["crash", "read", "string_at"]


def test_text(stillframe, start, kept):
    core, _ = one_core(start, kept)
    text = stillframe("core", core)
    assert text.code == 0
    assert "SIGSEGV" in text.out
    assert "in lock" in text.out
