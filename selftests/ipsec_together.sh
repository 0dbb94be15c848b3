#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kame_ipsec among others: routes to the peer that lead through a tunnel device of this node,
# ICMP errors (RFC 4301 section 6), connection tracking, VRF, kame_ipv6 and kame_tunnel.
# kernels: um um-kasan
# nightly: 6.1 6.12
# quick: no

# shellcheck source=lib_ipsec.sh
. "$(dirname "$0")/lib_ipsec.sh"

require_command jq ping nft tcpdump tc
export IP_LIB_DIR=$top/build/tools
test_begin kame_ipsec kame_tunnel kame_ipv6
setup_pair >/dev/null || skip_all "two nodes don't reach each other"
capture_begin "$tmp/clear" "${inner_a[@]}" "${inner_b[@]}" || skip_all "tcpdump does not start"

# A peer that takes what a sends, and policies and states of a
connect() { # VERSION
	local v=$1

	forget
	add_states esp tunnel gcm "${outer_a[$v]}" "${outer_b[$v]}" "$(any "$v")" &&
		add_stock esp tunnel "${inner_a[$v]}" "${inner_b[$v]}" "${outer_a[$v]}" \
			"${outer_b[$v]}" "${plen[$v]}" &&
		add_kame esp tunnel "${inner_a[$v]}" "${inner_b[$v]}" "${outer_a[$v]}" "${outer_b[$v]}"
}

# Packets that the state with which a sends has counted
state_packets() { # VERSION
	ip -n "$a" -s xfrm state get src "${outer_a[$1]}" dst "${outer_b[$1]}" proto esp \
		spi 0x1001 | awk '/lifetime current:/ { getline; print $2 + 0 }'
}

# Run a case, and take away what it may have left behind, whatever became of it.
tidy() { # COMMAND...
	local status dev ns

	"$@"
	status=$?
	for ns in "$a" "$b"; do
		for dev in t0 x0 g0; do
			ip -n "$ns" link del $dev 2>/dev/null
		done
		ip -n "$ns" xfrm policy flush
	done
	in_a nft delete table inet track 2>/dev/null
	"$KAME" -n "$a" ipv6 detach dev eth0 2>/dev/null
	return $status
}

# The route to the peer leads into a tunnel whose own packets the policy covers, too: the
# sender gets ELOOP where the tunnel hands errors up, and no packet gets a second header.
loop() { # VERSION ERROR DEVICE_WORD...
	local v=$1 error=$2 before used

	shift 2
	connect "$v" || return
	ip -n "$a" link add t0 type "$@" local "${inner_a[$v]}" remote "${inner_b[$v]}" || return
	# Only what the case sends goes through the tunnel: no address, no solicitations.
	ip -n "$a" link set t0 addrgenmode none && ip -n "$a" link set t0 up || return
	ip -n "$a" -"$v" route add "${outer_b[$v]}/${plen[$v]}" dev t0 || return
	equal device "$("$KAME" -n "$a" -j ipsec explain any "${inner_b[$v]}" | jq -r .again)" \
		"explain's again" || return
	before=$(ipsec_count drop_loop)
	used=$(state_packets "$v")
	equal "$error" "$(send_udp "$v" 10)" "what the sender saw" || return
	equal $((before + 1)) "$(ipsec_count drop_loop)" drop_loop || return
	equal $((used + 1)) "$(state_packets "$v")" "packets through the state"
}

# The same through an xfrm interface, which has stock put a header of its own around the
# packet: it is sent so, and ours is in it once.
through_xfrmi() {
	local used

	connect 6 || return
	ip -n "$a" link add x0 type xfrm dev eth0 if_id 7 || return "$ksft_skip"
	ip -n "$a" link set x0 up
	ip -n "$a" xfrm state add src "${inner_a[6]}" dst "${inner_b[6]}" proto esp spi 0x77 \
		reqid 7 if_id 7 mode tunnel aead "rfc4106(gcm(aes))" "$key20" 128 \
		sel src ::/0 dst ::/0 || return
	ip -n "$a" xfrm policy add src ::/0 dst ::/0 dir out if_id 7 tmpl src "${inner_a[6]}" \
		dst "${inner_b[6]}" proto esp reqid 7 mode tunnel || return
	ip -n "$a" -6 route add "${outer_b[6]}/128" dev x0 || return
	used=$(state_packets 6)
	equal OK "$(send_udp 6 10)" "what the sender saw" || return
	equal $((used + 1)) "$(state_packets 6)" "packets through the state"
}

