#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Send datagrams, and print the names of the errors that the sender saw, or OK.

With --program they are sent with a program on the way out of the control group DIR, which
lets nothing through. Exit status 4: this kernel knows no programs.
"""
import argparse
import ctypes
import errno
import os
import platform
import socket
import struct
import sys

BPF = {"x86_64": 321, "aarch64": 280}
PROG_LOAD, PROG_ATTACH, PROG_DETACH = 5, 8, 9
CGROUP_SKB, INET_EGRESS = 8, 1


def bpf(command, layout, *values):
    attr = ctypes.create_string_buffer(struct.pack(layout, *values), 128)
    libc = ctypes.CDLL(None, use_errno=True)
    got = libc.syscall(BPF[platform.machine()], command, attr, len(attr))
    if got < 0:
        err = ctypes.get_errno()
        raise OSError(err, os.strerror(err))
    return got


class Program:
    """r0 = 0; exit"""

    def __init__(self, group):
        self.code = ctypes.create_string_buffer(struct.pack("=BBhiBBhi", 0xb7, 0, 0, 0,
                                                            0x95, 0, 0, 0), 16)
        self.license = ctypes.create_string_buffer(b"GPL")
        self.fd = bpf(PROG_LOAD, "=IIQQ", CGROUP_SKB, 2, ctypes.addressof(self.code),
                      ctypes.addressof(self.license))
        self.group = os.open(group, os.O_RDONLY)

    def __enter__(self):
        bpf(PROG_ATTACH, "=IIII", self.group, self.fd, INET_EGRESS, 0)

    def __exit__(self, *args):
        bpf(PROG_DETACH, "=IIII", self.group, self.fd, INET_EGRESS, 0)


def send(args):
    six = ":" in args.dst
    said = set()
    with socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.setsockopt(*((41, 25) if six else (0, 11)), 1)  # errors of the queue, too
        s.bind((args.src, 0))
        s.connect((args.dst, args.port))
        for _ in range(args.count):
            try:
                s.send(bytes(args.size))
                said.add("OK")
            except OSError as e:
                # What the peer says about earlier ones is not about this one.
                if e.errno != errno.ECONNREFUSED:
                    said.add(errno.errorcode[e.errno])
    return said


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--size", type=int, default=10)
    parser.add_argument("--port", type=int, default=7777)
    parser.add_argument("--program", metavar="DIR")
    parser.add_argument("src")
    parser.add_argument("dst")
    args = parser.parse_args()
    if args.program:
        try:
            program = Program(args.program)
        except OSError as e:
            if e.errno != errno.ENOSYS:
                raise
            print("no programs in this kernel")
            return 4
        with program:
            said = send(args)
    else:
        said = send(args)
    print(*sorted(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
