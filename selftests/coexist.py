#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What ipv6_coexist.sh does by system calls: no tool for it is everywhere.

coexist.py team DEV MODE: set the mode of a team device, as teamd does
coexist.py xdp drop|pass FILE: pin an XDP program that does so, for ip-link(8)
coexist.py mroute IN OUT SOURCE GROUP: forward multicast until standard input ends
coexist.py listen DEV GROUP COUNT: receive so many datagrams sent to a group
coexist.py send DEV GROUP COUNT: send them
"""
import ctypes
import os
import socket
import struct
import sys
import time

from genl import Genl, attr, nest, text, u32

PORT = 7003


def team(dev, mode):
    """TEAM_CMD_OPTIONS_SET of the option "mode", a string"""
    option = text(1, "mode") + attr(3, b"\5") + text(4, mode)
    Genl("team").ask(1, u32(1, socket.if_nametoindex(dev)) + nest(2, nest(1, option)))


def bpf(command, data):
    """bpf(2)"""
    libc = ctypes.CDLL(None, use_errno=True)
    buf = ctypes.create_string_buffer(data, 128)
    result = libc.syscall(321, command, buf, 128)
    if result < 0:
        raise OSError(ctypes.get_errno(), "bpf")
    return result


def xdp(verdict, path):
    """r0 = verdict; exit"""
    code = {"drop": 1, "pass": 2}[verdict]
    program = ctypes.create_string_buffer(struct.pack("=BBhi", 0xB7, 0, 0, code) +
                                          struct.pack("=BBhi", 0x95, 0, 0, 0))
    licence = ctypes.create_string_buffer(b"GPL")
    fd = bpf(5, struct.pack("=IIQQ", 6, 2, ctypes.addressof(program), ctypes.addressof(licence)))
    name = ctypes.create_string_buffer(path.encode())
    bpf(6, struct.pack("=QI", ctypes.addressof(name), fd))


def sockaddr(address):
    """struct sockaddr_in6"""
    return struct.pack("=HHI16sI", socket.AF_INET6, 0, 0,
                       socket.inet_pton(socket.AF_INET6, address), 0)


def mroute(dev_in, dev_out, source, group):
    """Multicast forwarding, linux/mroute6.h"""
    s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    s.setsockopt(socket.IPPROTO_IPV6, 200, struct.pack("=i", 1))
    for mif, dev in enumerate((dev_in, dev_out)):
        s.setsockopt(socket.IPPROTO_IPV6, 202,
                     struct.pack("=HBBHxxI", mif, 0, 1, socket.if_nametoindex(dev), 0))
    s.setsockopt(socket.IPPROTO_IPV6, 204,
                 sockaddr(source) + sockaddr(group) + struct.pack("=Hxx8I", 0, 2, *[0] * 7))
    print("ready", flush=True)
    sys.stdin.read()


def listen(dev, group, count):
    """Print how many came"""
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    s.bind(("::", PORT))
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                 socket.inet_pton(socket.AF_INET6, group) +
                 struct.pack("=I", socket.if_nametoindex(dev)))
    print("ready", flush=True)
    for _ in range(int(count)):
        s.recv(2048)
    print(count, flush=True)


def send(dev, group, count):
    """Datagrams that may pass routers"""
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 5)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, socket.if_nametoindex(dev))
    for _ in range(int(count)):
        s.sendto(b"kame", (group, PORT))
        time.sleep(0.01)


{"team": team, "xdp": xdp, "mroute": mroute, "listen": listen, "send": send}[sys.argv[1]](
    *sys.argv[2:])
