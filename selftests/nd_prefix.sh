#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um
# nightly: 6.1 6.12 6.12-rt
# quick: no
# time-travel: yes
#
# Prefixes, the routers that advertise them, and what their states do: a host h and
# routers ra, rb on one link, which send advertisements by hand.

# shellcheck source=selftests/lib_nd_link.sh
. "$(dirname "$0")/lib_nd_link.sh"
require_command jq ip ping python3
test_begin kame_nd
setup_one_link || skip_all "no link of namespaces"
pa=2001:db8:a::/64 pb=2001:db8:b::/64

kame_nd() { "$KAME" -n "$h" nd "$@"; }
# No solicitation is waited for longer than that.
fast() { kame_nd set dev eth0 interval 100 probes 2 hold-down 100; }
check "settings of a device that no router was heard on" fast

check "an advertisement is learned" learned_from a
check "its router is listed" equal 1 "$(kame_nd_json routers length)"
details() { "$KAME" -n "$h" -d nd show | grep -q "^    $(router_of a) (\(unknown\|reachable\|probing\))"; }
check "show -details lists the routers of a prefix" details
check "the prefix is on-link" equal none "$(route_router 2001:db8:a::5)"

# Figure 6 of the paper: the router is gone, another one has another prefix.
vanish() {
	gone a
	advertise_from b "prefix=$pb" && busywait 3000 prefix_is $pa detached other-router &&
		prefix_is $pb attached router
}
check "a prefix whose router is gone is detached" vanish
check "packets to it go to the other router" equal "$(router_of b)" "$(route_router 2001:db8:a::5)"
check "its route is shown as dead" bash -c "ip -n $h -6 route show $pa | grep -q dead"
check "its address is not chosen as source" source_in 2001:db8:b:
check "its address is shown as deprecated" busywait 2000 deprecated 2001:db8:a:
check "its lifetime runs on" bash -c "ip -n $h -6 addr show dev eth0 | grep -A 1 2001:db8:a: | grep -q 'valid_lft 8[56]'"
inbound() { ip netns exec "$rb" ping -6 -q -c 1 -W 2 "$(own_address 2001:db8:a:)"; }
ip -n "$rb" -6 addr add 2001:db8:b::b/64 dev eth0 nodad
ip -n "$rb" -6 route add 2001:db8:a::/64 dev eth0
check "packets to its address are accepted" inbound

# An advertisement that repeats it, from the router that is there, attaches it.
adopted() {
	advertise_from b "prefix=$pb" "prefix=$pa" && busywait 3000 prefix_is $pa attached router
}
check "attached again when a router that is there advertises it" adopted
check "on-link again" equal none "$(route_router 2001:db8:a::5)"
preferred_again() { ! deprecated 2001:db8:a:; }
check "preferred again" busywait 3000 preferred_again
withdrawn() {
	advertise_from b "prefix=$pa,LA,0,0"
	busywait 2000 prefix_is $pa detached
}
check "detached when that router takes it back" withdrawn
returns() {
	back a
	advertise_from a "prefix=$pa" && busywait 3000 prefix_is $pa attached router
}
check "attached again when its own router returns" returns
check "preferred again with it" busywait 3000 preferred_again

# Requests
pinned() {
	kame_nd pin $pa dev eth0 detached && prefix_is $pa detached pinned &&
		[ "$(route_router 2001:db8:a::5)" != none ] || return
	kame_nd pin $pa dev eth0 none && prefix_is $pa attached router
}
check "pinned detached, and not" pinned
expect_fail "a prefix that is not known can't be pinned" kame_nd pin 2001:db8:ffff::/64 dev eth0 detached
expect_fail "nor one with bits past its length" kame_nd pin 2001:db8:a::1/64 dev eth0 detached
disabled() {
	kame_nd pin $pa dev eth0 detached && kame_nd set dev eth0 enabled off || return
	prefix_is $pa attached disabled && equal none "$(route_router 2001:db8:a::5)" || return
	kame_nd set dev eth0 enabled on && prefix_is $pa detached pinned && kame_nd pin $pa dev eth0 none
}
check "a device that is left alone" disabled
unprivileged() { ip netns exec "$h" setpriv --reuid 65534 --clear-groups "$KAME" nd flush; }
expect_fail "changes need CAP_NET_ADMIN" unprivileged

