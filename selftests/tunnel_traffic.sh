#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um um-kasan
# nightly: 6.1 6.12
# quick: no
#
# What the settings do to packets, as netfilter at the other end sees them outside and
# inside the tunnel; segments that stay whole on the way out and are joined on the way
# in.

# shellcheck source=selftests/tunnel_lib.sh
. "$(dirname "$0")/tunnel_lib.sh"

# Count packets before routing: each NAME those that its RULE matches, in NAMESPACE.
watch() { # NAMESPACE NAME RULE [NAME RULE]...
	local ns=$1 counters='' rules=''

	shift
	while [ $# -gt 0 ]; do
		counters+="counter $1 {}"$'\n'
		rules+="$2 counter name $1"$'\n'
		shift 2
	done
	ip netns exec "$ns" nft -f - <<-EOF
		table inet watch
		delete table inet watch
		table inet watch {
			$counters
			chain pre {
				type filter hook prerouting priority -350
				$rules
			}
		}
	EOF
}

seen() { # NAMESPACE NAME
	ip netns exec "$1" nft -j list counter inet watch "$2" |
		jq '.nftables[] | select(.counter) | .counter.packets'
}

has_nft() {
	watch "$b" any '' 2>/dev/null
}

set_both() { # FAMILY OPTION...
	local dev=g$1

	shift
	ip -n "$a" link set "$dev" type kame_tunnel "$@" &&
		ip -n "$b" link set "$dev" type kame_tunnel "$@"
}

# Outer packets from a match RULE while the inner ones are echo requests.
outside() { # RULE ADDRESS [PING-OPTION...]
	watch "$b" hit "iifname vb $1" && reaches "$a" "${@:2}" &&
		at_least 1 "$(seen "$b" hit)" "outer packets with $1"
}

over4='ip saddr 10.0.0.1 ip protocol { 4, 41 }'
over6='ip6 saddr fd00::1 ip6 nexthdr { 4, 41, 60 }'

hop_limit() {
	outside "$over4 ip ttl 64" 192.168.4.2 -t 33 &&
		outside "$over6 ip6 hoplimit 64" fd01:6::2 -t 33 &&
		set_both 4 hoplimit inherit && set_both 6 hoplimit inherit &&
		outside "$over4 ip ttl 33" 192.168.4.2 -t 33 &&
		outside "$over4 ip ttl 34" fd01:4::2 -t 34 &&
		outside "$over6 ip6 hoplimit 35" 192.168.6.2 -t 35 &&
		outside "$over6 ip6 hoplimit 36" fd01:6::2 -t 36 &&
		set_both 4 hoplimit 7 && set_both 6 hoplimit 8 &&
		outside "$over4 ip ttl 7" 192.168.4.2 && outside "$over6 ip6 hoplimit 8" fd01:6::2
}

traffic_class() {
	outside "$over4 ip dscp 0" 192.168.4.2 -Q 0xb8 &&
		set_both 4 tclass inherit && set_both 6 tclass inherit &&
		outside "$over4 ip dscp 0x2e" 192.168.4.2 -Q 0xb8 &&
		outside "$over4 ip dscp 0x2e" fd01:4::2 -Q 0xb8 &&
		outside "$over6 ip6 dscp 0x2e" 192.168.6.2 -Q 0xb8 &&
		outside "$over6 ip6 dscp 0x2e" fd01:6::2 -Q 0xb8 &&
		set_both 4 tclass 0x28 && set_both 6 tclass 0x50 &&
		outside "$over4 ip dscp 0x0a" 192.168.4.2 &&
		outside "$over6 ip6 dscp 0x14" fd01:6::2
}

flow_label() {
	outside "$over6 ip6 flowlabel != 0" 192.168.6.2 &&
		outside "$over6 ip6 flowlabel != 0" fd01:6::2 &&
		set_both 6 flowlabel 0x12345 &&
		outside "$over6 ip6 flowlabel 0x12345" 192.168.6.2 &&
		outside "$over6 ip6 flowlabel 0x12345" fd01:6::2 &&
		set_both 6 flowlabel 0 && outside "$over6 ip6 flowlabel 0" fd01:6::2 &&
		set_both 6 flowlabel inherit &&
		outside "$over6 ip6 flowlabel 0x54321" fd01:6::2 -F 0x54321
}

# The option is the first in a destination options header, its value at byte 44.
encap_limit() {
	outside "$over6 ip6 nexthdr 60 @nh,352,8 4" 192.168.6.2 &&
		set_both 6 encaplimit 9 && outside "$over6 ip6 nexthdr 60 @nh,352,8 9" fd01:6::2 &&
		set_both 6 encaplimit none && outside "$over6 ip6 nexthdr 41" fd01:6::2
}

# Outer packets with the mark 7 have nowhere to go.
fwmark() {
	local status=0

	ip -n "$a" rule add fwmark 7 prohibit && ip -n "$a" -6 rule add fwmark 7 prohibit || return
	set_both 4 fwmark 7 && set_both 6 fwmark 7
	! reaches "$a" 192.168.4.2 -c 1 -W 1 || status=1
	! reaches "$a" fd01:6::2 -c 1 -W 1 || status=1
	counted 1 "$a" g4 drop_tx_no_route && counted 1 "$a" g6 drop_tx_no_route || status=1
	set_both 4 fwmark 8 && reaches "$a" 192.168.4.2 || status=1
	ip -n "$a" rule del fwmark 7
	ip -n "$a" -6 rule del fwmark 7
	# The mark of the packet, which its own route does not care about
	ip -n "$a" rule add fwmark 7 to 10.0.0.0/24 prohibit || return
	set_both 4 fwmark inherit && reaches "$a" 192.168.4.2 || status=1
	! reaches "$a" 192.168.4.2 -c 1 -W 1 -m 7 || status=1
	ip -n "$a" rule del fwmark 7
	return $status
}

# Congestion outside shows inside, or ends a packet that could not show it (RFC 6040).
ecn_in() { # FAMILY ip|ip6 ADDRESS
	local dropped status=0

	watch "$b" inside "iifname g$1 $2 ecn ce" outside "iifname vb $2 ecn set ce" || return
	# The counter of drops may also move by what the devices send on their own, Not-ECT.
	ip netns exec "$a" ping -q -c 2 -i 0.05 -W 1 -Q 2 "$3" >/dev/null
	equal 2 "$(seen "$b" inside)" "inner packets with CE, of 2 with ECT(0)" || status=1
	dropped=$(count "$b" "g$1" drop_rx_ecn)
	ip netns exec "$a" ping -q -c 2 -i 0.05 -W 1 -Q 0 "$3" >/dev/null
	at_least $((dropped + 1)) "$(count "$b" "g$1" drop_rx_ecn)" "drops of Not-ECT" || status=1
	return $status
}

# Decapsulated packets pass netfilter as packets of the device, and none other do.
netfilter() {
	local status=0 n

	watch "$b" four 'iifname g4 ip saddr 192.168.4.1 udp dport 9' \
		six 'iifname g6 ip6 saddr fd01:6::1 udp dport 9' \
		outer 'iifname vb udp dport 9' refused 'iifname g4 udp dport 9 meta length 228' || return
	send_udp "$a" 192.168.4.2 100 3 >/dev/null
	send_udp "$a" fd01:6::2 100 4 >/dev/null
	equal 3 "$(seen "$b" four)" "packets of g4" && equal 4 "$(seen "$b" six)" "packets of g6" &&
		equal 0 "$(seen "$b" outer)" "packets of vb" || status=1
	# and can be refused there
	reaches "$a" 192.168.4.2 || status=1
	ip netns exec "$b" nft 'add rule inet watch pre iifname g4 drop' || status=1
	! reaches "$a" 192.168.4.2 -c 1 -W 1 || status=1
	reaches "$a" fd01:6::2 || status=1
	# What leaves by the device passes netfilter twice: as it is, and in its header.
	ip netns exec "$a" nft -f - <<-EOF || return
		table inet out {
			counter inner {}
			counter outer {}
			chain post {
				type filter hook postrouting priority 0
				oifname g4 udp dport 9 counter name inner
				oifname va ip protocol 4 counter name outer
			}
		}
	EOF
	send_udp "$a" 192.168.4.2 100 5 >/dev/null
	for n in inner outer; do
		equal 5 "$(ip netns exec "$a" nft -j list counter inet out $n |
			jq '.nftables[] | select(.counter) | .counter.packets')" "$n packets" || status=1
	done
	ip netns exec "$a" nft delete table inet out
	return $status
}