# A queue sends packets of others from within the output of one of ours: those get the header
# that is theirs, and the one that is in a tunnel now is refused.
queue() { # VERSION DEVICE_WORD...
	local v=$1 peer=2001:db8::77 x=2001:db8:9::1 y=2001:db8:8::1 before loops

	shift
	[ "$v" = 6 ] || { peer=10.0.0.77 x=10.9.0.1 y=10.8.0.1; }
	connect "$v" || return
	ip -n "$a" link add t0 type "$@" local "${inner_a[$v]}" remote "${inner_b[$v]}" || return
	ip -n "$a" link set t0 addrgenmode none && ip -n "$a" link set t0 up || return
	ip -n "$a" -"$v" route add "$y/${plen[$v]}" dev t0 src "${inner_a[$v]}" &&
		ip -n "$a" -"$v" route add "$peer/${plen[$v]}" dev t0 &&
		ip -n "$a" -"$v" route replace "$x/${plen[$v]}" via "${outer_b[$v]}" || return
	ip -n "$a" xfrm state add src "${outer_a[$v]}" dst "$peer" proto esp spi 0x77 reqid 77 \
		mode tunnel aead "rfc4106(gcm(aes))" "$key20" 128 || return
	add_policy dir out dst "$x" action protect transform esp mode tunnel local "${outer_a[$v]}" \
		remote "$peer" reqid 77 >/dev/null || return
	# Three bytes a second: the first packet takes what there is, and two wait for long.
	in_a tc qdisc add dev t0 root tbf rate 24bit burst 500 limit 100000 || return "$ksft_skip"
	in_a ping -"$v" -q -c 2 -i 0.01 -W 1 -s 300 "$y"
	equal OK "$(send_udp "$v" 10 TO=$y)" "what a sender saw" || return
	equal 2 "$(queued)" "packets in the queue" || return
	# Nothing wakes the queue up but the next packet.
	in_a tc qdisc change dev t0 root tbf rate 1gbit burst 100000 limit 100000 || return
	before=$(policy_count "$policy_out" protected)
	loops=$(ipsec_count drop_loop)
	equal OK "$(send_udp "$v" 10 TO=$x)" "what the sender saw" || return
	equal 0 "$(queued)" "packets in the queue" || return
	equal $((before + 2)) "$(policy_count "$policy_out" protected)" "packets protected" || return
	equal $((loops + 1)) "$(ipsec_count drop_loop)" drop_loop
}

queued() {
	in_a tc -s -j qdisc show dev t0 | jq '.[0].qlen'
}

conntrack() { # VERSION
	local v=$1

	connect "$v" || return
	in_a nft -f - <<-NFT || return
		table inet track {
			chain in { type filter hook input priority 0; policy accept;
				ct state invalid drop
				meta l4proto { icmp, icmpv6 } ct state established accept
				icmp type echo-reply drop
				icmpv6 type echo-reply drop
			}
			chain out { type filter hook output priority 0; ct state invalid drop; }
		}
	NFT
	exchange "$v"
}

# A filter at the device of a VRF sees packets as they are before they are protected, once.
vrf_filtered() { # VERSION
	local fam=${nft_family[$1]}

	in_a nft "add table inet vrf { counter seen { }
		chain c { type filter hook output priority 0;
			oifname eth0 $fam daddr ${inner_b[$1]} counter name seen; }; }" || return
	in_a ping -"$1" -I vrf0 -q -c 3 -i 0.05 -W 2 "${inner_b[$1]}" || return
	equal 3 "$(in_a nft -j list counter inet vrf seen | jq '.nftables[].counter? // empty | .packets')" \
		"packets that the filter saw"
}

