"""A coroutine reads from a socket without awaiting, and holds up all others of its loop.

needs: 3.8
certain loop-blocked: The event loop of thread {tid} "MainThread" is held up by task reader at {file}:{line:READ} in read
"""
import asyncio
import socket


async def read(connection):
    print("ready", flush=True)
    connection.recv(10)  # READ


async def heartbeat():
    while True:
        await asyncio.sleep(0)


async def main():
    ours, theirs = socket.socketpair()
    beats = asyncio.ensure_future(heartbeat())
    task = asyncio.ensure_future(read(ours))
    task.set_name("reader")
    await asyncio.wait([task, beats])
    theirs.close()


asyncio.run(main())
