#!/usr/bin/env python3
"""Writes src/target/system_calls.def: the number of each system call on x86-64 and on aarch64.

    tools/make_system_calls.py > src/target/system_calls.def

Both come from the kernel's own headers for user space (Debian: linux-libc-dev): asm/unistd_64.h, and
asm-generic/unistd.h with what arch/arm64/include/uapi/asm/unistd.h defines before it includes that. NEWER is what later
kernels have added; from pidfd_send_signal (424) on, both machines number alike.
"""

import re
import subprocess
import sys

AARCH64 = ["__ARCH_WANT_RENAMEAT", "__ARCH_WANT_NEW_STAT", "__ARCH_WANT_SET_GET_RLIMIT", "__ARCH_WANT_TIME32_SYSCALLS",
           "__ARCH_WANT_SYS_CLONE3", "__ARCH_WANT_MEMFD_SECRET"]
NEWER = """451 cachestat 452 fchmodat2 453 map_shadow_stack 454 futex_wake 455 futex_wait 456 futex_requeue 457 statmount
458 listmount 459 lsm_get_self_attr 460 lsm_set_self_attr 461 lsm_list_modules 462 mseal 463 setxattrat 464 getxattrat
465 listxattrat 466 removexattrat 467 open_tree_attr""".split()


def numbers(header: str, defines: list[str]) -> dict[str, int]:
    """Name and number of each call that a header defines."""
    command = ["gcc", "-E", "-dM", "-D__BITS_PER_LONG=64", *(f"-D{one}" for one in defines), "-include", header, "-"]
    text = subprocess.run(command, input="", capture_output=True, text=True, check=True).stdout
    raw = dict(re.findall(r"^#define (__NR\w+) (\w+)$", text, re.MULTILINE))
    found = {}
    for name, value in raw.items():
        if name.startswith("__NR_") and name not in ("__NR_syscalls", "__NR_arch_specific_syscall"):
            found[name.removeprefix("__NR_")] = int(raw.get(value, value))
    return found


def main() -> None:
    newer = {name: int(number) for number, name in zip(NEWER[::2], NEWER[1::2])}
    x86_64 = numbers("asm/unistd_64.h", []) | newer
    aarch64 = numbers("asm-generic/unistd.h", AARCH64) | newer
    print("// Made by tools/make_system_calls.py: name, number on x86-64, number on aarch64; -1: it has none there.")
    for name in sorted(x86_64 | aarch64, key=lambda one: (x86_64.get(one, 10_000), aarch64.get(one, 0))):
        print(f"SYSTEM_CALL({name}, {x86_64.get(name, -1)}, {aarch64.get(name, -1)})")


if __name__ == "__main__":
    sys.exit(main())
