#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um 6.12
# nightly: 6.1
# quick: no
# long: yes
#
# Path MTU and ICMP: a (va) - (ra) r (rb) - (vb) b with a narrow link behind the
# router. What the router says about outer packets reaches the inner sender.
#
# Not on um-kasan: where an error is about the kernel's own answer to a ping, icmpv6_xmit_lock()
# does not get the lock that the answer holds, and sends no error. With one processor,
# spinlock debugging takes that for a mistake.

# shellcheck source=selftests/tunnel_lib.sh
. "$(dirname "$0")/tunnel_lib.sh"

setup() {
	setup_ns a r b || return
	# shellcheck disable=SC2154 # set by setup_ns
	ip -n "$a" link add va type veth peer name ra netns "$r"
	# shellcheck disable=SC2154
	ip -n "$b" link add vb type veth peer name rb netns "$r"
	ip netns exec "$r" sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv4.ip_forward=1
	# Errors are limited in rate, and the cases come fast.
	unlimited_errors "$a" "$r" "$b" || return
	ip -n "$a" addr add 10.0.0.1/24 dev va
	ip -n "$a" addr add fd00::1/64 dev va nodad
	ip -n "$r" addr add 10.0.0.254/24 dev ra
	ip -n "$r" addr add fd00::ff/64 dev ra nodad
	ip -n "$b" addr add 10.0.9.2/24 dev vb
	ip -n "$b" addr add fd09::2/64 dev vb nodad
	ip -n "$r" addr add 10.0.9.254/24 dev rb
	ip -n "$r" addr add fd09::ff/64 dev rb nodad
	ip -n "$a" link set va up
	ip -n "$r" link set ra up
	ip -n "$r" link set rb up
	ip -n "$b" link set vb up
	ip -n "$a" route add default via 10.0.0.254
	ip -n "$a" route add default via fd00::ff
	ip -n "$b" route add default via 10.0.9.254
	ip -n "$b" route add default via fd09::ff
	busywait 5000 ip netns exec "$a" ping -6 -q -c 1 -W 1 fd09::2
}

# Tunnels between a and b over the router
tunnels() { # 4|6 [OPTION...]
	local family=$1

	shift
	if [ "$family" = 4 ]; then
		ip -n "$a" link add g4 type kame_tunnel local 10.0.0.1 remote 10.0.9.2 "$@"
		ip -n "$b" link add g4 type kame_tunnel local 10.0.9.2 remote 10.0.0.1 "$@"
	else
		ip -n "$a" link add g6 type kame_tunnel local fd00::1 remote fd09::2 "$@"
		ip -n "$b" link add g6 type kame_tunnel local fd09::2 remote fd00::1 "$@"
	fi
	inner_up "$a" a "g$family" "$family"
	inner_up "$b" b "g$family" "$family"
}

untunnel() {
	ip -n "$a" link del "g$1"
	ip -n "$b" link del "g$1"
	ip -n "$a" route flush cache
	ip -n "$a" -6 route flush cache
	width 1500
}

width() {
	ip -n "$r" link set rb mtu "$1"
	ip -n "$b" link set vb mtu "$1"
}

# Path MTU that the inner sender knows
pmtu() { # "ADDRESS [mark MARK]" [NAMESPACE]
	# shellcheck disable=SC2086 # words
	ip -n "${2:-$a}" -j route get $1 | jq -r '.[0].metrics[0].mtu // "none"'
}

# Probe with a packet that may not be fragmented until the sender knows.
learns() { # ADDRESS WANTED
	local i

	for i in 1 2 3 4; do
		ip netns exec "$a" ping -q -c 1 -W 1 -M "do" -s 1400 "$1" >/dev/null 2>&1
	done
	equal "$2" "$(pmtu "$1")" "path MTU to $1"
}

