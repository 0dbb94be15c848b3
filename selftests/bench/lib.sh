# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the benchmarks share: see docs/bench.md. A benchmark is a script that
# sources this file, defines the functions below, and ends with bench_main.
#
#	setup		build namespaces, devices, routes; once
#	use_stock	from now on, the stock kernel handles the packets: at the
#			beginning, and after kame
#	use_kame	from now on, kame does: after stock
#	run_once N	have N packets handled, print nanoseconds a packet
#	arrived		print how many packets have got to where they should, so far
#	handled		print how many packets kame has handled, so far
#
# Environment: PAIRS	pairs of runs, stock and kame (default 9)
#	COUNT		packets of a run (default: the benchmark's)
#	BENCH_OUT	a directory, for the result as NAME.json
#	BENCH_SMOKE=1	one pair of few packets: does the benchmark work?

# shellcheck source=selftests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

bench_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bench_name=$(basename "$0" .sh)
# What a benchmark may set before bench_main.
bench_count=200000		# packets of a run
bench_warm=			# packets to warm up with (default: a fifth)
bench_unit=ns/packet		# of which less is better
bench_batch=1			# packets that a driver hands over at once
bench_smoke_count=2000		# packets of a run that only shows that it works
bench_modules=()		# MODULE[:PARAMETER=VALUE]..., the ones compared

bench_log() {
	echo "$bench_name: $*" >&2
}

bench_fail() {
	bench_log "FAILED: $*"
	exit $ksft_fail
}

bench_skip() {
	bench_log "SKIPPED: $*"
	exit $ksft_skip
}

# Run in a namespace without the mounts of "ip netns exec", which hide debugfs.
in_ns() { # NAMESPACE COMMAND...
	nsenter "--net=/run/netns/$1" "${@:2}"
}

packet() { # ARGUMENT... as packet.py's
	"$bench_dir/packet.py" "$@"
}

generator=/sys/kernel/debug/kame_bench/run

# Have the generator do a run, and print its result.
generate() { # NAMESPACE WORD...
	# shellcheck disable=SC2016 # for the shell in the namespace
	in_ns "$1" bash -c 'exec 3<>"$1" && printf %s "${*:2}" >&3 && cat <&3' generate \
		"$generator" "${@:2}"
}

# Print the number that a result has for KEY.
result_of() { # KEY RESULT
	local word

	for word in $2; do
		[[ $word != "$1="* ]] || { echo "${word#*=}"; return; }
	done
	return 1
}

# Have the generator do a run that must succeed for every packet, and print
# nanoseconds a packet: the mean of the middle half of the chunks (see docs/bench.md).
measure() { # NAMESPACE COUNT WORD...
	local result

	result=$(generate "$1" "count=$2" "${@:3}") || return 1
	if [ "$(result_of packets "$result")" != "$2" ] ||
		[[ "$*" == *sink=* && "$(result_of sunk "$result")" != "$2" ]]; then
		echo "not every packet arrived: $result" >&2
		return 1
	fi
	result_of ns "$result"
}

# Take TCP streams at port 5201 of a namespace, for as long as it lasts.
take_streams() { # NAMESPACE
	# shellcheck disable=SC2016 # for the shell in the namespace
	in_ns "$1" bash -c 'exec 3<>"$1" && printf listen=5201 >&3 && exec sleep infinity' \
		listen "$generator" &
	busywait 5000 takes_streams "$1"
}

takes_streams() { # NAMESPACE
	in_ns "$1" ss -Hltn 'sport = 5201' | grep -q .
}

tx_packets() { # NAMESPACE DEV
	ip -n "$1" -s -j link show dev "$2" | jq '.[0].stats64.tx.packets'
}

# How a run is judged, unless the benchmark knows better: every packet arrived,
# and kame handled either all of them or none.
judge() { # SIDE PACKETS ARRIVED HANDLED
	local handled=0

	[ "$1" = stock ] || handled=$2
	equal "$2" "$3" "packets that arrived" && equal "$handled" "$4" "packets that kame handled"
}

# The same of a stream: how many packets it takes is TCP's affair. Kame sees all of them or none.
judge_stream() { # SIDE SENDS ARRIVED HANDLED LEAST-HANDLED
	at_least "$2" "$3" "packets that arrived" || return
	if [ "$1" = stock ]; then
		equal 0 "$4" "packets that kame handled"
	else
		at_least "$5" "$4" "packets that kame handled"
	fi
}

