"""The program is over, and an exit handler waits for a thread that is a daemon and never ends.

likely exit-blocked: The program is over and waits in its exit handler at {file}:{line:WAITS} in flush
"""
import atexit
import queue
import threading

records = queue.Queue()
thread = threading.Thread(target=lambda: [print(record, flush=True) for record in iter(records.get, None)], daemon=True)
thread.start()


def flush():
    records.put("ready")
    thread.join()  # WAITS


atexit.register(flush)