# A sender in a VRF hears of its error.
vrf_refused() { # VERSION
	local index

	kame_a policy del index "$policy_out" || return
	index=$(add_policy dir out dst "${inner_b[$1]}" action discard) || return
	equal EACCES "$(in_a /usr/bin/python3 - "${inner_b[$1]}" <<-'PY'
		import errno, socket, sys
		s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
		s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"vrf0")
		try:
		    s.sendto(b"x", (sys.argv[1], 9))
		    print("OK")
		except OSError as e:
		    print(errno.errorcode[e.errno])
	PY
	)" "error in the VRF" || return
	equal 1 "$(policy_count "$index" matched)" "packets that matched"
}

# In a VRF: eth0 and the inner addresses are the VRF's.
in_vrf() { # VERSION
	local v=$1 status

	connect "$v" || return
	ip -n "$a" link add vrf0 type vrf table 100 || return "$ksft_skip"
	ip -n "$a" link set vrf0 up
	ip -n "$a" addr del "${inner_a[$v]}/${plen[$v]}" dev lo
	ip -n "$a" link set eth0 master vrf0
	add_addr "$a" vrf0 "${inner_a[$v]}"
	[ "$v" = 4 ] || add_addr "$a" eth0 "${outer_a[6]}" 2>/dev/null
	ip -n "$a" -"$v" route add "${inner_b[$v]}/${plen[$v]}" via "${outer_b[$v]}" \
		src "${inner_a[$v]}" vrf vrf0
	busywait 5000 in_a ping -"$v" -I vrf0 -q -c 1 -W 1 "${outer_b[$v]}" &&
		in_a ping -"$v" -I vrf0 -q -c 3 -i 0.05 -W 2 "${inner_b[$v]}" &&
		at_least 3 "$(policy_count "$policy_out" protected)" "packets protected" &&
		at_least 3 "$(policy_count "$policy_in" protected)" "packets verified" &&
		vrf_filtered "$v" && vrf_refused "$v"
	status=$?
	in_a nft delete table inet vrf 2>/dev/null
	[ $status -eq 0 ] || show_all
	ip -n "$a" link set eth0 nomaster
	ip -n "$a" link del vrf0
	back_from_vrf && return $status
}

# A device that goes to a VRF or comes from it loses its routes, and its addresses of IPv6.
back_from_vrf() {
	local v

	for v in 6 4; do
		ip -n "$a" addr replace "${inner_a[$v]}/${plen[$v]}" dev lo || return
		add_addr "$a" eth0 "${outer_a[$v]}" 2>/dev/null
		ip -n "$a" -"$v" route replace "${inner_b[$v]}/${plen[$v]}" via "${outer_b[$v]}" \
			src "${inner_a[$v]}" || return
		busywait 5000 in_a ping -"$v" -q -c 1 -W 1 "${outer_b[$v]}" || return
	done
}

# All four modules' ways in one: kame_ipv6 hands protected packets in, and kame_tunnel carries
# them to the peer.
all_on() {
	connect 6 || return
	"$KAME" -n "$a" ipv6 attach dev eth0 || return
	exchange 6 || return
	at_least 3 "$(kame_count "$a" accepted)" "packets that kame_ipv6 delivered" || return
	carried
}

# ESP from kame_ipsec in a tunnel of kame_tunnel's, to the same at the peer
carried() {
	local inner6=fd00:9::

	connect 6 || return
	ip -n "$a" link add g0 type kame_tunnel local "${outer_a[4]}" remote "${outer_b[4]}" || return
	ip -n "$b" link add g0 type kame_tunnel local "${outer_b[4]}" remote "${outer_a[4]}" || return
	ip -n "$a" link set g0 up
	ip -n "$b" link set g0 up
	add_addr "$a" g0 ${inner6}1
	add_addr "$b" g0 ${inner6}2
	ip -n "$a" -6 route add "${outer_b[6]}/128" via ${inner6}2 dev g0
	ip -n "$b" -6 route add "${outer_a[6]}/128" via ${inner6}1 dev g0
	exchange 6 && at_least 7 "$(tunnel_packets)" "packets in the tunnel"
}

