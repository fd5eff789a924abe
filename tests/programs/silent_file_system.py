"""A file system that stops to answer, as one whose server is gone. It has one file and speaks Linux's FUSE by hand
(include/uapi/linux/fuse.h), so that nothing has to be installed.

mount() puts it at a folder, in a mount namespace of our own: it is gone with the last process that sees it. Who waits
for it is let go when the server, a child of this process, is killed. silence() makes it silent for
good.
"""
import ctypes
import os
import signal
import struct
import time

LOOKUP, FORGET, GETATTR, OPEN, READ, RELEASE, FLUSH, INIT = 1, 2, 3, 14, 15, 18, 25, 26
ASYNC_READ = 1  # who reads waits for a page of the cache, as with other file systems, and not for this request
KEEP_CACHE = 2  # what has been read once is there, also of a silent server
ROOT, FILE = 1, 2
ENOENT, ENOSYS = 2, 38
CLONE_NEWNS, MS_REC, MS_PRIVATE, PR_SET_PDEATHSIG = 0x20000, 0x4000, 1 << 18, 1


class Server:
    def __init__(self, device, name, content, answered, pause):
        self.device, self.name, self.content = device, name, content
        self.answered = answered  # so many bytes of the file can be read
        self.pause = pause  # before each part, in seconds
        self.silent = False  # from the first request on that gets no answer

    def attributes(self, node):
        size, mode = (0, 0o40755) if node == ROOT else (len(self.content), 0o100755)
        return struct.pack("<6Q10I", node, size, 8, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)

    def answer(self, opcode, node, body):
        """A body, a negative errno, or None: it is silent."""
        if opcode == INIT:
            return struct.pack("<4I2H2I2H", 7, 31, 1 << 16, ASYNC_READ, 12, 10, 4096, 1, 1, 0) + bytes(28)
        if opcode == LOOKUP:
            known = node == ROOT and body == self.name.encode() + b"\0"
            return struct.pack("<4Q2I", FILE, 0, 0, 0, 0, 0) + self.attributes(FILE) if known else -ENOENT
        if opcode == GETATTR:
            return struct.pack("<Q2I", 0, 0, 0) + self.attributes(node)
        if opcode == OPEN:
            return struct.pack("<Q2I", 1, KEEP_CACHE, 0)
        if opcode == READ:
            offset, size = struct.unpack_from("<8xQI", body)
            time.sleep(self.pause)
            return self.content[offset:offset + size] if offset < self.answered else None
        return b"" if opcode in (FLUSH, RELEASE) else -ENOSYS

    def serve(self):
        signal.signal(signal.SIGUSR1, self.fall_silent)
        while True:
            request = os.read(self.device, 1 << 17)
            _, opcode, unique, node = struct.unpack_from("<2I2Q", request)
            if opcode == FORGET or self.silent:
                continue
            said = self.answer(opcode, node, request[40:])
            self.silent = said is None
            if said is not None:
                error, body = (said, b"") if isinstance(said, int) else (0, said)
                os.write(self.device, struct.pack("<IiQ", 16 + len(body), error, unique) + body)

    def fall_silent(self, number, frame):
        self.silent = True


def mount(folder, name, content, answered, pause=0):
    """Returns the server's process id."""
    library = ctypes.CDLL(None, use_errno=True)

    def call(function, *arguments):
        if function(*arguments) != 0:
            raise OSError(ctypes.get_errno(), function.__name__)

    device = os.open("/dev/fuse", os.O_RDWR)
    call(library.unshare, CLONE_NEWNS)
    call(library.mount, b"none", b"/", None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None)
    call(library.mount, b"silent", os.fsencode(folder), b"fuse", ctypes.c_ulong(0),
         b"fd=%d,rootmode=40000,user_id=0,group_id=0" % device)
    server = os.fork()
    if server == 0:  # with the device closed everywhere else, its end lets go of everybody
        try:
            library.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            Server(device, name, content, answered, pause).serve()
        finally:
            os._exit(0)
    os.close(device)
    return server


def silence(server, folder):
    """Returns when the server has had the signal: of the next file that is looked for nothing is heard."""
    os.kill(server, signal.SIGUSR1)
    while True:
        with open("/proc/%d/status" % server) as status:
            pending = [line for line in status if line.startswith("ShdPnd:")][0]
        if int(pending.split()[1], 16) == 0:
            return
