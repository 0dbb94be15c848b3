# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Single UDP packets of 64 bytes with the inner IP header, all the way from the
# sender's socket.
# shellcheck source=selftests/bench/tunnel.sh
. "$(dirname "${BASH_SOURCE[0]}")/tunnel.sh"

setup() {
	setup_hosts
}

run_once() {
	# shellcheck disable=SC2154 # set by setup_hosts
	measure "$a" "$1" "to=${behind_b[$inner]},9000" "size=$((inner == 6 ? 16 : 36))"
}

bench_main
