#!/usr/bin/env python3
"""Chromium as on another machine: the engine's networks come and go unseen by it.

A browser on the engine's own machine hears of every address that a container's network brings
(the last one a second or two after the start, by IPv6), and then gives up whatever requests are
waiting: net::ERR_NETWORK_CHANGED. A member's browser, which is elsewhere, does not. So the kernel
refuses this one the socket that tells of addresses (AF_NETLINK), by a filter on `socket`; Chromium
then takes the network as steady. See seccomp(2) and Chromium's net/base/address_tracker_linux.cc.
"""

import ctypes
import os
import platform
import struct
import sys

CHROMIUM = "/usr/bin/chromium"
PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
"""Codes of BPF instructions: load a word, jump where it equals, return."""
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 97
"""Go on; or answer EAFNOSUPPORT, as a kernel without netlink does."""
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
"""Offsets in struct seccomp_data; both machines below are little-endian."""
SOCKET = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""Machine → its number in a filter, and its number of `socket`."""
AF_NETLINK = 16


def refuse_netlink(machine: str) -> None:
    """Let this process, and what it becomes, open no netlink socket."""
    architecture, socket = SOCKET[machine]
    steps = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 0, 5, architecture),
        (LOAD, 0, 0, NUMBER),
        (EQUAL, 0, 3, socket),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (EQUAL, 0, 1, AF_NETLINK),
        (RETURN, 0, 0, REFUSE),
        (RETURN, 0, 0, ALLOW),
    ]
    program = b"".join(struct.pack("HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(program)
    described = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(buffer))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_ulong)
    for option, value, given in [
        (PR_SET_NO_NEW_PRIVS, 1, None),
        (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, described),
    ]:
        if prctl(option, value, given, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")


if __name__ == "__main__":
    if platform.machine() in SOCKET:
        refuse_netlink(platform.machine())
    os.execv(CHROMIUM, [CHROMIUM, *sys.argv[1:]])
