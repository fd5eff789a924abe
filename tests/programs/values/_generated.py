"""For programs that make values: holds them as locals of one call, tells repr() of each, and waits."""
import json
import sys
import time

if sys.version_info < (3, 0):
    bytes_type, text_type = str, unicode  # noqa: F821
else:
    bytes_type, text_type = bytes, str


class Values(object):
    """What is to be compared. A pair of a value and how its text compares with its repr()."""

    def __init__(self):
        self.list = []
        self.expected = []

    def same(self, value):
        """The text is the repr()."""
        self.add(value, "same")

    def begins(self, value):
        """The text begins as the repr() does, up to its closing bracket."""
        self.add(value, "begins")

    def ends(self, value, text):
        """The text begins as the repr() does, up to its closing bracket, and ends with `text`."""
        self.add(value, "ends " + text)

    def add(self, value, how):
        text = repr(value)
        if isinstance(text, bytes_type):
            text = text.decode("ascii", "backslashreplace" if sys.version_info >= (3, 0) else "replace")
        self.list.append(value)
        self.expected.append([how, text])

    def wait(self):
        names = ["v%d" % number for number in range(len(self.list))]
        code = "def hold(values, then):\n    (%s) = values\n    then()\n" % "".join(name + ", " for name in names)
        scope = {}
        exec(code, scope)
        scope["hold"](self.list, self.tell)

    def tell(self):
        with open(sys.argv[1], "w") as out:
            json.dump({"expected": self.expected}, out)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            time.sleep(1000)
