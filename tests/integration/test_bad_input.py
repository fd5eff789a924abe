"""What cannot be shown: an exit code, and an answer with what was tried, what stopped it and what to do."""

import contextlib
import ctypes
import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import time

import pytest

import interpreters
from conftest import STILLFRAME, Outcome

NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
PTRACE_SEIZE = 0x4206
WALL = 0x40000000  # __WALL: threads as well


def refused(outcome, *words, code=1):
    """Exit code, three lines, and the words that tell this case from others."""
    assert outcome.code == code, outcome.err
    assert outcome.out == ""
    assert len(outcome.err.strip().splitlines()) >= 3, outcome.err
    for word in words:
        assert word.lower() in outcome.err.lower(), outcome.err
    assert "Traceback" not in outcome.err and "terminate called" not in outcome.err


@pytest.fixture
def sleeper():
    child = subprocess.Popen(["sleep", "1000"])
    time.sleep(0.05)
    yield child.pid
    child.kill()
    child.wait()


def test_no_such_process(stillframe):
    free = next(pid for pid in range(4_000_000, 100, -1) if not os.path.exists(f"/proc/{pid}"))
    refused(stillframe("dump", free), str(free), "no process")


@pytest.mark.parametrize("pid", ["0", "-1", "-4211", "many", "99999999999999999999", "1.5", ""])
def test_not_a_pid(stillframe, pid):
    outcome = stillframe("dump", "--", pid)
    assert outcome.code in (1, 2)
    assert len(outcome.err.strip().splitlines()) >= 3


@pytest.mark.parametrize("arguments", [[], ["dump"], ["core"], ["--nonsense"], ["dump", "--nonsense", "1"], ["develop"]])
def test_wrong_usage(stillframe, arguments):
    outcome = stillframe(*arguments)
    assert outcome.code == 2
    assert outcome.out + outcome.err


def test_not_python(stillframe, sleeper):
    refused(stillframe("dump", sleeper), "sleep", "python")


@pytest.mark.parametrize(("version", "advice"), [("3.16", "update"), ("4.0", "update"), ("3.5", "newer Python")])
def test_python_of_an_unknown_version(stillframe, tmp_path, version, advice):
    """A program that has what every Python exports, and says that it is one that Stillframe does not know."""
    major, minor = version.split(".")
    program = tmp_path / f"python{version}"
    code = f"""#include <unistd.h>
        const unsigned long Py_Version = {int(major) << 24 | int(minor) << 16:#x};
        char _PyRuntime[65536] = {{1}};
        int main(void) {{ for (;;) pause(); }}"""
    subprocess.run(["gcc", "-rdynamic", "-x", "c", "-", "-o", program], input=code, text=True, check=True)
    child = subprocess.Popen([program])
    try:
        time.sleep(0.1)
        refused(stillframe("dump", child.pid), f"it is Python {version};", "3.15", advice, "--native-all")
        refused(stillframe("dump", "--exhaustive", child.pid), f"it is Python {version};")
        native = stillframe("dump", "--native-all", child.pid)
        assert native.code == 3, native.err
        assert f"| Python {version} |" in native.out and "pause (native" in native.out
        assert f"it is Python {version};" in native.out + native.err
    finally:
        child.kill()
        child.wait()


def call_it_newer(interpreter, folder):
    """A copy of the interpreter that says of its own layout that it is 3.16's."""
    program = interpreter.outside(interpreter.executable).read_bytes()
    major, minor = interpreter.version
    cookie, version = b"xdebugpy", bytes([minor, major, 0, 0, 0, 0])
    (begin,) = [at for at in starts(program, cookie) if program[at + 10:at + 16] == version]
    (folder / "python3.16").write_bytes(program[:begin + 10] + bytes([16]) + program[begin + 11:])
    (folder / "python3.16").chmod(0o755)


def starts(text, part):
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


