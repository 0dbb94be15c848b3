# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A TCP stream through the tunnel, with the offloads that the devices have: nanoseconds
# for a send of 64 KB, from one kernel socket to another, acknowledgments included.
# shellcheck source=selftests/bench/tunnel.sh
. "$(dirname "${BASH_SOURCE[0]}")/tunnel.sh"

bench_unit=ns/64KB
bench_count=20000
bench_smoke_count=200

setup() {
	setup_hosts || return
	take_streams "$b"
}

run_once() {
	# shellcheck disable=SC2154 # set by setup_hosts
	measure "$a" "$1" "stream=${inner_b[$inner]},5201" size=65536
}

arrived() {
	ip -n "$b" -s -j link show tnl 2>/dev/null | jq '.[0].stats64.rx.packets'
}

judge() { judge_stream "$@" "$3"; }

bench_main
