#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um
# nightly: 6.1 6.12
# quick: no
# long: yes
# time-travel: yes
#
# What states do to each kind of address, what they survive, and that time goes on
# meanwhile: a host h and routers ra, rb on one link, which send advertisements by hand.

# shellcheck source=selftests/lib_nd_link.sh
. "$(dirname "$0")/lib_nd_link.sh"
require_command jq ip ping python3 socat
test_begin kame_nd
setup_one_link || skip_all "no link of namespaces"
pa=2001:db8:a::/64 pb=2001:db8:b::/64

kame_nd() { "$KAME" -n "$h" nd "$@"; }
sysctl_h() { ip netns exec "$h" sysctl -qw "$@"; }
detach() { kame_nd pin $pa dev eth0 detached; }
release() { kame_nd pin $pa dev eth0 none; }
# One address: its flags and lifetimes, as JSON
address() { # FILTER of ip [FILTER of jq]
	# shellcheck disable=SC2086 # words
	ip -n "$h" -j -6 addr show dev eth0 scope global $1 |
		jq -c "[.[].addr_info[]? | select(.local)${2:+ | select($2)}][0] // empty"
}
has() { [ -n "$(address "$@")" ]; }
in_a='(.local | startswith("2001:db8:a:"))'
deprecated_is() { # true|false FILTER of jq
	equal "$1" "$(address "" "$2" | jq '.deprecated // false')" "deprecated: $(address "" "$2")"
}
preferred_left() { address "" "$1" | jq .preferred_life_time; }
dead() { ip -n "$h" -6 route show $pa dev eth0 | grep -q dead; }
alive() { ip -n "$h" -6 route show $pa dev eth0 | grep -v dead | grep -q .; }
# What was sent, and all that came before it, has been seen to.
heard() { # a|b WORD...
	local before

	before=$(nd_count ra_learned)
	advertise_from "$@" && busywait 20000 more_than "$before" ra_learned
}
detached_all() { busywait 20000 dead && busywait 20000 all_deprecated; }

kame_nd set dev eth0 interval 100 probes 2 hold-down 100
sysctl_h net.ipv6.conf.eth0.use_tempaddr=2 net.ipv6.conf.eth0.max_desync_factor=0
check "a prefix is learned" learned_from a
check "and another" learned_from b
check "an address that is temporary" busywait 20000 has temporary "$in_a"
temporary='.temporary and (.local | startswith("2001:db8:a:"))'
public='(.temporary | not) and .dynamic and .prefixlen == 64 and (.local | startswith("2001:db8:a:"))'
dhcpv6='.local == "2001:db8:a::d6"'
ip -n "$h" addr add 2001:db8:a::d6/128 dev eth0 valid_lft 9000 preferred_lft 5000
ip -n "$h" addr add 2001:db8:a::aa/64 dev eth0 nodad noprefixroute
before_at=$(date +%s)

all_deprecated() {
	deprecated_is true "$temporary" && deprecated_is true "$public" && deprecated_is true "$dhcpv6"
}
none_deprecated() {
	deprecated_is false "$temporary" && deprecated_is false "$public" && deprecated_is false "$dhcpv6"
}
monitored=$(mktemp)
ip -n "$h" monitor address route >"$monitored" &
monitor=$!
listening() { # to an address that is none of ours
	ip -n "$h" addr replace 2001:db8:77::1/128 dev lo nodad
	ip -n "$h" addr del 2001:db8:77::1/128 dev lo
	grep -q 2001:db8:77::1 "$monitored"
}
busywait 20000 listening
detach
check "detached: public, temporary and DHCPv6 addresses are deprecated" busywait 20000 all_deprecated
check "one set by hand is not" deprecated_is false '.local == "2001:db8:a::aa"'
link_local_kept() { ! ip -n "$h" -6 addr show dev eth0 scope link deprecated | grep -q inet6; }
check "nor is the link-local address" link_local_kept
check "rtnetlink listeners see the addresses" busywait 20000 grep -q "2001:db8:a:.*deprecated" "$monitored"
check "and the route" busywait 20000 grep -q "^2001:db8:a::/64 .*dead" "$monitored"
kill $monitor && wait $monitor 2>/dev/null
no_successor() { # of the temporary one, while it is detached
	equal 1 "$(ip -n "$h" -j -6 addr show dev eth0 temporary |
		jq "[.[].addr_info[]? | select(.local) | select($in_a)] | length")" "temporary addresses"
}
check "no other temporary address is made" no_successor

