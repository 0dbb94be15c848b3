#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Send what nobody should: see selftests/ipsec_fuzz.sh.

netlink SEED N          N requests to the family kame_ipsec, of random attributes and
                        of good ones that were changed
wire SEED N DEV MAC     N frames by DEV: packets that a policy covers, in clear, in ESP
                        and AH, and ICMP errors about them
"""
import errno
import socket
import struct
import sys

from fuzzlib import F_DUMP, Genl, R, addr, attr, checksum, junk, u8, u16, u32

# Commands of specs/kame_ipsec.yaml
COMMANDS = {"get": 1, "add": 2, "del": 3, "flush": 4, "explain": 7, "ns_get": 9, "ns_set": 10}
OUTER = {4: ("10.0.0.1", "10.0.0.2"), 6: ("2001:db8::1", "2001:db8::2")}
INNER = {4: ("10.1.0.1", "10.2.0.2"), 6: ("2001:db8:a::1", "2001:db8:b::2")}


def value():
    """What an attribute may hold, more often sensible than not."""
    return R.choice([
        lambda: u8(R.choice([0, 1, 2, 10, 17, 32, 50, 51, 58, 63, 64, 128, 129, 255])),
        lambda: u16(R.choice([0, 1, 53, 500, 65535])),
        lambda: u32(R.choice([0, 1, 2, 3, 42, 255, 256, 0x7fffffff, 0xffffffff])),
        lambda: addr(R.choice(["10.0.0.1", "10.2.0.2", "0.0.0.0", "224.0.0.1"])),
        lambda: addr(R.choice(["2001:db8::2", "2001:db8:b::2", "::", "ff02::1"])),
        lambda: b"",
        junk,
    ])()


def policy():
    """The attributes of a policy that may be added, by their numbers in the spec."""
    six = R.random() < 0.5
    direction = R.randrange(3)
    attrs = {2: u32(direction), 3: u32(R.randrange(20)), 4: u32(R.choice([0, 0, 1, 2])),
             5: u8(10 if six else 2)}
    for at in (6, 8):
        if R.random() < 0.7:
            attrs[at] = addr(R.choice(INNER[6 if six else 4]))
            attrs[at + 1] = u8(R.choice([0, 8, 13, 31, 32] + ([64, 127, 128] if six else [])))
    if R.random() < 0.5:
        attrs[10] = u8(17)
        attrs[11], attrs[12] = u16(R.randrange(3)), u16(R.randrange(3, 9))
        attrs[13] = u16(R.randrange(9))
    elif R.random() < 0.3:
        attrs[10], attrs[15] = u8(58 if six else 1), u8(R.randrange(256))
    if R.random() < 0.2:
        attrs[17] = u32(R.randrange(1, 4))
    if R.random() < 0.2:
        attrs[19], attrs[20] = u32(R.randrange(4)), u32(3)
    if R.random() < 0.2:
        attrs[21] = u8(R.randrange(64))
    if attrs[4] == u32(0):
        outer = OUTER[R.choice([4, 6])]
        ends = outer if direction == 1 else outer[::-1]
        attrs.update({22: u8(R.choice([50, 51])), 23: u32(R.randrange(2)),
                      26: u32(R.randrange(4)), 28: u32(R.randrange(3))})
        if attrs[23] == u32(1):
            attrs[24], attrs[25] = addr(ends[0]), addr(ends[1])
    if R.random() < 0.1:
        attrs[29] = b""
    if R.random() < 0.1:
        attrs[34] = b""
    return attrs


def flow():
    """The attributes of a packet to explain."""
    version = R.choice([4, 6])
    attrs = {2: u8(10 if version == 6 else 2), 4: addr(INNER[version][1])}
    if R.random() < 0.5:
        attrs[3] = addr(INNER[version][0])
    if R.random() < 0.5:
        attrs[1] = u32(R.randrange(3))
    for at, width in ((5, u8), (6, u16), (7, u16), (8, u32), (9, u32), (10, u32), (11, u8)):
        if R.random() < 0.3:
            attrs[at] = width(R.choice([0, 1, 17, 58, 63]))
    return attrs


def changed(attrs):
    """The same with some that are gone, of another number, length or value."""
    attrs = dict(attrs)
    for _ in range(R.choice([0, 0, 0, 1, 1, 2, 4])):
        at = R.choice(list(attrs) or [1])
        what = R.randrange(4)
        if what == 0:
            attrs.pop(at, None)
        elif what == 1:
            attrs[at] = value()
        elif what == 2:
            attrs[R.randrange(40)] = value()
        else:
            attrs[at | R.choice([0x8000, 0x4000])] = attrs.get(at, b"")
    return attrs


def request():
    """A command, its flags and its attributes."""
    command = R.choice(["add"] * 6 + ["del"] * 2 + ["explain"] * 3 +
                       ["get", "get", "flush", "ns_get", "ns_set", "none"])
    if command == "add":
        attrs = changed(policy())
    elif command == "explain":
        attrs = changed(flow())
    elif command in ("del", "get"):
        attrs = changed({1: u32(R.randrange(1, 40))})
    elif command == "flush":
        attrs = changed({2: u32(R.randrange(4))})
    elif command == "ns_set":
        attrs = changed({R.choice([4, 5, 6]): u32(R.choice([0, 1, 2, 10, 16, 5000]))})
    else:
        attrs = {R.randrange(40): value() for _ in range(R.randrange(4))}
    body = b"".join(attr(kind, data) for kind, data in attrs.items())
    if R.random() < 0.05:
        body += junk()
    flags = F_DUMP if command == "get" and R.random() < 0.5 else R.choice([0] * 9 + [F_DUMP])
    number = COMMANDS.get(command, R.randrange(256))
    return flags, struct.pack("=BBH", number, 1, 0) + body


def netlink(count):
    """Every request gets an answer; some of each kind are taken, and some refused."""
    genl = Genl("kame_ipsec")
    answers, taken = {}, {}
    for _ in range(count):
        flags, body = request()
        err, _ = genl.ask(flags, body)
        name = errno.errorcode.get(err, str(err)) if err else "OK"
        answers[name] = answers.get(name, 0) + 1
        taken[body[0]] = taken.get(body[0], 0) + (not err)
    print("answers:", *(f"{name}={n}" for name, n in sorted(answers.items())))
    assert genl.ask(0, struct.pack("=BBH", COMMANDS["flush"], 1, 0))[0] == 0
    for name, number in COMMANDS.items():
        assert taken.get(number, 0) > 0, f"no {name} was accepted"
    assert len(answers) > 3, "hardly anything was refused"


def ip(version, ends, proto, body):
    """A packet, now and then a fragment, with options or extension headers."""
    src, dst = ends
    if version == 4:
        options = bytes(R.choice([0] * 9 + [4, 40]))
        head = struct.pack("!BBHHHBBH4s4s", 0x45 + len(options) // 4, R.randrange(256),
                           20 + len(options) + len(body), R.randrange(65536),
                           R.choice([0] * 9 + [0x4000, 0x2000, 1]), R.choice([1, 64]), proto,
                           0, addr(src), addr(dst)) + options
        return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body
    for _ in range(R.choice([0, 0, 0, 1, 2, 20])):
        kind = R.choice([0, 43, 44, 60])
        body = bytes([proto, R.choice([0] * 9 + [255])]) + R.randbytes(6) + body
        proto = kind
    return struct.pack("!IHBB", 6 << 28 | R.randrange(256) << 20, len(body), proto,
                       R.choice([1, 64])) + addr(src) + addr(dst) + body


def upper():
    """An upper-layer protocol and its bytes."""
    return R.choice([
        lambda: (17, struct.pack("!HHHH", R.randrange(9), R.randrange(9), 16, 0) + bytes(8)),
        lambda: (17, struct.pack("!HHHH", 4500, 4500, 32, 0) +
                 struct.pack("!II", R.choice([0, 0x1001, 0x1002]), 1) + R.randbytes(16)),
        lambda: (6, R.randbytes(20)),
        lambda: (R.choice([1, 58]), bytes([R.randrange(256), R.randrange(8)]) + R.randbytes(30)),
        lambda: (R.choice([2, 4, 41, 47, 132, 255]), junk(60)),
        lambda: (50, struct.pack("!II", R.choice([0x1001, 0x1002, 7]), R.randrange(9)) +
                 R.randbytes(R.randrange(60))),
        lambda: (51, bytes([R.choice([4, 17, 41]), R.choice([4, 0, 255]), 0, 0]) +
                 struct.pack("!II", R.choice([0x1001, 0x1002]), 1) + junk(60)),
    ])()


def error(version, ends, quote):
    """An ICMP error about a packet."""
    quote = quote[:R.choice([0, 8, 20, 28, 40, 48, 68, 576])]
    if version == 4:
        body = struct.pack("!BBHI", R.choice([3, 3, 4, 5, 11, 12]), R.choice([0, 3, 4]), 0,
                           R.choice([0, 68, 1280, 65535])) + quote
        return ip(4, ends, 1, body[:2] + struct.pack("!H", checksum(body)) + body[4:])
    body = struct.pack("!BBHI", R.choice([1, 2, 2, 3, 4, 137]), R.randrange(3), 0,
                       R.choice([0, 1280, 1400, 2 ** 32 - 1])) + quote
    pseudo = addr(ends[0]) + addr(ends[1]) + struct.pack("!II", len(body), 58)
    body = body[:2] + struct.pack("!H", checksum(pseudo + body)) + body[4:]
    return struct.pack("!IHBB", 6 << 28, len(body), 58, 64) + pseudo[:32] + body


def frame():
    """A packet to the node, or an error about one of its own."""
    version = R.choice([4, 6])
    ends = R.choice([INNER, OUTER])[version]
    if R.random() < 0.6:
        data = ip(version, ends[::-1], *upper())
    else:
        data = error(version, R.choice([INNER, OUTER])[version][::-1],
                     ip(version, ends, *upper()))
    data = bytearray(data)
    if R.random() < 0.3:
        for _ in range(R.randrange(1, 4)):
            data[R.randrange(len(data))] = R.randrange(256)
    if R.random() < 0.2:
        del data[R.randrange(1, len(data)):]
    return bytes(data[:1500])


def wire(count, dev, mac):
    """Packets from a packet socket."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
    for _ in range(count):
        data = frame()
        sock.sendto(data, (dev, 0x0800 if data[0] >> 4 == 4 else 0x86dd, 0, 1, mac))


def main():
    """Read the arguments, send."""
    what, seed, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    R.seed(what + seed)
    if what == "netlink":
        netlink(count)
    else:
        wire(count, sys.argv[4], bytes.fromhex(sys.argv[5].replace(":", "")))


main()