# TCP segments that come one by one are joined (GRO) once they are decapsulated.
joined() { # FAMILY ADDRESS
	local on_wire inside pid

	watch "$b" wire "iifname vb ip$([ "$1" = 4 ] || echo 6) version $1" \
		inside "iifname g$1 meta l4proto tcp" || return
	ip netns exec "$a" ethtool -K va tso off gso off >/dev/null 2>&1 || return $ksft_skip
	ip netns exec "$b" timeout 60 "$tunnel_net" receive "$2" >"$tmp/got" &
	pid=$!
	busywait 20000 grep -q ready "$tmp/got" &&
		ip netns exec "$a" timeout 60 "$tunnel_net" send "$2" 1000000 >/dev/null
	wait $pid
	ip netns exec "$a" ethtool -K va tso on gso on >/dev/null
	on_wire=$(seen "$b" wire) inside=$(seen "$b" inside)
	# a megabyte is about 700 packets
	at_least 600 "$on_wire" "packets on the wire" || return
	[ "$inside" -lt $((on_wire / 2)) ] ||
		{ echo "$on_wire packets on the wire, $inside inside: not joined"; return 1; }
}

# One send of many UDP datagrams stays one packet up to the other end's socket.
udp_whole() { # FAMILY ADDRESS
	local pid

	watch "$b" wire "iifname vb ip$([ "$1" = 4 ] || echo 6) saddr $([ "$1" = 4 ] &&
		echo 10.0.0.1 || echo fd00::1) meta length > 20000" || return
	ip netns exec "$b" timeout 60 "$tunnel_net" datagrams "$2" 40 >"$tmp/got" &
	pid=$!
	busywait 20000 grep -q ready "$tmp/got" || return
	ip netns exec "$a" timeout 20 "$tunnel_net" segments "$2" 1000 40 || return
	wait $pid || return
	equal 40000 "$(sed 1d "$tmp/got")" "bytes that arrive in 40 datagrams" &&
		at_least 1 "$(seen "$b" wire)" "large packets on the wire"
}

