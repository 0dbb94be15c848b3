#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Send a datagram of two fragments from one node to another: see ipsec_fragments.sh.

ipsec_fragments.py FROM TO SOURCE DESTINATION FIRST SECOND [NEXT]

FIRST and SECOND say how the fragments go: "raw" by a raw socket, and so by the policies of
FROM, or "wire" past them. With NEXT, what the second one says that follows it. Prints
"delivered" or "lost", and the errno where FROM was told one.
"""
import errno
import socket
import struct
import sys
import time

from lab import (DSTOPTS, ETH_P_IPV6, FRAGMENT, PAD, Netns, Receiver, Sender, UDP, addr, chain,
                 ipv6, mac_of, udp)

from_ns, to_ns, source, destination, *ways = sys.argv[1:]
second_says = int(ways.pop()) if len(ways) == 3 else DSTOPTS
src, dst = addr(source), addr(destination)
text = "in two parts"
_, data = chain([(DSTOPTS, PAD)], UDP, udp(src, dst, text.encode() + bytes(200)))
receiver = Receiver(to_ns, destination)
wire = Sender(from_ns, "eth0", mac_of(to_ns, "eth0"), source)
with Netns(from_ns):
    raw = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
ident = int(time.monotonic() * 1000) & 0xFFFFFFFF
for offset, following, way in ((0, DSTOPTS, ways[0]), (104, second_says, ways[1])):
    piece = data[offset:offset + 104] if offset == 0 else data[offset:]
    body = struct.pack("!BHI", 0, offset | (offset == 0), ident)
    packet = ipv6(src, dst, *chain([(FRAGMENT, body)], following, piece))
    try:
        if way == "raw":
            raw.sendto(packet, (destination, 0))
        else:
            wire.socket.sendto(packet, ("eth0", ETH_P_IPV6, 0, 0, wire.mac))
    except OSError as error:
        print(errno.errorcode[error.errno], end=" ")
print("delivered" if receiver.wait(text, 1) else "lost")
