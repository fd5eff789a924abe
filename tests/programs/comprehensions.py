# List, dict and set comprehensions and a generator expression, nested.
import _truth


def stop(value):
    if value == 2:
        _truth.block()
    return value


def build():
    return [
        {key: {stop(key + add) for add in range(3)} for key in range(2)}
        for _ in range(2)
    ]


_truth.watch()
print(sum(len(part) for part in build()))
