"""The garbage collector runs a finalizer, which closes its connection in its own time."""
import gc
import time


class Connection:
    def __init__(self):
        self.itself = self

    def __del__(self):
        print("ready", flush=True)
        time.sleep(1000)


Connection()
gc.collect()
