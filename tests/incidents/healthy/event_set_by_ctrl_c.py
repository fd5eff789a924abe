"""Waits until somebody presses Ctrl-C, for which it has a handler of its own."""
import signal
import threading

over = threading.Event()
signal.signal(signal.SIGINT, lambda *_: over.set())
print("ready", flush=True)
over.wait()
