"""Debug files from a debuginfod server: a real one on this machine, and ones that hang, lie and have nothing."""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import socketserver
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pytest

import native_builds
import native_comparing
from conftest import STILLFRAME, Outcome
from native_looking import ONE, OUTER, only, start_native, why

WITH_INLINED = ["stacks_block", "stacks_outer", "stacks_inlined", "stacks_inlined_deeply", "stacks_middle", "stacks_middle",
                "stacks_middle", "stacks_inner", "stacks_wait"]


@pytest.fixture(scope="module")
def stripped(tmp_path_factory):
    """(the library without its debug information, the folder that has the debug file)."""
    folder = tmp_path_factory.mktemp("stripped")
    indexed = folder / "indexed"
    indexed.mkdir()
    library = folder / "libstacks.so"
    flags = ["-shared", "-fPIC", "-pthread", "-O2", "-g", "-Wl,--build-id"]
    native_builds.run(["gcc", *flags, "-o", library, native_builds.SOURCES / "stacks.c"])
    native_builds.run(["objcopy", "--only-keep-debug", library, indexed / "libstacks.debug"])
    native_builds.run(["strip", "--strip-all", library])
    return library, indexed


def build_id(file):
    notes = subprocess.run(["eu-readelf", "-n", file], capture_output=True, text=True, check=True).stdout
    return notes.split("Build ID:")[1].split()[0]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def server(stripped, tmp_path_factory):
    """The address of a debuginfod that has read the folder."""
    assert shutil.which("debuginfod"), "debuginfod is missing: run scripts/bootstrap test"
    library, indexed = stripped
    folder = tmp_path_factory.mktemp("debuginfod")
    address = f"http://127.0.0.1:{free_port()}"
    command = ["debuginfod", "-F", "-p", address.rsplit(":", 1)[1], "-d", folder / "index.sqlite", "-t", "1", indexed]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={"PATH": os.environ["PATH"], "HOME": str(folder)})
    try:
        wait_until_indexed(f"{address}/buildid/{build_id(library)}/debuginfo", process, folder / "log")
        yield address
    finally:
        process.kill()
        process.wait()


def wait_until_indexed(url, process, log):
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(OSError, urllib.error.URLError):
            with urllib.request.urlopen(url, timeout=5):
                return
        time.sleep(0.1)
    raise AssertionError(f"debuginfod has not indexed the file in a minute: {log.read_text()}")


def fetching(address, folder):
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(folder), "DEBUGINFOD_URLS": address,
            "DEBUGINFOD_CACHE_PATH": str(folder / "cache")}


def start_stripped(start, stripped):
    library, _ = stripped
    return start_native(start, ONE, "in_library.py", library.name, "stacks_block", copy=[library])


def of_library(still):
    return [frame for frame in only(still, "MainThread")["frames"] if frame["kind"] == "native"
            and (frame["library"] or "").endswith("libstacks.so")]


def check_fetched(still):
    frames = of_library(still)
    assert [frame["function"] for frame in frames] == WITH_INLINED
    assert {pathlib.Path(frame["file"]).name for frame in frames} == {"stacks.c"}
    assert all(frame["line"] for frame in frames)


def check_not_fetched(still):
    frames = of_library(still)
    assert len(frames) == 7
    assert all(frame["line"] is None and not frame["inlined"] for frame in frames)


def test_fetched(start, stillframe, stripped, server, tmp_path):
    """Names, lines and inlined calls come from the server: of a process, of a core, and then from what was kept."""
    running = start_stripped(start, stripped)
    outcome = stillframe("dump", "--native", "--json", running.pid, env=fetching(server, tmp_path))
    assert outcome.code == 0, why(outcome)
    assert outcome.err == ""  # no progress where no terminal is
    check_fetched(outcome.still)
    core = running.core()
    kept = stillframe("core", "--native", "--json", core, env=fetching("http://127.0.0.1:1", tmp_path))
    assert kept.code == 0, why(kept)
    check_fetched(kept.still)
    other = tmp_path / "other"
    other.mkdir()
    fresh = stillframe("core", "--native", "--json", core, env=fetching(server, other))
    assert fresh.code == 0, why(fresh)
    check_fetched(fresh.still)


