"""Popen.wait() for a child that writes more than its pipe holds.

core: no

certain child-pipe-full: Deadlock: thread {tid} {any} waits at {file}:{line:WAITS} in run for process {pid} {any} to end,
    which waits until somebody here reads what it writes: its pipe is full
"""
import subprocess
import sys


def run():
    child = subprocess.Popen([sys.executable, "-c", "print('line\\n' * 100000)"], stdout=subprocess.PIPE)
    print("ready", flush=True)
    child.wait()  # WAITS


run()