# What an administrator sets stays.
manual() {
	ip -n "$h" addr add 2001:db8:a::77/64 dev eth0 nodad
	kame_nd pin $pa dev eth0 detached
	! deprecated 2001:db8:a::77 || { echo "it is deprecated"; return 1; }
	ip -n "$h" addr del 2001:db8:a::77/64 dev eth0
	kame_nd pin $pa dev eth0 none
}
check "an address set by hand stays preferred" manual
by_hand() {
	local address

	kame_nd pin $pa dev eth0 detached
	sleep 5.2
	address=$(own_address 2001:db8:a:)
	ip -n "$h" addr change "$address/64" dev eth0 valid_lft 9000 preferred_lft 5000
	kame_nd probe
	sleep 0.5
	! deprecated "$address" || { echo "it was deprecated again"; return 1; }
	kame_nd pin $pa dev eth0 none
}
check "a lifetime set by hand stays" by_hand
# Daemons set what is left, again and again.
keep_up() { # TIMES [SECONDS apart]
	local n

	for ((n = 0; n < $1; n++)); do
		echo "addr change $address/64 dev eth0 valid_lft 86000 preferred_lft $((end - SECONDS))"
		pause "${2:-0.2}"
	done | ip -n "$h" -batch -
}
kept_up() {
	local address end

	advertise_from a "prefix=$pa" && kame_nd pin $pa dev eth0 detached || return
	sleep 5.2
	address=$(own_address 2001:db8:a:) end=$((SECONDS + $(nd_prefix $pa preferred) / 1000))
	keep_up 1
	busywait 2000 deprecated "$address" || { echo "it is not deprecated again"; return 1; }
}
check "one that is only kept up is taken away again" kept_up
no_fight() {
	local address end before

	address=$(own_address 2001:db8:a:) end=$((SECONDS + $(nd_prefix $pa preferred) / 1000))
	before=$(nd_count by_hand)
	# More than ten in ten seconds, also where everything takes many times as long
	keep_up 80 0.05
	busywait 2000 more_than "$before" by_hand || return
	! deprecated "$address" || { echo "it is deprecated after all"; return 1; }
	kame_nd pin $pa dev eth0 none
}
check "but not for ever" no_fight

# Flags
flags() {
	advertise_from a "prefix=2001:db8:1::/64,A" "prefix=2001:db8:2::/64,L" "prefix=$pa" &&
		busywait 2000 prefix_is 2001:db8:1::/64 attached || return
	equal "false true" "$(nd_prefix 2001:db8:1::/64 on_link) $(nd_prefix 2001:db8:1::/64 autonomous)" "flags A" &&
		equal "true false" "$(nd_prefix 2001:db8:2::/64 on_link) $(nd_prefix 2001:db8:2::/64 autonomous)" "flags L"
	[ -z "$(own_address 2001:db8:2:)" ]
}
check "flags L and A apart" flags

# RFC 8978: the router has lost the prefix without a word.
left_out() {
	kame_nd set dev eth0 left-out 1
	sleep 3.1
	advertise_from a "prefix=$pa"
	busywait 2000 prefix_is 2001:db8:1::/64 deprecated left-out || return
	busywait 2000 deprecated 2001:db8:1: || return
	# The setting decides of what was left out before, too.
	kame_nd set dev eth0 left-out 0
	prefix_is 2001:db8:1::/64 attached router || return
	kame_nd set dev eth0 left-out 2
	prefix_is 2001:db8:1::/64 attached router || return
	kame_nd set dev eth0 left-out 1
	prefix_is 2001:db8:1::/64 deprecated left-out || return
	advertise_from a "prefix=$pa" "prefix=2001:db8:1::/64,A"
	busywait 2000 prefix_is 2001:db8:1::/64 attached
}
check "a prefix that its router leaves out is deprecated" left_out

