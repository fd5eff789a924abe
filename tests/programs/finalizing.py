# An interpreter that is shutting down: an object of the main module blocks when it is deleted.
import time

import _truth


class Last(object):
    def __del__(self, sleep=time.sleep, ready=_truth.ready):
        ready()
        sleep(1000)


last = Last()
