"""Greenlets that switch all the time, each at its own depth, so that stacks are copied away and back again."""

import json

import greenlet

main = greenlet.getcurrent()


def turns(depth):
    if depth:
        return turns(depth - 1)
    while True:
        main.switch()


greenlets = []
for depth in range(8):
    one = greenlet.greenlet(turns)
    one.switch(depth)
    greenlets.append(one)
print(json.dumps({"depths": {hex(id(one)): depth for depth, one in enumerate(greenlets)}}), flush=True)
while True:
    for one in greenlets:
        one.switch()
