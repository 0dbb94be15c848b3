#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What sockets see of what comes in, for ipv6_conformance.sh.

ipv6_conformance.py H1 R: names of namespaces as setup_line of lib.sh makes them. H1
sends, sockets in R receive. Prints a line per case: its name, a tab, and what the
sockets saw, in which nothing depends on the time or on chance.
"""
import os
import select
import socket
import struct
import sys
import time

from lab import (CHAINS, DSTOPTS, FRAGMENT, HBH, Netns, PAD, ROUTING, UDP, addr, chain, checksum,
                 ipv6, mac_of, options, routing, udp, PORT, ETH_P_IPV6)

H1_ADDR, R_ADDR, ANYIP, FOREIGN = "2001:db8:1::1", "2001:db8:1::ff", "2001:db8:a::77", "2001:db8:2::2"
RAW_PROTOCOL, CHECKSUM_PROTOCOL = 253, 252
SOL = socket.IPPROTO_IPV6

# linux/in6.h
IPV6_2292 = {2: "2292pktinfo", 3: "2292hopopts", 4: "2292dstopts", 5: "2292rthdr", 8: "2292hoplimit"}
RECEIVE = {49: "pktinfo", 51: "hoplimit", 53: "hopopts", 56: "rthdr", 58: "dstopts", 66: "tclass",
           11: "flowinfo", 74: "origdstaddr", 77: "fragsize"}
IPV6_CHECKSUM, IPV6_ROUTER_ALERT, IPV6_RECVERR, IPV6_TRANSPARENT = 7, 22, 25, 75
SO_TIMESTAMPNS, SO_TIMESTAMPING, UDP_NO_CHECK6_RX = 35, 37, 102
MSG_ERRQUEUE = 0x2000

h1, r = sys.argv[1:3]
with Netns(h1):
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IPV6))
r_mac = bytes.fromhex(mac_of(r, "r1").replace(":", ""))
r1_index = None
with Netns(r):
    r1_index = socket.if_nametoindex("r1")


def send(packet, mac=None):
    wire.sendto(packet, ("eth0", ETH_P_IPV6, 0, 0, mac or r_mac))


def open_socket(kind, protocol=0, bind=None, wanted=(), at=r):
    with Netns(at):
        s = socket.socket(socket.AF_INET6, kind, protocol)
        for option in wanted:
            s.setsockopt(SOL, option, 1)
        if bind:
            s.bind(bind)
    return s


def received(s, seconds=1.0, flags=0):
    """What comes next, as text; what is the same in each run."""
    if not flags and not select.select([s], [], [], seconds)[0]:
        return "nothing"
    data, control, msg_flags, where = s.recvmsg(65536, 4096, flags)
    parts = [f"data {data[:64].hex()} of {len(data)}", f"from {where[0].split('%')[0]}",
             f"scope {bool(where[3])}", f"flags {msg_flags:#x}"]
    for level, kind, body in control:
        if level == socket.SOL_SOCKET:
            body = b"some" if any(body) else b"none"
        elif kind in (50, 2):
            # pktinfo: the index of the device differs from boot to boot
            body = body[:16] + (b"r1" if struct.unpack("I", body[16:20])[0] == r1_index else b"?")
        parts.append(f"cmsg {level}/{kind} {body.hex()}")
    return ", ".join(parts)


def result(name, *seen):
    print(name, "; ".join(seen), sep="\t", flush=True)


def datagram(text, dst=R_ADDR, headers=(), **words):
    data = udp(addr(H1_ADDR), addr(dst), text)
    return ipv6(addr(H1_ADDR), addr(dst), *chain(list(headers), UDP, data), **words)


def with_class(packet, tclass, label):
    return struct.pack("!I", 6 << 28 | tclass << 20 | label) + packet[4:]


FULL = [(HBH, options(b"\x05\x02\x00\x01")), (DSTOPTS, options(b"\x1e\x02\x11\x22")),
        (ROUTING, routing(77, 0)), (DSTOPTS, options(b"\x1e\x02\x33\x44"))]

# RFC 3542, one kind of ancillary data at a time and all together, and RFC 2292
for name, wanted in [(n, [o]) for o, n in RECEIVE.items()] + \
        [("all of RFC 3542", list(RECEIVE))] + [(n, [o]) for o, n in IPV6_2292.items()] + \
        [("all of RFC 2292", list(IPV6_2292))]:
    with open_socket(socket.SOCK_DGRAM, bind=("::", PORT), wanted=wanted) as s:
        send(with_class(datagram(b"full", headers=FULL), 0xb9, 0x12345))
        seen = [received(s)]
        send(with_class(datagram(b"plain"), 0x04, 0))
        seen.append(received(s))
        for case in ("hbh", "dstopts", "routing-0-left", "routing-twice", "dstopts-8"):
            send(datagram(case.encode(), headers=CHAINS[case]))
            seen.append(received(s))
        result(f"ancillary data: {name}", *seen)

# Where a packet was sent to
with open_socket(socket.SOCK_DGRAM, bind=("::", PORT), wanted=(49, 51, 74)) as s:
    with Netns(r):
        s.setsockopt(SOL, socket.IPV6_JOIN_GROUP, addr("ff0e::77") + struct.pack("I", r1_index))
    for dst in (R_ADDR, ANYIP, "2001:db8:1::", "ff0e::77", "ff02::1", "2001:db8:2::ff"):
        mac = b"\x33\x33" + addr(dst)[12:] if dst.startswith("ff") else None
        send(datagram(b"to", dst), mac)
        result(f"destination {dst}", received(s))

# A reassembled datagram, with headers before and behind the fragment header
with open_socket(socket.SOCK_DGRAM, bind=("::", PORT), wanted=list(RECEIVE)) as s:
    inner, data = chain([(DSTOPTS, PAD)], UDP, udp(addr(H1_ADDR), addr(R_ADDR), b"whole" + bytes(1995)))
    for offset in range(0, len(data), 1000):
        body = struct.pack("!BHI", 0, offset | (offset + 1000 < len(data)), 0x4B414D45)
        send(ipv6(addr(H1_ADDR), addr(R_ADDR),
                  *chain([(DSTOPTS, PAD), (FRAGMENT, body)], inner, data[offset:offset + 1000])))
    result("fragments", received(s))

# IPV6_TRANSPARENT: a socket at an address that is not this node's
with open_socket(socket.SOCK_DGRAM) as s:
    s.setsockopt(SOL, IPV6_TRANSPARENT, 1)
    s.setsockopt(SOL, 74, 1)
    s.bind((ANYIP, PORT))
    send(datagram(b"transparent", ANYIP))
    result("IPV6_TRANSPARENT, IPV6_RECVORIGDSTADDR", received(s))

# Raw sockets: an upper layer, and an extension header
with open_socket(socket.SOCK_RAW, RAW_PROTOCOL, wanted=list(RECEIVE)) as s:
    for headers in ([], FULL):
        send(ipv6(addr(H1_ADDR), addr(R_ADDR), *chain(headers, RAW_PROTOCOL, b"raw data")))
        result(f"raw socket, {len(headers)} headers", received(s))
with open_socket(socket.SOCK_RAW, DSTOPTS, wanted=list(RECEIVE)) as s, \
        open_socket(socket.SOCK_DGRAM, bind=("::", PORT), wanted=list(RECEIVE)) as u:
    send(datagram(b"both", headers=FULL))
    result("raw socket for destination options", received(s), received(s), received(u))

# ICMP6_FILTER: one type passes
with open_socket(socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as s:
    blocked = [0xFFFFFFFF] * 8
    blocked[200 >> 5] &= ~(1 << (200 & 31))
    s.setsockopt(socket.IPPROTO_ICMPV6, 1, struct.pack("8I", *blocked))
    for kind in (128, 200, 201):
        data = bytearray(struct.pack("!BBHHH", kind, 0, 0, 1, 1))
        data[2:4] = struct.pack("!H", checksum(addr(H1_ADDR), addr(R_ADDR), 58, bytes(data)))
        send(ipv6(addr(H1_ADDR), addr(R_ADDR), 58, bytes(data)))
    result("ICMP6_FILTER", received(s), received(s, 0.3))

# IPV6_CHECKSUM: right ones pass
with open_socket(socket.SOCK_RAW, CHECKSUM_PROTOCOL) as s:
    s.setsockopt(SOL, IPV6_CHECKSUM, 2)
    for wrong in (1, 0):
        data = bytearray(b"ab\0\0cdefgh") + bytes([wrong])
        value = checksum(addr(H1_ADDR), addr(R_ADDR), CHECKSUM_PROTOCOL, bytes(data))
        data[2:4] = struct.pack("!H", value ^ wrong)
        send(ipv6(addr(H1_ADDR), addr(R_ADDR), *chain(FULL, CHECKSUM_PROTOCOL, bytes(data))))
    result("IPV6_CHECKSUM", received(s), received(s, 0.3))


def counter(name):
    with Netns(r), open("/proc/thread-self/net/snmp6") as file:
        return dict(line.split() for line in file).get(name, "0")


# UDP checksums: wrong, none, and none where the socket allows it
with open_socket(socket.SOCK_DGRAM, bind=("::", PORT)) as s:
    for headers in ([], FULL):
        good = datagram(b"sum", headers=headers)
        at = len(good) - 3 - 2
        before = int(counter("Udp6InCsumErrors"))
        send(good[:at] + bytes([good[at] ^ 1]) + good[at + 1:])
        wrong = received(s, 0.3)
        errors = int(counter("Udp6InCsumErrors")) - before
        send(good[:at] + b"\0\0" + good[at + 2:])
        none = received(s, 0.3)
        s.setsockopt(socket.IPPROTO_UDP, UDP_NO_CHECK6_RX, 1)
        send(good[:at] + b"\0\0" + good[at + 2:])
        allowed = received(s)
        s.setsockopt(socket.IPPROTO_UDP, UDP_NO_CHECK6_RX, 0)
        result(f"UDP checksums, {len(headers)} headers", wrong, f"{errors} errors", none, allowed)

# Checksums that the sender's device leaves to the receiver's (veth): CHECKSUM_PARTIAL
with open_socket(socket.SOCK_DGRAM, bind=("::", PORT)) as s, open_socket(socket.SOCK_DGRAM, at=h1) as c:
    with Netns(h1):
        c.bind((H1_ADDR, PORT))
        c.sendto(b"partial", (R_ADDR, PORT))
    result("checksum offload", received(s))

# Time stamps
for option, value, name in ((SO_TIMESTAMPNS, 1, "SO_TIMESTAMPNS"),
                            (SO_TIMESTAMPING, 1 << 3 | 1 << 4, "SO_TIMESTAMPING")):
    with open_socket(socket.SOCK_DGRAM, bind=("::", PORT)) as s:
        s.setsockopt(socket.SOL_SOCKET, option, value)
        # The kernel begins to stamp some time after it is asked to.
        time.sleep(0.2)
        seen = []
        for headers in ([], FULL):
            send(datagram(b"time", headers=headers))
            seen.append(received(s))
        result(name, *seen)

# The error queue: what came back of what was sent
with open_socket(socket.SOCK_DGRAM, bind=("::", PORT)) as s:
    s.setsockopt(SOL, IPV6_RECVERR, 1)
    with Netns(r):
        s.connect((H1_ADDR, PORT + 1))
        s.send(b"to nobody")
    time.sleep(0.3)
    result("error queue", received(s, flags=MSG_ERRQUEUE))
    try:
        s.send(b"again")
        refused = "no error"
    except OSError as err:
        refused = os.strerror(err.errno)
    result("error of the socket", refused)

# Datagrams of ICMPv6 (ping sockets)
with Netns(r):
    with open("/proc/sys/net/ipv4/ping_group_range", "w") as file:
        file.write("0 0")
with open_socket(socket.SOCK_DGRAM, socket.IPPROTO_ICMPV6, wanted=(51, 66)) as s:
    s.bind(("::", 77))
    s.sendto(struct.pack("!BBHHH", 128, 0, 0, 0, 9) + b"ping", (H1_ADDR, 0))
    result("ping socket", received(s))

# Router alert: a socket hears what is passing by
with open_socket(socket.SOCK_RAW, socket.IPPROTO_RAW) as s:
    s.setsockopt(SOL, IPV6_ROUTER_ALERT, 1)
    send(datagram(b"alert", FOREIGN, headers=[(HBH, options(b"\x05\x02\x00\x01"))]))
    result("IPV6_ROUTER_ALERT", received(s))

# A socket that is bound to a device
with open_socket(socket.SOCK_DGRAM) as s:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"r1")
    s.bind(("::", PORT))
    send(datagram(b"bound", headers=FULL))
    result("SO_BINDTODEVICE", received(s))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"r2")
    send(datagram(b"elsewhere"))
    result("SO_BINDTODEVICE of another device", received(s, 0.3))

# Hop limit below what the socket wants (GTSM)
with open_socket(socket.SOCK_DGRAM, bind=("::", PORT)) as s:
    send(datagram(b"hops")[:7] + b"\x01" + datagram(b"hops")[8:])
    result("hop limit of one, for this node", received(s))