# What it survives
next_ra() {
	heard a "prefix=$pa" && detached_all
}
check "the next advertisement" next_ra
flush_cache() { ip -n "$h" -6 route flush cache && detached_all; }
check "ip -6 route flush cache" flush_cache
carrier() {
	ip -n "$sw" link set port-h down
	ip -n "$sw" link set port-h up
	heard a "prefix=$pa" && detached_all
}
check "a loss of the carrier" carrier
late() { # a daemon is slower than the kernel
	ip -n "$h" addr add 2001:db8:a::1a7e/64 dev eth0 valid_lft 9000 preferred_lft 5000
	busywait 20000 deprecated_is true '.local == "2001:db8:a::1a7e"' &&
		ip -n "$h" addr del 2001:db8:a::1a7e/64 dev eth0
}
check "an address that comes later is deprecated, too" late
chosen_by_hand() { # where nothing else is left, a deprecated address is better than none
	local source

	read -r source _ < <(chosen 2001:db8:ffff::1)
	[[ $source == 2001:db8:b:* || $source == 2001:db8:a::aa ]] || { echo "source $source"; return 1; }
}
check "the source is another one" chosen_by_hand

# Open connections go on.
ip -n "$rb" -6 addr add 2001:db8:b::b/64 dev eth0 nodad
ip -n "$rb" -6 route replace $pa dev eth0
ip netns exec "$rb" socat TCP6-LISTEN:7,fork,reuseaddr EXEC:cat &
socat=$!
cleanup() { kill $socat 2>/dev/null; }
connection() {
	release
	busywait 20000 deprecated_is false "$public" || return
	busywait 20000 has -tentative "$public" || return
	ip netns exec "$h" python3 - "$(address "" "$public" | jq -r .local)" "$KAME" <<-'END'
		import socket, subprocess, sys
		s = socket.create_connection(("2001:db8:b::b", 7), 5, (sys.argv[1], 0))
		def echo(word):
		    s.sendall(word)
		    return s.recv(16) == word
		ok = echo(b"before")
		subprocess.check_call([sys.argv[2], "nd", "pin", "2001:db8:a::/64", "dev", "eth0", "detached"])
		sys.exit(not (ok and echo(b"after")))
	END
}
check "a connection from its address goes on" connection

# Back again: what is left of the lifetimes, in true time
release
check "attached: preferred again" busywait 20000 none_deprecated
check "the route is alive" busywait 20000 alive
true_time() {
	local left

	left=$(preferred_left "$dhcpv6")
	# 5000 s when it was set
	[ $((left + $(date +%s) - before_at)) -ge 4997 ] && [ "$left" -le 5000 ] ||
		{ echo "left: $left of 5000 after $(($(date +%s) - before_at)) s"; return 1; }
}
check "lifetimes went on in true time" true_time

# Anyone can advertise a prefix that covers those of others, or one of their addresses.
foreign() { # PREFIX
	heard b "prefix=$pb" "prefix=$1," && kame_nd pin "$1" dev eth0 detached || return
	# The module has looked at everything once more.
	sleep 1.5
	none_deprecated || return
	detach && busywait 20000 all_deprecated || return
	release
	busywait 20000 none_deprecated && heard b "prefix=$pb" "prefix=$1,,0,0"
}
check "addresses are not of a shorter prefix that covers theirs" foreign 2000::/3
check "nor of one that is a single address" foreign 2001:db8:a::d6/128

