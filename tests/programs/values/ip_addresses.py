# Thousands of IPv4 addresses, interfaces and networks, and what repr() says of each.
import ipaddress
import json
import random
import sys
import time


class Own(ipaddress.IPv4Address):
    pass


chosen = random.Random(4211)
values = [ipaddress.IPv4Address(0), ipaddress.IPv4Address(2 ** 32 - 1), Own("10.0.0.1")]
for _ in range(1000):
    number = chosen.getrandbits(32)
    bits = chosen.randrange(33)
    values.append(ipaddress.IPv4Address(number))
    values.append(ipaddress.IPv4Interface((number, bits)))
    values.append(ipaddress.IPv4Network((number, bits), strict=False))
with open(sys.argv[1], "w") as out:
    json.dump({"values": [repr(value) for value in values]}, out)
sys.stdout.write("ready\n")
sys.stdout.flush()
while True:
    time.sleep(1000)
