#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Read a list of a generic netlink family in pieces, from this namespace.

Usage: dump.py FAMILY REQUEST [COMMAND WORD...]

REQUEST is the number that the family's spec has for the dump. Runs COMMAND, if any, after
the first piece was made. Prints how many items came in how many pieces, and "changed" where
the kernel says that the list is not of one moment.
"""
import socket
import struct
import subprocess
import sys

from genl import NLM_F_REQUEST, Genl

NLM_F_DUMP, NLM_F_DUMP_INTR, NLMSG_ERROR, NLMSG_DONE = 0x300, 0x10, 2, 3

family, request = Genl(sys.argv[1]).number, int(sys.argv[2])
# A socket that never asked for much is given small pieces.
reader = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
reader.settimeout(10)
reader.send(struct.pack("=IHHIIBBH", 20, family, NLM_F_REQUEST | NLM_F_DUMP, 1, 0, request, 1, 0))
if sys.argv[3:]:
    subprocess.run(sys.argv[3:], check=True)
items, pieces, changed, done = 0, 0, False, False
while not done:
    data = reader.recv(4096)
    pieces += 1
    while data:
        length, kind, flags = struct.unpack_from("=IHH", data)
        if kind == NLMSG_ERROR:
            sys.exit("the kernel refuses")
        changed |= bool(flags & NLM_F_DUMP_INTR)
        done |= kind == NLMSG_DONE
        items += kind == family
        data = data[(length + 3) & ~3:]
print(items, pieces, "changed" if changed else "same")
