"""A lock that is taken for a thread, which lets go of it when it is done; until then the next one cannot begin."""
import socket
import threading

busy = threading.Lock()
here, there = socket.socketpair()


def copy():
    here.recv(1)
    busy.release()


def begin():
    busy.acquire()
    threading.Thread(target=copy, daemon=True).start()


def main():
    busy.acquire()
    threading.Thread(target=copy, daemon=True).start()
    print("ready", flush=True)
    begin()
    busy.release()


main()
