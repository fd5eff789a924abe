"""Programs in other pid and mount namespaces, in a chroot, of other users: from outside and from inside."""

import json
import pathlib
import shutil
import subprocess

import pytest

import comparing
import interpreters

NAMESPACES = [interpreters.BY_ID[name] for name in ("3.8", "3.10", "3.12", "3.14t")]
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def unshared(interpreter, inside):
    return ["unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc", interpreter.executable,
            f"{inside}/blocked_threads.py"]


def outer_tids(pid):
    """Inner tid -> outer tid."""
    tids = {}
    for status in pathlib.Path(f"/proc/{pid}/task").glob("*/status"):
        [line] = [line for line in status.read_text().splitlines() if line.startswith("NSpid:")]
        outer, *_, inner = map(int, line.split()[1:])
        tids[inner] = outer
    return tids


@pytest.mark.parametrize("interpreter", NAMESPACES)
def test_pid_namespace_from_outside(start, stillframe, interpreter):
    running = start(interpreter, "blocked_threads.py", command=unshared)
    running.wait_asleep()
    truth, tids = running.truth, outer_tids(running.pid)
    assert truth["pid"] == 1
    for thread in truth["threads"]:
        if thread["native_id"] is not None:
            thread["native_id"] = tids[thread["native_id"]]
    outcome = stillframe("dump", "--json", running.pid)
    assert outcome.code == 0, outcome.err + str(outcome.still["warnings"])
    assert outcome.still["consistency"]["method"] == "untouched"
    comparing.check(outcome.still, truth)
    assert any(thread["tid"] == running.pid for thread in outcome.still["threads"])


@pytest.mark.parametrize("interpreter", NAMESPACES)
def test_pid_namespace_from_inside(start, stillframe, interpreter):
    running = start(interpreter, "blocked_threads.py", command=unshared)
    running.wait_asleep()
    program = interpreters.STILLFRAME
    run = subprocess.run(["nsenter", "--target", str(running.pid), "--pid", "--mount", program, "dump", "--json", "1"],
                         capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    comparing.check(json.loads(run.stdout), running.truth)


@pytest.mark.parametrize("interpreter", [interpreters.BY_ID[name] for name in ("3.12", "3.14t")])
def test_mount_namespace(start, stillframe, interpreter, tmp_path):
    """The program's files exist only in its own view of the file system."""
    hidden = pathlib.Path("/tmp/stillframe-hidden")
    hidden.mkdir(exist_ok=True)
    copy = ("mount -t tmpfs none /tmp/stillframe-hidden && cp *.py /tmp/stillframe-hidden && "
            'exec "$0" /tmp/stillframe-hidden/blocked_threads.py "$1"')
    running = start(interpreter, "blocked_threads.py", command=lambda one, inside: [
        "unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", copy, one.executable])
    running.wait_asleep()
    truth, tids = running.truth, outer_tids(running.pid)
    for thread in truth["threads"]:
        if thread["native_id"] is not None:
            thread["native_id"] = tids[thread["native_id"]]
    outcome = stillframe("dump", "--json", running.pid)
    assert outcome.code == 0, outcome.err + str(outcome.still["warnings"])
    assert not (hidden / "blocked_threads.py").exists()
    comparing.check(outcome.still, truth)


def test_stopped_in_a_pid_namespace(start, stillframe):
    """Where threads must be stopped, their tids are those of the outside."""
    running = start(interpreters.ONE, "busy.py", command=lambda one, inside: [
        *unshared(one, inside)[:-1], f"{inside}/busy.py"])
    outcome = stillframe("dump", "--json", running.pid)
    assert outcome.code == 0, outcome.err + str(outcome.still["warnings"])
    tasks = {int(task.name) for task in pathlib.Path(f"/proc/{running.pid}/task").iterdir()}
    assert {thread["tid"] for thread in outcome.still["threads"]} <= tasks
    assert sum(thread["holds_gil"] for thread in outcome.still["threads"]) <= 1


@pytest.mark.parametrize("who", ["the same user", "another user"])
def test_without_privileges(start, as_root, who):
    """Debian's own interpreter run by nobody, looked at by nobody; and a program of root looked at by nobody."""
    debian = interpreters.BY_ID["3.11-debian"]

    def open_to_all(folder):
        folder.chmod(0o777)

    as_user = NOBODY if who == "the same user" else []
    running = start(debian, "blocked_threads.py", before=open_to_all,
                    command=lambda one, inside: [*as_user, one.executable, f"{inside}/blocked_threads.py"])
    running.wait_asleep()
    truth = running.truth
    program = shutil.copy(interpreters.STILLFRAME, running.folder / "stillframe")
    run = subprocess.run([*NOBODY, program, "dump", "--json", str(running.pid)], capture_output=True, text=True, timeout=60)
    if who == "the same user":
        assert run.returncode == 0, run.stderr
        comparing.check(json.loads(run.stdout), truth)
    else:
        assert run.returncode == 1
        assert len(run.stderr.strip().splitlines()) >= 3
        assert "root" in run.stderr or "sudo" in run.stderr or "user" in run.stderr