narrow() { # FAMILY WIDTH WANTED4 WANTED6
	local status=0

	tunnels "$1"
	width "$2"
	learns "192.168.$1.2" "$3" || status=1
	learns "fd01:$1::2" "$4" || status=1
	counted 1 "$a" "g$1" icmp_too_big || status=1
	# What fits goes through, and what is larger does in fragments.
	reaches "$a" "192.168.$1.2" -s 1400 || status=1
	reaches "$a" "fd01:$1::2" -s 1400 || status=1
	reaches "$a" "192.168.$1.2" -s 3000 -M dont || status=1
	untunnel "$1"
	return $status
}

# The link is so narrow that IPv6 may not shrink to it: the outer packet is
# fragmented instead.
below_minimum() { # FAMILY WIDTH
	local status=0

	tunnels "$1"
	width "$2"
	learns "fd01:$1::2" 1280 || status=1
	reaches "$a" "fd01:$1::2" -s 1232 || status=1
	untunnel "$1"
	return $status
}

# A host behind a, whose packets a forwards into the tunnel. It learns by ICMP alone.
add_sender() { # FAMILY [VRF]
	setup_ns s
	# shellcheck disable=SC2154 # set by setup_ns
	ip -n "$s" link add vs type veth peer name as netns "$a"
	ip netns exec "$a" sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv4.ip_forward=1
	[ -z "${2:-}" ] || ip -n "$a" link set as master "$2"
	ip -n "$s" addr add 192.168.77.2/24 dev vs
	ip -n "$a" addr add 192.168.77.1/24 dev as
	ip -n "$s" addr add fd77::2/64 dev vs nodad
	ip -n "$a" addr add fd77::1/64 dev as nodad
	ip -n "$s" link set vs up
	ip -n "$a" link set as up
	ip -n "$s" route add default via 192.168.77.1
	ip -n "$s" route add default via fd77::1
	ip -n "$b" route add 192.168.77.0/24 dev "g$1"
	ip -n "$b" route add fd77::/64 dev "g$1"
	busywait 5000 ip netns exec "$s" ping -6 -q -c 1 -W 1 "fd01:$1::2"
}

# What a router says about outer packets is passed on: to the sender itself, and to one
# that is forwarded for.
relayed() { # FAMILY WANTED4 WANTED6
	local status=0

	tunnels "$1"
	add_sender "$1" || status=1
	width 1400
	# Fits into the link of a, so that only the router finds it too big
	ip netns exec "$s" ping -c 4 -i 0.2 -W 1 -M "do" -s 1380 "192.168.$1.2" >"$tmp/ping4" 2>&1
	ip netns exec "$s" ping -c 4 -i 0.2 -W 1 -M "do" -s 1360 "fd01:$1::2" >"$tmp/ping6" 2>&1
	learns "192.168.$1.2" "$2" && learns "fd01:$1::2" "$3" || status=1
	busywait 2000 counted 1 "$a" "g$1" icmp_relayed || status=1
	equal "$2" "$(pmtu "192.168.$1.2" "$s")" "path MTU at the sender, IPv4" || status=1
	equal "$3" "$(pmtu "fd01:$1::2" "$s")" "path MTU at the sender, IPv6" || status=1
	[ $status -eq 0 ] || cat "$tmp/ping4" "$tmp/ping6"
	ip netns exec "$a" sysctl -qw net.ipv6.conf.all.forwarding=0 net.ipv4.ip_forward=0
	ip netns del "$s"
	untunnel "$1"
	# forwarding makes a forget what routers told
	ip -n "$a" -6 route replace default via fd00::ff
	return $status
}

