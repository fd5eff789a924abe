"""What a program says of its own stacks, for the tests to compare with.

watch() starts a thread, the witness, that waits until the program stands still, writes sys._current_frames() of every
other thread and its own thread id to the file argv[1] as JSON, prints "ready" and then waits for ever: the tests wait
until it does.
"""
import json
import linecache
import os
import sys
import threading
import time

try:
    text_type = unicode  # noqa: F821 (Python 2)
except NameError:
    text_type = str


def as_text(value):
    if isinstance(value, text_type):
        return value
    return value.decode("utf-8", "replace")


def positions(frame):
    """(line, end line, byte column, end byte column) of the running instruction; None before 3.11."""
    if not hasattr(frame.f_code, "co_positions"):
        return None
    return list(list(frame.f_code.co_positions())[frame.f_lasti // 2])


def source_line(frame):
    name = frame.f_code.co_filename
    # With the globals linecache finds sources in archives. Those of a frame of another interpreter are not touched.
    line = linecache.getline(name, frame.f_lineno, frame.f_globals if ".zip" in name else None)
    return as_text(line).rstrip("\r\n\f") or None


def describe(frame):
    code = frame.f_code
    return {
        "file": as_text(code.co_filename),
        "line": frame.f_lineno,
        "function": as_text(code.co_name),
        "qualified_name": getattr(code, "co_qualname", None),
        "positions": positions(frame),
        "source": source_line(frame),
    }


def stack(frame):
    frames = []
    while frame is not None:
        frames.append(describe(frame))
        frame = frame.f_back
    frames.reverse()
    return frames


def survey():
    """What every thread but the caller is doing."""
    threads = []
    known = dict((thread.ident, thread) for thread in threading.enumerate())
    for ident, frame in sys._current_frames().items():
        thread = known.get(ident)
        if thread is threading.current_thread():
            continue
        threads.append({
            "ident": ident,
            "native_id": getattr(thread, "native_id", None),
            "name": as_text(thread.name) if thread is not None else None,
            "frames": stack(frame),
        })
    return sorted(threads, key=lambda one: one["ident"])


def own_tid():
    """The caller's thread id as /proc knows it, in every version; None without /proc."""
    try:
        return int(os.readlink("/proc/thread-self").rsplit("/", 1)[1])
    except OSError:
        return None


def tell(path, threads):
    truth = {"pid": os.getpid(), "version": list(sys.version_info[:3]), "threads": threads, "told_by": own_tid()}
    with open(path + ".new", "w") as out:
        json.dump(truth, out)
    os.rename(path + ".new", path)


def ready():
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def watch():
    def witness():
        before, now = None, survey()
        while before != now:
            time.sleep(0.2)
            before, now = now, survey()
        tell(sys.argv[1], now)
        ready()
        threading.Event().wait()

    thread = threading.Thread(target=witness, name="witness")
    thread.daemon = True
    thread.start()


def block():
    """Where programs stand still."""
    while True:
        time.sleep(1000)