sysctl_h net.ipv6.conf.eth0.accept_dad=1 net.ipv6.conf.eth0.dad_transmits=4
# A router's anycast address of the subnet has as many users as before.
anycast_users() {
	ip netns exec "$h" cat /proc/net/anycast6 | awk '$3 == "20010db8000a00000000000000000000" { print $4 }'
}
again_in_use() { # three times
	local n

	for n in 1 2 3; do
		: >"$monitored"
		detach && busywait 20000 all_deprecated && release && busywait 20000 none_deprecated || return
		busywait 20000 grep -q "2001:db8:a::d6/128 .*global dynamic" "$monitored" || return
		! grep "2001:db8:a:.*tentative" "$monitored" || return
	done
}
anycast() {
	local users status

	sysctl_h net.ipv6.conf.eth0.accept_ra=2 net.ipv6.conf.eth0.forwarding=1
	users=$(anycast_users)
	at_least 1 "${users:-0}" "users of the anycast address" || return
	ip -n "$h" monitor address >>"$monitored" 2>/dev/null &
	monitor=$!
	busywait 20000 listening && again_in_use && equal "$users" "$(anycast_users)" "users of the anycast address"
	status=$?
	kill $monitor && wait $monitor 2>/dev/null
	[ $status -eq 0 ] || { cat "$monitored"; return $status; }
	sysctl_h net.ipv6.conf.eth0.forwarding=0 net.ipv6.conf.eth0.accept_ra=1
	equal "" "$(anycast_users)" "users of the anycast address of no router"
}
check "of an address that a router has again, the anycast address has no more users" anycast

# Duplicate address detection: somebody else has taken the address meanwhile.
duplicate() {
	local taken

	taken=$(address "" "$public" | jq -r .local)
	detach && busywait 20000 deprecated_is true "$public" || return
	ip -n "$rb" addr add "$taken/64" dev eth0 nodad
	release
	# The kernel removes an address from an advertisement that is found so.
	failed() { ! has "" ".local == \"$taken\""; }
	busywait 20000 failed || { address "" ".local == \"$taken\""; return 1; }
	ip -n "$rb" addr del "$taken/64" dev eth0
}
check "one that somebody took meanwhile fails duplicate address detection" duplicate
dad_runs() {
	usable() { address -tentative "$dhcpv6" | grep -q .; }
	# The detection that the case before began, which may end at any time, is not the one.
	busywait 60000 usable && detach && busywait 20000 deprecated_is true "$dhcpv6" || return
	# Long enough to be seen on a slow machine
	sysctl_h net.ipv6.conf.eth0.dad_transmits=10
	release || return
	tentative() { address tentative "$dhcpv6" | grep -q .; }
	busywait 20000 tentative || return
	sysctl_h net.ipv6.conf.eth0.dad_transmits=4
	busywait 60000 usable
}
check "it is tentative before it is used again" dad_runs

