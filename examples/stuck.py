"""A program that hangs: two threads take two locks in opposite order. `make demo` looks at it."""

import threading
import time

accounts = {"alice": threading.Lock(), "bob": threading.Lock()}
both_hold_one = threading.Barrier(2)


def transfer(source, destination):
    with accounts[source]:
        both_hold_one.wait()
        with accounts[destination]:
            print("never printed")


def report():
    while True:
        time.sleep(60)


threading.Thread(target=transfer, args=("alice", "bob"), name="transfer-1").start()
threading.Thread(target=transfer, args=("bob", "alice"), name="transfer-2").start()
threading.Thread(target=report, name="reporter", daemon=True).start()
print("ready", flush=True)
