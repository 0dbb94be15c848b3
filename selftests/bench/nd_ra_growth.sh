#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# How the cost of an advertisement grows with what is known: 1 to 1,000 routers, and as
# many prefixes. Fails where the last costs more than one and a half times the first.
# Leaves a JSON line for each number, and a picture of them.
# shellcheck source=selftests/bench/nd.sh
. "$(dirname "$0")/nd.sh"

numbers=(1 3 10 30 100 300 1000)
[ "$(id -u)" -eq 0 ] || bench_skip "must be run as root"
bench_need kame_bench
bench_need kame_nd
bench_count=${COUNT:-$bench_count} rounds=${PAIRS:-3}
[ -z "${BENCH_SMOKE:-}" ] || { bench_count=$bench_smoke_count rounds=1 numbers=(1 100); }
trap test_cleanup EXIT
bench_load
use_stock
setup || bench_fail "setup failed"

# The median of the rounds
median_of() {
	printf '%s\n' "$@" | sort -n | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'
}
rounds_of() { # SIDE
	local round values=()

	for ((round = 0; round < rounds; round++)); do
		bench_run "$1" "$bench_count"
		values+=("$value")
	done
	value=$(median_of "${values[@]}")
}

# What the packet costs without kame_nd is measured on both sides of each number, as the
# machine drifts.
rounds_of stock
before=$value lines=''
for known in "${numbers[@]}"; do
	use_kame || bench_fail "$known routers are not known"
	rounds_of kame
	with=$value
	use_stock
	rounds_of stock
	lines+=$(jq -cn --arg name "$bench_name" --arg release "$(uname -r)" \
		--argjson known "$known" --argjson kame "$with" --argjson stock $(((before + value) / 2)) '
		{ name: $name, unit: "ns/ra", known: $known, stock: $stock, kame: $kame,
		  cost: ($kame - $stock), command: "make bench BENCH=\($name)", release: $release }')$'\n'
	before=$value
	bench_log "$known routers and prefixes: $with with kame_nd, $value without"
done
printf %s "$lines"
[ -z "${BENCH_OUT:-}" ] || {
	printf %s "$lines" >"$BENCH_OUT/$bench_name.json"
	printf %s "$lines" | "$bench_dir/nd_growth.py" >"$BENCH_OUT/$bench_name.svg" ||
		bench_fail "no picture"
}
growth=$(jq -s '(last.cost / first.cost * 100 | round) / 100' <<<"$lines")
bench_log "the last costs $growth times the first"
[ -n "${BENCH_SMOKE:-}" ] || jq -en "$growth <= 1.5" >/dev/null || bench_fail "more than 1.5 times"
