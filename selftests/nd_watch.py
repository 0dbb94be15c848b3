#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""How long until a host uses the right source address and path.

Usage: nd_watch.py echo ADDRESS PORT
       nd_watch.py watch LIMIT PREFIX PORT ADDRESS...
       nd_watch.py wait LIMIT PREFIX PORT ADDRESS...

"watch" sends a datagram to an echo server at each address every 10 milliseconds,
from a new socket each, so that source and path are chosen anew. It prints the time
in milliseconds from its start to the first round in which every source lies in the
prefix (its text begins so) and every answer has come; or "never". Before that it
prints "started". "wait" prints "ready", and does so after a line of input.
"""
import select
import socket
import sys
import time

ROUND = 0.01


def echo(address, port):
    server = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    server.bind((address, port))
    print("ready", flush=True)
    while True:
        data, peer = server.recvfrom(2048)
        server.sendto(data, peer)


def send(address, port, start):
    """A datagram with the time; the socket and its source, or None."""
    sender = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sender.setblocking(False)
    try:
        sender.connect((address, port))
        source = sender.getsockname()[0]
        sender.send(str(start).encode())
    except OSError:
        sender.close()
        return None
    return sender, source


def one_round(prefix, port, addresses):
    """Whether all sources are right and all answers come; they get 30 ms."""
    sent = [send(address, port, time.monotonic()) for address in addresses]
    waiting = {pair[0] for pair in sent if pair}
    right = all(pair and pair[1].startswith(prefix) for pair in sent)
    end = time.monotonic() + 0.03
    while right and waiting and time.monotonic() < end:
        for ready in select.select(list(waiting), [], [], max(0, end - time.monotonic()))[0]:
            try:
                ready.recv(2048)
                waiting.discard(ready)
            except OSError:
                right = False
    for pair in sent:
        if pair:
            pair[0].close()
    return right and not waiting


def watch(limit, prefix, port, addresses):
    print("started", flush=True)
    start = time.monotonic()
    while True:
        begun = time.monotonic()
        if one_round(prefix, port, addresses):
            print(round((begun - start) * 1000))
            return 0
        if begun - start > limit:
            print("never")
            return 1
        time.sleep(max(0, begun + ROUND - time.monotonic()))


if sys.argv[1] == "echo":
    echo(sys.argv[2], int(sys.argv[3]))
else:
    if sys.argv[1] == "wait":
        print("ready", flush=True)
        sys.stdin.readline()
    sys.exit(watch(float(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5:]))
