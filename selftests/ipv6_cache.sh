#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Routes that kame_ipv6 remembers show each change at once: in the same stream of
# packets, the first one after the change is treated as the routing table says now.
#
#   h1 eth0 ------- r1 r r2 ------- eth0 h2
#   2001:db8:1::1                   2001:db8:2::2
# kernels: um um-kasan 6.1
# nightly: 6.12 6.12-rt
# quick: no
# time-travel: yes

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
require_command jq ping
test_begin kame_ipv6
setup_line || skip_all "no line of namespaces"
there=2001:db8:3::1 h2_addr=2001:db8:2::2
# shellcheck disable=SC2154 # set by setup_line
ip -n "$h2" addr add $there/128 dev lo
ip -n "$r" -6 route add $there via $h2_addr
ip netns exec "$r" sysctl -qw net.ipv6.icmp.ratelimit=0

ping1() { ip netns exec "$h1" ping -6 -q -c 1 -W 1 "$1" >/dev/null; }
# The route is in the cache: it was searched for, and used, several times. Tables are
# made a moment after the first packets.
warm() {
	sleep 0.3
	ip netns exec "$h1" ping -6 -q -c 5 -i 0.02 -W 1 $there >/dev/null
}
# What an ICMPv6 error says about the first packet
error_is() { # TEXT
	local out

	out=$(ip netns exec "$h1" ping -6 -c 1 -W 1 $there 2>&1)
	grep -q "$1" <<<"$out" || { echo "$out"; return 1; }
}
on_r() { ip -n "$r" "$@"; }

