#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Requests and packets that nobody should send to kame_ipsec: each request is answered,
# each packet gone, nothing leaves in clear, and the node is as good as before. On a kernel
# with KASAN it says the most.
# ROUNDS: requests and packets (default 3000)
# SEED: of an earlier run, to see it again
# kernels: um um-kasan
# nightly: 6.1
# quick: no

# shellcheck source=lib_ipsec.sh
. "$(dirname "$0")/lib_ipsec.sh"

require_command jq ping
seed=${SEED:-$RANDOM$RANDOM}
rounds=${ROUNDS:-3000}
fuzz=$(dirname "$0")/ipsec_fuzz.py

works() {
	run_case esp tunnel gcm 6 6 && run_case esp transport gcm 4 4
}

both_families() {
	forget
	add_states esp tunnel gcm "${outer_a[6]}" "${outer_b[6]}" "src ::/0 dst ::/0" &&
		add_kame esp tunnel "${inner_a[6]}" "${inner_b[6]}" "${outer_a[6]}" "${outer_b[6]}" &&
		add_kame esp tunnel "${inner_a[4]}" "${inner_b[4]}" "${outer_a[6]}" "${outer_b[6]}"
}

# Some policies cover what is sent meanwhile.
netlink() {
	both_families || return
	ip netns exec "$a" ping -6 -q -f -I "${inner_a[6]}" "${inner_b[6]}" >/dev/null 2>&1 &
	in_a "$fuzz" netlink "$seed" "$rounds" || return
	kame_a set hold-max 16 hold-ms 5000 quote never && works
}

drops() {
	"$KAME" -n "$a" -j ipsec stats all |
		jq '[.mib | to_entries[] | select(.key | startswith("drop_")) | .value] | add'
}

wire() {
	local before mac

	both_families || return
	before=$(drops) && mac=$(ip -n "$a" -j link show eth0 | jq -r '.[0].address') || return
	in_b "$fuzz" wire "$seed" "$rounds" eth0 "$mac" || return
	at_least $((before + rounds / 20)) "$(drops)" "packets that a refused" || return
	works
}

test_begin kame_ipsec
echo "# seed $seed"
setup_pair >/dev/null || skip_all "two nodes don't reach each other"
check "netlink requests" netlink
check "packets on the wire" wire
test_end
