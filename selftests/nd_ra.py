#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Send one router advertisement from this namespace.

Usage: nd_ra.py DEVICE [lifetime=1800] [preference=high|low] [hops=255] [source=ADDRESS]
		[lladdr=HEX] [prefix=2001:db8::/64[,FLAGS[,VALID[,PREFERRED]]]]... [raw=HEX] [count=N]

FLAGS are those of "LA". raw= adds an option as it is. With count=N, N of them, each
with one more prefix: that of the number n is 2001:db8:n>>16:n&0xffff::/64.
"""
import ipaddress
import socket
import struct
import sys

ALL_NODES = "ff02::1"
PREFERENCES = {"high": 0x08, "low": 0x18}


def prefix_option(text):
    fields = text.split(",") + [None] * 3
    network = ipaddress.ip_network(fields[0], strict=False)
    flags = fields[1] if fields[1] is not None else "LA"
    valid = int(fields[2] or 86400)
    preferred = int(fields[3]) if fields[3] is not None else min(14400, valid)
    return struct.pack(">BBBBIII16s", 3, 4, network.prefixlen,
                       ("L" in flags) << 7 | ("A" in flags) << 6,
                       valid, preferred, 0, network.network_address.packed)


def main(device, *words):
    lifetime, flags, hops, source, count, options = 1800, 0, 255, None, 0, b""
    for word in words:
        key, value = word.split("=", 1)
        if key == "lifetime":
            lifetime = int(value)
        elif key == "preference":
            flags = PREFERENCES[value]
        elif key == "hops":
            hops = int(value)
        elif key == "source":
            source = value
        elif key == "count":
            count = int(value)
        elif key == "prefix":
            options += prefix_option(value)
        elif key == "lladdr":
            options += bytes([1, 1]) + bytes.fromhex(value)
        elif key == "raw":
            options += bytes.fromhex(value)
        else:
            sys.exit(f"unknown word {word}")
    index = socket.if_nametoindex(device)
    sender = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, hops)
    sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    if source:
        sender.bind((source, 0, 0, index if source.startswith("fe80") else 0))
    head = struct.pack(">BBHBBHII", 134, 0, 0, 64, flags, lifetime, 0, 0)
    if not count:
        sender.sendto(head + options, (ALL_NODES, 0, 0, index))
    for n in range(count):
        more = prefix_option(f"2001:db8:{n >> 16:x}:{n & 0xffff:x}::/64")
        sender.sendto(head + options + more, (ALL_NODES, 0, 0, index))


main(*sys.argv[1:])
