#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The cases of ipv6_drops.sh: a packet for each counter drop_*.

ipv6_drops.py H1 R: names of namespaces as setup_line of lib.sh makes them.
Prints a line per case: ok or not ok, a tab, its name, a tab, and what was seen.
"""
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager, nullcontext

from lab import (DSTOPTS, HBH, PAD, UDP, CHAINS, Kame, Netns, Sender, Tun, addr, chain, ipv6,
                 mac_of, udp, ETH_P_IPV6)

H1_ADDR, R_ADDR, TENTATIVE = "2001:db8:1::1", "2001:db8:1::ff", "2001:db8:1::dead"
TRACING = "/sys/kernel/tracing"
h1, r = sys.argv[1:3]
kame = Kame(r)
sender = Sender(h1, "eth0", mac_of(r, "r1"), H1_ADDR)


def write(path, value):
    """As echo does"""
    with open(path, "w") as file:
        file.write(value)


def sysctl(name, value):
    """In the router; the path is the process's namespace's own"""
    with Netns(r):
        write("/proc/sys/net/ipv6/" + name, str(value))


def ip(*words):
    """In the router"""
    subprocess.run(["ip", "-n", r, *words], check=True)


def traced():
    """(cause, device index) of the drops since the last call"""
    with open(TRACING + "/trace") as file:
        text = file.read()
    write(TRACING + "/trace", "")
    return re.findall(r"kame_ipv6_drop: .*ifindex=(\d+) cause=(\w+)", text)


def to_r(packet, mac=None):
    """On the wire as it is"""
    sender.socket.sendto(packet, ("eth0", ETH_P_IPV6, 0, 0, mac or sender.mac))


def plain(dst=R_ADDR, headers=(), src=H1_ADDR, **words):
    """UDP behind headers"""
    return ipv6(addr(src), addr(dst), *chain(list(headers), UDP, udp(addr(src), addr(dst), b"x")),
                **words)


def case(name):
    """One of lab.py's"""
    return lambda: sender.send(name, R_ADDR)


def sent(packet, mac=None):
    """On the wire, when it is called"""
    return lambda: to_r(packet, mac)


@contextmanager
def limited(option, value):
    """With a limit of the namespace"""
    before = kame.limits()[option.replace("-", "_")]
    kame("ipv6", "set", option, value)
    yield
    kame("ipv6", "set", option, str(before))


@contextmanager
def under(name, value, back):
    """With a sysctl"""
    sysctl(name, value)
    yield
    sysctl(name, back)


def settle():
    """What was sent is received when this is over, even in an emulated machine."""
    time.sleep(0.1)


@contextmanager
def tentative():
    """An address whose duplicate address detection takes its time"""
    with under("conf/r1/dad_transmits", 600, 1):
        ip("addr", "add", TENTATIVE + "/128", "dev", "r1")
        settle()
        yield
        ip("addr", "del", TENTATIVE + "/128", "dev", "r1")


@contextmanager
def disabled():
    """A device without IPv6, so that it loses its address"""
    with under("conf/r1/disable_ipv6", 1, 0):
        settle()
        yield
    ip("addr", "replace", R_ADDR + "/64", "dev", "r1", "nodad")


def not_contiguous():
    """Headers outside the linear area of a packet from a tun device"""
    tun.send(H1_ADDR, R_ADDR, "refused", 44)


GROUP_MAC = bytes.fromhex("333300000001")
# What is sent, the device that it comes in by, and with what it is dropped there.
CASES = {
    "drop_not_contiguous": (not_contiguous, "tun0", nullcontext),
    "drop_truncated": (case("truncated"), "r1", nullcontext),
    "drop_otherhost": (sent(plain(), bytes.fromhex("020000000abc")), "r1", nullcontext),
    "drop_disabled": (sent(plain()), "r1", disabled),
    "drop_version": (case("version"), "r1", nullcontext),
    "drop_address": (case("multicast-source"), "r1", nullcontext),
    "drop_payload": (case("short-payload"), "r1", nullcontext),
    "drop_too_many_headers": (case("dstopts-16"), "r1", nullcontext),
    "drop_option_header": (case("padding-not-zero"), "r1", nullcontext),
    "drop_option_unknown": (case("option-drop"), "r1", nullcontext),
    "drop_routing_type": (case("routing-type0"), "r1", nullcontext),
    "drop_order": (sent(plain(headers=[(DSTOPTS, PAD)] * 2)), "r1",
                   lambda: limited("order", "strict")),
    "drop_routing_address": (sent(plain(headers=CHAINS["routing-0-left"]), GROUP_MAC), "r1",
                             nullcontext),
    "drop_l2_multicast": (sent(plain(), GROUP_MAC), "r1",
                          lambda: under("conf/r1/drop_unicast_in_l2_multicast", 1, 0)),
    "drop_header_bytes": (sent(plain(headers=[(HBH, PAD), (DSTOPTS, PAD)])), "r1",
                          lambda: limited("max-header-bytes", "8")),
    "drop_tentative": (sent(plain(TENTATIVE)), "r1", tentative),
}
# Not without a kernel that is made to fail.
UNTESTED = {"drop_no_memory"}


def result(good, name, seen=""):
    """A line for the script"""
    print("ok" if good else "not ok", name, seen, sep="\t", flush=True)


def run(name, act, dev, condition, when=""):
    """Counted once, on its device, and traced once. What hosts send by themselves may come
    between, and be dropped, too; not each time."""
    drop = (str(index(dev)), name)
    for _ in range(5):
        with condition():
            before = kame.counters(dev)
            traced()
            act()
            settle()
            moved = {n: v - before[n] for n, v in kame.counters(dev).items()
                     if n.startswith("drop_") and v != before[n]}
            seen = traced()
        if moved == {name: 1} and seen == [drop]:
            break
    result(moved == {name: 1}, f"{name} is counted{when}", f"moved: {moved}")
    result(seen == [drop], f"{name} is traced{when}", f"traced: {seen}")


def index(dev):
    """Of a device of the router"""
    with Netns(r), open(f"/proc/net/dev_snmp6/{dev}") as file:
        return int(file.readline().split()[1])


tun = None
if os.path.exists("/dev/net/tun"):
    tun = Tun(r)
    ip("link", "set", "tun0", "mtu", "9000", "up")
    settle()
    kame("ipv6", "set", "dev", "tun0", "contiguity", "strict")
else:
    del CASES["drop_not_contiguous"]
    UNTESTED.add("drop_not_contiguous")
# Errors are answered as often as they are asked for.
sysctl("icmp/ratelimit", 0)
write(TRACING + "/events/kame_ipv6/enable", "1")
names = {name for name in kame.counters() if name.startswith("drop_")}
result(names == set(CASES) | UNTESTED, "each reason has a case", str(names ^ (set(CASES) | UNTESTED)))
for name, how in CASES.items():
    run(name, *how)
# An option that the device has not enabled doesn't open a way past the limits.
run("drop_too_many_headers", case("ioam-15"), "r1", nullcontext, " behind an IOAM option")
# A strict order still lets pass what is in order.
before = kame.counters("r1")
kame("ipv6", "set", "order", "strict")
to_r(plain(headers=CHAINS["all"]))
settle()
kame("ipv6", "set", "order", "lenient")
after = kame.counters("r1")
result(after["drop_order"] == before["drop_order"] and after["hdr_udp"] == before["hdr_udp"] + 1,
       "order strict: hop-by-hop, destination, routing, destination pass",
       f"{after['drop_order'] - before['drop_order']} dropped")
write(TRACING + "/events/kame_ipv6/enable", "0")
