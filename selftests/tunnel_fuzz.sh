#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um-kasan
# quick: no
#
# Requests and packets that nobody should send: each request is answered, each packet
# gone, and the host as good as before. On a kernel with KASAN it says the most.
# ROUNDS: requests and packets of each kind (default 2000)
# SEED: of an earlier run, to see it again

# shellcheck source=selftests/tunnel_lib.sh
. "$(dirname "$0")/tunnel_lib.sh"

fuzz=$(dirname "$0")/tunnel_fuzz.py
seed=${SEED:-$RANDOM$RANDOM}
rounds=${ROUNDS:-2000}

works() {
	reaches "$a" 192.168.4.2 && reaches "$a" fd01:4::2 &&
		reaches "$a" 192.168.6.2 && reaches "$a" fd01:6::2
}

netlink() {
	ip netns exec "$a" "$fuzz" netlink "$seed" "$rounds" && works
}

drops() { # NAMESPACE DEV: all that it has dropped
	ip -n "$1" -s -d -j link show "$2" |
		jq '[.[0].linkinfo.info_data.counters | to_entries[] |
			select(.key | startswith("drop_")) | .value] | add'
}

wire() {
	local before4 before6 mac

	before4=$(drops "$b" g4) && before6=$(drops "$b" g6) &&
		mac=$(ip -n "$b" -j link show vb | jq -r '.[0].address') &&
		ip netns exec "$a" "$fuzz" wire "$seed" "$rounds" va "$mac" || return
	at_least $((before4 + rounds / 100)) "$(drops "$b" g4)" "packets that g4 refused" &&
		at_least $((before6 + rounds / 100)) "$(drops "$b" g6)" "packets that g6 refused" &&
		works
}

output() { # DEV
	local before

	before=$(drops "$a" "$1") && ip netns exec "$a" "$fuzz" output "$seed" "$rounds" "$1" &&
		at_least $((before + rounds / 100)) "$(drops "$a" "$1")" "packets that $1 refused" &&
		works
}

tunnel_begin
echo "# seed $seed"
setup_pair && add_ours a 4 && add_ours b 4 && add_ours a 6 && add_ours b 6 ||
	skip_all "the namespaces can't be set up"
check "netlink requests" netlink
check "outer packets and ICMP errors" wire
check "packets into an IPv4 tunnel" output g4
check "packets into an IPv6 tunnel" output g6
test_end
