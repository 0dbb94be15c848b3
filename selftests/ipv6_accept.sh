#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The type of the route decides what is accepted: each kind of address is pinged with
# stock input and with kame_ipv6's, and the answer must be the same, and the right one.
#
#   h1 eth0 ------- r1 r r2 ------- eth0 h2
#      2001:db8:1::/64   2001:db8:2::/64
#   h3 eth0 ------- r3 r (r3 in VRF red)
#      2001:db8:3::/64
# kernels: um 6.1
# nightly: 6.12 6.12-rt
# time-travel: yes
# quick: no

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
require_command jq ping
test_begin kame_ipv6:auto=0
setup_line || skip_all "no line of namespaces"
setup_ns h3
in_r() { ip netns exec "$r" "$@"; }
work=$(mktemp -d)
cleanup() {
	rm -rf "$work"
}
none_tentative() { # NAMESPACE...
	local ns

	for ns in "$@"; do
		[ -z "$(ip -n "$ns" -6 addr show tentative)" ] || return
	done
}

# shellcheck disable=SC2154 # set by setup_line and setup_ns
setup_router() {
	# Addresses that are being tested would take the long test of r1's.
	busywait 10000 none_tentative "$r" "$h1" || return
	in_r sysctl -qw net.ipv6.icmp.ratelimit=0 net.ipv6.conf.r1.dad_transmits=600
	ip netns exec "$h1" sysctl -qw net.ipv6.conf.eth0.accept_dad=0
	ip -n "$h1" addr add 2001:db8:1::2/64 dev eth0 nodad preferred_lft 0
	ip -n "$h1" route add 2001:db8:1::dead via 2001:db8:1::ff
	ip -n "$h1" route add 2001:db8:1:: via 2001:db8:1::ff
	ip -n "$r" addr add 2001:db8:1::dead/128 dev r1
	ip -n "$r" addr add 2001:db8:99::1/128 dev lo nodad
	ip -n "$r" route add local 2001:db8:a::/48 dev lo
	ip -n "$r" route add anycast 2001:db8:f::1 dev r1
	ip -n "$r" route add unreachable 2001:db8:b::/48
	ip -n "$r" route add prohibit 2001:db8:c::/48
	ip -n "$r" route add blackhole 2001:db8:d::/48
	ip -n "$r" -6 route add prohibit default table 100
	ip -n "$r" -6 rule add from 2001:db8:1::2 to 2001:db8:2::/64 table 100
}

setup_vrf() {
	modprobe vrf 2>/dev/null
	ip -n "$r" link add red type vrf table 200 || return
	ip -n "$r" link set red up
	ip -n "$r" -6 route add unreachable default metric 4278198272 table 200
	ip -n "$h3" link add eth0 type veth peer name r3 netns "$r"
	ip -n "$r" link set r3 master red
	ip -n "$r" link set r3 up
	ip -n "$r" addr add 2001:db8:3::ff/64 dev r3 nodad
	ip -n "$h3" addr add 2001:db8:3::3/64 dev eth0 nodad
	ip -n "$h3" link set eth0 up
	ip -n "$h3" route add default via 2001:db8:3::ff
	busywait 5000 ip netns exec "$h3" ping -6 -q -c 1 -W 1 2001:db8:3::ff
}

# What a host hears of a packet to ADDRESS, in a word
observe() { # NAMESPACE ADDRESS [PING-OPTION...]
	local ns=$1 to=$2 out

	shift 2
	out=$(ip netns exec "$ns" ping -6 -n -c 1 -W 2 "$@" "$to" 2>&1)
	case $out in
	*"bytes from"*) echo reply ;;
	*"Administratively prohibited"* | *prohibited*) echo prohibited ;;
	*"No route"*) echo no-route ;;
	*"Address unreachable"*) echo unreachable ;;
	*"Time exceeded"*) echo exceeded ;;
	*"100% packet loss"*) echo nothing ;;
	*) echo "$out" ;;
	esac
}

# name, what is heard, from whom, to what address, options of ping
# shellcheck disable=SC2154 # set by setup_line and setup_ns
cases() {
	cat <<-EOT
	unicast|reply|$h1|2001:db8:1::ff|
	unicast of another device|reply|$h1|2001:db8:2::ff|
	unicast of loopback|reply|$h1|2001:db8:99::1|
	link-local|reply|$h1|$r1_local%eth0|
	anycast of the subnet|reply|$h1|2001:db8:1::|
	anycast by a route|reply|$h1|2001:db8:f::1|
	multicast, all nodes|reply|$h1|ff02::1%eth0|
	multicast, all routers|reply|$h1|ff02::2%eth0|
	multicast, not a member|nothing|$h1|ff02::77%eth0|
	AnyIP|reply|$h1|2001:db8:a::77|
	tentative|nothing|$h1|2001:db8:1::dead|
	forwarded|reply|$h1|2001:db8:2::2|
	a policy rule prohibits|prohibited|$h1|2001:db8:2::2|-I 2001:db8:1::2
	hop limit of one|exceeded|$h1|2001:db8:2::2|-t 1
	unreachable|no-route|$h1|2001:db8:b::1|
	prohibit|prohibited|$h1|2001:db8:c::1|
	blackhole|nothing|$h1|2001:db8:d::1|
	no route|no-route|$h1|2001:db8:77::1|
	neighbour that does not answer|unreachable|$h1|2001:db8:2::77|-W 4
	EOT
	[ -z "$vrf" ] || cat <<-EOT
	VRF, unicast|reply|$h3|2001:db8:3::ff|
	VRF, link-local|reply|$h3|$r3_local%eth0|
	VRF, multicast|reply|$h3|ff02::1%eth0|
	VRF, a host outside|no-route|$h3|2001:db8:2::2|
	EOT
}

