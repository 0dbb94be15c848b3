#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Forwarding to 10,000 destinations among 20,000 routes, in lists of 32.
# shellcheck source=selftests/bench/ipv6.sh
. "$(dirname "$0")/ipv6.sh"

setup() {
	setup_router && setup_routes && template=$(packet $source6 2001:db8:4::)
}

run_once() {
	measure "$r" "$1" dev=in batch=32 vary=28:10000 "packet=$template"
}

arrived() {
	arrived_out
}

bench_main
