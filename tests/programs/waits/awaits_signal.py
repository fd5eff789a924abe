# Waits for a signal.
import signal

import _wait

_wait.expect("waits for a signal", "waits for a signal", "pause", "rt_sigsuspend", "ppoll")
signal.pause()
