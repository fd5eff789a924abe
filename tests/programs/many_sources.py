"""A chain of argv[3] calls, each of a source file of its own: argv[2] with the number of the call in place of {}."""
import sys
import threading

pattern, count = sys.argv[2], int(sys.argv[3])


def rest():
    print("ready")
    sys.stdout.flush()
    threading.Event().wait()


def nest(left):
    if not left:
        rest()
        return
    exec(compile("nest(left)", pattern.format(left), "exec"), {"nest": nest, "left": left - 1})


nest(count)
