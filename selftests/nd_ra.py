#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Send one router advertisement from this namespace, or an answer to a solicitation.

Usage: nd_ra.py DEVICE [lifetime=1800] [preference=high|low] [hops=255] [source=ADDRESS]
		[lladdr=HEX] [prefix=2001:db8::/64[,FLAGS[,VALID[,PREFERRED]]]]... [raw=HEX] [count=N]
		[behind=fragment|first|routing|options|hops|ah]... [answer=ADDRESS] [to=ADDRESS]

FLAGS are those of "LA". raw= adds an option as it is. With count=N, N of them, each
with one more prefix: that of the number n is 2001:db8:n>>16:n&0xffff::/64.

behind= puts it behind an extension header: a Fragment header that says that the packet is
whole (fragment), or that there is more (first), a routing header that leads nowhere else,
destination or hop-by-hop options of padding, or AH with no value to speak of. answer= makes
it a solicited neighbour advertisement of that address; source= is to be given with these
two, but need not be an own address. to= sends it there and not to all nodes.
"""
import ipaddress
import socket
import struct
import sys

ALL_NODES = "ff02::1"
PREFERENCES = {"high": 0x08, "low": 0x18}
ICMPV6 = 58
HEADERS = {    # protocol number, and what follows the next protocol
    "fragment": (44, bytes.fromhex("00000012345678")),
    "first": (44, bytes.fromhex("00000112345678")),
    "routing": (43, bytes.fromhex("00c80000000000")),
    "options": (60, bytes.fromhex("00010400000000")),
    "hops": (0, bytes.fromhex("00010400000000")),
    "ah": (51, bytes.fromhex("0400000000100000000001") + bytes(12)),
}


def prefix_option(text):
    fields = text.split(",") + [None] * 3
    network = ipaddress.ip_network(fields[0], strict=False)
    flags = fields[1] if fields[1] is not None else "LA"
    valid = int(fields[2] or 86400)
    preferred = int(fields[3]) if fields[3] is not None else min(14400, valid)
    return struct.pack(">BBBBIII16s", 3, 4, network.prefixlen,
                       ("L" in flags) << 7 | ("A" in flags) << 6,
                       valid, preferred, 0, network.network_address.packed)


def checksum(source, target, body):
    data = source + target + struct.pack(">II", len(body), ICMPV6) + body
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def send_whole(index, hops, source, target, headers, body):
    """Send a packet with all its headers, which the kernel would not make so."""
    ends = socket.inet_pton(socket.AF_INET6, source) + socket.inet_pton(socket.AF_INET6, target)
    body = body[:2] + struct.pack(">H", checksum(ends[:16], ends[16:], body)) + body[4:]
    protocol = ICMPV6
    for name in reversed(headers):
        number, content = HEADERS[name]
        body, protocol = bytes([protocol]) + content + body, number
    sender = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
    sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    sender.sendto(struct.pack(">IHBB", 6 << 28, len(body), protocol, hops) + ends + body,
                  (target, 0, 0, index))


def main(device, *words):
    lifetime, flags, hops, source, count, options = 1800, 0, 255, None, 0, b""
    headers, answer, target = [], None, ALL_NODES
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
        elif key == "behind":
            headers.append(value)
        elif key == "answer":
            answer = socket.inet_pton(socket.AF_INET6, value)
        elif key == "to":
            target = value
        elif key == "prefix":
            options += prefix_option(value)
        elif key == "lladdr":
            options += bytes([1, 1]) + bytes.fromhex(value)
        elif key == "raw":
            options += bytes.fromhex(value)
        else:
            sys.exit(f"unknown word {word}")
    index = socket.if_nametoindex(device)
    head = struct.pack(">BBHBBHII", 134, 0, 0, 64, flags, lifetime, 0, 0)
    if answer:
        head = struct.pack(">BBHI", 136, 0, 0, 0x60000000) + answer
    if headers or answer:
        send_whole(index, hops, source, target, headers, head + options)
        return
    sender = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, hops)
    sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    if source:
        sender.bind((source, 0, 0, index if source.startswith("fe80") else 0))
    if not count:
        sender.sendto(head + options, (target, 0, 0, index))
    for n in range(count):
        more = prefix_option(f"2001:db8:{n >> 16:x}:{n & 0xffff:x}::/64")
        sender.sendto(head + options + more, (target, 0, 0, index))


main(*sys.argv[1:])