# The device is in a VRF, whose routes alone lead to the sender.
relayed_vrf() { # FAMILY
	local status=0

	need_module vrf || return
	tunnels "$1"
	ip -n "$a" link add vrf1 type vrf table 77 || { untunnel "$1"; return $ksft_skip; }
	ip -n "$a" link set vrf1 up
	ip -n "$a" route replace 10.0.9.0/24 via 10.0.0.254
	ip -n "$a" route del default
	ip -n "$a" link set "g$1" master vrf1
	# The addresses of IPv6 go with the move.
	ip -n "$a" addr replace "fd01:$1::1/64" dev "g$1" nodad
	add_sender "$1" vrf1 || status=1
	width 1400
	ip netns exec "$s" ping -c 3 -i 0.2 -W 1 -M "do" -s 1380 "192.168.$1.2" >"$tmp/ping4" 2>&1
	busywait 2000 counted 1 "$a" "g$1" icmp_relayed || status=1
	equal 1 "$(count "$a" "g$1" icmp_too_big)" "errors about outer packets" || status=1
	grep -qi "frag needed" "$tmp/ping4" || { echo "the sender isn't told"; status=1; }
	[ $status -eq 0 ] || cat "$tmp/ping4"
	ip netns exec "$a" sysctl -qw net.ipv6.conf.all.forwarding=0 net.ipv4.ip_forward=0
	ip netns del "$s"
	ip -n "$a" link del vrf1
	ip -n "$a" route add default via 10.0.0.254
	ip -n "$a" route del 10.0.9.0/24
	untunnel "$1"
	ip -n "$a" -6 route replace default via fd00::ff
	return $status
}

# A tunnel whose outer packets have a mark, and a route of their own by it.
marked() { # FAMILY OPTION-OF-IP REMOTE ROUTER
	local status=0

	tunnels "$1" fwmark 9
	ip -n "$a" "$2" rule add fwmark 9 table 99 || { untunnel "$1"; return 1; }
	ip -n "$a" "$2" route add default via "$4" table 99
	width 1400
	for _ in 1 2; do
		ip netns exec "$a" ping -q -c 1 -W 1 -M "do" -s 1400 "192.168.$1.2" >/dev/null 2>&1
	done
	counted 1 "$a" "g$1" icmp_too_big || status=1
	equal 1400 "$(pmtu "$3 mark 9")" "path MTU of the outer route" || status=1
	equal none "$(pmtu "$3")" "path MTU of the route without a mark" || status=1
	ip -n "$a" "$2" rule del fwmark 9
	ip -n "$a" "$2" route flush table 99
	untunnel "$1"
	return $status
}

# No way beyond the router: the inner sender is told.
unreachable() { # FAMILY
	local status=0

	tunnels "$1"
	ip -n "$r" route del 10.0.9.0/24 2>/dev/null
	ip -n "$r" -6 route flush fd09::/64
	ip netns exec "$a" ping -c 2 -i 0.2 -W 1 "192.168.$1.2" | grep -qi unreachable ||
		{ echo "IPv4 sender isn't told"; status=1; }
	ip netns exec "$a" ping -c 2 -i 0.2 -W 1 "fd01:$1::2" | grep -qi unreachable ||
		{ echo "IPv6 sender isn't told"; status=1; }
	counted 2 "$a" "g$1" icmp_unreachable || status=1
	ip -n "$r" route add 10.0.9.0/24 dev rb
	ip -n "$r" -6 route add fd09::/64 dev rb
	untunnel "$1"
	return $status
}

hop_limit() { # FAMILY
	local status=0

	tunnels "$1" hoplimit 1
	ip netns exec "$a" ping -c 2 -i 0.2 -W 1 "fd01:$1::2" | grep -qi unreachable ||
		{ echo "the inner sender isn't told"; status=1; }
	counted 1 "$a" "g$1" icmp_time_exceeded || status=1
	# with one hop more it arrives
	ip -n "$a" link set "g$1" type kame_tunnel hoplimit 2
	ip -n "$b" link set "g$1" type kame_tunnel hoplimit inherit
	reaches "$a" "fd01:$1::2" || status=1
	untunnel "$1"
	return $status
}

