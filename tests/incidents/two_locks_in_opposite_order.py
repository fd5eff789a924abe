"""Two threads take two locks, each the other's first.

likely lock-cycle: Deadlock: threads {tid} "pay" ({file}:{line:PAY} in pay) and {tid} "refund" ({file}:{line:REFUND} in refund)
    wait for one another
"""
import threading

both = threading.Barrier(2)


class Account:
    def __init__(self):
        self.lock = threading.Lock()


shop, customer = Account(), Account()


def pay():
    with shop.lock:
        both.wait()
        with customer.lock:  # PAY
            pass


def refund():
    with customer.lock:
        both.wait()
        with shop.lock:  # REFUND
            pass


print("ready", flush=True)
threading.Thread(target=pay, name="pay").start()
threading.Thread(target=refund, name="refund").start()
