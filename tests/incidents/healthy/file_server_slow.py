"""A thread reads a large file from a server that takes its time for each part, and answers.

beside: silent_file_system.py
uses: /dev/fuse
runs: yes
core: no
"""
import os
import threading

import silent_file_system

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "far")
os.mkdir(folder)
silent_file_system.mount(folder, "data", bytes(65536), answered=65536, pause=0.02)


def load():
    with open(folder + "/data", "rb") as file:
        while True:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            file.seek(0)
            file.read()


threading.Thread(target=load, daemon=True).start()
print("ready", flush=True)
threading.Event().wait()
