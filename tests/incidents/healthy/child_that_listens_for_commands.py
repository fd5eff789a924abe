"""A child serves in its main thread while another one listens for commands; the parent waits for its end.

core: no
"""
import subprocess
import sys

CHILD = """
import socket, sys, threading
threading.Thread(target=sys.stdin.buffer.read, daemon=True).start()
socket.create_server(("127.0.0.1", 0)).accept()
"""
child = subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE)
print("ready", flush=True)
child.wait()
