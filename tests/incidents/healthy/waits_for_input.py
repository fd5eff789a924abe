"""A program waits for its next line of input."""
import sys

print("ready", flush=True)
for line in sys.stdin:
    pass
