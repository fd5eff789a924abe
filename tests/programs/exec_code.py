# Code from exec, eval and a lambda, with file names that are no files.
import _truth

_truth.watch()
source = "def run():\n    return eval('(lambda: _truth.block())()')\nrun()\n"
exec(compile(source, "<generated>", "exec"))