with_tunnels() { # COMMAND...
	local status

	add_ours a 4 && add_ours b 4 && add_ours a 6 && add_ours b 6 || return
	"$@"
	status=$?
	ip -n "$a" link del g4
	ip -n "$a" link del g6
	ip -n "$b" link del g4
	ip -n "$b" link del g6
	return $status
}

tmp=$(mktemp -d)
cleanup() { rm -rf "$tmp"; }

tunnel_begin
require_command nft ethtool
setup_pair || skip_all "the namespaces can't be set up"
has_nft || skip_all "the kernel has no nftables"
check "hop limit" with_tunnels hop_limit
check "traffic class" with_tunnels traffic_class
check "flow label" with_tunnels flow_label
check "encapsulation limit" with_tunnels encap_limit
check "mark" with_tunnels fwmark
check "ECN from outside, IPv4 in IPv4" with_tunnels ecn_in 4 ip 192.168.4.2
check "ECN from outside, IPv6 in IPv6" with_tunnels ecn_in 6 ip6 fd01:6::2
check "netfilter" with_tunnels netfilter
check "segments are joined, 4in4" with_tunnels joined 4 192.168.4.2
check "segments are joined, 6in4" with_tunnels joined 4 fd01:4::2
check "segments are joined, 4in6" with_tunnels joined 6 192.168.6.2
check "segments are joined, 6in6" with_tunnels joined 6 fd01:6::2
check "UDP segments stay whole, 4in4" with_tunnels udp_whole 4 192.168.4.2
check "UDP segments stay whole, 6in6" with_tunnels udp_whole 6 fd01:6::2
test_end
