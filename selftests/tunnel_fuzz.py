#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Send what nobody should: see selftests/tunnel_fuzz.sh.

netlink SEED N          N requests to rtnetlink and generic netlink
wire SEED N DEV         N frames by DEV, with outer packets and ICMP errors about them
output SEED N DEV       N packets into the tunnel DEV
"""
import errno
import socket
import struct
import sys

from fuzzlib import F_DUMP, R, Genl, Netlink, attr, checksum, junk

RTM_NEWLINK, RTM_DELLINK = 16, 17
F_CREATE, F_EXCL = 0x400, 0x200
A4, B4 = "10.0.0.1", "10.0.0.2"
A6, B6 = "fd00::1", "fd00::2"


def value():
    """What an attribute may hold, more often sensible than not."""
    return R.choice([
        lambda: struct.pack("=B", R.choice([0, 1, 2, 8, 9, 255])),
        lambda: struct.pack("=H", R.choice([0, 1, 3, 4, 255, 256, 257, 65535])),
        lambda: struct.pack("=I", R.choice([0, 1, 2, 0xfffff, 0x100000, 0x100001, 0x100002,
                                            0xffffffff])),
        lambda: socket.inet_aton(R.choice([A4, B4, "0.0.0.0", "224.0.0.1", "127.0.0.1",
                                           "255.255.255.255", "10.0.0.77"])),
        lambda: socket.inet_pton(socket.AF_INET6, R.choice(
            [A6, B6, "::", "ff02::1", "::1", "::ffff:1.2.3.4", "fe80::1", "fd00::77"])),
        junk,
    ])()


def info_data():
    """IFLA_INFO_DATA with attributes that exist and that do not."""
    data = b""
    if R.random() < 0.8:        # a remote address, so that some get further
        data += attr(2, R.choice([socket.inet_aton(f"10.0.1.{R.randrange(256)}"),
                                  socket.inet_pton(socket.AF_INET6,
                                                   f"fd00::1:{R.randrange(256):x}")]))
    for _ in range(R.randrange(5)):
        data += attr(R.randrange(22) | R.choice([0, 0, 0, 0x8000, 0x4000]), value())
    return data if R.random() < 0.9 else data + junk()


def link_request():
    """RTM_NEWLINK or RTM_DELLINK of one of eight devices."""
    name = attr(3, b"fuzz%d\0" % R.randrange(8))
    head = struct.pack("=BxHiII", 0, 0, 0, R.choice([0, 1]), R.choice([0, 1]))
    if R.random() < 0.2:
        return RTM_DELLINK, 0, head + name
    info = attr(18, attr(1, b"kame_tunnel\0") + attr(2, info_data()))
    if R.random() < 0.3:
        info += attr(4, struct.pack("=I", R.choice([0, 68, 1280, 1500, 65536, 2 ** 32 - 1])))
    return RTM_NEWLINK, R.choice([F_CREATE | F_EXCL, F_CREATE, 0]), head + name + info


def genl_request():
    """A command of the family, known or not."""
    body = b"".join(attr(R.randrange(12) | R.choice([0, 0x8000]), value())
                    for _ in range(R.randrange(4)))
    if R.random() < 0.1:
        body += junk()
    return R.choice([0, F_DUMP]), struct.pack("=BBH", R.randrange(8), 1, 0) + body


def netlink(count):
    """Every request gets an answer; none is an errno that tells of a mistake here."""
    route, genl = Netlink(socket.NETLINK_ROUTE, 20), Genl("kame_tunnel", 20)
    errors = {}
    for _ in range(count):
        if R.random() < 0.7:
            err, _ = route.request(*link_request())
        else:
            err, _ = genl.ask(*genl_request())
        errors[errno.errorcode.get(err, str(err))] = errors.get(
            errno.errorcode.get(err, str(err)), 0) + 1
    for name in range(8):
        route.request(RTM_DELLINK, 0, struct.pack("=BxHiII", 0, 0, 0, 0, 0) +
                  attr(3, b"fuzz%d\0" % name))
    print("answers:", *(f"{name}={n}" for name, n in sorted(errors.items())))
    assert errors.get("0", 0) > count // 50, "hardly anything was accepted"
    assert len(errors) > 3, "hardly anything was refused"


def ipv4(proto, body, src=A4, dst=B4):
    """An IPv4 header, now and then with options, as a fragment or with CE, and a body."""
    options = bytes(R.choice([0] * 9 + [4, 40]))
    frag = R.choice([0] * 9 + [0x4000, 0x2000, 0x0001])
    head = struct.pack("!BBHHHBBH4s4s", 0x45 + len(options) // 4, R.choice([0, 1, 2, 3, 0xb8]),
                       20 + len(options) + len(body), R.randrange(65536), frag,
                       R.choice([0, 1, 64]), proto, 0, socket.inet_aton(src),
                       socket.inet_aton(dst)) + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def exthdrs(proto):
    """Extension headers, some of them with an encapsulation limit."""
    chain = b""
    for _ in range(R.choice([0, 0, 0, 1, 2, 9])):
        kind = R.choice([0, 43, 44, 60, 60])
        rest = R.choice([bytes([4, 1, R.choice([0, 1, 255]), 1, 1, 0]), bytes([4, 255, 0, 0, 0, 0]),
                         bytes(6), R.randbytes(6)])
        chain = bytes([proto, 0 if R.random() < 0.9 else 255]) + rest + chain
        proto = kind
    return proto, chain


def ipv6(proto, body, src=A6, dst=B6):
    """An IPv6 header, maybe with extension headers, and a body."""
    first, chain = exthdrs(proto)
    return struct.pack("!IHBB", 6 << 28 | R.choice([0, 1, 2, 3, 0xb8]) << 20,
                       len(chain) + len(body), first, R.choice([0, 1, 64])) + \
        socket.inet_pton(socket.AF_INET6, src) + socket.inet_pton(socket.AF_INET6, dst) + \
        chain + body


def packet(depth):
    """A packet in packets, the outermost between the hosts."""
    if depth == 0:
        body = struct.pack("!HHHH", 9, 9, 8 + 8, 0) + bytes(8)
        return R.choice([
            lambda: (4, ipv4(17, body, "192.168.4.1", "192.168.4.2")),
            lambda: (41, ipv6(17, body, "fd01:6::1", "fd01:6::2")),
            lambda: (4, ipv4(6, R.randbytes(20), "192.168.6.1", "192.168.6.2")),
            lambda: (41, ipv6(58, R.randbytes(24), "fe80::1", "ff02::1")),
            lambda: (R.choice([4, 41]), junk(60)),
        ])()
    proto, inner = packet(depth - 1)
    return (4, ipv4(proto, inner)) if R.random() < 0.5 else (41, ipv6(proto, inner))


def damage(data):
    """Now and then, change some bytes or cut it short."""
    data = bytearray(data)
    if R.random() < 0.3:
        for _ in range(R.randrange(1, 4)):
            data[R.randrange(len(data))] = R.randrange(256)
    if R.random() < 0.2:
        del data[R.randrange(len(data)):]
    return bytes(data)


def about(quote):
    """An ICMP error that quotes a packet which the other host might have sent."""
    quote = quote[:R.choice([8, 28, 48, 68, 576])]
    if quote and quote[0] >> 4 == 4:
        body = struct.pack("!BBHI", R.choice([3, 3, 5, 11, 12]), R.choice([0, 1, 4, 13]), 0,
                           R.choice([0, 68, 1280, 1400, 65535])) + quote
        return ipv4(1, body[:2] + struct.pack("!H", checksum(body)) + body[4:])
    body = struct.pack("!BBHI", R.choice([1, 2, 2, 3, 4]), R.randrange(3), 0,
                       R.choice([0, 44, 1280, 1400, 2 ** 32 - 1])) + quote
    pseudo = socket.inet_pton(socket.AF_INET6, A6) + socket.inet_pton(socket.AF_INET6, B6) + \
        struct.pack("!II", len(body), 58)
    body = body[:2] + struct.pack("!H", checksum(pseudo + body)) + body[4:]
    return struct.pack("!IHBB", 6 << 28, len(body), 58, 64) + pseudo[:32] + body


def sent_by_other():
    """A tunnel packet in the other direction, to be quoted."""
    _, inner = packet(0)
    proto = 4 if inner and inner[0] >> 4 == 4 else 41
    if R.random() < 0.5:
        return ipv4(proto, inner, B4, A4)
    return ipv6(proto, inner, B6, A6)


def wire(count, dev, mac):
    """Outer packets and ICMP errors, from a packet socket."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
    for _ in range(count):
        if R.random() < 0.7:
            data = packet(R.choice([1, 1, 1, 2, 3, 12]))[1]
        else:
            data = about(sent_by_other())
        data = damage(data)[:1500]
        proto = 0x0800 if data and data[0] >> 4 == 4 else 0x86dd
        try:
            sock.sendto(data, (dev, proto, 0, 1, mac))
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise


def output(count, dev):
    """Packets of all kinds into a tunnel; what it says to them is its own affair."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    for _ in range(count):
        data = damage(packet(R.choice([0, 1, 2, 9, 20]))[1] or b"\0")[:1400]
        proto = R.choice([0x0800, 0x86dd, 0x0806] if R.random() < 0.1 else
                         [0x0800 if data and data[0] >> 4 == 4 else 0x86dd])
        try:
            sock.sendto(data, (dev, proto))
        except OSError as error:
            if error.errno in (errno.EBADF, errno.EFAULT, errno.ENODEV):
                raise


def main():
    """Read the arguments, send."""
    what, seed, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    R.seed(what + seed)
    if what == "netlink":
        netlink(count)
    elif what == "wire":
        wire(count, sys.argv[4], bytes.fromhex(sys.argv[5].replace(":", "")))
    else:
        output(count, sys.argv[4])


main()