deleted() {
	warm && on_r -6 route del $there && error_is 'No route' || return
	on_r -6 route add $there via $h2_addr && ping1 $there
}
check "a route that is deleted, and added again" deleted
replaced() { # TYPE TEXT
	warm && on_r -6 route replace "$1" $there && error_is "$2" || return
	on_r -6 route del $there
	on_r -6 route add $there via $h2_addr && ping1 $there
}
check "replaced by unreachable" replaced unreachable 'unreachable'
check "replaced by prohibit" replaced prohibit 'prohibited'
silent() {
	warm && on_r -6 route replace blackhole $there && negate ping1 $there || return
	on_r -6 route del $there
	on_r -6 route add $there via $h2_addr && ping1 $there
}
check "replaced by blackhole" silent
# The cached route is of a prefix; a longer one comes, in the same table.
longer() {
	on_r -6 route del $there
	on_r -6 route add 2001:db8:3::/48 via $h2_addr && warm || return
	on_r -6 route add unreachable $there && error_is 'unreachable' || return
	on_r -6 route del unreachable $there && ping1 $there
}
check "a longer prefix comes and goes" longer
# Accepted where it was forwarded, by a table that is searched first
any_ip() {
	local before

	warm || return
	on_r -6 route add local $there dev lo
	before=$(kame_count "$r" accepted)
	ping1 $there || return
	at_least $((before + 1)) "$(kame_count "$r" accepted)" accepted || return
	on_r -6 route del local $there dev lo
	before=$(kame_count "$r" forwarded)
	ping1 $there || return
	at_least $((before + 2)) "$(kame_count "$r" forwarded)" forwarded
}
check "a local route comes and goes (AnyIP)" any_ip
address() {
	local before

	warm || return
	on_r addr add $there/128 dev r2 nodad
	before=$(kame_count "$r" accepted)
	ping1 $there || return
	at_least $((before + 1)) "$(kame_count "$r" accepted)" accepted || return
	on_r addr del $there/128 dev r2
	before=$(kame_count "$r" forwarded)
	ping1 $there || return
	at_least $((before + 2)) "$(kame_count "$r" forwarded)" forwarded
}
check "an address comes and goes" address
rule() {
	warm || return
	on_r -6 rule add from 2001:db8:1::1 prohibit prio 10 && error_is 'prohibited' || return
	on_r -6 rule del prio 10 && ping1 $there
}
next_hop() {
	warm || return
	# The packets go into a dead end by the other router.
	on_r -6 route replace 2001:db8:3::/48 via 2001:db8:2::dead && negate ping1 $there || return
	on_r -6 route replace 2001:db8:3::/48 via $h2_addr && ping1 $there
}
check "another next hop" next_hop
neighbour() {
	local mac

	warm || return
	mac=$(on_r -j -6 neigh show $h2_addr dev r2 | jq -r '.[0].lladdr')
	on_r -6 neigh replace $h2_addr lladdr 02:00:00:00:00:99 dev r2 nud permanent
	negate ping1 $there || return
	on_r -6 neigh replace $h2_addr lladdr "$mac" dev r2 nud reachable && ping1 $there
}
check "another neighbour" neighbour
mtu() {
	warm || return
	on_r -6 route replace 2001:db8:3::/48 via $h2_addr mtu 1300
	ip netns exec "$h1" ping -6 -c 1 -W 1 -M 'do' -s 1350 $there 2>&1 | grep -q 'mtu=1300\|mtu 1300' ||
		{ echo "no Packet Too Big"; return 1; }
	on_r -6 route replace 2001:db8:3::/48 via $h2_addr
}
check "another MTU" mtu
expires() {
	# Long enough for a slow machine to have it in use before
	on_r -6 route replace 2001:db8:3::/48 via $h2_addr expires 20 && warm || return
	sleep 20.5
	error_is 'No route' || return
	on_r -6 route replace 2001:db8:3::/48 via $h2_addr && ping1 $there
}
check "a route that expires" expires
down() {
	warm && on_r link set r2 down && error_is 'No route' || return
	on_r link set r2 up
	on_r addr replace 2001:db8:2::ff/64 dev r2 nodad
	on_r -6 route replace 2001:db8:3::/48 via $h2_addr
	busywait 3000 ping1 $there
}
check "the device goes down and up" down
# Two routers on h2's link, of which the second is a dead end: who is preferred is told by
# advertisements, which change a route where it is.
preference() {
	local first=fe80::a second=fe80::b status=1 far=2001:db8:77::1

	advertise() { # WORD...
		ip netns exec "$h2" "$(dirname "$0")/nd_ra.py" eth0 "$@"
	}
	ip -n "$h2" addr add $far/128 dev lo
	# Who says that it is no router, when it is asked for its address, is no default router.
	ip netns exec "$h2" sysctl -qw net.ipv6.conf.all.forwarding=1
	ip -n "$h2" addr add $first/64 dev eth0 nodad
	ip -n "$h2" addr add $second/64 dev eth0 nodad
	on_r -6 neigh replace $second lladdr 02:00:00:00:00:99 dev r2 nud permanent
	ip netns exec "$r" sysctl -qw net.ipv6.conf.r2.accept_ra=2 net.ipv6.conf.r2.accept_ra_defrtr=1
	# The link may have come back just now, and lose one.
	both() {
		advertise source=$first && advertise source=$second preference=low &&
			equal 2 "$(on_r -6 route show default | grep -c 'proto ra')" "default routes"
	}
	busywait 20000 both && busywait 5000 ping1 $far && sleep 0.3 &&
		ip netns exec "$h1" ping -6 -q -c 5 -i 0.02 -W 1 $far >/dev/null &&
		advertise source=$second preference=high && sleep 2.1 && negate ping1 $far &&
		advertise source=$second preference=low && sleep 2.1 && ping1 $far && status=0
	on_r -6 route show default
	advertise source=$first lifetime=0
	advertise source=$second lifetime=0
	ip netns exec "$r" sysctl -qw net.ipv6.conf.r2.accept_ra=0
	ip netns exec "$h2" sysctl -qw net.ipv6.conf.all.forwarding=0
	ip -n "$h2" addr del $first/64 dev eth0
	ip -n "$h2" addr del $second/64 dev eth0
	return $status
}
check "another preference of an advertised router" preference
kmalloc_objects() {
	awk '/^kmalloc-/ { n += $2 } END { print n + 0 }' /proc/slabinfo
}
# Each packet from a tunnel that is all of its peers in one brings a route of its own, which
# the route that is remembered takes the place of.
external() {
	local before

	modprobe -q ip6_tunnel
	on_r link add t0 type ip6tnl external || return $ksft_skip
	ip -n "$h1" link add t0 type ip6tnl mode ip6ip6 local 2001:db8:1::1 remote 2001:db8:1::ff &&
		on_r link set t0 up && ip -n "$h1" link set t0 up &&
		ip -n "$h1" route add 2001:db8:88::/64 dev t0 src 2001:db8:1::1 &&
		ip -n "$h2" addr add 2001:db8:88::1/128 dev lo &&
		on_r -6 route add 2001:db8:88::/64 via $h2_addr || return
	send() { # NUMBER
		ip netns exec "$h1" python3 -c 'if 1:
			import socket
			s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
			for _ in range('"$1"'):
				s.sendto(b"x", ("2001:db8:88::1", 9))'
	}
	sleep 0.3
	send 200
	before=$(kmalloc_objects)
	send 5000
	at_least 5000 "$(kame_count "$r" forwarded t0)" "forwarded from the tunnel" || return
	# Who looks for leaks sees them at the end; what is freed there may stay for a while.
	[ -e /sys/kernel/debug/kmemleak ] || [ "$before" -eq 0 ] ||
		at_least "$(kmalloc_objects)" $((before + 2500)) "objects that are left" || return
	ip -n "$h1" link del t0
	on_r link del t0
}
check "routes that packets bring are let go of" external
# What the main table is asked for there by packets that r1 brings: about once a second, since
# a route that is searched for again takes the place that it had.
once() {
	local tracing=/sys/kernel/tracing event index seen

	[ -d $tracing/events ] || mount -t tracefs trace $tracing 2>/dev/null
	event=$tracing/events/fib6/fib6_table_lookup/enable
	[ -e $event ] || { echo "there is no event fib6_table_lookup"; return $ksft_skip; }
	index=$(on_r -j link show r1 | jq '.[0].ifindex')
	warm && echo 1 >$event && echo >$tracing/trace || return
	ip netns exec "$h1" ping -6 -q -c 150 -i 0.04 -W 1 $there >/dev/null
	echo 0 >$event
	seen=$(grep -c "table 254 .* iif $index .* -> $there/" $tracing/trace)
	# A second is 512 ms at least.
	at_least 4 "$seen" searches || return
	[ "$seen" -le 16 ] || { echo "$seen searches"; return 1; }
}
check "one place for a route" once
# A device that is remembered goes away at once, with the address of its route.
gone() {
	warm || return
	on_r link add d0 type dummy && on_r link set d0 up || return
	on_r -6 route add 2001:db8:9::/64 dev d0
	ip netns exec "$h1" ping -6 -q -c 5 -i 0.02 -W 1 2001:db8:9::9 >/dev/null
	timeout 5 ip -n "$r" link del d0 || { echo "it does not go"; return 1; }
	! on_r link show d0 2>/dev/null
}
check "a device that routes lead to goes at once" gone
vrf() {
	on_r link add red type vrf table 10 || return $ksft_skip
	on_r link set red up
	warm || return
	# The route is in the main table, and the packets come in by a VRF now.
	on_r link set r1 master red
	error_is 'No route\|Network is unreachable\|unreachable' || negate ping1 $there || return
	on_r link set r1 nomaster
	on_r addr replace 2001:db8:1::ff/64 dev r1 nodad
	busywait 3000 ping1 $there
}
check "the device moves to a VRF and back" vrf
# From here on there are rules, and nothing is remembered.
check "a policy rule comes and goes" rule
namespace() {
	timeout 10 ip netns del "$r" || return
	busywait 5000 negate ip netns pids "$r"
}
check "the namespace goes" namespace
test_end
