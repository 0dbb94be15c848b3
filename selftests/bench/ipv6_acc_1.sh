#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# UDP packets for one local address, one by one.
# shellcheck source=selftests/bench/ipv6.sh
. "$(dirname "$0")/ipv6.sh"

setup() {
	setup_router && template=$(packet $source6 $local6)
}

run_once() {
	measure "$r" "$1" dev=in sink=9000 "packet=$template"
}

arrived() {
	arrived_udp
}

bench_main
