"""Greenlets of gevent, one for each thing that they are seen to wait for, and one in a call that leaves nothing to see."""
import gevent
import gevent.event
import gevent.lock
import gevent.socket

from _task_truth import write


def stack_of(greenlet):
    """[[function, line], …], outermost first."""
    stack, frame = [], greenlet.gr_frame
    while frame is not None:
        stack.insert(0, [frame.f_code.co_name, frame.f_lineno])
        frame = frame.f_back
    return stack


def sleep():
    gevent.sleep(1000)


def hold(lock):
    with lock:
        sleep()


def take(lock):
    with lock:
        pass


def receive(one):
    one.recv(10)


def unknown(event):
    event.wait()


lock, event = gevent.lock.RLock(), gevent.event.Event()
one, other = gevent.socket.socketpair()
greenlets = {"holder": gevent.spawn(hold, lock), "sleep": gevent.spawn(sleep)}
gevent.sleep(0)
greenlets.update(lock=gevent.spawn(take, lock), read=gevent.spawn(receive, one), unknown=gevent.spawn(unknown, event))
greenlets["sleep"].name = "sleeper"
for _ in range(3):
    gevent.sleep(0)
write({"tasks": {name: hex(id(greenlet)) for name, greenlet in greenlets.items()}, "hub": hex(id(gevent.get_hub())),
       "stacks": {hex(id(greenlet)): stack_of(greenlet) for greenlet in greenlets.values()}, "fd": one.fileno()})
gevent.joinall(list(greenlets.values()))
