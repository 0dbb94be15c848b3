# SPDX-License-Identifier: GPL-2.0-only
"""What programs share that send random netlink requests and packets."""
import random
import socket
import struct

R = random.Random()     # seeded by the program: the same seed sends the same

GENL_ID_CTRL = 16
F_REQUEST, F_ACK, F_DUMP = 1, 4, 0x300


def attr(kind, data):
    """One netlink attribute."""
    return struct.pack("=HH", len(data) + 4, kind) + data + bytes(-len(data) % 4)


def u8(value):
    """One byte."""
    return struct.pack("=B", value & 0xff)


def u16(value):
    """Two bytes."""
    return struct.pack("=H", value & 0xffff)


def u32(value):
    """Four bytes."""
    return struct.pack("=I", value & 0xffffffff)


def addr(text):
    """An address in network byte order."""
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def junk(most=40):
    """Random bytes."""
    return R.randbytes(R.randrange(most + 1))


def checksum(data):
    """The internet checksum (RFC 1071)."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Netlink:
    """A netlink socket that waits for each answer, so many seconds."""

    def __init__(self, proto, timeout):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, proto)
        self.sock.settimeout(timeout)
        self.seq = 0

    def request(self, kind, flags, body):
        """Send a request; return its errno and all that came before the end."""
        self.seq += 1
        self.sock.send(struct.pack("=IHHII", len(body) + 16, kind, flags | F_REQUEST | F_ACK,
                                   self.seq, 0) + body)
        got = b""
        while True:
            data = self.sock.recv(1 << 17)
            while len(data) >= 16:
                length, answer, _, seq, _ = struct.unpack_from("=IHHII", data)
                if seq == self.seq and answer in (2, 3):
                    return -struct.unpack_from("=i", data, 16)[0], got
                got += data[16:length]
                data = data[(length + 3) & ~3:]


class Genl(Netlink):
    """A generic netlink socket for one family."""

    def __init__(self, family, timeout=60):
        super().__init__(16, timeout)
        self.family = GENL_ID_CTRL
        err, reply = self.ask(0, struct.pack("=BBH", 3, 1, 0) + attr(2, family.encode() + b"\0"))
        assert not err, f"no family {family}: errno {err}"
        at = 4
        while at + 4 <= len(reply):
            length, kind = struct.unpack_from("=HH", reply, at)
            if kind == 1:
                self.family = struct.unpack_from("=H", reply, at + 4)[0]
            at += (length + 3) & ~3

    def ask(self, flags, body):
        """A request to the family, as request()."""
        return self.request(self.family, flags, body)
