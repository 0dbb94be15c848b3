#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Forwarding of one flow, packets one by one.
# shellcheck source=selftests/bench/ipv6.sh
. "$(dirname "$0")/ipv6.sh"

setup() {
	setup_router && template=$(packet $source6 2001:db8:3::1) &&
		ip -n "$r" route add 2001:db8:3::/64 via $gateway6
}

run_once() {
	measure "$r" "$1" dev=in "packet=$template"
}

arrived() {
	arrived_out
}

bench_main
