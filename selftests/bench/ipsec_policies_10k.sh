#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Protecting forwarded packets by one of 10,000 policies.
# shellcheck source=selftests/bench/ipsec.sh
. "$(dirname "$0")/ipsec.sh"

policies=10000

setup() {
	setup_gateway null && template=$(packet --size 64 $source6 $inner_dst)
}

run_once() {
	measure "$g" "$1" dev=in "packet=$template"
}

bench_main