@pytest.mark.parametrize("options", [[], ["--exhaustive"]], ids=["by_its_own_offsets", "by_a_search"])
def test_python_that_is_newer(start, stillframe, options):
    """It is read as the newest that is known, and the answer says so."""
    newest = interpreters.BY_ID["3.15"]
    program = start(newest, "blocked_threads.py", env={"PYTHONHOME": "/usr"},
                    before=lambda folder: call_it_newer(newest, folder),
                    command=lambda _, inside: [f"{inside}/python3.16", f"{inside}/blocked_threads.py"])
    program.wait_asleep()
    outcome = stillframe("dump", "--json", *options, program.pid)
    assert outcome.code == 3, outcome.err
    still = json.loads(outcome.out)
    assert any("3.16" in warning and "read as 3.15" in warning for warning in still["warnings"]), still["warnings"]
    functions = {frame["function"] for thread in still["threads"] for frame in thread["frames"]}
    known = json.loads(stillframe("dump", "--json", start_known(start).pid).out)
    assert functions == {frame["function"] for thread in known["threads"] for frame in thread["frames"]}


def start_known(start):
    program = start(interpreters.BY_ID["3.15"], "blocked_threads.py")
    program.wait_asleep()
    return program


def test_some_of_several(start, stillframe, sleeper):
    """What can be shown is shown, what cannot is told, and the exit code is that of a part."""
    running = start(interpreters.ONE, "blocked_threads.py")
    running.wait_asleep()
    outcome = stillframe("dump", sleeper, running.pid)
    assert outcome.code == 3
    assert "in lock" in outcome.out
    assert "sleep" in outcome.err


