"""Greenlets of gevent, one for each thing that they are seen to wait for, and one in a call that leaves nothing to see. Some
wait for others to end, and one makes others."""
import gevent
import gevent.event
import gevent.hub
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


def spawns():
    greenlets["child"] = gevent.spawn(sleep)
    greenlets["grandchild"] = greenlets["child"].link(lambda _: None) or gevent.spawn(lambda: greenlets["child"].get())
    sleep()


lock, event = gevent.lock.RLock(), gevent.event.Event()
one, other = gevent.socket.socketpair()
greenlets = {"holder": gevent.spawn(hold, lock), "sleep": gevent.spawn(sleep)}
gevent.sleep(0)
greenlets.update(lock=gevent.spawn(take, lock), read=gevent.spawn(receive, one), unknown=gevent.spawn(unknown, event))
greenlets["sleep"].name = "sleeper"
greenlets.update(joins=gevent.spawn(lambda: greenlets["sleep"].join()), gets=gevent.spawn(lambda: greenlets["sleep"].get()),
                 several=gevent.spawn(lambda: gevent.joinall([greenlets["lock"], greenlets["read"]])),
                 waits=gevent.spawn(lambda: gevent.wait([greenlets["joins"]])), spawns=gevent.spawn(spawns))
for _ in range(5):
    gevent.sleep(0)


def parent_of(greenlet):
    parent = greenlet.spawning_greenlet()
    return hex(id(parent)) if parent is not None and not isinstance(parent, gevent.hub.Hub) else None


write({"tasks": {name: hex(id(greenlet)) for name, greenlet in greenlets.items()}, "hub": hex(id(gevent.get_hub())),
       "stacks": {hex(id(greenlet)): stack_of(greenlet) for greenlet in greenlets.values()}, "fd": one.fileno(),
       "parents": {hex(id(greenlet)): parent_of(greenlet) for greenlet in greenlets.values()}})
gevent.joinall(list(greenlets.values()))
