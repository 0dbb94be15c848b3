#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A TCP stream over a pair of veth devices, with the offloads that they have:
# nanoseconds for a send of 64 KB, from one kernel socket to another. Acknowledgments
# come back through kame as well.
# shellcheck source=selftests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

bench_modules=(kame_ipv6:auto=0)
bench_unit=ns/64KB
bench_count=20000
bench_smoke_count=200

setup() {
	setup_ns a b || return
	ip -n "$a" link add eth0 type veth peer name eth0 netns "$b" &&
		ip -n "$a" addr add 2001:db8::1/64 dev eth0 nodad &&
		ip -n "$b" addr add 2001:db8::2/64 dev eth0 nodad &&
		ip -n "$a" link set eth0 up &&
		ip -n "$b" link set eth0 up || return
	take_streams "$b"
}

use_kame() {
	"$KAME" -n "$a" ipv6 attach dev eth0 && "$KAME" -n "$b" ipv6 attach dev eth0
}

use_stock() {
	local ns

	for ns in "$a" "$b"; do
		! "$KAME" -n "$ns" -j ipv6 show dev eth0 | jq -e '.[0].attached' >/dev/null ||
			"$KAME" -n "$ns" ipv6 detach dev eth0 || return
	done
}

run_once() {
	measure "$a" "$1" stream=2001:db8::2,5201 size=65536
}

arrived() {
	snmp6 "$b" Ip6InReceives
}

handled() {
	kame_count "$b" in
}

# What is still on its way while the counters are read is allowed for.
judge() { judge_stream "$@" $(($3 - $3 / 100 - 2)); }

bench_main
