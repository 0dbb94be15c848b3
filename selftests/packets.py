#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Packets for the tests: chains of extension headers, sent and received.

packets.py list
packets.py send DEV MAC SRC DST CASE   send one packet (or its fragments)
packets.py tun SRC DST LINEAR          send one by a tun device, with LINEAR bytes
                                       of it in the linear area
packets.py recv ADDR SECONDS           wait for a UDP packet to port 7777
packets.py errors SECONDS              print ICMPv6 errors: type code pointer
packets.py stock SECONDS               count what the list of IPv6 handlers that
                                       stock IPv6 input is on was given
"""
import fcntl
import os
import signal
import socket
import struct
import sys
import time

PORT = 7777
HBH, ROUTING, FRAGMENT, NONE, DSTOPTS, UDP = 0, 43, 44, 59, 60, 17
ETH_P_IPV6 = 0x86DD


def checksum(src, dst, protocol, data):
    data = src + dst + struct.pack("!II", len(data), protocol) + data
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def udp(src, dst, payload):
    header = struct.pack("!HHHH", PORT, PORT, 8 + len(payload), 0)
    value = checksum(src, dst, UDP, header + payload) or 0xFFFF
    return header[:6] + struct.pack("!H", value) + payload


def options(data):
    """An options header, less its next header: padded to 8 bytes."""
    pad = -(len(data) + 2) % 8
    if pad == 1:
        data += b"\0"
    elif pad:
        data += bytes([1, pad - 2]) + bytes(pad - 2)
    return bytes([(len(data) + 2) // 8 - 1]) + data


def routing(kind, left, data=b"\0\0\0\0"):
    return bytes([(4 + len(data)) // 8 - 1, kind, left]) + data


def chain(headers, upper, data):
    """Headers [(protocol, body)] in front of data; returns (first, bytes)."""
    out, following = data, upper
    for protocol, body in reversed(headers):
        out = bytes([following]) + body + out
        following = protocol
    return following, out


def ipv6(src, dst, first, data, payload=None, version=6):
    length = len(data) if payload is None else payload
    return struct.pack("!IHBB", version << 28, length, first, 64) + src + dst + data


PAD = options(b"")
UNKNOWN = {action: options(bytes([(action << 6) | 0x1E, 4]) + bytes(4)) for action in range(4)}

CHAINS = {
    "plain": [],
    "hbh": [(HBH, PAD)],
    "router-alert": [(HBH, options(b"\x05\x02\x00\x01"))],
    "dstopts": [(DSTOPTS, PAD)],
    "routing-0-left": [(ROUTING, routing(77, 0))],
    "all": [(HBH, PAD), (DSTOPTS, PAD), (ROUTING, routing(77, 0)), (DSTOPTS, PAD)],
    "dstopts-8": [(DSTOPTS, PAD)] * 8,
    "dstopts-15": [(DSTOPTS, PAD)] * 15,
    "dstopts-16": [(DSTOPTS, PAD)] * 16,
    "routing-twice": [(ROUTING, routing(77, 0))] * 2,
    "routing-type0": [(ROUTING, routing(0, 1, bytes(20)))],
    "routing-unknown": [(DSTOPTS, PAD), (ROUTING, routing(77, 3))],
    "option-skip": [(DSTOPTS, UNKNOWN[0])],
    "option-drop": [(DSTOPTS, UNKNOWN[1])],
    "option-answer": [(DSTOPTS, UNKNOWN[2])],
    "option-answer-unicast": [(DSTOPTS, UNKNOWN[3])],
    "hbh-option-answer": [(HBH, UNKNOWN[2])],
    "hbh-not-first": [(DSTOPTS, PAD), (HBH, PAD)],
    "padding-not-zero": [(DSTOPTS, b"\0\1\4\0\0\0\1")],
}


def packets(case, src, dst):
    data = udp(src, dst, case.encode())
    if case in CHAINS:
        yield ipv6(src, dst, *chain(CHAINS[case], UDP, data))
    elif case == "truncated":
        # The last destination options header says 16 bytes, and 8 are there.
        first, out = chain([(DSTOPTS, PAD)], DSTOPTS, bytes([UDP, 1]) + bytes(6))
        yield ipv6(src, dst, first, out)
    elif case == "no-next-header":
        yield ipv6(src, dst, NONE, b"")
    elif case == "unknown-next-header":
        yield ipv6(src, dst, 253, bytes(8))
    elif case == "short-payload":
        yield ipv6(src, dst, UDP, data, payload=len(data) + 100)
    elif case == "padded":
        yield ipv6(src, dst, UDP, data + bytes(20), payload=len(data))
    elif case == "version":
        yield ipv6(src, dst, UDP, data, version=5)
    elif case == "multicast-source":
        yield ipv6(socket.inet_pton(socket.AF_INET6, "ff02::1"), dst, UDP, data)
    elif case == "loopback-source":
        yield ipv6(socket.inet_pton(socket.AF_INET6, "::1"), dst, UDP, data)
    elif case in ("fragments", "fragments-chain"):
        inner = UDP
        data = udp(src, dst, case.encode() + bytes(2000))
        if case == "fragments-chain":
            inner, data = chain([(DSTOPTS, PAD)], UDP, data)
        for offset in range(0, len(data), 1000):
            piece = data[offset : offset + 1000]
            more = offset + 1000 < len(data)
            body = struct.pack("!BHI", 0, offset | more, 0x4B414D45)
            yield ipv6(src, dst, *chain([(FRAGMENT, body)], inner, piece))
    else:
        sys.exit(f"packets.py: no case {case}")


EXTRA = ["truncated", "no-next-header", "unknown-next-header", "short-payload", "padded",
         "version", "multicast-source", "loopback-source", "fragments", "fragments-chain"]


def cmd_send(dev, mac, src, dst, case):
    src, dst = (socket.inet_pton(socket.AF_INET6, a) for a in (src, dst))
    s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IPV6))
    mac = bytes.fromhex(mac.replace(":", ""))
    for packet in packets(case, src, dst):
        s.sendto(packet, (dev, ETH_P_IPV6, 0, 0, mac))


def cmd_tun(src, dst, linear):
    """The device must exist: ip tuntap add mode tun NAME vnet_hdr."""
    src, dst = (socket.inet_pton(socket.AF_INET6, a) for a in (src, dst))
    fd = os.open("/dev/net/tun", os.O_RDWR)
    iff_tun, iff_no_pi, iff_vnet_hdr = 1, 0x1000, 0x4000
    request = struct.pack("16sH22x", b"tun0", iff_tun | iff_no_pi | iff_vnet_hdr)
    fcntl.ioctl(fd, 0x400454CA, request)
    # Only a packet of more than a page gets pages of its own.
    data = udp(src, dst, b"tun" + bytes(6000))
    packet = ipv6(src, dst, *chain([(DSTOPTS, PAD)] * 2, UDP, data))
    # virtio_net_hdr: no checksum, no GSO, and the length of the linear area
    header = struct.pack("=BBHHHH", 0, 0, int(linear), 0, 0, 0)
    os.write(fd, header + packet)
    time.sleep(0.2)


def cmd_recv(addr, seconds):
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    s.bind((addr, PORT))
    s.settimeout(float(seconds))
    try:
        print(s.recv(65536).rstrip(b"\0").decode())
    except socket.timeout:
        sys.exit(1)


def cmd_errors(seconds):
    s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    end = time.monotonic() + float(seconds)
    print("ready", flush=True)
    while (left := end - time.monotonic()) > 0:
        s.settimeout(left)
        try:
            data = s.recv(65536)
        except socket.timeout:
            break
        if data[0] < 128:
            print(data[0], data[1], struct.unpack("!I", data[4:8])[0], flush=True)


def cmd_stock(seconds):
    """A packet socket for IPv6 that is bound to no device is on the same list of
    handlers as stock input, and is given what stock input is given."""
    s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IPV6))
    end = time.monotonic() + float(seconds)
    count = 0
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
    print("ready", flush=True)
    while not stop and time.monotonic() < end:
        s.settimeout(0.2)
        try:
            _, address = s.recvfrom(65536)
        except socket.timeout:
            continue
        # Not what this host sends, and not other hosts' packets.
        if address[2] not in (socket.PACKET_OUTGOING, socket.PACKET_OTHERHOST):
            count += 1
    print(count, flush=True)


def main():
    commands = {"send": cmd_send, "tun": cmd_tun, "recv": cmd_recv, "errors": cmd_errors,
                "stock": cmd_stock}
    if len(sys.argv) == 2 and sys.argv[1] == "list":
        print("\n".join(list(CHAINS) + EXTRA))
    elif len(sys.argv) > 1 and sys.argv[1] in commands:
        commands[sys.argv[1]](*sys.argv[2:])
    else:
        sys.exit(__doc__)


main()
