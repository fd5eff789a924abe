"""A logging handler writes to a pipe that nobody reads, with its lock held: every thread that logs waits.

core: no

likely lock-held: 1 thread waits for {any}Handler{any}.lock`, held by thread {tid} "MainThread" ({file}:{line:WRITES} in
    {any}emit), which {any}
"""
import logging
import os
import threading

full, _ = reversed(os.pipe())


class PipeHandler(logging.Handler):
    def emit(self, record):
        started.set()
        os.write(full, b"x" * 1000000)  # WRITES


started = threading.Event()
log = logging.getLogger("service")
log.addHandler(PipeHandler())


def serve():
    started.wait()
    log.warning("served")


threading.Thread(target=serve, daemon=True).start()
print("ready", flush=True)
log.warning("starting")
