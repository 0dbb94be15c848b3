#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um
# nightly: 6.12
# quick: no
#
# Someone on the link means harm: advertisements that are malformed, too many of them,
# and requests of random content.
#
# Environment: COUNT of malformed advertisements and of requests (default 2000), FLOOD
# of distinct routers and prefixes (default 100000; where every instruction is checked or
# emulated, 20000), SEED (default random)

# shellcheck source=selftests/lib_nd_link.sh
. "$(dirname "$0")/lib_nd_link.sh"
require_command jq ip ping python3
test_begin kame_nd
: "${COUNT:=2000}" "${SEED:=$RANDOM}"
case $(uname -r) in
*-um) : "${FLOOD:=100000}" ;;
*) : "${FLOOD:=20000}" ;;
esac
echo "# SEED=$SEED"
setup_one_link || skip_all "no link of namespaces"
# What the flood does to others' tables is another matter. The bridge would remember the
# link-layer address of each sender.
# shellcheck disable=SC2154 # set by setup_one_link
ip -n "$sw" link set port-b type bridge_slave learning off || skip_all "no bridge port"
# The kernel makes a neighbour entry of each router, and once the table is full looks
# through all of it each time.
ip netns exec "$h" sysctl -qw net.ipv6.conf.eth0.accept_ra=0
sysctl -qw net.ipv6.neigh.default.gc_thresh1=16 net.ipv6.neigh.default.gc_thresh2=32 \
	net.ipv6.neigh.default.gc_thresh3=64
fuzz() { # WORD...
	# shellcheck disable=SC2154 # set by setup_one_link
	ip netns exec "$rb" "$(dirname "$0")/nd_fuzz.py" eth0 "$@"
}
tables() {
	kame_nd_json show '[.[] | [.prefix, .state, .routers]] | sort | tostring'
	kame_nd_json routers '[.[] | .address] | sort | tostring'
}
ignored_count() {
	local name sum=0

	for name in ra_hop_limit ra_source ra_fragmented ra_headers ra_checksum ra_malformed; do
		sum=$((sum + $(nd_count $name)))
	done
	echo $sum
}

check "a good advertisement is learned" learned_from a
malformed() {
	local before ignored was in

	before=$(tables) ignored=$(ignored_count) in=$(nd_count ra_in) was=$(nd_count ra_learned)
	fuzz malformed "$COUNT" "$SEED" || return
	# One of fewer than 4 bytes has no type; all others are seen, and ignored.
	busywait 5000 more_than $((in + COUNT - 1)) ra_in || return
	equal "$COUNT" $(($(ignored_count) - ignored)) "ignored advertisements" &&
		equal "$was" "$(nd_count ra_learned)" "advertisements learned" &&
		equal "$before" "$(tables)" "tables"
}
check "$COUNT malformed advertisements change nothing" malformed

memory() { # kilobytes of the kernel's
	awk '/^(Slab|Percpu|KernelStack):/ { sum += $2 } END { print sum }' /proc/meminfo
}
reachable() {
	ip netns exec "$ra" ping -6 -q -c 1 -W 2 "$(address_of h)%eth0"
}
answered_during_flood() {
	local before pid more lost=0 pings=0

	before=$(memory)
	fuzz flood "$FLOOD" "$(ip -n "$h" -j link show eth0 | jq -r '.[0].address')" &
	pid=$!
	while kill -0 $pid 2>/dev/null; do
		pings=$((pings + 1))
		reachable >/dev/null || lost=$((lost + 1))
	done
	wait $pid || return
	more=$(($(memory) - before))
	echo "in the flood: $lost of $pings echoes lost, $more kB more in use by the kernel" | tee "$flood_note"
	at_least 1 $pings "echo requests" && [ $lost -le $((pings / 2)) ] || return
	[ $more -lt 16384 ]
}
flood_note=$(mktemp)
events=$(mktemp)
"$KAME" -n "$h" monitor nd >"$events" &
monitor=$!
# The first ping has packets stamped with the time, and the last one ends that: by a change of
# the very code that the flood runs through, which emulated processors don't always survive.
# One that lasts leaves it as it is.
ip netns exec "$ra" ping -6 -q -i 3600 "$(address_of h)%eth0" >/dev/null 2>&1 &
stamps=$!
cleanup() { kill "$monitor" "$stamps" 2>/dev/null; }
check "reachable in a flood of $FLOOD routers, memory bounded" answered_during_flood
sed 's/^/# /' "$flood_note"
bounded() {
	local routers prefixes

	routers=$(kame_nd_json routers length) prefixes=$(kame_nd_json show length)
	[ "$routers" -le 32 ] && [ "$prefixes" -le 64 ] || { echo "$routers routers, $prefixes prefixes"; return 1; }
}
check "no more entries than the bounds" bounded
counted() {
	more_than 0 router_bound || return
	at_least "$FLOOD" $(($(nd_count ra_learned) + $(nd_count ra_queue_full))) "advertisements accounted for"
}
check "each of the flood was learned or counted" counted
answers_heard() {
	kill "$monitor"
	grep -q "router " "$events" || { echo "no events"; return 1; }
	! grep "router $(router_of a) .*unreachable" "$events" && equal 0 "$(nd_count event_lost)" "events lost"
}
check "the true router was never taken for gone, nor an answer lost" answers_heard
# Routers that hold places and are none are found out; the true one is heard again.
recovers() {
	"$KAME" -n "$h" nd set dev eth0 interval 100 probes 2 hold-down 0 probe-rate 1000
	heard_again() {
		advertise_from a "prefix=2001:db8:a::/64" && sleep 0.3 &&
			prefix_is 2001:db8:a::/64 attached router
	}
	busywait 10000 heard_again
}
check "the true router is back after the flood" recovers

requests() {
	ip netns exec "$h" "$(dirname "$0")/nd_fuzz.py" eth0 netlink "$COUNT" "$SEED" &&
		kame_nd_json devices length
}
check "$COUNT requests of random content are answered" requests
test_end
