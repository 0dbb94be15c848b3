#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um
# nightly: um-kasan 6.1 6.12 6.12-rt
# quick: no
# time-travel: yes
#
# The default route by a router that does not answer is out of use while another router
# answers, whoever set it and whenever: a host h and routers ra, rb on one link.

# shellcheck source=selftests/lib_nd_link.sh
. "$(dirname "$0")/lib_nd_link.sh"
require_command jq ip ping python3
test_begin kame_nd
setup_one_link || skip_all "no link of namespaces"
pa=2001:db8:a::/64 pb=2001:db8:b::/64 far=2001:db8:ffff::1
address_a=$(router_of a) address_b=$(router_of b)

kame_nd() { "$KAME" -n "$h" nd "$@"; }
default_by() { ip -n "$h" -6 route show default | grep "via $1 "; } # ROUTER
dead() { default_by "$1" | grep -q dead || { default_by "$1"; return 1; }; }
alive() { default_by "$1" | grep -q . && ! default_by "$1" | grep dead; }
both_alive() { alive "$address_a" && alive "$address_b"; }
goes_by() { equal "$1" "$(route_router $far)" router; }
speak() {
	advertise_from a "prefix=$pa" && advertise_from b "prefix=$pb" &&
		busywait 10000 prefix_is $pa attached router && busywait 10000 prefix_is $pb attached router
}
reach() { kame_nd_json routers ".[] | select(.address == \"$1\") | .reach"; }
unreachable() { equal unreachable "$(reach "$1")" "$1"; }
not_heard() { # ROUTER: it is found so
	kame_nd probe
	busywait 10000 unreachable "$1"
}

fast() { kame_nd set dev eth0 interval 100 probes 2 hold-down 100; }
check "fast timers" fast
check "both routers speak" speak
check "both default routes are alive" busywait 10000 both_alive
vanishes() {
	gone a
	not_heard "$address_a"
}
check "a router vanishes" vanishes
check "its default route is dead" busywait 10000 dead "$address_a"
check "the other's is alive" alive "$address_b"
check "packets go by the other" goes_by "$address_b"
# What stock's own choice stumbles over: it asks the neighbour again, and does not pass by
# one that it is asking.
asked_again() {
	local n

	for ((n = 0; n < 20; n++)); do
		ip -n "$h" -6 neigh del "$address_a" dev eth0 2>/dev/null
		ip netns exec "$h" ping -6 -q -c 1 -W 0.1 "$address_a%eth0"
		ip -n "$h" -6 route flush cache
		goes_by "$address_b" || return
	done >/dev/null
}
check "and when its neighbour entry is new" asked_again
# Somebody else sends an advertisement in its name: the kernel refreshes the route.
refreshed() {
	ip netns exec "$rb" sysctl -qw net.ipv6.ip_nonlocal_bind=1
	advertise_from b "source=$address_a" lifetime=9000 "prefix=$pa" || return
	expires() { [ "$(default_by "$address_a" | grep -o 'expires [0-9]*' | cut -d ' ' -f 2)" -gt 8000 ]; }
	busywait 10000 expires && dead "$address_a" && not_heard "$address_a" && dead "$address_a"
}
check "an advertisement in its name makes no difference" refreshed
flapped() {
	ip -n "$h" link set eth0 down
	ip -n "$h" link set eth0 up
	busywait 10000 usable "$h" || return
	advertise_from b "prefix=$pb"
	busywait 10000 alive "$address_b" && busywait 10000 goes_by "$address_b"
}
check "the host's device down and up: packets go by the other" flapped

