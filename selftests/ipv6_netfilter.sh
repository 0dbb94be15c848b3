#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Netfilter, VRF and unload: what kame_ipv6 takes over still passes every hook.
# kernels: um 6.1 6.12 6.12-rt
# nightly: 6.1-rt
# time-travel: yes

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
require_command jq python3 ping nft
test_begin kame_ipv6
setup_line || skip_all "no line of namespaces"
h2_addr=2001:db8:2::2 r_addr=2001:db8:1::ff
# shellcheck disable=SC2154 # set by setup_line
in_h1() { ip netns exec "$h1" "$@"; }
in_r() { ip netns exec "$r" "$@"; }
ping1() { in_h1 ping -6 -q -c 1 -W 1 "$1"; }

rule() { # HOOK RULE
	in_r nft -f - <<-EOF
		table ip6 t {
			chain c {
				type filter hook $1 priority 0
				$2
			}
		}
	EOF
}
rules_off() { in_r nft delete table ip6 t; }
rule prerouting accept || skip_all "no nftables"
rules_off

blocked_by() { # HOOK ADDRESS
	local status

	rule "$1" "icmpv6 type echo-request counter drop" || return
	negate ping1 "$2"
	status=$?
	in_r nft -j list table ip6 t | jq -e '[.. | .packets? // empty] | add >= 1' >/dev/null ||
		{ echo "the rule saw no packet"; status=1; }
	rules_off
	return $status
}
check "prerouting" blocked_by prerouting $h2_addr
check "input" blocked_by input $r_addr
check "forward" blocked_by forward $h2_addr
check "postrouting" blocked_by postrouting $h2_addr
check "ping when the rules are gone" busywait 3000 ping1 $h2_addr

# What a filter drops has no effect and no answer, whatever its headers ask for.
no_answer() {
	local status

	rule input "ip6 saddr 2001:db8:1::1 drop" || return
	PYTHONPATH=$(dirname "$0") python3 - "$h1" "$r" <<-'EOF'
		import sys, time
		from lab import Errors, Sender, mac_of
		h1, r = sys.argv[1:]
		errors = Errors(h1)
		sender = Sender(h1, "eth0", mac_of(r, "r1"), "2001:db8:1::1")
		for case in ("option-answer", "routing-type0"):
		    sender.send(case, "2001:db8:1::ff")
		seen = errors.wait(seconds=1.5)
		sys.exit(f"answers: {seen}" if seen else 0)
	EOF
	status=$?
	rules_off
	return $status
}
check "a dropped packet's headers are not answered" no_answer

connection_tracking() {
	in_r nft -f - <<-EOF || return $ksft_skip
		table ip6 t {
			chain f {
				type filter hook forward priority 0; policy drop
				ct state established,related accept
				iifname r1 ct state new accept
			}
		}
	EOF
	ping1 $h2_addr && negate ip netns exec "$h2" ping -6 -q -c 1 -W 1 2001:db8:1::1
	local status=$?
	rules_off
	return $status
}
check "connection tracking" connection_tracking

# Sockets that a rule on input sees, with kame_ipv6 and with stock: what h1 sends to each kind
# of a user's socket on r is counted where the rule has found the user.
sockets_seen() { # tcp|udp|udp-open
	rule input "meta l4proto { tcp, udp } meta skuid 4242 counter" || return
	PYTHONPATH=$(dirname "$0") python3 - "$h1" "$r" "$1" <<-'EOF'
		import os, socket, sys
		from lab import Netns
		h1, r, kind = sys.argv[1:]
		here, there = ("2001:db8:1::1", 7001), ("2001:db8:1::ff", 7002)
		tcp = kind == "tcp"
		kinds = socket.AF_INET6, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM
		with Netns(r):
		    os.seteuid(4242)
		    server = socket.socket(*kinds)
		    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		    server.bind(there)
		    if tcp:
		        server.listen()
		    elif kind == "udp":
		        server.connect(here)
		    os.seteuid(0)
		with Netns(h1):
		    client = socket.socket(*kinds)
		if not tcp:
		    client.bind(here)
		client.connect(there)
		if tcp:
		    os.seteuid(4242)
		    server, _ = server.accept()
		    os.seteuid(0)
		server.settimeout(5)
		for _ in range(3):
		    client.send(b"x")
		    assert server.recv(1) == b"x"
	EOF
	local status=$?
	in_r nft -j list table ip6 t | jq '[.. | .packets? // empty] | add >= 3'
	rules_off
	return $status
}
sockets() { # WANTED tcp|udp|udp-open
	local taken seen

	taken=$(kame_count "$r" accepted r1)
	seen=$(sockets_seen "$2") && equal "$1" "$seen" "found by kame_ipv6" || { echo "$seen"; return 1; }
	at_least $((taken + 3)) "$(kame_count "$r" accepted r1)" accepted || return
	"$KAME" -n "$r" ipv6 detach dev r1 || return
	seen=$(sockets_seen "$2")
	"$KAME" -n "$r" ipv6 attach dev r1 && equal "$1" "$seen" "found by stock"
}
check "a rule on input finds a TCP connection's user" sockets true tcp
check "a connected UDP socket's user" sockets true udp
check "and not that of an open one" sockets false udp-open
in_r sysctl -qw net.ipv4.tcp_early_demux=0
check "nor of a TCP connection, without early demultiplexing" sockets false tcp
in_r sysctl -qw net.ipv4.tcp_early_demux=1

