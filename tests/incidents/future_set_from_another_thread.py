"""A thread sets the future of a loop that it does not run in, and so does not wake that loop.

dump: no
certain loop-not-woken: The event loop of thread {tid} "MainThread" sleeps although task {any} ({file}:{line:WAITS} in main) is
    ready to go on: nobody has woken it
"""
import asyncio
import threading
import time


async def main():
    answer = asyncio.get_running_loop().create_future()
    asleep = threading.Event()

    def driver():
        asleep.wait()
        time.sleep(0.5)  # until the loop sleeps
        answer.set_result(42)
        print("ready", flush=True)

    threading.Thread(target=driver, name="driver").start()
    asleep.set()
    print(await answer)  # WAITS


asyncio.run(main())
