"""A signal handler writes to a file that the interrupted thread is just writing to, with a lock around it.

likely signal-reentry: Deadlock: the signal handler at {file}:{line:LOG} in handle interrupted thread {tid} {any} while that
    held {any}, and waits for it
"""
import os
import signal
import threading


class Log:
    def __init__(self):
        self.lock = threading.Lock()
        self.lines = []

    def write(self, line):
        with self.lock:
            self.lines.append(line)
            if line == "first":
                os.kill(os.getpid(), signal.SIGTERM)
                self.lines.append("")


log = Log()


def handle(number, frame):
    print("ready", flush=True)
    log.write("terminated")  # LOG


signal.signal(signal.SIGTERM, handle)
threading.Thread(target=threading.Event().wait, daemon=True).start()
log.write("first")