tunnel_packets() {
	ip -n "$a" -s -j link show dev g0 | jq '.[0].stats64.tx.packets'
}

# A router can't protect what it says of our ESP packets: that is heard, and narrows the path.
# The same in clear about a packet within the tunnel is not.
errors_in_clear() { # VERSION
	local v=$1 before dropped mtu

	connect "$v" || return
	add_policy dir in dst "${outer_a[$v]}" action protect transform esp mode tunnel \
		local "${outer_a[$v]}" remote "${outer_b[$v]}" reqid 42 >/dev/null || return
	equal OK "$(send_udp "$v" 10)" "a first packet" || return
	before=$(ipsec_count in_icmp)
	dropped=$(ipsec_count drop_in_clear)
	send_error "$b" "$v" 17 "${inner_a[$v]}" "${inner_b[$v]}" "${outer_b[$v]}" "${outer_a[$v]}" ||
		return
	busywait 5000 more_than "$dropped" drop_in_clear || return
	equal "$before" "$(ipsec_count in_icmp)" in_icmp || return
	send_error "$b" "$v" 50 "${outer_a[$v]}" "${outer_b[$v]}" "${outer_b[$v]}" "${outer_a[$v]}" ||
		return
	busywait 5000 more_than "$before" in_icmp || return
	mtu=$("$KAME" -n "$a" -j ipsec explain any "${inner_b[$v]}" | jq .mtu)
	[ "$mtu" -lt 1400 ] || { echo "the path has $mtu"; return 1; }
	ip -n "$a" -"$v" route flush cache 2>/dev/null
	ip -n "$a" link set eth0 mtu 1499
	ip -n "$a" link set eth0 mtu 1500
}

# An error that a host behind the peer sends through the tunnel belongs to the flow that it
# quotes, though its own source has no policy.
error_in_tunnel() { # VERSION
	local v=$1 other before

	connect "$v" || return
	other=$([ "$v" = 6 ] && echo 2001:db8:b::99 || echo 10.2.0.99)
	ip -n "$b" addr replace "$other/${plen[$v]}" dev lo
	ip -n "$b" xfrm policy add src "$other/${plen[$v]}" dst "${inner_a[$v]}/${plen[$v]}" dir out \
		tmpl src "${outer_b[$v]}" dst "${outer_a[$v]}" proto esp reqid 42 mode tunnel || return
	before=$(ipsec_count in_icmp)
	send_error "$b" "$v" 17 "${inner_a[$v]}" "${inner_b[$v]}" "$other" "${inner_a[$v]}" || return
	busywait 5000 more_than "$before" in_icmp
}

for v in 6 4; do
	if [ $v = 6 ]; then stock=(ip6tnl mode ip6ip6 encaplimit none); else stock=(ipip); fi
	check "a route to the peer through kame_tunnel: ELOOP, IPv$v" tidy loop $v ELOOP kame_tunnel
	check "a route to the peer through ${stock[0]}: dropped, IPv$v" tidy loop $v OK "${stock[@]}"
	check "a queue with packets of others on the way, IPv$v" tidy queue $v "${stock[@]}"
	check "connection tracking, IPv$v" tidy conntrack $v
	check "VRF, IPv$v" tidy in_vrf $v
	check "ICMP errors in clear, IPv$v" tidy errors_in_clear $v
	check "an ICMP error in the tunnel, IPv$v" tidy error_in_tunnel $v
done
check "a route to the peer through an xfrm interface: one header of ours" tidy through_xfrmi
check "kame_ipv6 and kame_tunnel on" tidy all_on
check "tcpdump has seen nothing in clear" nothing_captured
test_end
