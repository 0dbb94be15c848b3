# SPDX-License-Identifier: GPL-2.0-only
"""Generic netlink for the tests that must say what the kame command would not."""
import os
import socket
import struct

SOL_NETLINK, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 270, 10, 11
NLM_F_REQUEST, NLM_F_ACK, NLM_F_ACK_TLVS = 1, 4, 0x200
NLMSG_ERROR = 2
CTRL, CTRL_CMD_GETFAMILY, CTRL_A_ID, CTRL_A_NAME = 16, 3, 1, 2


def attr(kind, data):
    """A netlink attribute"""
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def nest(kind, data):
    """An attribute of attributes"""
    return attr(kind | 0x8000, data)


def text(kind, value):
    """An attribute of text"""
    return attr(kind, value.encode() + b"\0")


def u32(kind, value):
    """An attribute that is a number"""
    return attr(kind, struct.pack("=I", value))


def attrs_of(data):
    """Attributes by their type"""
    found = {}
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        found[kind & 0x3FFF] = data[4:length]
        data = data[(length + 3) & ~3:]
    return found


class Refused(OSError):
    """The kernel's errno, its sentence, and where the attribute is that it blames: its
    offset in the request's attributes, or None"""

    def __init__(self, errno, sentence, at):
        super().__init__(errno, os.strerror(errno))
        self.sentence, self.at = sentence, at


def refusal(errno, flags, tlvs):
    """What the kernel says, as an exception"""
    found = attrs_of(tlvs) if flags & NLM_F_ACK_TLVS else {}
    sentence = found.get(1, b"").rstrip(b"\0").decode()
    at = struct.unpack("=I", found[2])[0] - 20 if 2 in found else None
    return Refused(errno, sentence, at)


class Genl:
    """A generic netlink socket, in the namespace of who makes it"""

    def __init__(self, name):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        for option in (NETLINK_CAP_ACK, NETLINK_EXT_ACK):
            self.socket.setsockopt(SOL_NETLINK, option, 1)
        self.number = CTRL
        found = attrs_of(self.ask(CTRL_CMD_GETFAMILY, text(CTRL_A_NAME, name)))
        self.number = struct.unpack("=H", found[CTRL_A_ID])[0]

    def ask(self, command, attrs):
        """Send a request; returns the attributes of its reply, nothing where it has none."""
        body = struct.pack("=BBH", command, 1, 0) + attrs
        self.socket.send(struct.pack("=IHHII", 16 + len(body), self.number,
                                     NLM_F_REQUEST | NLM_F_ACK, 1, 0) + body)
        reply = b""
        while True:
            data = self.socket.recv(65536)
            while data:
                length, kind, flags = struct.unpack_from("=IHH", data)
                if kind != NLMSG_ERROR:
                    reply = data[20:length]
                else:
                    err = -struct.unpack_from("=i", data, 16)[0]
                    if err:
                        raise refusal(err, flags, data[36:length])
                    return reply
                data = data[(length + 3) & ~3:]
