#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# UDP packets for 10,000 local addresses, one by one.
# shellcheck source=selftests/bench/ipv6.sh
. "$(dirname "$0")/ipv6.sh"

setup() {
	setup_router && setup_addresses && template=$(packet $source6 2001:db8:5::)
}

run_once() {
	measure "$r" "$1" dev=in sink=9000 vary=36:10000 "packet=$template"
}

arrived() {
	arrived_udp
}

bench_main
