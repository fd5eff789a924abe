"""A task of curio reads from a socket without awaiting, and holds up all others of its kernel.

needs: 3.8
until: 3.11
packages: curio
certain loop-blocked: The event loop of thread {tid} "MainThread" is held up by task read #{any} at {file}:{line:READ} in read
"""
import socket

import curio


async def read(connection, event):
    await event.set()
    print("ready", flush=True)
    connection.recv(10)  # READ


async def main():
    here, there = socket.socketpair()
    event = curio.Event()
    async with curio.TaskGroup() as group:
        for _ in range(3):
            await group.spawn(event.wait)
        await curio.sleep(0)
        await group.spawn(read, here, event)
    there.close()


curio.run(main)
