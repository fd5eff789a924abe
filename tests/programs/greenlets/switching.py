"""Greenlets that switch all the time, each at its own depth, so that stacks are copied away and back again."""

import greenlet

import _greenlet_truth

main = greenlet.getcurrent()


def turns(depth):
    if depth:
        return turns(depth - 1)
    while True:
        sum(range(20000))
        main.switch()


greenlets = []
for depth in range(8):
    one = greenlet.greenlet(turns)
    one.switch(depth)
    greenlets.append(one)
_greenlet_truth.tell(depths={"0x%x" % id(one): depth for depth, one in enumerate(greenlets)}, main="0x%x" % id(main))
while True:
    for one in greenlets:
        one.switch()
