"""One thread sorts a list again and again, another one appends to it. In a free-threaded build the list has a mutex for that."""
import threading

unsorted = [i * 7919 % 500009 / 2 for i in range(500000)]
items = []


def sort():
    while True:
        items[:] = unsorted
        items.sort()


def append():
    while True:
        items.append(0.5)


for work in (sort, append):
    threading.Thread(target=work, name=work.__name__, daemon=True).start()
print("ready", flush=True)
threading.Event().wait()
