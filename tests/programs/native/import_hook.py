# A finder of sys.meta_path, asked by the import statement inside of a module that is itself being imported.
import os
import sys
import tokenize  # noqa: F401 (a finder runs under the import lock: the witness must not need it)

import _truth


class Finder(object):
    def find_spec(self, name, path=None, target=None):
        if name == "wanted_by_the_other":
            _truth.block()
        return None

    def find_module(self, name, path=None):
        return self.find_spec(name, path)


def load():
    import imported_by_the_program  # noqa: F401


folder = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(folder, "imported_by_the_program.py"), "w") as module:
    module.write("import wanted_by_the_other\n")
sys.meta_path.insert(0, Finder())
_truth.watch()
load()
