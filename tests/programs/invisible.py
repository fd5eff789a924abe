"""A thread whose name has every character that a terminal acts on, or that nobody sees."""

import sys
import threading
import time

POINTS = [*range(1, 0x20), *range(0x7F, 0xA0), 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x180E, *range(0x200B, 0x2010),
          *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0x3164, 0xFEFF, 0xFFA0, 0xFFF9, 0xE0001, 0xE0041, 0xE007F]
name = "".join(map(chr, POINTS))
threading.Thread(target=time.sleep, args=(1000,), name=name, daemon=True).start()
print("ready")
sys.stdout.flush()
time.sleep(1000)
