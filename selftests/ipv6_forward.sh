#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What kame_ipv6 forwards by itself: whatever is for stock goes to stock from the next
# packet on, and the counters move as stock's do.
#
#   h1 eth0 ------- r1 r r2 ------- eth0 h2
#   2001:db8:1::1                   2001:db8:2::2
# kernels: um um-kasan
# nightly: 6.1 6.12 6.12-rt
# quick: no

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
require_command jq ping python3
test_begin kame_ipv6
setup_line || skip_all "no line of namespaces"
there=2001:db8:3::1 h2_addr=2001:db8:2::2
# shellcheck disable=SC2154 # set by setup_line
ip -n "$h2" addr add $there/128 dev lo
ip -n "$r" -6 route add $there via $h2_addr
ip netns exec "$r" sysctl -qw net.ipv6.icmp.ratelimit=0

ping1() { ip netns exec "$h1" ping -6 -q -c 1 -W 1 "$1" >/dev/null; }
# Tables are made a moment after the first packets; then the route is in them.
warm() {
	sleep 0.3
	ip netns exec "$h1" ping -6 -q -c 5 -i 0.02 -W 1 $there >/dev/null
}
# What an ICMPv6 error says about a packet
error_is() { # TEXT PING_ARGUMENT...
	local out

	out=$(ip netns exec "$h1" ping -6 -c 1 -W 1 "${@:2}" $there 2>&1)
	grep -q "$1" <<<"$out" || { echo "$out"; return 1; }
}
on_r() { ip -n "$r" "$@"; }
in_r() { ip netns exec "$r" "$@"; }
set_r() { in_r sysctl -qw "$@"; }
mac_of() { # NAMESPACE DEV
	ip -n "$1" -j link show dev "$2" | jq -r '.[0].address'
}

by_itself() {
	local before

	warm || return
	before=$(kame_count "$r" forwarded)
	ping1 $there || return
	equal $((before + 2)) "$(kame_count "$r" forwarded)" forwarded
}
check "packets are forwarded" by_itself
forwarding_off() {
	warm && set_r net.ipv6.conf.all.forwarding=0 && negate ping1 $there || return
	set_r net.ipv6.conf.all.forwarding=1 && ping1 $there
}
check "forwarding is turned off and on" forwarding_off
check "the hop limit ends" error_is 'Time exceeded' -t 1
mtu() { # PACKET SIZES THAT FIT AND DON'T
	warm && on_r link set r2 mtu 1400 || return
	error_is 'mtu[ =]*1400' -M 'do' -s 1353 || return
	ip netns exec "$h1" ping -6 -q -c 1 -W 1 -M 'do' -s 1352 $there >/dev/null || return
	on_r link set r2 mtu 1500 && ping1 $there
}
check "the device's MTU" mtu
xfrm() { # DIRECTION
	on_r xfrm policy add dir "$1" src ::/0 dst $there/128 action block 2>/dev/null ||
		return $ksft_skip
	negate ping1 $there || return
	on_r xfrm policy del dir "$1" src ::/0 dst $there/128 && ping1 $there
}
xfrm_fwd() { warm && xfrm fwd; }
check "an IPsec policy for what is forwarded" xfrm_fwd
xfrm_out() { warm && xfrm out; }
check "an IPsec policy for what is sent" xfrm_out
xfrm_default() {
	warm || return
	on_r xfrm policy setdefault fwd block 2>/dev/null || return $ksft_skip
	negate ping1 $there || return
	on_r xfrm policy setdefault fwd accept && ping1 $there
}
check "the default IPsec policy" xfrm_default
hook() { # HOOK
	warm || return
	in_r nft -f - 2>/dev/null <<-RULES || return $ksft_skip
		table ip6 t {
			chain c { type filter hook $1 priority 0; ip6 daddr $there drop; }
		}
	RULES
	negate ping1 $there || return
	in_r nft delete table ip6 t && ping1 $there
}
check "a rule at FORWARD" hook forward
check "a rule at POST_ROUTING" hook postrouting
through_hooks() {
	warm || return
	in_r nft -f - 2>/dev/null <<-RULES || return $ksft_skip
		table ip6 t {
			chain c { type filter hook forward priority 0;
				ip6 daddr $there iifname r1 oifname r2 ip6 hoplimit 63 counter; }
		}
	RULES
	ping1 $there && in_r nft list table ip6 t | grep -q 'packets 1 ' || return
	in_r nft delete table ip6 t
}
check "a rule sees both devices, and the hop limit that is left" through_hooks
disabled() {
	warm && set_r net.ipv6.conf.r2.disable_ipv6=1 && negate ping1 $there || return
	set_r net.ipv6.conf.r2.disable_ipv6=0
	on_r addr replace 2001:db8:2::ff/64 dev r2 nodad
	on_r -6 route replace $there via $h2_addr
	busywait 3000 ping1 $there
}
check "IPv6 is disabled on the way out" disabled
# A proxied neighbour's solicitations are for the proxy, other packets are forwarded.
proxy() {
	local mac

	mac=$(mac_of "$r" r1)
	warm && set_r net.ipv6.conf.all.proxy_ndp=1 && on_r -6 neigh add proxy $there dev r1 || return
	ping1 $there || return
	ip netns exec "$h1" python3 - "$mac" "$there" <<-'PYTHON' || return
		import socket, struct, sys
		mac = bytes.fromhex(sys.argv[1].replace(":", ""))
		target = socket.inet_pton(socket.AF_INET6, sys.argv[2])
		raw = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
		raw.settimeout(2)
		raw.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 255)
		raw.sendto(struct.pack("!BBHI", 135, 0, 0, 0) + target, (sys.argv[2], 0))
		while True:
		    data = raw.recv(2000)
		    if data[0] == 136 and data[8:24] == target:
		        break
	PYTHON
	on_r -6 neigh del proxy $there dev r1
	set_r net.ipv6.conf.all.proxy_ndp=0
}
check "a neighbour that is proxied" proxy
# Two routes to one prefix: that of the lower metric counts, while it is there.
metric() {
	on_r -6 route add 2001:db8:4::/64 via $h2_addr metric 10
	on_r -6 route add unreachable 2001:db8:4::/64 metric 20
	ip -n "$h2" addr add 2001:db8:4::1/128 dev lo
	ip netns exec "$h1" ping -6 -q -c 5 -i 0.02 -W 1 2001:db8:4::1 >/dev/null || return
	on_r -6 route del 2001:db8:4::/64 metric 10 && negate ping1 2001:db8:4::1 || return
	on_r -6 route add 2001:db8:4::/64 via $h2_addr metric 10 && ping1 2001:db8:4::1 || return
	on_r -6 route del 2001:db8:4::/64 metric 20 && ping1 2001:db8:4::1
}
check "a route in front of another goes and comes" metric

