"""Two of three parties wait at a barrier; the third one has ended with an exception.

core: no
certain standstill: Nobody is left to wake anybody: threads {tid} "{any}" ({file}:{line:WAITS} in party) and {tid} "{any}"
    ({file}:{line:WAITS} in party) wait for barrier `gate`{any}
"""
import sys
import threading

sys.stderr.close()
gate = threading.Barrier(3)


def party(number):
    if number == 2:
        raise ValueError(number)
    gate.wait()  # WAITS


parties = [threading.Thread(target=party, args=(number,)) for number in range(3)]
for one in parties:
    one.start()
parties[2].join()
print("ready", flush=True)
parties[0].join()