# A router without prefixes says that we are elsewhere.
bare() {
	kame_nd flush
	advertise_from a "prefix=$pa" && busywait 2000 prefix_is $pa attached router || return
	gone a
	advertise_from b && busywait 3000 prefix_is $pa detached bare-router
}
check "only a router without prefixes is left" bare
alone() {
	gone b
	kame_nd probe
	busywait 3000 prefix_is $pa attached no-router
}
check "attached when no router is left" alone
lifetime_0() {
	back a
	back b
	advertise_from a "prefix=$pa" && busywait 3000 prefix_is $pa attached router || return
	advertise_from b "prefix=$pb" && busywait 2000 prefix_is $pb attached || return
	advertise_from a lifetime=0 && busywait 2000 prefix_is $pa detached other-router
}
check "router lifetime 0 takes the router out" lifetime_0

# Only link-local neighbours with hop limit 255 are heard.
ignored() { # COUNTER WORD...
	local before counter=$1

	before=$(nd_count "$counter")
	shift
	advertise_from b "prefix=2001:db8:bad::/64" "$@"
	busywait 2000 more_than "$before" "$counter" || return
	! known 2001:db8:bad::/64
}
check "hop limit 254 is ignored" ignored ra_hop_limit hops=254
check "a source that isn't link-local is ignored" ignored ra_source source=2001:db8:b::b
check "an option of length 0 is ignored" ignored ra_malformed raw=0300
check "an option that ends past the packet is ignored" ignored ra_malformed raw=0108

# Nor what the kernel may still drop for a header in front of it.
behind() { # COUNTER HEADER...
	local counter=$1

	shift
	ignored "$counter" "source=$(router_of b)" "${@/#/behind=}"
}
in_fragments() {
	behind ra_fragmented fragment && behind ra_fragmented first &&
		behind ra_fragmented hops fragment && behind ra_fragmented options fragment
}
check "one in a fragment is ignored, be it all of the packet" in_fragments
behind_headers() {
	local header

	for header in routing options ah; do
		behind ra_headers "$header" && behind ra_headers hops "$header" || { echo "$header"; return 1; }
	done
}
check "one behind headers that are seen to later is ignored" behind_headers
behind_hops() {
	advertise_from b "prefix=2001:db8:900d::/64" "source=$(router_of b)" behind=hops &&
		busywait 2000 prefix_is 2001:db8:900d::/64 attached router
}
check "one behind hop-by-hop options is learned" behind_hops

# The router is gone, and a neighbour answers for it.
answer() { # [WORD]...
	advertise_from b "source=$router" "answer=$router" "to=$(address_of h)" "$@"
}
reach_is() { equal "$1" "$(nd_router "$router" reach)" "reach of $router"; }
asked() {
	local before bad

	gone a
	kame_nd probe && busywait 2000 reach_is probing || return
	before=$(nd_count probe_answered)
	for bad in behind=fragment behind=ah to=ff02::1 hops=254 raw=0300; do
		answer $bad && pause 0.3 && reach_is probing || { echo "$bad"; return 1; }
	done
	equal "$before" "$(nd_count probe_answered)" "answers" &&
		answer && busywait 2000 reach_is reachable
}
# Time enough for all of them on a slow machine, of the kernel's own entry as well
patient() {
	kame_nd set dev eth0 interval 10000 probes 10
	ip netns exec "$h" sysctl -qw net.ipv6.neigh.eth0.{ucast,mcast}_solicit=60
}
answers() {
	local router status

	router=$(router_of a)
	advertise_from a "prefix=$pa" && busywait 3000 prefix_is $pa attached router || return
	patient
	asked
	status=$?
	back a
	fast
	ip netns exec "$h" sysctl -qw net.ipv6.neigh.eth0.{ucast,mcast}_solicit=3
	return $status
}
check "nor is an answer of a router heard that is not valid" answers

