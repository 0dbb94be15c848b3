#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Accept each packet that a rule puts into a queue of netfilter.

Prints "ready" first, and then "accepted" for each packet.
"""
import argparse
import socket
import struct

NETLINK_NETFILTER = 12
SUBSYS_QUEUE = 3
MSG_PACKET, MSG_VERDICT, MSG_CONFIG = 0, 1, 2
CFG_CMD, CFG_PARAMS = 1, 2
CMD_BIND = 1
COPY_META = 1
QA_PACKET_HDR, QA_VERDICT_HDR = 1, 2
NF_ACCEPT = 1


def attr(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def message(kind, queue, flags, *attrs):
    body = struct.pack("!BBH", socket.AF_UNSPEC, 0, queue) + b"".join(attrs)
    return struct.pack("=IHHII", 16 + len(body), SUBSYS_QUEUE << 8 | kind, flags, 0, 0) + body


def ask(sock, *args):
    """Send a request and wait for its answer."""
    sock.send(message(MSG_CONFIG, *args))
    reply = sock.recv(65536)
    error = struct.unpack_from("=i", reply, 16)[0]
    if error:
        raise OSError(-error, "the queue is refused")


def packet_id(data):
    """Of the packet that a message is about, or None"""
    kind = struct.unpack_from("=H", data, 4)[0]
    if kind != SUBSYS_QUEUE << 8 | MSG_PACKET:
        return None
    at = 20
    while at + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        if kind & 0x7fff == QA_PACKET_HDR:
            return struct.unpack_from("!I", data, at + 4)[0]
        at += (length + 3) & ~3
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("queue", type=int)
    queue = parser.parse_args().queue
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as sock:
        sock.bind((0, 0))
        request, ack = 1, 4
        ask(sock, queue, request | ack, attr(CFG_CMD, struct.pack("!BBH", CMD_BIND, 0, 0)))
        ask(sock, queue, request | ack, attr(CFG_PARAMS, struct.pack("!IB", 0, COPY_META)))
        print("ready", flush=True)
        while True:
            packet = packet_id(sock.recv(65536))
            if packet is not None:
                sock.send(message(MSG_VERDICT, queue, request,
                                  attr(QA_VERDICT_HDR, struct.pack("!II", NF_ACCEPT, packet))))
                print("accepted", flush=True)


if __name__ == "__main__":
    main()
