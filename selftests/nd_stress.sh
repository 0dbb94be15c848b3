#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um um-kasan 6.12-rt
# nightly: 6.1-rt 6.12
# quick: no
#
# Namespaces and devices go, and the module is removed, in the middle of moves, with
# advertisements, failures of neighbours, requests and traffic all the while.
#
# Environment: ROUNDS (default 10; where every instruction is checked or emulated, 2)

# shellcheck source=selftests/lib_nd_link.sh
. "$(dirname "$0")/lib_nd_link.sh"
require_command jq ip ping python3
test_begin kame_nd
case $(uname -r) in
*-um) : "${ROUNDS:=10}" ;;
*) : "${ROUNDS:=2}" ;;
esac
noise=()

# The noise gives way to what goes under it, or rounds would be few.
give_way() { renice -n 19 -p "$BASHPID"; }

# Routers a and b speak in turns, and one or the other is not there.
moves() {
	local n

	give_way
	for ((n = 0; ; n++)); do
		advertise_from a "prefix=2001:db8:a::/64" "prefix=2001:db8:5::/64,L"
		gone a
		advertise_from b "prefix=2001:db8:b::/64"
		back a
		gone b
		advertise_from a lifetime=$((n % 2 * 1800)) "prefix=2001:db8:a::/64"
		back b
	done
}
requests() {
	give_way
	while :; do
		"$KAME" -n "$h" nd probe
		"$KAME" -n "$h" nd pin 2001:db8:a::/64 dev eth0 detached
		"$KAME" -n "$h" nd show
		"$KAME" -n "$h" nd pin 2001:db8:a::/64 dev eth0 none
		ip -n "$h" -6 addr flush dev eth0 scope global
		"$KAME" -n "$h" nd flush
		ip -n "$h" link set eth0 down
		ip -n "$h" link set eth0 up
	done
}
traffic() {
	give_way
	while :; do
		ip netns exec "$h" ping -6 -q -c 5 -i 0.05 -W 0.1 2001:db8:a::99
		ip netns exec "$h" ping -6 -q -c 5 -i 0.05 -W 0.1 2001:db8:ffff::1
	done
}

setup_churn() {
	setup_one_link || return
	"$KAME" -n "$h" nd set dev eth0 interval 20 probes 1 hold-down 0 probe-rate 1000
	moves >/dev/null 2>&1 & noise+=($!)
	requests >/dev/null 2>&1 & noise+=($!)
	traffic >/dev/null 2>&1 & noise+=($!)
}
quiet() {
	kill "${noise[@]}"
	wait "${noise[@]}"
	noise=()
} 2>/dev/null
cleanup() { [ ${#noise[@]} -eq 0 ] || quiet; }

# Asked seldom, as what asks is in the way of what is waited for. That may take long: the host
# has to be up when a router speaks.
has_learned() { [ "$(nd_count ra_learned)" -gt 0 ] || { sleep 0.5; return 1; }; }
learned_some() { busywait 300000 has_learned || { echo "nothing is learned"; return 1; }; }

unloads() {
	local n

	for ((n = 0; n < ROUNDS; n++)); do
		learned_some || return
		sleep "0.$((RANDOM % 4))"
		rmmod kame_nd && insmod "$(module_file kame_nd)" || return
		"$KAME" -n "$h" nd set dev eth0 interval 20 probes 1 hold-down 0 probe-rate 1000
	done
}
setup_churn || skip_all "no link of namespaces"
check "$ROUNDS removals of the module in the middle of moves" unloads

devices() {
	local n

	for ((n = 0; n < ROUNDS; n++)); do
		sleep "0.$((RANDOM % 4))"
		ip -n "$h" link del eth0 || return
		attach_to_link "$h" h || return
		"$KAME" -n "$h" nd set dev eth0 interval 20 probes 1 hold-down 0 probe-rate 1000
	done
	learned_some
}
check "$ROUNDS removals of the device" devices

moved_away() {
	local n

	for ((n = 0; n < ROUNDS; n++)); do
		sleep "0.$((RANDOM % 4))"
		# shellcheck disable=SC2154 # set by setup_one_link
		ip -n "$h" link set eth0 netns "$rc" name taken || return
		ip -n "$rc" link del taken || return
		attach_to_link "$h" h || return
		"$KAME" -n "$h" nd set dev eth0 interval 20 probes 1 hold-down 0 probe-rate 1000
	done
	learned_some
}
check "$ROUNDS moves of the device to another namespace" moved_away

namespaces() {
	local n

	for ((n = 0; n < ROUNDS; n++)); do
		learned_some || return
		sleep "0.$((RANDOM % 4))"
		quiet
		cleanup_ns
		setup_churn || return
	done
	# This is a subshell: what it has started is known to nobody else.
	learned_some
	local status=$?
	quiet
	cleanup_ns
	return $status
}
check "$ROUNDS removals of the namespaces" namespaces
test_end
