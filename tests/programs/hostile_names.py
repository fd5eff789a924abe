# Thread, function and file names with escape sequences for the terminal.
import threading

import _truth

source = "def run():\n    _truth.block()\n"
names = {"_truth": _truth}
code = compile(source, "\x1b]0;evil\x07file\r\n.py", "exec")
exec(code, names)
run = names["run"]
run.__code__ = run.__code__.replace(co_name="evil\x1b[2J\x9b31m", co_filename="\x1b[31mevil\rfile\u202e.py")
thread = threading.Thread(target=run, name="evil\x1b[5m\x08\n\x00thread")
thread.daemon = True
thread.start()
_truth.watch()
_truth.block()
