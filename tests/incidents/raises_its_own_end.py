"""The program sends itself a signal that ends it, as some C libraries do after a fatal error.

certain raised: Thread {tid} {any} sent its own process SIGSEGV{any} {file}:{line:SENDS} in give_up
live: no
"""
import os
import signal


def give_up():
    os.kill(os.getpid(), signal.SIGSEGV)  # SENDS


print("ready", flush=True)
give_up()
