#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Send router advertisements that nobody should send.

Usage: nd_fuzz.py DEVICE malformed COUNT SEED
       nd_fuzz.py DEVICE flood COUNT MAC
       nd_fuzz.py DEVICE netlink COUNT SEED

"malformed": none of them may be learned from: each breaks a rule of RFC 4861 section
6.1.2 for sure, or is in a fragment (RFC 6980) or behind headers that the kernel looks at
later, and is otherwise of random content. "flood": distinct routers, with a distinct
prefix each, as fast as they go. "netlink": requests of random content to the family
kame_nd. The same SEED makes the same packets.
"""
import random
import socket
import struct
import sys

ALL_NODES = bytes.fromhex("ff02") + bytes(13) + b"\1"
MAC_ALL = bytes.fromhex("333300000001")


def checksum(source, target, body):
    data = source + target + struct.pack(">II", len(body), 58) + body
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packet(source, body, hops=255, sum_off=0, first=58, headers=b""):
    # 0 and 0xffff are the same sum, so that a wrong one is wrong modulo 0xffff.
    value = (checksum(source, ALL_NODES, body[:2] + b"\0\0" + body[4:]) + sum_off) % 0xffff
    body = headers + body[:2] + struct.pack(">H", value) + body[4:]
    return (MAC_ALL + b"\2" + source[11:16] + b"\x86\xdd" +
            struct.pack(">IHBB", 6 << 28, len(body), first, hops) + source + ALL_NODES + body)


def link_local(number):
    return bytes.fromhex("fe80") + bytes(6) + struct.pack(">Q", number)


def head(lifetime=1800, code=0):
    return struct.pack(">BBHBBHII", 134, code, 0, 64, 0, lifetime, 0, 0)


def prefix_option(number):
    return struct.pack(">BBBBIII", 3, 4, 64, 0xc0, 86400, 14400, 0) + \
        struct.pack(">IIQ", 0x20010db8, number, 0)


def some_options(rng):
    data = b""
    for _ in range(rng.randrange(4)):
        if rng.randrange(2):
            data += prefix_option(rng.getrandbits(32))
        else:
            units = rng.randrange(1, 6)
            data += bytes([rng.randrange(256), units]) + rng.randbytes(units * 8 - 2)
    return data


def some_headers(rng):
    """Some extension headers, one of them not hop-by-hop options, for packet()."""
    data, protocol = b"", 58
    kinds = [rng.choice([43, 44, 51, 60]) for _ in range(rng.randrange(1, 4))]
    for kind in kinds:
        if kind == 44:    # of a packet that is whole
            data = bytes([protocol, 0, 0, 0]) + rng.randbytes(4) + data
        elif kind == 51:
            data = bytes([protocol, 4, 0, 0]) + rng.randbytes(20) + data
        else:
            data = bytes([protocol, 0]) + rng.randbytes(6) + data
        protocol = kind
    if rng.randrange(4) == 0:
        data, protocol = bytes([protocol, 0, 1, 4, 0, 0, 0, 0]) + data, 0
    return {"first": protocol, "headers": data}


def malformed(rng):
    """One advertisement that is wrong in a way that chance can't mend."""
    source = link_local(rng.getrandbits(64))
    good = head(rng.getrandbits(16)) + some_options(rng) + prefix_option(rng.getrandbits(32))
    way = rng.randrange(8)
    if way == 0:
        return packet(source, good, hops=rng.randrange(255))
    if way == 1:
        return packet(source, good, sum_off=rng.randrange(1, 0xfffe))
    if way == 2:
        return packet(bytes.fromhex("20010db8") + rng.randbytes(12), good)
    if way == 3:
        return packet(source, head(code=rng.randrange(1, 256)) + good[16:])
    if way == 4:    # an option of length 0
        return packet(source, good + bytes([rng.randrange(256), 0]) +
                      rng.randbytes(rng.randrange(64)))
    if way == 5:    # one that ends past the packet
        return packet(source, good + bytes([rng.choice([1, 3, 5]), rng.randrange(4, 256)]) +
                      rng.randbytes(rng.randrange(30)))
    if way == 6:
        return packet(source, good, **some_headers(rng))
    return packet(source, good[:rng.randrange(4, 16)])


def send_all(device, packets, mac=None):
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sender.bind((device, 0))
    for data in packets:
        sender.send(mac + data[6:] if mac else data)


def flood(count):
    for n in range(count):
        yield packet(link_local(0x1000000 + n), head() + prefix_option(n))


def family_id(sock):
    name = b"kame_nd\0"
    body = struct.pack("=BBH", 3, 1, 0) + struct.pack("=HH", 4 + len(name), 2) + name
    sock.send(struct.pack("=IHHII", 16 + len(body), 16, 1, 1, 0) + body)
    data, at = sock.recv(65536), 20
    while at < len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        if kind == 1:
            return struct.unpack_from("=H", data, at + 4)[0]
        at += (length + 3) & ~3
    sys.exit("there is no family kame_nd")


def random_attributes(rng, index, depth=0):
    data = b""
    for _ in range(rng.randrange(6)):
        kind, value = rng.randrange(20), rng.randbytes(rng.choice([0, 1, 2, 4, 4, 4, 8, 16, 16, 33]))
        if rng.randrange(3) == 0:
            kind, value = 1, struct.pack("=I", index)
        elif rng.randrange(4) == 0:
            value = struct.pack("=I", rng.choice([0, 1, 2, 3, 64, 1000, 2**31, 2**32 - 1]))
        elif depth < 2 and rng.randrange(5) == 0:
            value = random_attributes(rng, index, depth + 1)
        kind |= rng.choice([0, 0, 0, 0x8000])
        length = 4 + len(value)
        if rng.randrange(20) == 0:
            length = rng.randrange(65536)
        data += struct.pack("=HH", length, kind) + value + bytes(-len(value) % 4)
    return data


def netlink(device, count, seed):
    rng = random.Random(seed)
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
    family, index = family_id(sock), socket.if_nametoindex(device)
    for n in range(count):
        flags = 5 | (0x300 if rng.randrange(4) == 0 else 0)
        body = struct.pack("=BBH", rng.randrange(20), rng.choice([1, 1, 1, 0, 255]),
                           rng.choice([0, 0, 0, 7])) + random_attributes(rng, index)
        sock.send(struct.pack("=IHHII", 16 + len(body), family, flags, n, 0) + body)
        sock.settimeout(5)
        while True:    # each request is answered: by an error, an acknowledgement or a dump's end
            data = sock.recv(1 << 20)
            kinds, at = [], 0
            while at + 16 <= len(data):
                length, kind = struct.unpack_from("=IH", data, at)
                kinds.append(kind)
                at += max((length + 3) & ~3, 16)
            if 2 in kinds or 3 in kinds:
                break


def main(device, what, count, seed):
    if what == "netlink":
        netlink(device, int(count), int(seed))
    elif what == "flood":
        send_all(device, flood(int(count)), bytes.fromhex(seed.replace(":", "")))
    else:
        rng = random.Random(int(seed))
        send_all(device, (malformed(rng) for _ in range(int(count))))


main(*sys.argv[1:])
