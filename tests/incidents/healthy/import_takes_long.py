"""A thread imports a module that takes long, and another one needs the same module."""
import pathlib
import sys
import threading
import time

folder = pathlib.Path(sys.argv[1]).parent
(folder / "slow_module.py").write_text("import time, __main__\n__main__.begun.set()\ntime.sleep(1000)\n")
sys.path.insert(0, str(folder))
begun = threading.Event()


def need():
    import slow_module  # noqa: F401


for name in ("imports", "needs it too"):
    threading.Thread(target=need, name=name, daemon=True).start()
    begun.wait()
print("ready", flush=True)
time.sleep(1000)
