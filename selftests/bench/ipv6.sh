# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the benchmarks of kame_ipv6 share: a router r, which packets enter by in
# and leave by out, and which has addresses of its own.
#
#	generator -> in [r] out -> counted and gone

# shellcheck source=selftests/bench/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# shellcheck disable=SC2034 # for lib.sh
bench_modules=(kame_ipv6:auto=0)
source6=2001:db8:1::1
local6=2001:db8:1::ff
gateway6=2001:db8:2::2

setup_router() {
	setup_ns r || return
	modprobe -q dummy
	# shellcheck disable=SC2154 # set by setup_ns
	ip -n "$r" link add in type dummy &&
		ip -n "$r" link add out type dummy &&
		ip netns exec "$r" sysctl -qw net.ipv6.conf.all.forwarding=1 &&
		ip -n "$r" addr add $local6/64 dev in nodad &&
		ip -n "$r" addr add 2001:db8:2::ff/64 dev out nodad &&
		ip -n "$r" link set in up &&
		ip -n "$r" link set out up
}

use_kame() {
	attached || "$KAME" -n "$r" ipv6 attach dev in
}

use_stock() {
	! attached || "$KAME" -n "$r" ipv6 detach dev in
}

attached() {
	"$KAME" -n "$r" -j ipv6 show dev in | jq -e '.[0].attached' >/dev/null
}

handled() {
	kame_count "$r" in
}

# Forwarded packets have left, accepted ones have reached a UDP socket.
arrived_out() {
	tx_packets "$r" out
}

arrived_udp() {
	snmp6 "$r" Udp6InDatagrams
}

# 20,000 routes, to half of which packets go: the number that varies stands at
# bytes 4 to 7 of the destination, byte 28 of the packet on.
setup_routes() {
	seq 0 19999 | awk -v via=$gateway6 '{
		printf "route add 2001:db8:4:%x::/64 via %s\n", $1, via }' >/tmp/routes
	ip -n "$r" -batch /tmp/routes
}

# 10,000 addresses of its own.
setup_addresses() {
	seq 0 9999 | awk '{
		printf "addr add 2001:db8:5::%x/128 dev out nodad\n", $1 }' >/tmp/addresses
	ip -n "$r" -batch /tmp/addresses
}
