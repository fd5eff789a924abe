"""What was measured round by round, and how it is printed."""

import statistics
import sys

MILLI, MEGA = 1e6, 1024.0  # nanoseconds in a millisecond, KiB in a MiB


class Series:
    """What one tool took, round by round."""

    def __init__(self):
        self.rounds = {}
        self.failures = 0
        self.last_words = ""

    def add(self, **values):
        for name, value in values.items():
            self.rounds.setdefault(name, []).append(value)

    def median(self, name):
        values = self.rounds.get(name)
        return statistics.median(values) if values else None

    def spread(self, name):
        values = self.rounds.get(name, [])
        if len(values) < 4:
            return None
        low, _, high = statistics.quantiles(values, n=4)
        return low, high


def ratio(ours, theirs, name):
    mine, other = ours.median(name), theirs.median(name)
    return mine / other if mine is not None and other else None


def scaled(series, name, unit):
    value = series.median(name)
    return None if value is None else value / unit


def total(series, name):
    return sum(series.rounds[name]) if name in series.rounds else None


def cell(series, name, unit, digits):
    value, spread = series.median(name), series.spread(name)
    if value is None:
        return ""
    text = f"{value / unit:.{digits}f}"
    return f"{text} ({spread[0] / unit:.{digits}f}–{spread[1] / unit:.{digits}f})" if spread else text


def show(title, series):
    print(f"\n{title}")
    print(f"  {'':12}{'wall ms':>24}{'peak MB':>10}{'stop ms':>29}  ")
    for name, values in series.items():
        peak = scaled(values, "peak_kib", MEGA)
        line = f"  {name:12}{cell(values, 'wall_ns', MILLI, 2):>24}{'' if peak is None else f'{peak:.1f}':>10}"
        line += f"{cell(values, 'stop_ns', MILLI, 3):>29}"
        stopped = values.median("total_stop_ns")
        if values.median("stops"):
            line += f"  stopped {values.median('stops'):g} times, {stopped / MILLI:.3f} ms in all"
        if "eintr" in values.rounds:
            line += f"  EINTR {total(values, 'eintr')}, ran in {total(values, 'ran')} of {len(values.rounds['ran'])} rounds"
        if values.failures:
            line += f"  FAILED {values.failures} times: {values.last_words}"
        print(line.rstrip())
    sys.stdout.flush()


def show_bounds(bounds):
    print("\nBounds")
    for what, value, limit, unit, kept in bounds:
        print(f"  {'pass' if kept else 'MISS'}  {what}: {value:.3g}{unit} (at most {limit:g}{unit})")
    print(f"{sum(kept for *_, kept in bounds)} of {len(bounds)} bounds kept")
