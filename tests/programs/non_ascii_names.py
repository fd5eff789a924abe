# Functions, classes, threads and a file (the test copies it to one) whose names are not ASCII.
import threading

import _truth


class Größe(object):
    def прочитать(self):
        _truth.block()


def 数える():
    Größe().прочитать()


thread = threading.Thread(target=数える, name="Arbeiter-ß-工")
thread.daemon = True
thread.start()
_truth.watch()
_truth.block()