link_local() { # NAMESPACE DEV
	ip -n "$1" -6 -j addr show dev "$2" scope link | jq -r '.[].addr_info[]?.local // empty'
}

setup_router || skip_all "addresses stay tentative"
vrf=
setup_vrf && vrf=yes
# shellcheck disable=SC2034 # of cases()
r1_local=$(link_local "$r" r1) r3_local=$(link_local "$r" r3 2>/dev/null)
devices=(lo r1 r2 ${vrf:+r3})

# All at once, since each waits for its answer.
observe_all() { # leaves what was heard in $work/NAME
	local name wanted ns to words

	rm -f "$work"/*
	while IFS='|' read -r name wanted ns to words; do
		# shellcheck disable=SC2086 # several words
		observe "$ns" "$to" $words >"$work/$name" &
	done < <(cases)
	wait
}

declare -A stock
pass() { # SIDE
	local name wanted got forwarded

	forwarded=$(snmp6 "$r" Ip6OutForwDatagrams)
	observe_all
	while IFS='|' read -r name wanted _; do
		got=$(<"$work/$name")
		[ "$1" = stock ] && stock[$name]=$got
		check "$1: $name: $wanted" equal "$wanted, as stock: ${stock[$name]}" "$got, as stock: $got"
	done < <(cases)
	moved[$1]=$(($(snmp6 "$r" Ip6OutForwDatagrams) - forwarded))
}

declare -A moved
pass stock
attach_all() {
	local dev

	for dev in "${devices[@]}"; do
		"$KAME" -n "$r" ipv6 attach dev "$dev" || return
	done
}
check "kame_ipv6 is attached" attach_all
pass kame
# Stock forwards the packet to the tentative address, and kame_ipv6 drops it.
check "as many packets were forwarded, but for one" equal $((moved[stock] - 1)) "${moved[kame]}"
check "kame_ipv6 saw them" at_least 10 "$(($(kame_count "$r" accepted) + $(kame_count "$r" multicast)))"
tentative_is_dropped() {
	local before after

	ip -n "$r" addr show dev r1 | grep -q 'dead/128.*tentative' || { echo "it is not tentative"; return 1; }
	before=$(snmp6 "$r" Ip6OutForwDatagrams)
	observe "$h1" 2001:db8:1::dead >/dev/null
	after=$(snmp6 "$r" Ip6OutForwDatagrams)
	equal "$before" "$after" Ip6OutForwDatagrams &&
		at_least 2 "$(kame_count "$r" drop_tentative)" drop_tentative
}
check "a packet to a tentative address is not forwarded" tentative_is_dropped
# Its owner is the other node.
duplicate_is_forwarded() {
	local status

	ip netns exec "$r" sysctl -qw net.ipv6.conf.r2.dad_transmits=1 net.ipv6.conf.r2.accept_dad=1
	ip -n "$r" addr add 2001:db8:2::2/128 dev r2
	failed() { ip -n "$r" addr show dev r2 | grep -q '2001:db8:2::2/128.*dadfailed'; }
	busywait 10000 failed && equal reply "$(observe "$h1" 2001:db8:2::2)" "its owner"
	status=$?
	ip -n "$r" addr del 2001:db8:2::2/128 dev r2
	return $status
}
check "a packet to an address that another node has is forwarded" duplicate_is_forwarded

# A route that changes shows at once.
changes() { # WANTED COMMAND...
	local wanted=$1

	shift
	ip -n "$r" "$@" || return
	equal "$wanted" "$(observe "$h1" 2001:db8:2::2)"
}
check "a rule, at once" changes prohibited -6 rule add to 2001:db8:2::2 table 100 pref 50
check "no rule, at once" changes reply -6 rule del to 2001:db8:2::2 table 100 pref 50
check "a blackhole, at once" changes nothing route add blackhole 2001:db8:2::2
check "no blackhole, at once" changes reply route del blackhole 2001:db8:2::2
check "an address of its own, at once" changes reply addr add 2001:db8:2::2/128 dev lo nodad
counted_as_accepted() {
	local before

	before=$(kame_count "$r" accepted r1)
	observe "$h1" 2001:db8:2::2 >/dev/null
	at_least $((before + 1)) "$(kame_count "$r" accepted r1)" accepted
}
check "it is accepted" counted_as_accepted
check "no such address, at once" changes reply addr del 2001:db8:2::2/128 dev lo
test_end
