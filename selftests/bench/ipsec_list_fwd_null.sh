#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Protecting forwarded packets of 64 bytes without a cipher, in lists of 32.
# shellcheck source=selftests/bench/ipsec.sh
. "$(dirname "$0")/ipsec.sh"

setup() {
	setup_gateway null && template=$(packet --size 64 $source6 $inner_dst)
}

run_once() {
	measure "$g" "$1" dev=in batch=32 "packet=$template"
}

bench_main
