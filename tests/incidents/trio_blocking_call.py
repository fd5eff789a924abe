"""A task of trio reads from a socket without awaiting, and holds up all others of its run.

needs: 3.8
packages: trio
certain loop-blocked: The event loop of thread {tid} "MainThread" is held up by task reader at {file}:{line:READ} in read
"""
import socket

import trio


async def read(connection):
    print("ready", flush=True)
    connection.recv(10)  # READ


async def heartbeat():
    while True:
        await trio.sleep(0)


async def main():
    ours, theirs = socket.socketpair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(heartbeat)
        await trio.sleep(0)
        nursery.start_soon(read, ours, name="reader")
        await trio.sleep_forever()
    theirs.close()


trio.run(main)
