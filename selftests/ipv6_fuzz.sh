#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The same packets, valid chains of headers and broken ones, to a node with stock
# input and to one with kame_ipv6's. Each packet must be dropped, forwarded with
# the same bytes, delivered with the same ancillary data, or answered with the same
# ICMPv6 message on both, and move the same SNMP counters. What is meant to differ is
# in docs/ipv6.md, "What is different from stock".
#
#   tun in0, tap in1 ---- node ---- tun out0      once in each of two namespaces
#
# Environment: PACKETS (100000; 20000 under KASAN, which is slower), SEED (random),
#	FIRST (0): number of the first packet, to send one of a run again
# kernels: um um-kasan
# quick: no

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
program=$top/build/tools/ipv6_fuzz
require_command jq
[ -x "$program" ] || skip_all "$program is not built: make tools"
modprobe tun 2>/dev/null
[ -e /dev/net/tun ] || skip_all "there is no /dev/net/tun"
: "${PACKETS:=$([[ $(uname -r) == *kasan* ]] && echo 20000 || echo 100000)}" "${SEED:=$((RANDOM << 30 | RANDOM << 15 | RANDOM))}" "${FIRST:=0}"

setup_node() { # NAMESPACE
	local ns=$1 dev

	ip netns exec "$ns" sysctl -qw net.ipv6.conf.all.forwarding=1 \
		net.ipv6.conf.all.seg6_enabled=1 net.ipv6.conf.default.seg6_enabled=1 \
		net.ipv6.icmp.ratelimit=0 net.ipv6.icmp.ratemask= net.ipv6.auto_flowlabels=0 \
		net.ipv6.ip6frag_time=3600 || return
	for dev in in0 in1 out0; do
		ip netns exec "$ns" sysctl -qw "net.ipv6.conf.$dev.mldv2_unsolicited_report_interval=1" \
			"net.ipv6.conf.$dev.seg6_enabled=1" "net.ipv6.conf.$dev.rpl_seg_enabled=1" || return
	done
	ip -n "$ns" -batch - <<-BATCH
		link set in1 address 02:00:00:00:00:ff arp off
		link set in0 addrgenmode none
		link set in1 addrgenmode none
		link set out0 addrgenmode none
		link set in0 up
		link set in1 up
		link set out0 up
		addr add 2001:db8:1::ff/128 dev in0 nodad
		addr add 2001:db8:5::ff/128 dev in1 nodad
		addr add 2001:db8:2::ff/64 dev out0 nodad
		addr add 2001:db8:99::1/128 dev lo nodad
		addr add fe80::ff/64 dev in0 nodad
		addr add fe80::ff/64 dev in1 nodad
		addr add fe80::ff/64 dev out0 nodad
		route add 2001:db8:1::1 dev in0
		route add 2001:db8:5::1 dev in1
		route add 2001:db8:3::/48 dev out0
		route add 2001:db8:4::/48 dev out0 mtu 1300
		route add local 2001:db8:a::/48 dev lo
		route add unreachable 2001:db8:b::/48
		route add prohibit 2001:db8:c::/48
		route add blackhole 2001:db8:d::/48
		route add 2001:db8:e::/48 via 2001:db8:2::1
		route add anycast 2001:db8:f::1 dev in0
		route add default dev out0
	BATCH
}

# The program has made the devices.
if [ "${1:-}" = setup ]; then
	for ns in "$2" "$3"; do
		setup_node "$ns" || exit
	done
	for dev in lo in0 in1 out0; do
		"$KAME" -n "$3" ipv6 attach dev $dev || exit
	done
	"$KAME" -n "$3" ipv6 set max-headers "$4"
	exit
fi

test_begin kame_ipv6:auto=0

fuzz() { # PACKETS MAX-HEADERS [OPTION...]
	local stock kame packets=$1 max=$2

	shift 2
	setup_ns stock kame || return
	"$program" -s "$SEED" -f "$FIRST" -n "$packets" -m "$max" "$@" \
		-c "$0 setup $stock $kame $max" "$stock" "$kame" >"$fuzz_log" 2>&1
	result=$?
	[ $result -eq 0 ] || cat "$fuzz_log"
	return $result
}

fuzz_log=$(mktemp)
echo "# seed $SEED"
check "no limit on headers: $PACKETS packets" fuzz "$PACKETS" 0
tail -n 1 "$fuzz_log"
check "15 headers: $((PACKETS / 10)) packets" fuzz "$((PACKETS / 10))" 15
tail -n 1 "$fuzz_log"
expect_fail "a difference is found: headers are limited, and that is not expected" \
	fuzz 2000 3 -m 0
test_end
