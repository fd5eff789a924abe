"""asyncio tasks with secrets where a program of tasks has them."""

import asyncio
import sys


async def log_in(password, url):
    header = {"Cookie": "sid=PLANTEDd01"}  # noqa: F841
    await asyncio.sleep(1000, result="https://ada:PLANTEDd02@shop/")


async def main():
    loop = asyncio.get_event_loop()
    task = loop.create_task(log_in("PLANTEDd03", url="amqp://ada:PLANTEDd04@mq/"))
    if hasattr(task, "set_name"):
        task.set_name("fetch https://ada:PLANTEDd05@shop/?token=PLANTEDd06")
    await asyncio.sleep(0)
    print("ready")
    sys.stdout.flush()
    await task


asyncio.new_event_loop().run_until_complete(main())