# One run, judged. Sets value.
bench_run() { # SIDE PACKETS
	local arrived handled reason

	arrived=$(arrived) && handled=$(handled) || bench_fail "no counters"
	value=$(run_once "$2") || bench_fail "a run with $1 failed"
	[[ $value =~ ^[0-9.]+$ ]] || bench_fail "a run with $1 printed '$value'"
	reason=$(judge "$1" "$2" $(($(arrived) - arrived)) $(($(handled) - handled))) ||
		bench_fail "with $1: $reason"
}

bench_side() { # SIDE
	if [ "$bench_now" != "$1" ]; then
		"use_$1" || bench_fail "use_$1 failed"
		bench_now=$1
	fi
	bench_run "$1" "$bench_warm"
	bench_run "$1" "$bench_count"
	declare -ag "values_$1+=($value)"
}

# Sides take turns at being first, so that a drift favours neither.
bench_pairs() { # PAIRS
	local pair

	values_stock=() values_kame=()
	bench_now=''
	for ((pair = 1; pair <= $1; pair++)); do
		if ((pair % 2)); then
			bench_side stock && bench_side kame
		else
			bench_side kame && bench_side stock
		fi
		bench_log "pair $pair of $1: stock ${values_stock[-1]} kame ${values_kame[-1]} $bench_unit"
	done
}

# What the generator and the way to the protocols' input cost, in both sides of
# every ratio: packets that no protocol takes. Sets overhead.
bench_overhead() {
	local template

	overhead=null
	[ "$bench_unit" = ns/packet ] || return 0
	setup_ns idle && modprobe -q dummy
	# shellcheck disable=SC2154 # set by setup_ns
	ip -n "$idle" link add in type dummy && ip -n "$idle" link set in up &&
		template=$(packet 2001:db8::1 2001:db8::2) &&
		overhead=$(measure "$idle" $((bench_count / 2)) dev=in proto=0x88b5 \
			batch="$bench_batch" "packet=$template") || bench_fail "no overhead"
}

# The line of JSON. A ratio is a speed-up: above 1, kame is the better one.
bench_json() {
	jq -cn --arg name "$bench_name" --arg unit "$bench_unit" \
		--arg release "$(uname -r)" --argjson packets "$bench_count" \
		--argjson overhead "$overhead" \
		--arg command "make bench BENCH=$bench_name${PAIRS:+ PAIRS=$PAIRS}${COUNT:+ COUNT=$COUNT}" \
		--argjson stock "$(jq -cn '$ARGS.positional' --jsonargs "${values_stock[@]}")" \
		--argjson kame "$(jq -cn '$ARGS.positional' --jsonargs "${values_kame[@]}")" '
		def median: sort | if length % 2 == 1 then .[length / 2 | floor]
			else (.[length / 2 - 1] + .[length / 2]) / 2 end;
		def thousandths: . * 1000 | round | . / 1000;
		[range($stock | length) | $stock[.] / $kame[.]] as $ratios |
		{ name: $name, unit: $unit, stock: ($stock | median), kame: ($kame | median),
		  ratio: ($ratios | median | thousandths), ratio_min: ($ratios | min | thousandths),
		  ratio_max: ($ratios | max | thousandths), pairs: ($ratios | length),
		  packets: $packets, overhead: $overhead, command: $command, release: $release }'
}

bench_need() { # MODULE
	[ -n "$(find -L "$KAME_BUILD" -name "$1.ko" -print -quit 2>/dev/null)" ] ||
		modinfo "$1" >/dev/null 2>&1 || bench_skip "there is no module $1"
}

bench_load() {
	local module

	[ -e "$generator" ] || load_module kame_bench || bench_skip "kame_bench can't be loaded"
	for module in "${bench_modules[@]}"; do
		# shellcheck disable=SC2046 # no parameter is no word
		load_module "${module%%:*}" $([[ $module != *:* ]] || echo "${module#*:}") ||
			bench_fail "${module%%:*} can't be loaded"
	done
}

bench_main() {
	local module pairs=${PAIRS:-9} line

	[ "$(id -u)" -eq 0 ] || bench_skip "must be run as root"
	for module in kame_bench "${bench_modules[@]}"; do
		bench_need "${module%%:*}"
	done
	bench_count=${COUNT:-$bench_count}
	if [ -n "${BENCH_SMOKE:-}" ]; then
		pairs=1
		bench_count=$bench_smoke_count
	fi
	: "${bench_warm:=$((bench_count / 5))}"
	trap test_cleanup EXIT
	bench_load
	setup || bench_fail "setup failed"
	bench_pairs "$pairs"
	bench_overhead
	line=$(bench_json) || bench_fail "no result"
	echo "$line"
	[ -z "${BENCH_OUT:-}" ] || echo "$line" >"$BENCH_OUT/$bench_name.json"
}
