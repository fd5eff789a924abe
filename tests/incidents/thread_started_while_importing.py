"""A module starts a thread while it is imported and waits for it; the thread imports the same module.

certain lock-cycle: Deadlock: threads {tid} "MainThread" ({any}) and {tid} "loader" ({any}) wait for one another
"""
import os
import sys
import tempfile

MODULE = """
import threading

def load():
    import half_made
    half_made.ready

loader = threading.Thread(target=load, name="loader")
loader.start()
loader.join()
ready = True
"""
folder = tempfile.mkdtemp()
with open(os.path.join(folder, "half_made.py"), "w") as file:
    file.write(MODULE)
sys.path.insert(0, folder)
print("ready", flush=True)
import half_made
