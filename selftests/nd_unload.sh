#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um
# nightly: 6.1 6.12 6.12-rt
# time-travel: yes
#
# What the module leaves when it is removed is what stock would have by then: a host h
# and a twin of it that kame_nd leaves alone hear the same advertisements.

# shellcheck source=selftests/lib_nd_link.sh
. "$(dirname "$0")/lib_nd_link.sh"
require_command jq ip python3
test_begin kame_nd
setup_one_link && setup_ns twin && attach_to_link "${twin:-}" t || skip_all "no link of namespaces"
busywait 20000 usable "$twin" || skip_all "the twin has no address"
pa=2001:db8:a::/64 pb=2001:db8:b::/64 p5=2001:db8:5::/64
for ns in "$h" "$twin"; do
	ip netns exec "$ns" sysctl -qw net.ipv6.conf.eth0.use_tempaddr=2
done

"$KAME" -n "$twin" nd set dev eth0 enabled off
"$KAME" -n "$h" nd set dev eth0 interval 100 probes 2 hold-down 100

# Addresses by their prefix, as their interface identifiers differ. Lifetimes by when they
# end, as some time passes between two looks.
words='def ends: if . == null or . == 0 or . >= 4294967295 then . else . + ($now | tonumber) end;'
addresses() { # NAMESPACE
	local now

	now=$(date +%s)
	ip -n "$1" -j -6 addr show dev eth0 scope global | jq -c --arg now "$now" "$words"'
		.[].addr_info[]? | select(.local) | {
			prefix: (.local | split(":")[0:3] | join(":")), length: "\(.prefixlen)", temporary, deprecated,
			tentative, valid: (.valid_life_time | ends), preferred: (.preferred_life_time | ends)
		}'
}
routes() { # NAMESPACE
	local now

	now=$(date +%s)
	ip -n "$1" -j -6 route show dev eth0 | jq -c --arg now "$now" "$words"'
		.[] | {dst, from, gateway, metric: "\(.metric)", protocol, pref, expires: (.expires | ends), flags}'
}
all_of() { # NAMESPACE
	addresses "$1"
	routes "$1"
	ip -n "$1" addrlabel list | sort | jq -R .
}
same() {
	local ours stock

	ours=$(all_of "$h" | jq -cs .) stock=$(all_of "$twin" | jq -cs .)
	jq -en --argjson ours "$ours" --argjson stock "$stock" '
		def shape: walk(if type == "number" and . > 0 then "some time" else . end) | tostring;
		def times: [.. | numbers];
		[$ours, $stock | sort_by(shape)] | (.[0] | map(shape)) == (.[1] | map(shape)) and
			(map(times) | transpose | all(.[0] - .[1] | fabs <= 4))' >/dev/null ||
		{ diff <(jq -c '.[]' <<<"$stock" | sort) <(jq -c '.[]' <<<"$ours" | sort); return 1; }
}
differ() { ! same >/dev/null; }

speak() {
	advertise_from a "prefix=$pa" "prefix=$p5,L" && advertise_from b "prefix=$pb,LA,7200,1800" &&
		busywait 20000 known $pb
}
check "both hear advertisements" speak
addresses_there() { [ "$(addresses "$twin" | wc -l)" = 4 ] && [ "$(addresses "$h" | wc -l)" = 4 ]; }
check "both have addresses" busywait 20000 addresses_there
gone_a() {
	gone a
	"$KAME" -n "$h" nd probe
	busywait 20000 prefix_is $pa detached other-router && busywait 20000 deprecated 2001:db8:a:
}
check "a router is gone: a prefix is detached" gone_a
kame_nd_effects() {
	ip -n "$h" -6 route show default | grep -q dead && ip -n "$h" -6 route show $p5 | grep -q dead
}
check "routes are dead" busywait 20000 kame_nd_effects
check "the host is not as stock" differ
# Time goes on, for the lifetimes of both.
sleep 15
# More of it, which neither has told the module
ip -n "$h" -6 neigh flush dev eth0
check "the module goes" check_rmmod kame_nd
loaded=()
check "the host is as stock would have it" busywait 20000 same

again() {
	back a
	load_module kame_nd || return
	"$KAME" -n "$twin" nd set dev eth0 enabled off
	speak && "$KAME" -n "$h" nd set dev eth0 left-out 1 || return
	# Advertisements within three seconds are one.
	sleep 3.5
	advertise_from a "prefix=$pa"
	busywait 20000 prefix_is $p5 deprecated left-out &&
		"$KAME" -n "$h" nd pin $pb dev eth0 detached && busywait 20000 deprecated 2001:db8:b:
}
check "once more: left out, and pinned" again
check "the host is not as stock, again" differ
check "flushed: as stock again" "$KAME" -n "$h" nd flush
check "the host is as stock would have it, again" busywait 20000 same

# Addresses are used on, at once: no duplicate address detection, which takes seconds.
not_tentative() {
	local tentative

	ip netns exec "$h" sysctl -qw net.ipv6.conf.eth0.accept_dad=1 net.ipv6.conf.eth0.dad_transmits=4
	"$KAME" -n "$h" nd pin $pb dev eth0 detached && busywait 20000 deprecated 2001:db8:b: || return
	# Those of other prefixes have settled.
	busywait 20000 none_tentative || return
	rmmod kame_nd || return
	# What is scheduled for at once has run.
	for _ in 1 2 3 4 5; do
		tentative=$(ip -n "$h" -6 addr show dev eth0 tentative)
		[ -z "$tentative" ] || { echo "$tentative"; return 1; }
		pause 0.1
	done
	! deprecated 2001:db8:b: || { echo "still deprecated"; return 1; }
}
none_tentative() { [ -z "$(ip -n "$h" -6 addr show dev eth0 tentative)" ]; }
again_learned() { advertise_from b "prefix=$pb,LA,7200,1800" && busywait 20000 known $pb; }
check "a prefix is pinned once more" again_learned
check "an address is not tentative when the module has gone" not_tentative
loaded=()
test_end
