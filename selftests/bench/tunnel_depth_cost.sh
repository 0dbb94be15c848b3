#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# variant: uncounted kame_tunnel -DKAME_TUNNEL_UNCOUNTED
#
# What the count of nested transmissions costs: in place of stock, kame_tunnel built
# without it. 4-in-4, where all the rest costs the least.
kind=4in4
# shellcheck source=selftests/bench/tunnel.sh
. "$(dirname "$0")/tunnel.sh"

uncounted=$top/build/uncounted-$(uname -r)/kame_tunnel/kame_tunnel.ko

setup() {
	[ -f "$uncounted" ] || bench_skip "kame_tunnel isn't built without the count: see tools/bench"
	# For what the module needs of others
	modprobe -qa tunnel4 tunnel6
	setup_hosts
}

use_stock() {
	remove_tunnels
	insmod "$uncounted" && add_tunnel kame a && add_tunnel kame b && add_inner
}

run_once() {
	# shellcheck disable=SC2154 # set by setup_hosts
	measure "$a" "$1" "to=${behind_b[$inner]},9000" size=36
}

# Both sides are kame's.
judge() { # SIDE PACKETS ARRIVED HANDLED
	equal "$2" "$3" "packets that arrived" && equal "$2" "$4" "packets that kame handled"
}

bench_main
