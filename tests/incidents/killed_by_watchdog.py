"""A watchdog process ends the program, which is waiting for something.

certain killed-by: Killed from outside: process {pid} of user {pid} sent it SIGQUIT
live: no
"""
import os
import signal
import time

program = os.getpid()
print("ready", flush=True)
if os.fork() == 0:
    os.kill(program, signal.SIGQUIT)
    os._exit(0)
while True:
    time.sleep(1000)
