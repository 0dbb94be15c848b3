#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The cases of ipv6_netlink.sh: requests to the family kame_ipv6 that the command would not
send. Runs in the namespace; the argument is the index of a device in it.

Prints a line per case: ok or not ok, a tab, its name, a tab, and what was seen.
"""
import errno
import os
import struct
import sys

from genl import Genl, Refused, attr, attrs_of, u32

# specs/kame_ipv6.yaml
DEV_GET, DEV_ATTACH, DEV_DETACH, DEV_SET, NS_GET, NS_SET = range(1, 7)
IFINDEX, CONTIGUITY = 1, 5
ABI, MAX_HEADERS, ORDER, MAX_OPTIONS, MAX_HEADER_BYTES = 1, 6, 7, 8, 9
LIMITS = {"max-headers": (MAX_HEADERS, 255), "order": (ORDER, 1), "max-options": (MAX_OPTIONS, 255),
          "max-header-bytes": (MAX_HEADER_BYTES, 65535)}
index = int(sys.argv[1])
genl = Genl("kame_ipv6")


def limits():
    """As they are now"""
    found = attrs_of(genl.ask(NS_GET, b""))
    return {name: struct.unpack("=I", found[kind])[0] for name, (kind, _) in LIMITS.items()}


def result(good, name, seen=""):
    """A line for the script"""
    print("ok" if good else "not ok", name, seen, sep="\t", flush=True)


def refused(name, command, attrs, wanted, sentence="", at=None):
    """An error, its sentence, the attribute that is blamed; and nothing has changed."""
    before = limits()
    try:
        genl.ask(command, attrs)
        result(False, name, "it was done")
        return
    except Refused as err:
        seen = f"{errno.errorcode[err.errno]}, '{err.sentence}', at {err.at}"
        good = err.errno == wanted and sentence in err.sentence and err.at == at
    result(good and limits() == before, name, f"{seen}; {before} before, {limits()} after")


for name, (kind, most) in LIMITS.items():
    old = limits()[name]
    for value in (0, most):
        genl.ask(NS_SET, u32(kind, value))
        result(limits()[name] == value, f"{name} {value}", str(limits()))
    genl.ask(NS_SET, u32(kind, old))
    for value in (most + 1, 0xFFFFFFFF):
        refused(f"{name} {value}: out of range", NS_SET, u32(kind, value), errno.ERANGE, at=0)
    refused(f"{name}: a number of one byte", NS_SET, attr(kind, b"\1"), errno.EINVAL, at=0)
first = u32(MAX_HEADERS, 3)
refused("one limit good, one bad: none is set", NS_SET, first + u32(ORDER, 7), errno.ERANGE,
        at=len(first))
refused("no limit", NS_SET, b"", errno.EINVAL, "sets nothing")
refused("an attribute that there is not", NS_SET, first + u32(77, 1), errno.EINVAL, at=len(first))
refused("another version of the interface", NS_GET, u32(ABI, 99), errno.EPROTO, "version", 0)
for name, command in (("get", DEV_GET), ("attach", DEV_ATTACH), ("detach", DEV_DETACH)):
    refused(f"{name}: no device named", command, b"", errno.EINVAL, "names no device")
    refused(f"{name}: no such device", command, u32(IFINDEX, 0x7FFFFFFF), errno.ENODEV,
            "no device has this index", 0)
refused("set: nothing to set", DEV_SET, u32(IFINDEX, index), errno.EINVAL, "sets nothing")
device = u32(IFINDEX, index)
for command in (DEV_ATTACH, DEV_SET):
    refused("contiguity out of range", command, device + u32(CONTIGUITY, 2), errno.ERANGE,
            at=len(device))
refused("attach what is attached", DEV_ATTACH, device, errno.EEXIST, "attached already", 0)
genl.ask(DEV_DETACH, device)
refused("detach what is not attached", DEV_DETACH, device, errno.ENOENT, "not attached", 0)
refused("set what is not attached", DEV_SET, device + u32(CONTIGUITY, 1), errno.ENOENT,
        "not attached", 0)
genl.ask(DEV_ATTACH, device)
os.setresuid(65534, 65534, 65534)
refused("nobody may not set", NS_SET, first, errno.EPERM)
refused("nor attach", DEV_ATTACH, device, errno.EPERM)
result(bool(genl.ask(NS_GET, b"")), "but look")