nat() {
	in_r nft -f - <<-EOF || return $ksft_skip
		table ip6 t {
			chain d {
				type nat hook prerouting priority dstnat
				ip6 daddr 2001:db8:f::1 dnat to $h2_addr
			}
			chain s {
				type nat hook postrouting priority srcnat
				oifname r2 masquerade
			}
		}
	EOF
	ping1 2001:db8:f::1
	local status=$?
	rules_off
	return $status
}
check "NAT of destination and source" nat

# Packets in a queue of user space when the device and the module go.
queued_unload() {
	rule prerouting "icmpv6 type echo-request queue num 7" || return $ksft_skip
	ip netns exec "$r" timeout 20 python3 - >/dev/null <<-'EOF' &
		import socket, struct, time
		# nfnetlink: bind queue 7, copy packets, and never answer
		s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
		def send(kind, data):
		    body = struct.pack("=BBH", 0, 0, socket.htons(7)) + data
		    s.send(struct.pack("=IHHII", 16 + len(body), kind, 5, 1, 0) + body)
		    s.recv(4096)
		send(0x302, struct.pack("=HHBxH", 8, 1, 1, 0))
		send(0x302, struct.pack("=HHIBxxx", 9, 2, socket.htonl(100), 2))
		time.sleep(15)
	EOF
	local pid=$!
	sleep 1
	in_h1 ping -6 -q -c 5 -i 0.1 -W 1 $h2_addr
	rmmod kame_ipv6
	local status=$?
	kill $pid 2>/dev/null
	rules_off
	[ $status -eq 0 ] && load_module kame_ipv6
}
check "the module goes with packets in a queue" queued_unload

# Packets on their way from one queue to the next: a program accepts all at once.
answered_unload() {
	local pid flood i status=0

	rule prerouting "icmpv6 type echo-request queue num 7" || return $ksft_skip
	in_r nft -f - <<-EOF
		table ip6 t {
			chain first { type filter hook input priority 0; icmpv6 type echo-request queue num 7; }
			chain second { type filter hook input priority 1; icmpv6 type echo-request queue num 7; }
			chain third { type filter hook forward priority 0; icmpv6 type echo-request queue num 7; }
		}
	EOF
	ip netns exec "$r" python3 - <<-'EOF' &
		import socket, struct
		s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
		s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
		s.setsockopt(270, 5, 1)  # NETLINK_NO_ENOBUFS
		def send(kind, flags, data):
		    body = struct.pack("=BBH", 0, 0, socket.htons(7)) + data
		    s.send(struct.pack("=IHHII", 16 + len(body), kind, flags, 1, 0) + body)
		send(0x302, 5, struct.pack("=HHBxH", 8, 1, 1, 0))
		send(0x302, 5, struct.pack("=HHIBxxx", 9, 2, 0, 1))
		while True:
		    data = s.recv(65536)
		    if struct.unpack_from("=H", data, 4)[0] != 0x300:
		        continue
		    # the packet's number is in the first attribute
		    last = struct.unpack_from(">I", data, 24)[0]
		    send(0x303, 1, struct.pack("=HH", 12, 2) + struct.pack(">II", 1, last))
	EOF
	pid=$!
	sleep 1
	ip netns exec "$h1" ping -6 -q -i 0.003 $h2_addr >/dev/null &
	flood=$!
	ip netns exec "$h1" ping -6 -q -i 0.003 $r_addr >/dev/null &
	flood+=" $!"
	for ((i = 0; status == 0 && i < 5; i++)); do
		busywait 5000 some_forwarded || status=1
		rmmod kame_ipv6 && load_module kame_ipv6 || status=1
	done
	kill $pid || status=1
	# shellcheck disable=SC2086 # two
	kill $flood
	# shellcheck disable=SC2086
	wait $pid $flood 2>/dev/null
	rules_off
	return $status
}
some_forwarded() { at_least 20 "$(kame_count "$r" forwarded)" && at_least 20 "$(kame_count "$r" accepted)"; }
check "the module goes with packets between queues" answered_unload

vrf() {
	in_r ip link add red type vrf table 10 || return $ksft_skip
	in_r ip link set red up
	in_r ip link set r1 master red
	in_r ip link set r2 master red
	in_r ip -6 addr add 2001:db8:1::ff/64 dev r1 nodad
	in_r ip -6 addr add 2001:db8:2::ff/64 dev r2 nodad
	busywait 5000 ping1 $h2_addr && ping1 $r_addr &&
		at_least 1 "$(kame_count "$r" forwarded r1)" "forwarded"
}
check "forwarding and accepting in a VRF" vrf
test_end