# The advertisement that it is attached for has given it its lifetime already.
returned() {
	# The address that was taken is made again.
	heard a "prefix=$pa" && busywait 20000 has -tentative "$public" || return
	advertise_from a lifetime=0 && busywait 20000 prefix_is $pa detached other-router &&
		busywait 20000 deprecated_is true "$public" || return
	# Long enough to be seen on a slow machine
	sysctl_h net.ipv6.conf.eth0.dad_transmits=10
	heard a "prefix=$pa" && busywait 20000 prefix_is $pa attached router || return
	is_tentative() { has tentative "$public"; }
	busywait 20000 is_tentative || return
	sysctl_h net.ipv6.conf.eth0.dad_transmits=4
	busywait 60000 has -tentative "$public"
}
check "so it is when its router was forgotten and is back" returned
# That it had none made while it was avoided has not cost it its successor.
temporary_c() {
	ip -n "$h" -j -6 addr show dev eth0 temporary |
		jq '[.[].addr_info[]? | select(.local) | select(.local | startswith("2001:db8:c:"))] | length'
}
successor() {
	local pc=2001:db8:c::/64

	sysctl_h net.ipv6.conf.eth0.temp_prefered_lft=60
	heard a "prefix=$pa" "prefix=$pc" || return
	one() { equal 1 "$(temporary_c)" "temporary addresses"; }
	busywait 20000 one && kame_nd pin $pc dev eth0 detached && busywait 20000 deprecated 2001:db8:c: || return
	one && kame_nd pin $pc dev eth0 none || return
	two() { equal 2 "$(temporary_c)" "temporary addresses"; }
	busywait 90000 two
}
check "a temporary address that was avoided has a successor" successor
sysctl_h net.ipv6.conf.eth0.temp_prefered_lft=86400
# Nor has each advertisement meanwhile counted as a failure to make one: the kernel makes no
# more after three.
temporaries() {
	local n before

	detach && busywait 20000 deprecated_is true "$public" || return
	for n in 1 2 3 4 5; do
		before=$(nd_count address_avoided)
		heard a "prefix=$pa" && busywait 20000 more_than "$before" address_avoided &&
			busywait 20000 deprecated_is true "$public" || return
	done
	ip -n "$h" -6 addr flush dev eth0 temporary
	heard a "prefix=$pa" && busywait 20000 has temporary "$in_a" || return
	equal 2 "$(ip netns exec "$h" sysctl -n net.ipv6.conf.eth0.use_tempaddr)" use_tempaddr
	release
}
check "temporary addresses are made after many advertisements" temporaries

# Stable privacy addresses (RFC 7217), and the device down and up
stable() {
	sysctl_h net.ipv6.conf.eth0.stable_secret=2001:db8::5ec
	detach
	ip -n "$h" link set eth0 down
	ip -n "$h" link set eth0 up
	busywait 20000 usable "$h" || return
	advertise_from a "prefix=$pa"
	made() { has "" "$public"; }
	busywait 20000 made || return
	busywait 20000 dead && busywait 20000 deprecated_is true "$public" || return
	release
	busywait 20000 deprecated_is false "$public"
}
check "a device down and up: still detached, with a stable privacy address" stable

