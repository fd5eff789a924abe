"""A program asks a question, and there is nobody to answer.

core: no

note waits-for-input: Thread {tid} {any} waits at {file}:{line:ASKS} in <module> for its standard input
"""
print("ready", flush=True)
input("Overwrite? ")  # ASKS
