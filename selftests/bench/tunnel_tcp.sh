# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A TCP stream through the tunnel, with the offloads that the devices have: a run
# of N sends N megabytes.
# shellcheck source=selftests/bench/tunnel.sh
. "$(dirname "${BASH_SOURCE[0]}")/tunnel.sh"

bench_unit=Mbit/s
bench_better=higher
bench_count=1000
bench_smoke_count=20

setup() {
	command -v iperf3 >/dev/null || bench_skip "there is no iperf3"
	setup_hosts || return
	in_ns "$b" iperf3 -s >/dev/null 2>&1 &
	busywait 5000 listening
}

listening() {
	in_ns "$b" ss -Hltn 'sport = 5201' | grep -q .
}

run_once() {
	# shellcheck disable=SC2154 # set by setup_hosts
	in_ns "$a" iperf3 -c "${inner_b[$inner]}" -n "${1}M" -J |
		jq -e '.end.sum_received.bits_per_second / 1e6 * 10 | round / 10'
}

arrived() {
	ip -n "$b" -s -j link show tnl 2>/dev/null | jq '.[0].stats64.rx.packets'
}

# How many packets a stream takes is TCP's affair; kame sees all of them or none.
judge() { # SIDE MEGABYTES ARRIVED HANDLED
	at_least 10 "$3" "packets that arrived" || return
	if [ "$1" = stock ]; then
		equal 0 "$4" "packets that kame handled"
	else
		at_least "$3" "$4" "packets that kame handled"
	fi
}

bench_main
