#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Real traffic over a router and to a host that kame_ipv6 handles:
#
#   h1 eth0 ------- r1 r r2 ------- eth0 h2
#   2001:db8:1::1                   2001:db8:2::2
# kernels: um 6.1 6.12 6.12-rt

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
require_command jq python3 ping iperf3 traceroute
test_begin kame_ipv6
setup_line || skip_all "no line of namespaces"
# shellcheck disable=SC2154 # set by setup_line
h2_addr=2001:db8:2::2 r_addr=2001:db8:1::ff
packets=$(dirname "$0")/packets.py
r1_mac=$(ip -n "$r" -j link show r1 | jq -r '.[0].address')

in_h1() { ip netns exec "$h1" "$@"; }
in_r() { ip netns exec "$r" "$@"; }
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
check "UDP transfer" iperf -u -b 50M -l 1000

# Send a case to the router or the host, and see what comes of it.
delivered() { # CASE ADDRESS NAMESPACE
	local log pid

	log=$(mktemp)
	ip netns exec "$3" python3 "$packets" recv "$2" 5 >"$log" &
	pid=$!
	busywait 3000 ip netns exec "$3" bash -c 'ss -Hlun | grep -q :7777'
	in_h1 python3 "$packets" send eth0 "$r1_mac" 2001:db8:1::1 "$2" "$1" && wait $pid &&
		grep -q "^$1" "$log"
}

counted() { # COUNTER NAMESPACE CASE ADDRESS
	local before after

	before=$(kame_count "$2" "$1")
	in_h1 python3 "$packets" send eth0 "$r1_mac" 2001:db8:1::1 "$4" "$3" || return
	after() { [ "$(kame_count "$1" "$2")" -gt "$3" ]; }
	busywait 2000 after "$2" "$1" "$before" || { echo "$1 stands at $before"; return 1; }
}

answered() { # "TYPE CODE POINTER" CASE ADDRESS
	local log pid

	log=$(mktemp)
	in_h1 python3 "$packets" errors 3 >"$log" &
	pid=$!
	busywait 3000 grep -q ready "$log"
	in_h1 python3 "$packets" send eth0 "$r1_mac" 2001:db8:1::1 "$3" "$2"
	busywait 2000 grep -q "^$1$" "$log"
	kill $pid 2>/dev/null
	grep -q "^$1$" "$log" || { echo "wanted: $1, got:"; cat "$log"; return 1; }
}

for case in plain hbh router-alert dstopts routing-0-left all dstopts-8 dstopts-15 \
	option-skip routing-twice padded fragments fragments-chain; do
	check "$case: the router accepts" delivered $case $r_addr "$r"
	# A router keeps packets with Router Alert for those who asked, as stock.
	check "$case: the router forwards, the host accepts" delivered $case $h2_addr "$h2"
done

# type 4: Parameter Problem; code 0: header field, 1: next header, 2: option
check "routing type 0 is answered" answered "4 0 42" routing-type0 $r_addr
check "unknown routing type is answered" answered "4 0 50" routing-unknown $r_addr
check "unknown option is answered" answered "4 2 42" option-answer $r_addr
check "unknown option is answered, to unicast" answered "4 2 42" option-answer-unicast $r_addr
check "unknown hop-by-hop option is answered by the router" \
	answered "4 2 42" hbh-option-answer $h2_addr
check "unknown next header is answered" answered "4 1 6" unknown-next-header $r_addr
check "hop-by-hop options that are not first are answered" answered "4 1 40" hbh-not-first $r_addr

check "drop: truncated" counted drop_truncated "$r" truncated $r_addr
check "drop: too many headers" counted drop_too_many_headers "$r" dstopts-16 $r_addr
check "drop: unknown option" counted drop_option_unknown "$r" option-drop $r_addr
check "drop: padding that is not zero" counted drop_option_header "$r" padding-not-zero $r_addr
check "drop: short payload" counted drop_payload "$r" short-payload $r_addr
check "drop: version" counted drop_version "$r" version $r_addr
check "drop: multicast source" counted drop_address "$r" multicast-source $r_addr
check "drop: loopback source" counted drop_address "$r" loopback-source $r_addr
check "no next header is counted" counted hdr_none "$r" no-next-header $r_addr
"$KAME" -n "$r" ipv6 set order strict
check "drop: order, when strict" counted drop_order "$r" routing-twice $r_addr
"$KAME" -n "$r" ipv6 set order lenient

# A header that is not in the linear area: gathered, or refused.
linear() {
	modprobe tun 2>/dev/null
	in_r ip tuntap add mode tun vnet_hdr tun0 2>/dev/null || return $ksft_skip
	in_r ip link set tun0 mtu 9000 up
}
check "tun device" linear
noncontiguous() { # COUNTER LINEAR
	local before after

	before=$(kame_count "$r" "$1")
	in_r python3 "$packets" tun 2001:db8:1::1 $r_addr "$2" || return
	after=$(kame_count "$r" "$1")
	at_least $((before + 1)) "$after" "$1"
}
check "not contiguous: gathered" noncontiguous pulled_up 44
"$KAME" -n "$r" ipv6 set dev tun0 contiguity strict
check "not contiguous: refused, when strict" noncontiguous drop_not_contiguous 44
check "contiguous: not refused, when strict" noncontiguous hdr_udp 64

# What stock input is given: nothing while kame has the devices, all when not.
stock_given() { # NAMESPACE COMMAND...
	local log ns=$1

	shift
	log=$(mktemp)
	ip netns exec "$ns" python3 "$packets" stock 2 >"$log" &
	busywait 3000 grep -q ready "$log"
	"$@" >/dev/null
	wait $!
	tail -n 1 "$log"
}
ping10() { in_h1 ping -6 -q -c 10 -i 0.05 -W 2 $h2_addr; }
check "stock input is given nothing" equal 0 "$(stock_given "$r" ping10)" packets
"$KAME" -n "$r" ipv6 detach dev r1
check "stock input is given a detached device's packets" at_least 10 "$(stock_given "$r" ping10)" packets
check "traffic goes on over a detached device" ping10
"$KAME" -n "$r" ipv6 attach dev r1

# Stock's own counters stay true.
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
