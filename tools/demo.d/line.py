#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The traffic and the tables of the demo. Arguments: namespaces h1, r, h2."""
import json
import os
import re
import subprocess
import sys
import time

from lab import Errors, Kame, Netns, Receiver, Sender, StockInput, Tun, mac_of

H1, R, H2 = "2001:db8:1::1", "2001:db8:1::ff", "2001:db8:2::2"
h1, r, h2 = sys.argv[1:4]


def run(ns, *words):
    return subprocess.run(["ip", "netns", "exec", ns, *words], capture_output=True, text=True,
                          check=False).stdout


router, host = Kame(r), Kame(h2)
tun = Tun(r)
run(r, "ip", "link", "set", "tun0", "mtu", "9000", "up")
for dev in ("r1", "r2", "tun0"):
    router("ipv6", "attach", "dev", dev)
host("ipv6", "attach", "dev", "eth0")
router("ipv6", "set", "dev", "tun0", "contiguity", "strict")

print(f"""
Linux {os.uname().release}

  h1 eth0 ------------ r1 router r2 ------------ eth0 h2
  {H1}      stock: h1           {H2}
                       kame: router, h2
""")
print("$ kame ipv6 show\t\t(on the router)", flush=True)
router("ipv6", "show")
print(flush=True)

sender = Sender(h1, "eth0", mac_of(r, "r1"), H1)
errors = Errors(h1)
at_router, at_host = Receiver(r, R), Receiver(h2, H2)
# What stock input is given, from here to the end.
stock = {"router": StockInput(r), "host h2": StockInput(h2)}


def row(*columns):
    print("{:<35}{:>8}{:>11}  {}".format(*columns).rstrip(), flush=True)


def moved(before, after):
    """What moved, less what every packet moves."""
    quiet = ("in", "multicast", "hdr_icmpv6")
    return ", ".join(f"{name} {after[name] - before[name]}" for name in after
                     if after[name] != before[name] and name not in quiet)


def show(what, sent, act):
    before = router.counters(), host.counters()
    arrived = act()
    after = router.counters(), host.counters()
    seen = [f"{name}: {text}" for name, text in
            zip(("router", "h2"), map(moved, before, after)) if text]
    row(what, sent, arrived, seen[0] if seen else "")
    for text in seen[1:]:
        row("", "", "", text)


def ping(*words):
    out = run(h1, "ping", "-6", "-q", "-i", "0.05", "-W", "2", *words)
    return re.search(r"(\d+) received", out)[1]


def iperf(*words):
    server = subprocess.Popen(["ip", "netns", "exec", h2, "iperf3", "-6", "-s", "-1"],
                              stdout=subprocess.DEVNULL)
    for _ in range(50):
        if ":5201" in run(h2, "ss", "-Hltn"):
            break
        time.sleep(0.05)
    out = json.loads(run(h1, "iperf3", "-6", "-J", "-t", "1", "-c", H2, *words))
    server.wait()
    total = out["end"].get("sum_received", out["end"].get("sum"))
    return f"{total['bytes'] / 1e6:.0f} MB"


def hops():
    return len(re.findall(r"^ *\d+ +2001:", run(h1, "traceroute", "-6", "-n", "-q", "1", H2),
                          re.M))


def datagram(case):
    sender.send(case, H2)
    return int(at_host.wait(case, 1))


def answer(case):
    errors.drain()
    sender.send(case, R)
    seen = errors.wait(seconds=1)
    return f"error {seen[0][0]}/{seen[0][1]}" if seen else 0


def to_router(case):
    sender.send(case, R)
    return int(at_router.wait(case, 0.3))


def by_tun(linear):
    tun.send(H1, R, "tun", linear)
    return int(at_router.wait("tun", 0.5))


row("WHAT", "SENT", "ARRIVED", "KAME COUNTED")
show("ping, h1 to h2", 10, lambda: ping("-c", "10", H2))
show("ping of 60000 bytes, in fragments", 3, lambda: ping("-c", "3", "-s", "60000", H2))
show("ping of the router", 5, lambda: ping("-c", "5", R))
show("TCP for a second", "-", iperf)
show("UDP for a second, 10 Mbit/s", "-", lambda: iperf("-u", "-b", "10M", "-l", "1000"))
show("traceroute", "-", lambda: f"{hops()} hops")
show("UDP behind destination options", 1, lambda: datagram("dstopts"))
show("UDP behind 4 different headers", 1, lambda: datagram("all"))
show("UDP behind 15 extension headers", 1, lambda: datagram("dstopts-15"))
show("UDP behind 16 extension headers", 1, lambda: datagram("dstopts-16"))
show("UDP behind options, in 3 fragments", 3, lambda: datagram("fragments-chain"))
show("an option that asks for an answer", 1, lambda: answer("option-answer"))
time.sleep(1.1)
show("a routing header of type 0", 1, lambda: answer("routing-type0"))
show("a header cut short", 1, lambda: to_router("truncated"))
show("a header that is not contiguous", 1, lambda: by_tun(44))
show("the same, contiguous", 1, lambda: by_tun(64))

given = {name: counter.count() for name, counter in stock.items()}
taken = {"router": router.counters()["in"], "host h2": host.counters()["in"]}
print("\nOf all that came in, how many packets were given to")
row("", "KAME", "STOCK", "")
for name in given:
    row(f"  on the {name}", taken[name], given[name], "")

# And the other way round, to see that stock's count is none of a stopped clock.
for dev in ("r1", "r2", "tun0"):
    router("ipv6", "detach", "dev", dev)
ping("-c", "10", H2)
row("  on the router, detached, 10 pings", router.counters()["in"] - taken["router"],
    stock["router"].count(), "")
if any(given.values()):
    sys.exit("demo: stock input was given packets")
