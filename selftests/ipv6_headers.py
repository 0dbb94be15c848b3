#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The cases of ipv6_traffic.sh that send chains of extension headers.

ipv6_headers.py H1 R H2: names of namespaces as setup_line of lib.sh makes them.
Prints a line per case: ok or not ok, a tab, its name, a tab, and what was seen.
"""
import os
import sys
import time

from lab import Errors, Kame, Netns, Receiver, Sender, StockInput, Tun, mac_of

H1_ADDR, R_ADDR, H2_ADDR = "2001:db8:1::1", "2001:db8:1::ff", "2001:db8:2::2"
h1, r, h2 = sys.argv[1:4]

sender = Sender(h1, "eth0", mac_of(r, "r1"), H1_ADDR)
errors = Errors(h1)
at_router, at_host = Receiver(r, R_ADDR), Receiver(h2, H2_ADDR)
kame = Kame(r)


def result(good, name, seen=""):
    print("ok" if good else "not ok", name, seen, sep="\t", flush=True)


def moves(name, counter, act, by=1):
    """Whether a counter of the router moves by what act() does."""
    before = kame.counters()[counter]
    act()
    for _ in range(20):
        moved = kame.counters()[counter] - before
        if moved >= by:
            break
        time.sleep(0.1)
    result(moved == by, name, f"{counter} moved by {moved}")


for case in ("plain", "hbh", "router-alert", "dstopts", "routing-0-left", "all", "dstopts-8",
             "dstopts-15", "option-skip", "routing-twice", "padded", "fragments",
             "fragments-chain"):
    sender.send(case, R_ADDR)
    result(at_router.wait(case), f"{case}: the router accepts")
    sender.send(case, H2_ADDR)
    result(at_host.wait(case), f"{case}: the router forwards, the host accepts")

# type 4: Parameter Problem; code 0: header field, 1: next header, 2: option
for case, to, wanted, name in (
        ("routing-type0", R_ADDR, (4, 0, 42), "routing type 0 is answered"),
        ("routing-unknown", R_ADDR, (4, 0, 50), "unknown routing type is answered"),
        ("option-answer", R_ADDR, (4, 2, 42), "unknown option is answered"),
        ("option-answer-unicast", R_ADDR, (4, 2, 42), "unknown option is answered, to unicast"),
        ("hbh-option-answer", H2_ADDR, (4, 2, 42),
         "unknown hop-by-hop option is answered by the router"),
        ("unknown-next-header", R_ADDR, (4, 1, 6), "unknown next header is answered"),
        ("hbh-not-first", R_ADDR, (4, 1, 40), "hop-by-hop options not first are answered")):
    errors.drain()
    sender.send(case, to)
    seen = errors.wait(wanted, 3)
    result(wanted in seen, name, f"wanted {wanted}, got {seen}")

for case, counter in (("truncated", "drop_truncated"), ("dstopts-16", "drop_too_many_headers"),
                      ("option-drop", "drop_option_unknown"),
                      ("padding-not-zero", "drop_option_header"),
                      ("short-payload", "drop_payload"), ("version", "drop_version"),
                      ("multicast-source", "drop_address"), ("loopback-source", "drop_address"),
                      ("no-next-header", "hdr_none")):
    moves(f"{case} is counted", counter, lambda: sender.send(case, R_ADDR))

kame("ipv6", "set", "order", "strict")
moves("order is enforced, when strict", "drop_order",
      lambda: sender.send("routing-twice", R_ADDR))
kame("ipv6", "set", "order", "lenient")

for limit, value, case, counter in (("max-header-bytes", "63", "dstopts-8", "drop_header_bytes"),
                                    ("max-options", "1", "options-two", "drop_option_header")):
    sender.send(case, R_ADDR)
    result(at_router.wait(case), f"{limit}: none")
    kame("ipv6", "set", limit, value)
    moves(f"{limit} {value}", counter, lambda: sender.send(case, R_ADDR))
    kame("ipv6", "set", limit, "0")
for case, counter in (("dstopts", "chain_8"), ("dstopts-8", "chain_64"), ("all", "linear_all")):
    moves(f"{case}: {counter}", counter, lambda: sender.send(case, R_ADDR))

if os.path.exists("/dev/net/tun"):
    tun = Tun(r)
    with Netns(r):
        os.system("ip link set tun0 mtu 9000 up")
    moves("not contiguous: gathered", "pulled_up",
          lambda: tun.send(H1_ADDR, R_ADDR, "gathered", 44))
    result(at_router.wait("gathered"), "not contiguous: accepted when gathered")
    kame("ipv6", "set", "dev", "tun0", "contiguity", "strict")
    moves("not contiguous: refused, when strict", "drop_not_contiguous",
          lambda: tun.send(H1_ADDR, R_ADDR, "refused", 44))
    tun.send(H1_ADDR, R_ADDR, "linear", 64)
    result(at_router.wait("linear"), "contiguous: accepted, when strict")

# What stock input is given: nothing while kame has the devices, all when not.
stock = StockInput(r)
for n in range(20):
    sender.send("all", R_ADDR)
    sender.send("all", H2_ADDR)
result(at_host.wait("all"), "packets pass meanwhile")
given = stock.count()
result(given == 0, "stock input is given nothing", f"it was given {given}")
kame("ipv6", "detach", "dev", "r1")
for n in range(20):
    sender.send("all", R_ADDR)
time.sleep(0.2)
given = stock.count()
result(given >= 20, "stock input is given what comes in on a detached device",
       f"it was given {given}")
kame("ipv6", "attach", "dev", "r1")
