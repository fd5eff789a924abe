"""A thread reads a file whose server does not answer any more.

beside: silent_file_system.py
uses: /dev/fuse
core: no
likely disk-wait: Thread {tid} "loader" waits at {file}:{line:READS} in load for a file server, which does not answer,
    and cannot be interrupted
"""
import os
import threading

import silent_file_system

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "far")
os.mkdir(folder)
silent_file_system.mount(folder, "data", bytes(65536), answered=0)


def load():
    with open(folder + "/data", "rb") as file:
        file.read()  # READS


threading.Thread(target=load, name="loader", daemon=True).start()
print("ready", flush=True)
threading.Event().wait()
