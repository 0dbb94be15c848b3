#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Section 3.2 of the INET'99 paper as an experiment: how long it takes to find out whether a
# packet is for this node, and where it goes if not, by a linear list of the node's
# addresses, a hash table and the routing table, for 1 to 100,000 addresses. No
# comparison with stock: the routing table is the kernel's own. Leaves JSON lines, and
# a picture of them.
# shellcheck source=selftests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

most=100000 ms=100
if [ -n "${BENCH_SMOKE:-}" ]; then
	most=1000 ms=2
fi
[ "$(id -u)" -eq 0 ] || bench_skip "must be run as root"
bench_need kame_bench
trap test_cleanup EXIT
modprobe -q dummy
bench_load
rows=$("$KAME" -j ipv6 lookup-bench max $most time $ms) || bench_fail "kame ipv6 lookup-bench failed"
lines=$(jq -c --arg name "$bench_name" --arg release "$(uname -r)" \
	'.[] | { name: $name, unit: "ns/packet" } + . + { command: "make bench BENCH=\($name)", release: $release }' \
	<<<"$rows") || bench_fail "no result"
echo "$lines"
# A row for each number of addresses and each kind of packets, each with all ways
[ "$(wc -l <<<"$lines")" -eq $((2 * ${#most})) ] || bench_fail "rows are missing"
[ -z "${BENCH_OUT:-}" ] || {
	echo "$lines" >"$BENCH_OUT/$bench_name.json"
	"$bench_dir/lookup_bench.py" <<<"$lines" >"$BENCH_OUT/$bench_name.svg" ||
		bench_fail "no picture"
}
