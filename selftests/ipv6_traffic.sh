#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Real traffic over a router and to a host that kame_ipv6 handles:
#
#   h1 eth0 ------- r1 r r2 ------- eth0 h2
#   2001:db8:1::1                   2001:db8:2::2
# kernels: um 6.1 6.12 6.12-rt
# nightly: 6.1-rt

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
require_command jq python3 ping iperf3 traceroute
test_begin kame_ipv6
setup_line || skip_all "no line of namespaces"
# shellcheck disable=SC2154 # set by setup_line
h2_addr=2001:db8:2::2 r_addr=2001:db8:1::ff

in_h1() { ip netns exec "$h1" "$@"; }
in_h2() { ip netns exec "$h2" "$@"; }

check "ping" in_h1 ping -6 -q -c 3 -i 0.1 -W 2 $h2_addr
check "ping of 60000 bytes, in fragments" in_h1 ping -6 -q -c 2 -s 60000 -W 2 $h2_addr
check "ping of the router" in_h1 ping -6 -q -c 2 -i 0.1 -W 2 $r_addr
check "traceroute shows the router" \
	bash -c "ip netns exec $h1 traceroute -6 -n -q 1 -w 2 $h2_addr | grep -q $r_addr"

iperf() { # ARGUMENT...
	local result

	in_h2 iperf3 -6 -s -1 -D --forceflush >/dev/null || return
	busywait 3000 in_h2 bash -c 'ss -Hltn | grep -q :5201'
	result=$(in_h1 iperf3 -6 -J -t 1 -c $h2_addr "$@") || { tail -n 5 <<<"$result"; return 1; }
	at_least 100000 "$(jq '.end.sum_received.bytes // .end.sum.bytes | floor' <<<"$result")" "bytes"
}
check "TCP transfer" iperf
check "UDP transfer" iperf -u -b 10M -l 1000

# Chains of headers, each a case of its own.
modprobe tun 2>/dev/null
export KAME
# Each is answered, however soon it follows.
ip netns exec "$r" sysctl -qw net.ipv6.icmp.ratelimit=0
headers=$(mktemp)
# shellcheck disable=SC2154 # set by setup_line
"$(dirname "$0")/ipv6_headers.py" "$h1" "$r" "$h2" >"$headers" 2>"$headers.err"
ran=$?
while IFS=$'\t' read -r state name seen; do
	ktap_result "$state" "$name"
	[ "$state" = ok ] || echo "#   $seen"
done <"$headers"
check "all chains of headers were sent" equal "0 " "$ran $(tail -n 3 "$headers.err")"

# Stock's own counters stay true.
ping10() { in_h1 ping -6 -q -c 10 -i 0.05 -W 2 $h2_addr; }
snmp_moves() { # COUNTER NAMESPACE DEV
	local before after

	before=$(snmp6 "$2" "$1" "$3")
	ping10 >/dev/null || return
	after=$(snmp6 "$2" "$1" "$3")
	at_least $((before + 10)) "$after" "$1"
}
check "Ip6InReceives of the device" snmp_moves Ip6InReceives "$r" r1
check "Ip6InDelivers of the host" snmp_moves Ip6InDelivers "$h2" eth0
check "Ip6OutForwDatagrams of the router" snmp_moves Ip6OutForwDatagrams "$r" r2
test_end