send() { # DESTINATION COUNT BYTES: one packet after another, to each of COUNT prefixes
	ip netns exec "$h1" python3 - "$@" <<-'PYTHON'
		import socket, sys
		sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
		for n in range(int(sys.argv[2])):
		    sock.sendto(bytes(int(sys.argv[3])), (sys.argv[1] % n if "%" in sys.argv[1] else sys.argv[1], 9))
	PYTHON
}
# Many gateways, of which each second one leads to nobody: more than are known by number.
gateways() {
	local before n mac

	mac=$(mac_of "$h2" eth0)
	ip -n "$h2" -6 route add local 2001:db8:7::/48 dev lo
	seq 0 599 | awk -v live="$mac" '{
		printf "neigh replace 2001:db8:2::1:%x lladdr %s dev r2 nud permanent\n", $1,
			$1 % 2 ? "02:00:00:00:00:99" : live
		printf "route add 2001:db8:7:%x::/64 via 2001:db8:2::1:%x\n", $1, $1 }' >/tmp/gateways
	on_r -6 -batch /tmp/gateways || return
	for ((n = 0; n < 4; n++)); do
		before=$(snmp6 "$h2" Udp6NoPorts)
		send '2001:db8:7:%x::1' 600 8 || return
		busywait 2000 arrived $((before + 300)) || true
		equal $((before + 300)) "$(snmp6 "$h2" Udp6NoPorts)" "packets by live gateways" ||
			return
	done
	sed 's/^route add/route del/; s/^neigh replace \(.*\) lladdr.*/neigh del \1 dev r2/' \
		/tmp/gateways | on_r -6 -batch -
}
arrived() { [ "$(snmp6 "$h2" Udp6NoPorts)" -ge "$1" ]; }
check "hundreds of gateways" gateways

counters() { # what 50 packets of 100 bytes move
	local before after file

	before=$(snapshot) && send $there 50 52 && busywait 2000 sent_all "$before" || return
	after=$(snapshot)
	paste <(echo "$before") <(echo "$after") | awk '$4 != $2 { print $1, $4 - $2 }'
}
snapshot() {
	local file

	for file in snmp6 dev_snmp6/r1 dev_snmp6/r2; do
		in_r awk -v file=$file '$1 ~ /^Ip6/ { print file "." $1, $2 }' /proc/net/$file
	done
}
sent_all() { # SNAPSHOT
	local name=dev_snmp6/r2.Ip6OutForwDatagrams

	[ "$(snapshot | awk -v n=$name '$1 == n { print $2 }')" -ge \
		$(($(awk -v n=$name '$1 == n { print $2 }' <<<"$1") + 50)) ]
}
attached() { # attach|detach
	"$KAME" -n "$r" ipv6 "$1" dev r1 && "$KAME" -n "$r" ipv6 "$1" dev r2
}
compare_once() {
	local stock kame before

	send $there 5 52
	before=$(kame_count "$r" forwarded)
	kame=$(counters) || return
	equal $((before + 50)) "$(kame_count "$r" forwarded)" "packets that kame forwarded" || return
	attached detach || return
	send $there 5 52
	stock=$(counters)
	attached attach || return
	[[ $kame == *Ip6OutForwDatagrams\ 50* ]] || { echo "$kame"; return 1; }
	[ "$kame" = "$stock" ] || { diff <(echo "$stock") <(echo "$kame"); return 1; }
}
as_stock() {
	local n

	# Nobody asks for a neighbour, and nobody answers.
	on_r neigh replace $h2_addr lladdr "$(mac_of "$h2" eth0)" dev r2 nud permanent
	ip -n "$h1" neigh replace 2001:db8:1::ff lladdr "$(mac_of "$r" r1)" dev eth0 nud permanent
	ip netns exec "$h2" sysctl -qw net.ipv6.icmp.ratelimit=1000000 2>/dev/null
	ip -n "$h2" -6 route replace unreachable 2001:db8:1::/64
	# Nor does anybody probe one that was heard of before.
	on_r neigh flush dev r1 && on_r neigh flush dev r2
	ip -n "$h1" neigh flush dev eth0 && ip -n "$h2" neigh flush dev eth0
	# A node still sends a packet of its own now and then, a report of its groups.
	for ((n = 0; n < 5; n++)); do
		compare_once && return
	done
	return 1
}
check "SNMP counters as stock's" as_stock
test_end
