"""Two tasks of curio join one another.

needs: 3.8
until: 3.11
packages: curio
certain await-cycle: Deadlock: tasks ping #{any} ({file}:{line:PING} in ping) and pong #{any} ({file}:{line:PONG} in pong) wait
    for one another
"""
import curio


async def ping(tasks):
    await curio.sleep(0)
    await tasks["pong"].join()  # PING


async def pong(tasks):
    await tasks["ping"].join()  # PONG


async def main():
    tasks = {}
    tasks["ping"] = await curio.spawn(ping, tasks)
    tasks["pong"] = await curio.spawn(pong, tasks)
    for _ in range(3):
        await curio.sleep(0)
    print("ready", flush=True)
    await curio.Event().wait()


curio.run(main)