# The tunnel is one hop, whatever the number of routers under it.
one_hop() {
	local status=0

	tunnels 4
	tunnels 6
	reaches "$a" fd01:4::2 -t 1 && reaches "$a" 192.168.6.2 -t 1 || status=1
	untunnel 4
	untunnel 6
	return $status
}

tcp_fits() { # FAMILY: TCP finds the width by itself
	local status=0 pid

	tunnels "$1"
	width 1300
	ip netns exec "$b" timeout 60 "$tunnel_net" receive "192.168.$1.2" >"$tmp/got" &
	pid=$!
	busywait 20000 grep -q ready "$tmp/got" || status=1
	equal 500000 "$(ip netns exec "$a" timeout 60 "$tunnel_net" send "192.168.$1.2" 500000 |
		cut -d' ' -f1)" "bytes that are sent" || status=1
	wait $pid
	equal 500000 "$(sed -n '2s/ .*//p' "$tmp/got")" "bytes that arrive" || status=1
	untunnel "$1"
	return $status
}

ecn() { # FAMILY: ECN of the inner header shows outside (RFC 6040), unless told not to
	local status=0 mode got i

	need_command tcpdump || return
	tunnels "$1"
	for mode in ecn noecn; do
		ip -n "$a" link set "g$1" type kame_tunnel $mode
		ip netns exec "$r" timeout 5 tcpdump -nvi ra -c 1 \
			"$([ "$1" = 4 ] && echo 'proto 4 and src 10.0.0.1' || echo 'ip6 src fd00::1 and ip6[6] == 60')" \
			>"$tmp/dump" 2>/dev/null &
		local pid=$!
		sleep 0.5
		for i in 1 2 3; do
			ip netns exec "$a" ping -q -c 1 -W 1 -Q 3 "192.168.$1.2" >/dev/null
		done
		wait $pid
		if [ "$1" = 4 ]; then
			got=$(sed -n '1s/.*tos 0x\([0-9a-f]*\),.*/\1/p' "$tmp/dump")
		else
			got=$(sed -n '1s/.*class 0x0\?\([0-9a-f]*\),.*/\1/p' "$tmp/dump")
		fi
		if [ $mode = ecn ]; then
			equal 3 "$got" "outer traffic class" || status=1
		else
			equal 0 "${got:-0}" "outer traffic class with noecn" || status=1
		fi
	done
	untunnel "$1"
	return $status
}

tmp=$(mktemp -d)
cleanup() { rm -rf "$tmp"; }

tunnel_begin
setup || skip_all "the namespaces can't be set up"
check "narrow path, IPv4 outside" narrow 4 1400 1380 1380
check "narrow path, IPv6 outside" narrow 6 1400 1352 1352
check "narrower than IPv6 allows, IPv4 outside" below_minimum 4 1290
check "narrower than IPv6 allows, IPv6 outside" below_minimum 6 1280
check "too big is relayed, IPv4 outside" relayed 4 1380 1380
check "too big is relayed, IPv6 outside" relayed 6 1352 1352
check "too big is relayed within a VRF, IPv4 outside" relayed_vrf 4
check "too big is relayed within a VRF, IPv6 outside" relayed_vrf 6
check "narrow path of a mark, IPv4 outside" marked 4 -4 10.0.9.2 10.0.0.254
check "narrow path of a mark, IPv6 outside" marked 6 -6 fd09::2 fd00::ff
check "unreachable is relayed, IPv4 outside" unreachable 4
check "unreachable is relayed, IPv6 outside" unreachable 6
check "hop limit of the outer header, IPv4" hop_limit 4
check "hop limit of the outer header, IPv6" hop_limit 6
check "the tunnel is one hop" one_hop
check "TCP fits itself in, IPv4 outside" tcp_fits 4
check "TCP fits itself in, IPv6 outside" tcp_fits 6
check "ECN, IPv4 outside" ecn 4
check "ECN, IPv6 outside" ecn 6
test_end
