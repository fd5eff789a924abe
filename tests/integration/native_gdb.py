"""Runs inside GDB (gdb -x native_gdb.py): every frame of every thread, innermost first, as JSON to NATIVE_GDB_OUT."""

import json
import os

import gdb

LONGEST = 200000


def describe(frame):
    where, function = frame.find_sal(), frame.function()
    return {
        "function": frame.name(),
        "address": frame.pc(),
        "inlined": frame.type() == gdb.INLINE_FRAME,
        "signal": frame.type() == gdb.SIGTRAMP_FRAME,
        "file": where.symtab.filename if where.symtab else None,
        "line": where.line or None,
        "library": gdb.solib_name(frame.pc()),
        # Where GDB passes over a row of the line table (one that is no statement), it names the line of another function.
        "own_line": bool(where.symtab and function and function.symtab.filename == where.symtab.filename),
    }


def frames():
    shown, end, frame = [], None, gdb.newest_frame()
    while frame is not None and len(shown) < LONGEST:
        try:
            # A call that GDB concludes from call sites: a function that has jumped to another one is on no stack.
            if frame.type() != gdb.TAILCALL_FRAME:
                shown.append(describe(frame))
            older = frame.older()
        except gdb.error as error:  # "previous frame identical to this frame (corrupt stack?)", unreadable memory
            end = str(error)
            break
        if older is None:
            reason = frame.unwind_stop_reason()
            end = None if reason in (gdb.FRAME_UNWIND_NO_REASON, gdb.FRAME_UNWIND_OUTERMOST) else (
                gdb.frame_stop_reason_string(reason))
        frame = older
    return {"frames": shown, "end": end}


def main():
    threads = {}
    for inferior_thread in gdb.selected_inferior().threads():
        inferior_thread.switch()
        threads[inferior_thread.ptid[1]] = frames()
    with open(os.environ["NATIVE_GDB_OUT"], "w") as out:
        json.dump(threads, out)


main()
