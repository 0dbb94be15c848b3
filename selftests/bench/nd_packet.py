#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Print a router advertisement as hexadecimal digits, from its IPv6 header on.

Usage: nd_packet.py ROUTER
       nd_packet.py all COUNT

The router is fe80::ROUTER, whose last word, at byte 20 of the packet, can be varied;
the prefix is 2001:db8:ffff::/64. With "all", a line each for the routers from 1 to COUNT,
with one more prefix, 2001:db8:1:ROUTER::/64.
"""
import ipaddress
import struct
import sys


def checksum(data):
    """The internet checksum (RFC 1071)."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def option(prefix):
    """A prefix option without flag A."""
    return struct.pack("!BBBBIII16s", 3, 4, 64, 0x80, 86400, 14400, 0,
                       ipaddress.ip_address(prefix).packed)


def main(router, prefix=None):
    """Print it."""
    source = ipaddress.ip_address("fe80::").packed[:12] + struct.pack("!I", int(router))
    target = ipaddress.ip_address("ff02::1").packed
    body = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 9000, 0, 0) + option("2001:db8:ffff::")
    if prefix:
        body += option(f"2001:db8:1:{int(prefix):x}::")
    value = checksum(source + target + struct.pack("!II", len(body), 58) + body)
    body = body[:2] + struct.pack("!H", value) + body[4:]
    print((struct.pack("!IHBB", 6 << 28, len(body), 58, 255) + source + target + body).hex())


if sys.argv[1] == "all":
    for number in range(1, int(sys.argv[2]) + 1):
        main(number, number)
else:
    main(sys.argv[1])
