# SPDX-License-Identifier: GPL-2.0-only
"""What the tests and the demo share in Python: packets with chains of extension
headers, sockets in network namespaces, and the counters of kame_ipv6.

One process opens its sockets in all namespaces: starting Python once per packet
costs seconds in an emulated machine.
"""
import ctypes
import fcntl
import json
import os
import socket
import struct
import subprocess
import time

PORT = 7777
HBH, ROUTING, FRAGMENT, NONE, DSTOPTS, UDP = 0, 43, 44, 59, 60, 17
ETH_P_IPV6 = 0x86DD
CLONE_NEWNET = 0x40000000
SO_RCVBUFFORCE = 33

libc = ctypes.CDLL(None, use_errno=True)


class Netns:
    """with Netns(name): the process is in a namespace of ip-netns(8)."""

    def __init__(self, name):
        self.path = f"/run/netns/{name}"

    @staticmethod
    def enter(path):
        fd = os.open(path, os.O_RDONLY)
        try:
            if libc.setns(fd, CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), f"setns {path}")
        finally:
            os.close(fd)

    def __enter__(self):
        self.old = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.enter(self.path)

    def __exit__(self, *_):
        libc.setns(self.old, CLONE_NEWNET)
        os.close(self.old)


def addr(text):
    return socket.inet_pton(socket.AF_INET6, text)


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
# An option that a device has to enable, aligned to 4 bytes
IOAM = options(bytes([1, 0, 0x31, 10]) + bytes(10))
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
    "options-two": [(DSTOPTS, options(b"\x1e\x00\x3e\x00"))],
    "option-skip": [(DSTOPTS, UNKNOWN[0])],
    "option-drop": [(DSTOPTS, UNKNOWN[1])],
    "option-answer": [(DSTOPTS, UNKNOWN[2])],
    "option-answer-unicast": [(DSTOPTS, UNKNOWN[3])],
    "ioam": [(HBH, IOAM)],
    "ioam-15": [(HBH, IOAM)] + [(DSTOPTS, PAD)] * 15,
    "hbh-option-answer": [(HBH, UNKNOWN[2])],
    "hbh-not-first": [(DSTOPTS, PAD), (HBH, PAD)],
    "padding-not-zero": [(DSTOPTS, b"\0\1\4\0\0\0\1")],
}


def packets(case, src, dst):
    """The packet of a case, or its fragments."""
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
        yield ipv6(addr("ff02::1"), dst, UDP, data)
    elif case == "loopback-source":
        yield ipv6(addr("::1"), dst, UDP, data)
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
        raise KeyError(f"no case {case}")


class Sender:
    """Sends packets on a device as they are."""

    def __init__(self, ns, dev, mac, src):
        self.dev, self.mac = dev, bytes.fromhex(mac.replace(":", ""))
        self.src = addr(src)
        with Netns(ns):
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                        socket.htons(ETH_P_IPV6))

    def send(self, case, dst):
        for packet in packets(case, self.src, addr(dst)):
            self.socket.sendto(packet, (self.dev, ETH_P_IPV6, 0, 0, self.mac))


class Receiver:
    """A UDP socket at PORT."""

    def __init__(self, ns, at):
        with Netns(ns):
            self.socket = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            self.socket.bind((at, PORT))

    def wait(self, text, seconds=2):
        """Whether a packet that begins with text comes in time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                if self.socket.recv(65536).rstrip(b"\0") == text.encode():
                    return True
            except socket.timeout:
                break
        return False


class Errors:
    """ICMPv6 errors that a namespace is sent, as (type, code, pointer)."""

    def __init__(self, ns):
        with Netns(ns):
            self.socket = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)

    def wait(self, wanted=None, seconds=2):
        """Wait for an error, or for any; returns those that came."""
        seen = []
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(65536)
            except socket.timeout:
                break
            if data[0] >= 128:
                continue
            seen.append((data[0], data[1], struct.unpack("!I", data[4:8])[0]))
            if wanted in (None, seen[-1]):
                break
        return seen

    def drain(self):
        self.wait((-1, -1, -1), 0.05)


class StockInput:
    """Counts what stock IPv6 input is given in a namespace.

    A packet socket for IPv6 that is bound to no device is on the same list of
    handlers as stock input, and is given the same packets.
    """

    def __init__(self, ns):
        with Netns(ns):
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                        socket.htons(ETH_P_IPV6))
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26)
        self.socket.setblocking(False)

    def count(self):
        """Packets since the last call: not those that this host sent."""
        count = 0
        while True:
            try:
                _, source = self.socket.recvfrom(64)
            except BlockingIOError:
                return count
            if source[2] not in (socket.PACKET_OUTGOING, socket.PACKET_OTHERHOST):
                count += 1


class Tun:
    """A tun device whose packets have a linear area of a chosen length."""

    def __init__(self, ns, name="tun0"):
        with Netns(ns):
            self.fd = os.open("/dev/net/tun", os.O_RDWR)
            iff_tun, iff_no_pi, iff_vnet_hdr = 1, 0x1000, 0x4000
            fcntl.ioctl(self.fd, 0x400454CA,
                        struct.pack("16sH22x", name.encode(), iff_tun | iff_no_pi | iff_vnet_hdr))

    def send(self, src, dst, text, linear):
        """Two destination options headers and UDP; only a packet of more than a
        page gets pages of its own."""
        src, dst = addr(src), addr(dst)
        data = udp(src, dst, text.encode() + bytes(6000))
        packet = ipv6(src, dst, *chain([(DSTOPTS, PAD)] * 2, UDP, data))
        # virtio_net_hdr: no checksum, no GSO, and the length of the linear area
        os.write(self.fd, struct.pack("=BBHHHH", 0, 0, linear, 0, 0, 0) + packet)


class Kame:
    """The kame command in a namespace."""

    def __init__(self, ns):
        self.ns = ns
        self.command = [os.environ.get("KAME", "build/tools/kame"), "-n", ns]

    def __call__(self, *words):
        subprocess.run(self.command + list(words), check=True)

    def ask(self, *words):
        out = json.loads(subprocess.run(self.command + ["-j", *words], check=True,
                                        capture_output=True).stdout)
        while isinstance(out, list):
            out = out[0]
        return out

    def counters(self, dev=None):
        return self.ask("ipv6", "stats", *(["dev", dev] if dev else []), "all")["mib"]

    def limits(self):
        return self.ask("ipv6", "limits")


def mac_of(ns, dev):
    with Netns(ns):
        out = subprocess.run(["ip", "-j", "link", "show", dev], check=True, capture_output=True)
    return json.loads(out.stdout)[0]["address"]