def test_zombie(stillframe):
    child = subprocess.Popen(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    refused(stillframe("dump", child.pid), "zombie")
    child.wait()


def dump_with_proc(folder, pid):
    """Under a /proc made by hand, for what not every machine has."""
    run = subprocess.run(["unshare", "--mount", "sh", "-c", 'mount --bind "$1" /proc && exec "$2" dump "$3"', "sh", folder,
                          STILLFRAME, str(pid)], capture_output=True, text=True)
    return Outcome(run.returncode, run.stdout, run.stderr)


def test_kernel_thread(stillframe, as_root, tmp_path):
    if pathlib.Path("/proc/2/comm").exists() and pathlib.Path("/proc/2/comm").read_text() == "kthreadd\n":
        refused(stillframe("dump", 2), "kernel thread")
    # In a container none can be seen.
    thread = tmp_path / "2"
    thread.mkdir()
    (thread / "stat").write_text("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 14 0 0\n")
    refused(dump_with_proc(tmp_path, 2), "kernel thread", "kthreadd")


def test_32_bit_process(stillframe, as_root, tmp_path):
    """A program of 32 bits that waits for ever: mov eax, 29 (pause); int 0x80; jmp."""
    code = b"\xb8\x1d\x00\x00\x00\xcd\x80\xeb\xf7"
    header = b"\x7fELF\x01\x01\x01".ljust(16, b"\0") + struct.pack(
        "<HHIIIIIHHHHHH", 2, 3, 1, 0x8048054, 52, 0, 0, 52, 32, 1, 40, 0, 0)
    header += struct.pack("<IIIIIIII", 1, 0, 0x8048000, 0x8048000, 84 + len(code), 84 + len(code), 5, 0x1000)
    program = tmp_path / "thirty-two"
    program.write_bytes(header + code)
    program.chmod(0o755)
    with contextlib.suppress(OSError), subprocess.Popen([program]) as child:
        time.sleep(0.1)
        if child.poll() is None:
            try:
                refused(stillframe("dump", child.pid), "32")
            finally:
                child.kill()
    # Not every kernel runs it.
    task = tmp_path / "proc" / "77" / "task" / "77"
    task.mkdir(parents=True)
    for folder in (task, task.parent.parent):
        (folder / "stat").write_text("77 (thirty-two) S 1 77 77 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 14 0 0\n")
        (folder / "exe").symlink_to(program)
    refused(dump_with_proc(tmp_path / "proc", 77), "32")


FILTERED = """
import ctypes, os, struct, sys
ALLOW, EPERM, LOAD, IF_EQUAL, RETURN = 0x7fff0000, 0x00050001, 0x20, 0x15, 0x06
numbers = {"x86_64": (101, 310), "aarch64": (117, 270)}[os.uname().machine]  # ptrace, process_vm_readv
program = struct.pack("HBBI", LOAD, 0, 0, 0)  # seccomp_data.nr
for number in numbers:
    program += struct.pack("HBBI", IF_EQUAL, 0, 1, number) + struct.pack("HBBI", RETURN, 0, 0, EPERM)
program += struct.pack("HBBI", RETURN, 0, 0, ALLOW)
buffer = ctypes.create_string_buffer(program, len(program))
filter = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(buffer))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0  # PR_SET_NO_NEW_PRIVS
assert libc.prctl(22, 2, filter, 0, 0) == 0, os.strerror(ctypes.get_errno())  # PR_SET_SECCOMP, a filter
os.execv(sys.argv[1], sys.argv[1:])
"""


def dump_under_seccomp(pid):
    """As in a container whose filter forbids ptrace and process_vm_readv."""
    run = subprocess.run(["python3", "-c", FILTERED, STILLFRAME, "dump", "--json", str(pid)], capture_output=True, text=True)
    return Outcome(run.returncode, run.stdout, run.stderr)


def test_seccomp(start):
    """What sleeps can still be read, through /proc/PID/mem. What runs cannot be stopped, and seccomp is named."""
    sleeping = start(interpreters.ONE, "blocked_threads.py")
    sleeping.wait_asleep()
    outcome = dump_under_seccomp(sleeping.pid)
    assert outcome.code == 0, outcome.err
    assert outcome.still["consistency"]["method"] == "untouched"
    running = start(interpreters.ONE, "busy.py")
    outcome = dump_under_seccomp(running.pid)
    assert outcome.code == 3, outcome.err
    assert outcome.still["consistency"]["method"] == "running"
    [warning] = [one for one in outcome.still["warnings"] if "seccomp" in one]
    for word in ("could not be stopped", "Operation not permitted", "seccomp=unconfined", "--no-block"):
        assert word in warning


def test_traced_by_another(start, stillframe):
    """A running program must be stopped for a still: who traces it already is named."""
    running = start(interpreters.ONE, "busy.py")
    time.sleep(0.3)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    tasks = [int(task) for task in os.listdir(f"/proc/{running.pid}/task")]
    for task in tasks:
        assert libc.ptrace(PTRACE_SEIZE, task, None, None) == 0
    outcome = stillframe("dump", "--json", running.pid)
    running_still = stillframe("dump", "--json", "--no-block", running.pid)
    os.kill(running.pid, signal.SIGKILL)
    for task in sorted(tasks, reverse=True):  # the tracer must reap each thread before the process is gone
        if task != running.pid:
            os.waitpid(task, WALL)
    assert outcome.code in (1, 3)
    assert str(os.getpid()) in outcome.err + outcome.out
    assert running_still.code in (0, 3)


def test_no_permission(start, as_root, tmp_path):
    running = start(interpreters.BY_ID["3.11-debian"], "blocked_threads.py")
    program = shutil.copy(STILLFRAME, "/tmp/stillframe-for-nobody")
    try:
        other = subprocess.run([*NOBODY, program, "dump", str(running.pid)], capture_output=True, text=True)
        assert other.returncode == 1
        assert "root" in other.stderr or "user" in other.stderr
        incapable = subprocess.run(
            ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace", program, "dump", str(running.pid)],
            capture_output=True, text=True)
        assert incapable.returncode == 1
        assert "CAP_SYS_PTRACE" in incapable.stderr
        for run in (other, incapable):
            assert len(run.stderr.strip().splitlines()) >= 3
    finally:
        os.remove(program)


def test_ends_during_the_reading(stillframe):
    """A process killed while it is read: any answer but a crash or silence."""
    for delay in range(8):
        child = subprocess.Popen([interpreters.ONE.executable, "-c", "print(1, flush=True); input()"],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        child.stdout.readline()
        look = subprocess.Popen([STILLFRAME, "dump", "--json", str(child.pid)], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)
        time.sleep(delay / 1000)
        child.kill()
        out, err = look.communicate(timeout=30)
        child.wait()
        child.stdin.close()
        child.stdout.close()
        assert look.returncode in (0, 1, 3), err
        assert json.loads(out) if look.returncode != 1 else len(err.strip().splitlines()) >= 3


def test_killed_in_the_middle(start, stillframe):
    """Whatever happens to Stillframe, the target goes on."""
    running = start(interpreters.ONE, "many_threads.py", 200, 20, "busy")
    for delay in range(12):
        look = subprocess.Popen([STILLFRAME, "dump", str(running.pid)], stdout=subprocess.DEVNULL)
        time.sleep(delay / 2000)
        look.send_signal(signal.SIGKILL)
        look.wait()
    time.sleep(0.1)
    states = {status.read_text().rsplit(")", 1)[1].split()[0]
              for status in pathlib.Path(f"/proc/{running.pid}/task").glob("*/stat")}
    assert states <= {"R", "S"}
    assert stillframe("dump", "--json", running.pid).code == 0


# Cores

def test_core_is_missing(stillframe, tmp_path):
    refused(stillframe("core", tmp_path / "nothing"), "nothing")


def test_core_is_a_directory(stillframe, tmp_path):
    refused(stillframe("core", tmp_path), "directory", code=2)


def test_core_is_empty(stillframe, tmp_path):
    (tmp_path / "core").touch()
    refused(stillframe("core", tmp_path / "core"), "empty")


@pytest.mark.parametrize("content", [b"x", b"hello\n" * 100, b"\x7fELF", b"\x7fELF" + b"\xff" * 200,
                                     b"\x28\xb5\x2f\xfd" + b"\0" * 50, b"\x1f\x8b" + b"\xff" * 50])
def test_core_is_no_core(stillframe, tmp_path, content):
    (tmp_path / "core").write_bytes(content)
    refused(stillframe("core", tmp_path / "core"), "core")


def test_core_is_a_program(stillframe):
    refused(stillframe("core", "/usr/bin/true"), "core")


def test_core_is_unreadable(as_root, tmp_path):
    core = tmp_path / "core"
    core.touch(0o600)
    program = shutil.copy(STILLFRAME, "/tmp/stillframe-for-nobody-2")
    try:
        run = subprocess.run([*NOBODY, program, "core", core], capture_output=True, text=True)
        assert run.returncode == 1
        assert len(run.stderr.strip().splitlines()) >= 3
        assert "permission" in run.stderr.lower()
    finally:
        os.remove(program)


@pytest.fixture(scope="module")
def sleep_core(tmp_path_factory):
    """The core of a program that is not Python."""
    folder = tmp_path_factory.mktemp("sleep")
    child = subprocess.Popen(["bash", "-c", "ulimit -c unlimited; exec sleep 1000"], cwd=folder)
    time.sleep(0.2)
    child.send_signal(signal.SIGSEGV)
    child.wait()
    [core] = folder.glob("core*")
    return core


def test_core_holds_no_python(stillframe, sleep_core):
    refused(stillframe("core", sleep_core), "sleep", "python")


def test_core_of_another_architecture(stillframe, sleep_core, tmp_path):
    core = bytearray(sleep_core.read_bytes())
    core[18:20] = struct.pack("<H", 243)  # RISC-V
    (tmp_path / "core").write_bytes(core)
    outcome = stillframe("core", tmp_path / "core")
    refused(outcome, "risc-v")


def test_core_of_32_bits(stillframe, sleep_core, tmp_path):
    core = bytearray(sleep_core.read_bytes())
    core[4] = 1
    (tmp_path / "core").write_bytes(core)
    refused(stillframe("core", tmp_path / "core"), "32")


def test_core_of_another_executable(start, stillframe):
    running = start(interpreters.ONE, "blocked_threads.py")
    running.wait_asleep()
    core = running.core()
    refused(stillframe("core", core, "/usr/bin/true"), "build-id")
    refused(stillframe("core", core, "/nothing/here"), "/nothing/here")


def test_closed_pipe(start):
    """`stillframe dump … | head -1` ends quietly."""
    running = start(interpreters.ONE, "many_threads.py", 300, 40)
    running.wait_asleep()
    run = subprocess.run(["bash", "-c", f'set -o pipefail; "{STILLFRAME}" dump --no-fold {running.pid} | head -1; '
                          'echo "${PIPESTATUS[0]}" >&2'], capture_output=True, text=True)
    assert len(run.stdout.splitlines()) == 1
    assert "terminate" not in run.stderr and "Traceback" not in run.stderr
    full = subprocess.run(["bash", "-c", f'"{STILLFRAME}" dump {running.pid} > /dev/full'], capture_output=True, text=True)
    assert full.returncode == 1
    assert "No space left" in full.stderr


def test_hostile_names(start, stillframe):
    """Names with escape sequences are shown escaped, never sent to the terminal."""
    running = start(interpreters.ONE, "hostile_names.py")
    running.wait_asleep()
    for arguments in (["dump"], ["dump", "--no-color"]):
        out = stillframe(*arguments, running.pid).out
        assert "\x1b" not in out and "\x07" not in out and "\r" not in out
        assert "evil" in out
    assert stillframe("dump", "--json", running.pid).code == 0
