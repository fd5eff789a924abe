# A Python signal handler that blocks: the evaluation loop ran it between two instructions.
import os
import signal

import _truth


def handler(number, frame):
    _truth.block()


def send():
    os.kill(os.getpid(), signal.SIGUSR1)
    while True:
        len("")


signal.signal(signal.SIGUSR1, handler)
_truth.watch()
send()
