"""A reader of a child's output is slower than the child, whose pipe is full for now; main waits for the child."""
import subprocess
import sys
import threading
import time

child = subprocess.Popen([sys.executable, "-c", "print('line\\n' * 100000)"], stdout=subprocess.PIPE)


def read():
    child.stdout.readline()
    print("ready", flush=True)
    time.sleep(1000)


threading.Thread(target=read, daemon=True).start()
child.wait()