# Absence of the neighbour entry proves nothing.
forgotten() {
	advertise_from a "prefix=$pa" && advertise_from b "prefix=$pb" || return
	ip -n "$h" -6 neigh flush dev eth0
	heard b prefix=2001:db8:bb::/64
	prefix_is $pa attached router && prefix_is $pb attached router
}
check "a router without neighbour entry" forgotten
# Nor does it prove anything that an entry is removed which was reachable when last used, or
# that there is no answer without a carrier.
neighbour_is() { ip -n "$h" -6 neigh show "$1" dev eth0 | grep -q "$2"; } # ADDRESS STATE
no_neighbour() { ! ip -n "$h" -6 neigh show "$1" dev eth0 | grep -q .; }
reach_is() { equal "$2" "$(nd_router "$1" reach)" "reach of $1"; }
removed() {
	local a

	a=$(router_of a)
	advertise_from a "prefix=$pa" && ip netns exec "$h" ping -6 -q -c 1 -W 5 "$a%eth0" &&
		neighbour_is "$a" REACHABLE || return
	# As long as may be: the carrier has to go before the probe is over.
	kame_nd set dev eth0 interval 10000 probes 1
	gone a
	kame_nd probe
	busywait 1000 reach_is "$a" probing || return
	ip -n "$sw" link set port-h down
	busywait 20000 no_neighbour "$a" || return
	sleep 10
	reach_is "$a" probing || return
	ip -n "$sw" link set port-h up
	back a
	kame_nd set dev eth0 interval 100 probes 2
	busywait 20000 reach_is "$a" reachable
}
check "the carrier goes while a router is asked" removed
# The neighbour table asks a router every now and then: others are looked for only when it
# does not answer.
doubt() { ip -n "$h" -6 neigh change "$(router_of "$1")" dev eth0 nud probe; } # a|b
meet() { # a|b: the neighbour table knows it
	advertise_from "$1" "prefix=2001:db8:$1::/64" &&
		ip netns exec "$h" ping -6 -q -c 1 -W 5 "$(router_of "$1")%eth0"
}
doubted() {
	local before starts

	meet a && busywait 20000 reach_is "$(router_of a)" reachable || return
	before=$(nd_count routers_solicited) starts=$(nd_count probe_start)
	doubt a && busywait 20000 more_than "$starts" probe_start &&
		busywait 20000 reach_is "$(router_of a)" reachable || return
	sleep 1
	equal "$before" "$(nd_count routers_solicited)" routers_solicited
}
check "the neighbour table asks a router: no other one is looked for" doubted
silent() { # more|equal
	local before a

	a=$(router_of a)
	meet b && meet a && busywait 20000 reach_is "$a" reachable || return
	before=$(nd_count routers_solicited)
	gone a
	doubt a && busywait 20000 reach_is "$a" unreachable || return
	sleep 5
	"$1" "$before" "$(nd_count routers_solicited)" || return
	[ "$1" != more ] || seldom
}
more() { at_least $(($1 + 1)) "$2" routers_solicited; }
seldom() { # 4 and 8 seconds after the one before
	local before n

	before=$(nd_count routers_solicited)
	for n in 1 2 3 4 5 6 7 8 9 10; do
		ip netns exec "$h" ping -6 -q -c 1 -W 1 "2001:db8:b::404:$n"
	done
	! more_than $((before + 3)) routers_solicited
}
router_silent() {
	local status

	silent "$@"
	status=$?
	back a
	kame_nd probe
	return $status
}
check "it does not answer: others are looked for, but not each second" router_silent more
accept_ra_0() {
	local status

	sysctl_h net.ipv6.conf.eth0.accept_ra=0
	router_silent equal
	status=$?
	sysctl_h net.ipv6.conf.eth0.accept_ra=1
	return $status
}
check "nor where the host does not listen to advertisements" accept_ra_0
# What the neighbour table has found out by itself is believed, and no more than that.
gave_up() {
	local a status

	a=$(router_of a)
	meet a && busywait 20000 reach_is "$a" reachable || return
	# Ours would take more than a minute.
	kame_nd set dev eth0 interval 10000 probes 10
	gone a
	doubt a && busywait 20000 reach_is "$a" unreachable
	status=$?
	kame_nd set dev eth0 interval 100 probes 2
	back a
	return $status
}
check "the neighbour table has given a router up" gave_up
last_answer() { # the entry was resolved by the last solicitation that there was to be
	local a before

	a=$(router_of a)
	ip netns exec "$h" sysctl -qw net.ipv6.neigh.eth0.mcast_solicit=1
	meet a && busywait 20000 reach_is "$a" reachable || return
	ip -n "$h" -6 neigh del "$a" dev eth0
	meet a && neighbour_is "$a" REACHABLE && busywait 20000 reach_is "$a" reachable || return
	before=$(nd_count router_unreachable)
	ip -n "$h" -6 neigh del "$a" dev eth0
	sleep 2
	equal "$before" "$(nd_count router_unreachable)" router_unreachable && reach_is "$a" reachable || return
	ip netns exec "$h" sysctl -qw net.ipv6.neigh.eth0.mcast_solicit=3
}
check "an entry that somebody deletes proves nothing" last_answer
# A neighbour that fails has the routers asked, with no word from them.
noticed() {
	advertise_from a "prefix=$pa" && advertise_from b "prefix=$pb" || return
	busywait 20000 prefix_is $pa attached router || return
	gone a
	ip netns exec "$h" ping -6 -q -c 2 -W 1 2001:db8:a::404
	busywait 20000 prefix_is $pa detached other-router
}
check "a transmission that fails has a router found dead" noticed
test_end
