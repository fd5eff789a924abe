"""A program that hangs: a method that holds a lock calls, two calls further on, itself. The screen in README.md."""

import threading


def price(order):
    return sum(item["price"] for item in order["items"])


class Till:
    def __init__(self):
        self.open = threading.Lock()

    def charge(self, order):
        with self.open:
            return price(order) + self.fee(order)

    def fee(self, order):
        return max(order["fees"]) + self.charge(order)


def serve(till):
    till.charge({"items": [{"price": 7}], "fees": [1, 2]})


thread = threading.Thread(target=serve, args=(Till(),), name="checkout")
thread.start()
thread.join()