# Where connections are tracked, the kernel puts fragments together before.
tracked() {
	need_command nft || return
	ip netns exec "$h" nft -f - <<-END || return
		table ip6 track {
			chain in {
				type filter hook input priority 0
				ct state established accept
			}
		}
	END
	behind ra_fragmented fragment && behind ra_fragmented hops fragment && answers || return
	ip netns exec "$h" nft delete table ip6 track
}
check "both are ignored where connections are tracked" tracked
bound() {
	kame_nd set dev eth0 max-prefixes 8
	advertise_from b count=40
	busywait 3000 more_than 0 prefix_bound || return
	[ "$(kame_nd_json show length)" -le 8 ] || { echo "$(kame_nd_json show length) prefixes"; return 1; }
	kame_nd set dev eth0 max-prefixes 64
}
check "no more prefixes than max-prefixes" bound

# A long list is read in pieces, between which an advertisement may put it in another order.
prefix_get=5	# specs/kame_nd.yaml
dumped() { ip netns exec "$h" "$(dirname "$0")/dump.py" kame_nd "$prefix_get" "$@"; }
sixty() { equal 60 "$(kame_nd_json show length)" prefixes; }
long_list() {
	local number pieces what

	kame_nd flush
	advertise_from b count=60
	busywait 3000 sixty || return
	read -r number pieces what < <(dumped)
	at_least 2 "$pieces" pieces && equal "60 same" "$number $what"
}
check "a list that stays the same while it is read" long_list
torn() {
	equal changed "$(dumped bash -c "ip netns exec $rb $(dirname "$0")/nd_ra.py eth0 \
		prefix=2001:db8:0:5::/64; sleep 1" | cut -d " " -f 3)"
}
check "one that does not is marked" torn
complete() {
	equal 60 "$(kame_nd_json show '[.[] | .prefix] | unique | length')" prefixes
}
check "the command shows each prefix once" complete

# The same prefix on two devices, and the paper's scope.
scope() {
	kame_nd flush
	advertise_from a "prefix=$pa" && busywait 3000 prefix_is $pa attached router || return
	gone a
	kame_nd probe
	busywait 3000 prefix_is $pa attached no-router || return
	advertise_on eth1 "prefix=2001:db8:c::/64" && busywait 3000 known 2001:db8:c::/64 || return
	prefix_is $pa attached no-router || return
	kame_nd set scope host && busywait 1000 prefix_is $pa detached other-router || return
	kame_nd set scope link && busywait 1000 prefix_is $pa attached no-router
}
check "prefixes of another link count where the scope is the host" scope
shared() {
	back a
	advertise_from a "prefix=$pa" && advertise_on eth1 "prefix=$pa" || return
	busywait 3000 equal 2 "$("$KAME" -n "$h" -j nd show | jq "[.[] | select(.prefix == \"$pa\")] | length")"
}
shared_prefix() { busywait 3000 shared; }
check "one prefix on two devices is two" shared_prefix

# What is taken back when the module goes
unload() {
	kame_nd pin $pa dev eth0 detached && prefix_is $pa detached pinned || return
	ip -n "$h" -6 route show $pa dev eth0 | grep -q dead || {
		echo "not dead before:"
		ip -n "$h" -6 route show $pa
		kame_nd show
		return 1
	}
	rmmod kame_nd || return
	! ip -n "$h" -6 route show $pa dev eth0 | grep -q dead || { echo "still dead"; return 1; }
	! deprecated 2001:db8:a: || { echo "still deprecated"; return 1; }
	load_module kame_nd
}
check "the module leaves routes and addresses as stock has them" unload
test_end
