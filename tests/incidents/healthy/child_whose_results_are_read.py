"""The parent reads the results of a child that waits for its users; a thread of it listens for commands on a pipe.

core: no
"""
import subprocess
import sys

CHILD = """
import socket, sys, threading
threading.Thread(target=sys.stdin.buffer.read, daemon=True).start()
socket.create_server(("127.0.0.1", 0)).accept()
"""
child = subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
print("ready", flush=True)
child.stdout.read()
