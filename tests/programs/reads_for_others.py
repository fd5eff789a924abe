"""Becomes the user argv[3] and names argv[2], which that user may not read, as the source of its code."""
import os
import sys
import threading

path, user = os.path.abspath(sys.argv[2]), int(sys.argv[3])
os.setgroups([])
os.setgid(user)
os.setuid(user)


def rest():
    print("ready")
    sys.stdout.flush()
    threading.Event().wait()


exec(compile("rest()", path, "exec"))
