"""A thread touches a page of a mapped file whose server does not answer any more, and has the GIL all the while.

beside: silent_file_system.py
uses: /dev/fuse
runs: yes
core: no
certain gil-held: Thread {tid} "loader" holds the GIL while it waits for a page of memory at {file}:{line:READS} in load: 1
    other thread cannot run
likely disk-wait: Thread {tid} "loader" waits at {file}:{line:READS} in load for a file server, which does not answer,
    and cannot be interrupted
"""
import mmap
import os
import threading
import time

import silent_file_system

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "far")
os.mkdir(folder)
silent_file_system.mount(folder, "data", bytes(65536), answered=0)


def load():
    with open(folder + "/data", "rb") as file:
        content = mmap.mmap(file.fileno(), 65536, prot=mmap.PROT_READ)
        os.write(1, b"ready\n")
        return content[0]  # READS


threading.Thread(target=load, name="loader", daemon=True).start()
while True:
    time.sleep(0.001)