# Routes of a daemon, and of an administrator
daemons() {
	ip -n "$h" -6 route add default via "$address_a" dev eth0 proto ra metric 100 || return
	busywait 10000 dead "$address_a" && goes_by "$address_b"
}
check "one that a daemon sets meanwhile is dead soon" daemons
daemon_deletes() { ip -n "$h" -6 route del default via "$address_a" dev eth0 proto ra metric 100; }
check "the daemon can delete it" daemon_deletes
last_dead() { ip -n "$h" -6 route show default | grep 'metric 101' | grep -q dead; }
by_hand_alive() { ip -n "$h" -6 route show default proto static | grep -v dead | grep -q 'metric 100'; }
by_hand() {
	ip -n "$h" -6 route add default via "$address_a" dev eth0 proto static metric 100 || return
	# The module has looked at it when it has seen to what comes after it: not only because
	# it looks once more within a second.
	sleep 1.5
	ip -n "$h" -6 route add default via "$address_a" dev eth0 proto ra metric 101 || return
	busywait 10000 last_dead && by_hand_alive || { ip -n "$h" -6 route; return 1; }
	ip -n "$h" -6 route del default via "$address_a" dev eth0 proto static metric 100 &&
		ip -n "$h" -6 route del default via "$address_a" dev eth0 proto ra metric 101
}
check "one that is set by hand is left alone" by_hand
# One route by both routers, as systemd-networkd and NetworkManager make it: flows are spread.
hop() { ip -n "$h" -6 route show default proto ra | grep "nexthop via $1 "; }
hop_dead() { hop "$1" | grep -q dead; }
hop_alive() { hop "$1" | grep -v dead | grep -q .; }
flows_by() { # the routers that 32 flows take
	local n

	for ((n = 1; n <= 32; n++)); do
		route_router 2001:db8:ffff::$n
	done | sort -u
}
all_by() { equal "$1" "$(flows_by)" "routers of 32 flows"; }
by_both() { equal "$(printf '%s\n' "$address_a" "$address_b" | sort)" "$(flows_by)" "routers of 32 flows"; }
multipath() {
	# shellcheck disable=SC2154 # set by setup_one_link
	ip -n "$h" -6 route add default proto ra metric 90 nexthop via "$address_a" dev eth0 \
		nexthop via "$address_b" dev eth0 || return
	busywait 10000 hop_dead "$address_a" && hop_alive "$address_b" && all_by "$address_b"
}
check "of a route by both routers one next hop is dead" multipath
late() { # a daemon is slower than the kernel
	busywait 10000 prefix_is $pa detached other-router || return
	ip -n "$h" addr add 2001:db8:a::1a7e/64 dev eth0 valid_lft 9000 preferred_lft 5000 &&
		busywait 10000 deprecated 2001:db8:a::1a7e &&
		ip -n "$h" addr del 2001:db8:a::1a7e/64 dev eth0
}
check "an address of its prefix that comes later is deprecated" late

# Back, and gone, both
returns() {
	back a
	speak && busywait 10000 both_alive
}
check "the router returns: alive" returns
none_left() {
	gone a
	gone b
	not_heard "$address_a" && not_heard "$address_b" && busywait 10000 both_alive
}
both_hops() { hop_alive "$address_a" && hop_alive "$address_b"; }
check "the route by both is spread over both" by_both
# RFC 8028: but what comes from a router's prefix leaves by that router.
flows_from() { # BEGINNING of the source: the routers that 32 flows take
	local n source

	source=$(own_address "$1" -tentative)
	[ -n "$source" ] || return
	for ((n = 1; n <= 32; n++)); do
		echo "route get 2001:db8:ffff::$n from $source"
	done | ip -n "$h" -6 -o -batch - | grep -o 'via [^ ]*' | sort -u
}
source_routes() { equal "$1" "$(ip -n "$h" -6 route show | grep -c '^default from')" "source routes"; }
by_source() {
	equal "via $address_a" "$(flows_from 2001:db8:a:)" "routers from the first prefix" &&
		equal "via $address_b" "$(flows_from 2001:db8:b:)" "routers from the second"
}
source_router() {
	local status

	equal 2 "$(flows_from 2001:db8:a: | wc -l)" "routers from the first prefix before" || return
	kame_nd set dev eth0 source-router on && busywait 10000 source_routes 2 && by_source
	status=$?
	kame_nd set dev eth0 source-router off && busywait 10000 source_routes 0 && return $status
}
check "with source-router each flow leaves by its source's router" source_router
check "where no router is left neither is dead" none_left
check "nor of the route by both" both_hops
other_first() {
	back b
	speak_b() { advertise_from b "prefix=$pb" && busywait 1000 goes_by "$address_b"; }
	busywait 10000 speak_b && busywait 10000 dead "$address_a" && busywait 10000 all_by "$address_b"
}
check "one is there again: the other's is dead" other_first
left_alone() {
	kame_nd set dev eth0 enabled off && busywait 10000 both_alive || return
	kame_nd set dev eth0 enabled on && busywait 10000 dead "$address_a"
}
check "a device that is left alone" left_alone
flushed() {
	kame_nd flush && busywait 10000 both_alive || return
	back a
	speak || return
	vanishes && busywait 10000 dead "$address_a"
}
check "flush brings it back" flushed
unload() {
	rmmod kame_nd || return
	both_alive && both_hops || return
	# The kernel's own choice passes by a neighbour that has failed.
	ip -n "$h" -6 neigh flush dev eth0 nud failed
	by_both && load_module kame_nd
}
check "so does removing the module" unload
test_end