def test_not_asked(start, stillframe, stripped, server, tmp_path):
    """--no-debuginfod, and without --native nothing is asked either."""
    running = start_stripped(start, stripped)
    for options in (["--native", "--no-debuginfod"], []):
        outcome = stillframe("dump", *options, "--json", running.pid, env=fetching(server, tmp_path))
        assert outcome.code == 0, why(outcome)
        if options:
            check_not_fetched(outcome.still)
    assert not list(tmp_path.rglob("debuginfo"))


class Silent(socketserver.BaseRequestHandler):
    """Takes the question and never answers."""

    def handle(self):
        self.server.asked.set()
        self.server.ended.wait(120)


class Answers(socketserver.BaseRequestHandler):
    """Answers every question with the server's `answer`."""

    def handle(self):
        self.request.recv(65536)
        self.request.sendall(self.server.answer)


@contextlib.contextmanager
def serving(handler, answer=b""):
    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True
        block_on_close = False

    with Server(("127.0.0.1", 0), handler) as tcp:
        tcp.asked, tcp.ended, tcp.answer = threading.Event(), threading.Event(), answer
        threading.Thread(target=tcp.serve_forever, daemon=True).start()
        try:
            yield tcp, f"http://127.0.0.1:{tcp.server_address[1]}"
        finally:
            tcp.ended.set()
            tcp.shutdown()


@pytest.mark.parametrize("subject", ["asleep", "busy"])
def test_interrupted(start, stripped, tmp_path, subject):
    """Ctrl-C while a server keeps silent: the still comes, without those names; the target ran all the time."""
    if subject == "asleep":
        running = start_stripped(start, stripped)
    else:
        library, _ = stripped
        code = native_builds.library("no_cfi.S")
        running = start(ONE, "native/spins_in_assembly.py", code.name, copy=[library, code])
    with serving(Silent) as (tcp, address):
        command = [STILLFRAME, "dump", "--native", "--json", str(running.pid)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=fetching(address, tmp_path))
        assert tcp.asked.wait(30), "the server was not asked"
        states = [(task / "stat").read_text().rsplit(")", 1)[1].split()[0]
                  for task in pathlib.Path(f"/proc/{running.pid}/task").iterdir()]
        assert "t" not in states, "the target stands still while a server is asked"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode in (0, 3), err
    still = Outcome(process.returncode, out.decode(), err.decode()).still
    main = only(still, "MainThread")
    if subject == "asleep":
        check_not_fetched(still)
        native_comparing.check_chain(main, ["_start", "<module>", "call", *OUTER])
    else:
        native_comparing.check_chain(main, ["_start", "<module>", "spin", "assembly_leaf"])
    native_comparing.check_truth(still, running.truth)


@pytest.mark.parametrize("kind", ["nothing", "no HTTP", "no ELF", "another file", "cut", "refused"])
def test_servers_that_are_no_help(start, stillframe, stripped, tmp_path, kind):
    """What comes from a server is not trusted: a file of another build gives no names."""
    running = start_stripped(start, stripped)
    _, indexed = stripped
    debug = (indexed / "libstacks.debug").read_bytes()
    other = native_builds.library("stacks.c", "unoptimized").read_bytes()

    def answer(body, length=None):
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (length or len(body)) + body

    answers = {"nothing": b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "no HTTP": b"\0" * 5000,
               "no ELF": answer(b"<html>" * 1000), "another file": answer(other), "cut": answer(debug[:len(debug) // 2], len(debug)),
               "refused": b""}
    with serving(Answers, answers[kind]) as (_, address):
        address = f"http://127.0.0.1:{free_port()}" if kind == "refused" else address
        outcome = stillframe("dump", "--native", "--json", running.pid, env=fetching(address, tmp_path))
    assert outcome.code == 0, why(outcome)
    check_not_fetched(outcome.still)
    native_comparing.check_truth(outcome.still, running.truth)


def test_distribution_sets_it(stillframe):
    """The option is in the help, with what it is for."""
    text = stillframe("dump", "--help").out
    assert "--no-debuginfod" in text
    assert "DEBUGINFOD_URLS" in text
