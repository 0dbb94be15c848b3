#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Print a packet, from its network header on, as hexadecimal digits.

The packet is UDP over IPv6 or IPv4, as the addresses say, with valid checksums.
"""
import argparse
import ipaddress
import struct


def checksum(data):
    """The internet checksum (RFC 1071)."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def udp(args, length):
    """UDP header and a payload of zeroes, LENGTH bytes in all."""
    head = struct.pack("!HHHH", args.sport, args.dport, length, 0)
    payload = bytes(length - len(head))
    pseudo = args.src.packed + args.dst.packed + struct.pack("!II", length, 17)
    value = checksum(pseudo + head + payload) or 0xFFFF
    return head[:6] + struct.pack("!H", value) + payload


def options(number, upper):
    """NUMBER options headers, with nothing but padding: a hop-by-hop one first."""
    chain = b""
    for left in reversed(range(number)):
        chain += struct.pack("!BBBB4x", 60 if left else upper, 0, 1, 4)
    return chain, (0 if number else upper)


def ipv6(args):
    """An IPv6 packet of args.size bytes."""
    chain, first = options(args.headers, 17)
    body = chain + udp(args, args.size - 40 - len(chain))
    return struct.pack("!IHBB", 6 << 28, len(body), first, args.ttl) + \
        args.src.packed + args.dst.packed + body


def ipv4(args):
    """An IPv4 packet of args.size bytes."""
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, args.size, 0, 0x4000, args.ttl, 17, 0,
                       args.src.packed, args.dst.packed)
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return head + udp(args, args.size - 20)


def encapsulate(args, inner):
    """INNER in an IPv6 or IPv4 packet from and to args.outer."""
    src, dst = (ipaddress.ip_address(a) for a in args.outer)
    proto = 41 if inner[0] >> 4 == 6 else 4
    if src.version == 6:
        return struct.pack("!IHBB", 6 << 28, len(inner), proto, 64) + \
            src.packed + dst.packed + inner
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(inner), 0, 0x4000, 64, proto, 0,
                       src.packed, dst.packed)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + inner


def main():
    """Read the arguments, print the packet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("src", type=ipaddress.ip_address)
    parser.add_argument("dst", type=ipaddress.ip_address)
    parser.add_argument("--sport", type=int, default=4000)
    parser.add_argument("--dport", type=int, default=9000)
    parser.add_argument("--size", type=int, default=64, help="bytes with all headers but --outer's")
    parser.add_argument("--ttl", type=int, default=64)
    parser.add_argument("--headers", type=int, default=0, help="IPv6 options headers")
    parser.add_argument("--outer", nargs=2, metavar=("SRC", "DST"),
                        help="encapsulate in a packet between these addresses")
    args = parser.parse_args()
    if args.src.version != args.dst.version:
        parser.error("addresses of two families")
    least = 28 if args.src.version == 4 else 48 + 8 * args.headers
    if args.size < least:
        parser.error(f"--size must be at least {least}")
    packet = ipv6(args) if args.src.version == 6 else ipv4(args)
    if args.outer:
        packet = encapsulate(args, packet)
    print(packet.hex())


main()
