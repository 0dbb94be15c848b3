#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Protecting forwarded packets of 64 bytes with AES-GCM.
# shellcheck source=selftests/bench/ipsec.sh
. "$(dirname "$0")/ipsec.sh"

setup() {
	setup_gateway gcm && template=$(packet --size 64 $source6 $inner_dst)
}

run_once() {
	measure "$g" "$1" dev=in "packet=$template"
}

bench_main
