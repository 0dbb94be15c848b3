#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# How the cost of an advertisement grows with what is known: 1 to 1,000 routers, and as
# many prefixes. Fails where the last costs more than one and a half times the first.
# Leaves a JSON line for each number, and a picture of them.
#
# Each number has a namespace of its own, so that all are measured within a few seconds,
# and each is compared with the first of the same round. The machine drifts from round to
# round: what counts is the median of the rounds' ratios.
# shellcheck source=selftests/bench/nd.sh
. "$(dirname "$0")/nd.sh"

numbers=(1 3 10 30 100 300 1000)
[ "$(id -u)" -eq 0 ] || bench_skip "must be run as root"
bench_need kame_bench
bench_need kame_nd
bench_count=${COUNT:-$bench_count} rounds=${PAIRS:-9}
[ -z "${BENCH_SMOKE:-}" ] || { bench_count=$bench_smoke_count rounds=1 numbers=(1 100); }
trap test_cleanup EXIT
bench_load
use_stock
# The kernel has a neighbour entry of each router, in one table for all namespaces, and
# would look through all of it where it has too many.
sysctl -qw net.ipv6.neigh.default.gc_thresh3=65536 net.ipv6.neigh.default.gc_thresh2=65536 \
	net.ipv6.neigh.default.gc_thresh1=65536 || bench_skip "no table of neighbours"
hosts=()
for _ in "${numbers[@]}"; do
	setup || bench_fail "setup failed"
	# shellcheck disable=SC2154 # set by setup
	hosts+=("$h")
done

# The median of three runs for each number, upwards or downwards
costs_of() { # SIDE ROUND
	local n i runs

	for ((n = 0; n < ${#numbers[@]}; n++)); do
		i=$(($2 % 2 ? n : ${#numbers[@]} - 1 - n))
		h=${hosts[i]} known=${numbers[i]} runs=()
		for _ in 1 2 3; do
			run_whole "$1" || bench_fail "no whole run with $1"
			runs+=("$value")
		done
		value=$(printf '%s\n' "${runs[@]}" | sort -n | sed -n 2p)
		rows+="$(jq -cn --argjson round "$2" --arg side "$1" --argjson known "$known" \
			--argjson ns "$value" '$ARGS.named')"$'\n'
	done
}
use_all() {
	local i

	load_module kame_nd || return
	for i in "${!numbers[@]}"; do
		h=${hosts[i]} known=${numbers[i]}
		refill || return
	done
}

rows=''
# The first runs are slower.
costs_of stock 0
rows=''
for ((round = 1; round <= rounds; round++)); do
	costs_of stock "$round"
	use_all || bench_fail "routers are not known"
	costs_of kame "$round"
	use_stock
	bench_log "round $round of $rounds: $(jq -r '"\(.side) \(.known): \(.ns)"' <<<"$rows" |
		tail -n $((2 * ${#numbers[@]})) | paste -sd ,)"
done

lines=$(jq -cs --arg name "$bench_name" --arg release "$(uname -r)" --argjson packets "$bench_count" \
	--arg command "make bench BENCH=$bench_name${PAIRS:+ PAIRS=$PAIRS}${COUNT:+ COUNT=$COUNT}" '
	def median: sort | .[(length - 1) / 2 | floor];
	def hundredths: . * 100 | round | . / 100;
	def by_round($side): map(select(.side == $side)) | sort_by(.round) | map(.ns);
	[group_by(.known)[] | { known: .[0].known, stock: by_round("stock"), kame: by_round("kame") } |
		.cost = [[.kame, .stock] | transpose[] | .[0] - .[1]]] |
	.[0].cost as $first | .[] |
	([[.cost, $first] | transpose[] | .[0] / .[1]]) as $growth |
	{ name: $name, unit: "ns/ra", known, stock: (.stock | median), kame: (.kame | median),
	  cost: (.cost | median), growth: ($growth | median | hundredths),
	  growth_min: ($growth | min | hundredths), growth_max: ($growth | max | hundredths),
	  rounds: ($growth | length), packets: $packets, command: $command, release: $release }' \
	<<<"$rows") || bench_fail "no result"
echo "$lines"
[ -z "${BENCH_OUT:-}" ] || {
	echo "$lines" >"$BENCH_OUT/$bench_name.json"
	"$bench_dir/nd_growth.py" <<<"$lines" >"$BENCH_OUT/$bench_name.svg" || bench_fail "no picture"
}
growth=$(jq -s 'last.growth' <<<"$lines")
bench_log "the last costs $growth times the first"
[ -n "${BENCH_SMOKE:-}" ] || jq -en "$growth <= 1.5" >/dev/null || bench_fail "more than 1.5 times"
