#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Policies of kame_ipsec: what each part of a selector takes, as senders see it; what explain
# and check say; levels; and stock policies beside them.
# kernels: um
# nightly: 6.1 6.12 6.12-rt
# quick: no

# shellcheck source=lib_ipsec.sh
. "$(dirname "$0")/lib_ipsec.sh"

require_command jq ping nft setpriv
test_begin kame_ipsec
setup_pair >/dev/null || skip_all "two nodes don't reach each other"

discards() { # VERSION WORD...
	local v=$1

	shift
	forget
	add_policy dir out dst "${inner_b[$v]}" "$@" action discard >/dev/null
}

icmp_name() { [ "$1" = 6 ] && echo 58 || echo 1; }

by_icmp_type() { # VERSION
	local v=$1 echo

	echo=$([ "$v" = 6 ] && echo 128 || echo 8)
	discards "$v" proto "$(icmp_name "$v")" type "$echo" || return
	! in_a ping -"$v" -q -c 1 -W 1 -I "${inner_a[$v]}" "${inner_b[$v]}" || return
	equal OK "$(send_udp "$v" 10)" "error of UDP" || return
	discards "$v" proto "$(icmp_name "$v")" type "$echo" code 1 || return
	in_a ping -"$v" -q -c 1 -W 2 -I "${inner_a[$v]}" "${inner_b[$v]}"
}

by_ports() { # VERSION
	discards "$1" proto udp dport 100-200 || return
	equal OK "$(send_udp "$1" 10 PORT=99)" "port 99" || return
	equal EACCES "$(send_udp "$1" 10 PORT=100)" "port 100" || return
	equal EACCES "$(send_udp "$1" 10 PORT=200)" "port 200" || return
	equal OK "$(send_udp "$1" 10 PORT=201)" "port 201" || return
	discards "$1" proto tcp || return
	equal OK "$(send_udp "$1" 10 PORT=100)" "a policy of TCP"
}

by_dscp() { # VERSION
	discards "$1" dscp 46 || return
	equal EACCES "$(send_udp "$1" 10 TOS=0xb8)" "the code point" || return
	equal EACCES "$(send_udp "$1" 10 TOS=0xb9)" "the same, with ECN" || return
	equal OK "$(send_udp "$1" 10)" "another one"
}

by_mark() { # VERSION
	discards "$1" mark 2/3 || return
	equal EACCES "$(send_udp "$1" 10 MARK=2)" "the mark" || return
	equal EACCES "$(send_udp "$1" 10 MARK=6)" "a bit more" || return
	equal OK "$(send_udp "$1" 10 MARK=3)" "another mark" || return
	equal OK "$(send_udp "$1" 10)" "no mark"
}

by_device() { # VERSION
	discards "$1" oif lo || return
	equal OK "$(send_udp "$1" 10)" "another device" || return
	discards "$1" oif eth0 || return
	equal EACCES "$(send_udp "$1" 10)" "the device" || return
	discards "$1" iif eth0 || return
	equal OK "$(send_udp "$1" 10)" "a device in, of a packet made here"
}

by_address() { # VERSION
	local v=$1 len

	len=${plen[$v]}
	forget
	add_policy dir out src "${outer_a[$v]}/$len" dst "${inner_b[$v]}" action discard >/dev/null ||
		return
	equal OK "$(send_udp "$v" 10)" "another source" || return
	add_policy dir out src "${inner_a[$v]}/$((len - 3))" action discard >/dev/null || return
	equal EACCES "$(send_udp "$v" 10)" "a prefix"
}

policy_words() { # VERSION
	echo "dir out dst ${inner_b[$1]} action protect transform esp mode tunnel
		local ${outer_a[$1]} remote ${outer_b[$1]} reqid 42"
}

# What explain says is what becomes of the packet.
explained() { # VERSION
	local v=$1 index mtu

	forget
	# shellcheck disable=SC2046 # words
	index=$(add_policy $(policy_words "$v") priority 5) || return
	explain "$v" '"\(.verdict) \(.policy)"' "no-state $index" || return
	add_states esp tunnel gcm "${outer_a[$v]}" "${outer_b[$v]}" "$(any "$v")" || return
	# RFC 4303: outer header, SPI and number, IV, padding with its two bytes, ICV
	mtu=$((1500 - (v == 6 ? 40 : 20) - 8 - 8 - 16))
	mtu=$((mtu / 4 * 4 - 2))
	explain "$v" '"\(.verdict) \(.spi) \(.reqid) \(.src) \(.again)"' \
		"protect 0x00001001 42 ${inner_a[$v]} none" || return
	explain "$v" '"\(.outer_src) \(.outer_dst) \(.outer_dev) \(.mtu)"' \
		"${outer_a[$v]} ${outer_b[$v]} eth0 $mtu" || return
	add_policy dir out priority 1 dst "${inner_b[$v]}" proto udp dport 9 action bypass >/dev/null ||
		return
	explain "$v" .verdict bypass proto udp dport 9 || return
	explain "$v" .verdict protect proto udp dport 8 || return
	add_policy dir out priority 0 dst "${inner_b[$v]}" mark 5 action discard >/dev/null || return
	explain "$v" .verdict discard proto udp dport 9 mark 5
}

explain() { # VERSION KEY WANTED [WORD...]
	explain_ends any "${inner_b[$1]}" "${@:2}"
}

explain_ends() { # SRC DST KEY WANTED [WORD...]
	local src=$1 dst=$2 key=$3 wanted=$4

	shift 4
	equal "$wanted" "$("$KAME" -n "$a" -j ipsec explain "$src" "$dst" "$@" |
		jq -r "$key")" "$key of $src $dst ${*:-a packet}"
}

# A state that doesn't take the packet is no missing one: level use sends nothing in clear.
explained_outside() { # VERSION
	local v=$1

	forget
	# shellcheck disable=SC2046 # words
	add_policy $(policy_words "$v") level use >/dev/null || return
	explain "$v" .verdict unprotected proto udp dport 9 || return
	equal OK "$(send_udp "$v" 10)" "without a state" || return
	add_states esp tunnel gcm "${outer_a[$v]}" "${outer_b[$v]}" "$(any "$v") proto udp dport 8" ||
		return
	explain "$v" .verdict protect proto udp dport 8 || return
	equal OK "$(send_udp "$v" 10 PORT=8)" "inside the selector" || return
	explain "$v" .verdict outside proto udp dport 9 || return
	equal EACCES "$(send_udp "$v" 10)" "outside the selector"
}

# No state is asked for what goes to a group.
explained_group() { # VERSION
	local v=$1 group before

	forget
	group=$([ "$v" = 6 ] && echo ff05::4711 || echo 239.1.2.3)
	# shellcheck disable=SC2046 # words
	add_policy dir out dst "$group" $(tunnel_words "$v") level use >/dev/null || return
	add_states esp tunnel gcm "${outer_a[$v]}" "${outer_b[$v]}" "$(any "$v")" || return
	explain_ends any "$group" .verdict group oif eth0 || return
	before=$(ipsec_count drop_multicast)
	in_a ping -"$v" -q -c 1 -W 1 -I eth0 "$group"
	at_least $((before + 1)) "$(ipsec_count drop_multicast)" drop_multicast || return
	[ "$v" = 4 ] || return 0
	# shellcheck disable=SC2046
	add_policy dir out dst 10.0.0.0/24 $(tunnel_words "$v") level use >/dev/null || return
	explain_ends any 10.0.0.255 .verdict group || return
	explain_ends any 10.0.0.2 .verdict protect
}

# A policy for all has no say in what the output routine leaves alone.
explained_alone() { # VERSION
	local v=$1 other

	forget
	add_policy dir out family "$([ "$v" = 6 ] && echo inet6 || echo inet)" action discard >/dev/null ||
		return
	explain "$v" .verdict discard || return
	explain_ends any "${inner_a[$v]}" '"\(.verdict) \(.policy)"' "local null" || return
	in_a ping -"$v" -q -c 1 -W 2 "${inner_a[$v]}" || return
	if [ "$v" = 4 ]; then
		in_a sysctl -qw net.ipv4.conf.eth0.disable_xfrm=1
		explain "$v" .verdict excepted && equal OK "$(send_udp "$v" 10)" "disable_xfrm"
		set -- $?
		in_a sysctl -qw net.ipv4.conf.eth0.disable_xfrm=0
		[ "$1" = 0 ] || return
	fi
	ip -n "$a" link add vrf0 type vrf table 100 2>/dev/null || return 0
	other=$([ "$v" = 6 ] && echo 2001:db8:f::1 || echo 10.9.0.1)
	ip -n "$a" link set vrf0 up
	add_addr "$a" vrf0 "$([ "$v" = 6 ] && echo 2001:db8:e::1 || echo 10.8.0.1)"
	ip -n "$a" -"$v" route add "$other" dev vrf0 && explain_ends any "$other" .verdict vrf
	set -- $?
	ip -n "$a" link del vrf0
	return "$1"
}

# A route makes another packet of it, which is what policies are asked about.
explained_encap() { # VERSION
	local v=$1 other

	forget
	other=$([ "$v" = 6 ] && echo 2001:db8:f::1 || echo 10.9.0.1)
	add_policy dir out dst "$other" action discard >/dev/null || return
	ip -n "$a" -"$v" route add "$other" encap seg6 mode encap segs "${outer_b[6]}" dev eth0 2>/dev/null ||
		{ echo "no segment routing"; return $ksft_skip; }
	explain_ends any "$other" .verdict encap
	set -- $?
	equal OK "$(send_udp "$v" 10 "TO=$other")" "error" || set -- 1
	ip -n "$a" -"$v" route del "$other"
	return "$1"
}

# On input any state will do that the policy doesn't exclude.
explained_in() { # VERSION
	local v=$1 ends dir

	ends="src ${inner_b[$v]} dst ${inner_a[$v]} action protect transform esp"
	for dir in in fwd; do
		set -- "${inner_b[$v]}" "${inner_a[$v]}" '"\(.verdict) \(.spi) \(.reqid)"'
		forget
		# shellcheck disable=SC2086 # words
		add_policy dir $dir $ends mode tunnel local "${outer_a[$v]}" remote "${outer_b[$v]}" \
			>/dev/null || return
		explain_ends "$@" "no-state null null" dir $dir || return
		add_states esp tunnel gcm "${outer_a[$v]}" "${outer_b[$v]}" \
			"$(any "$v") proto udp dport 8" || return
		explain_ends "$@" "outside null null" dir $dir proto udp dport 9 || return
		explain_ends "$@" "protect 0x00001002 42" dir $dir proto udp dport 8 || return
		set -- "${@:1:2}" .verdict
		kame_a policy flush
		# shellcheck disable=SC2086
		add_policy dir $dir $ends mode tunnel local "${outer_a[$v]}" remote "${outer_b[$v]}" \
			spi 0x1002 >/dev/null || return
		explain_ends "$@" protect dir $dir proto udp dport 8 || return
		kame_a policy flush
		# shellcheck disable=SC2086
		add_policy dir $dir $ends mode tunnel local "${outer_a[$v]}" remote "${outer_b[$v]}" \
			reqid 7 >/dev/null || return
		explain_ends "$@" no-state dir $dir proto udp dport 8 || return
	done
	[ "$v" = 4 ] || return 0
	forget
	# shellcheck disable=SC2086
	add_policy dir in $ends mode transport reqid 42 >/dev/null || return
	add_states esp transport gcm "${inner_a[4]}" 10.0.0.99 "$(any 4)" || return
	explain_ends "$@" no-state dir in || return
	ip -n "$a" xfrm state flush
	ip -n "$b" xfrm state flush
	add_states esp transport gcm "${inner_a[4]}" 10.0.0.99 "$(any 4)" "" udp || return
	explain_ends "$@" protect dir in
}

# The path of a tunnel is never too narrow for IPv6.
narrow() {
	local before

	forget
	add_kame esp tunnel "${inner_a[6]}" "${inner_b[6]}" "${outer_a[6]}" "${outer_b[6]}" || return
	add_states esp tunnel gcm "${outer_a[6]}" "${outer_b[6]}" "$(any 6)" || return
	add_stock esp tunnel "${inner_a[6]}" "${inner_b[6]}" "${outer_a[6]}" "${outer_b[6]}" 128 || return
	ip -n "$a" link set eth0 mtu 1280
	ip -n "$b" link set eth0 mtu 1280
	before=$(state_packets)
	explain 6 .mtu 1280 && in_a ping -6 -q -c 2 -i 0.1 -W 2 -s 1232 -I "${inner_a[6]}" "${inner_b[6]}" &&
		equal $((before + 2)) "$(state_packets)" "packets through the state"
	set -- $?
	ip -n "$a" link set eth0 mtu 1500
	ip -n "$b" link set eth0 mtu 1500
	return "$1"
}

# Packets that the state with which a sends has counted
state_packets() {
	ip -n "$a" -s xfrm state get src "${1:-${outer_a[6]}}" dst "${2:-${outer_b[6]}}" proto esp \
		spi 0x1001 | awk '/lifetime current:/ { getline; print $2 + 0 }'
}

checked() {
	forget
	# shellcheck disable=SC2046 # words
	kame_a policy check $(policy_words 6) || return
	equal 0 "$("$KAME" -n "$a" -j ipsec policy show | jq length)" "policies after a check" || return
	# shellcheck disable=SC2046
	! kame_a policy check $(policy_words 6) spi 0x99 dport 5 || return
	# shellcheck disable=SC2046
	add_policy $(policy_words 6) level unique >/dev/null || return
	# shellcheck disable=SC2046
	! kame_a policy check $(policy_words 4) level unique || return
	equal 1 "$("$KAME" -n "$a" -j ipsec policy show | jq length)" "policies"
}

# A protocol that no packet has for its upper one is refused, also where not the command asks.
no_upper_proto() {
	local said

	forget
	in_a env PYTHONPATH="$(dirname "$0")" /usr/bin/python3 - <<-'PY' || return
		from genl import Genl, Refused, attr, u32

		ipsec = Genl("kame_ipsec")
		for family, proto in (2, 0), (10, 0), (10, 43), (10, 44), (10, 60):
		    try:
		        ipsec.ask(2, u32(2, 1) + u32(4, 1) + attr(5, bytes([family])) +
		                  attr(10, bytes([proto])))
		    except Refused as refused:
		        assert refused.errno == 22 and "upper protocol" in refused.sentence, refused
		    else:
		        raise AssertionError(f"protocol {proto} in family {family} is taken")
		for family, proto in (2, 43), (2, 60), (10, 59), (10, 50):
		    ipsec.ask(2, u32(2, 1) + u32(4, 1) + attr(5, bytes([family])) +
		              attr(10, bytes([proto])))
	PY
	equal 4 "$("$KAME" -n "$a" -j ipsec policy show | jq length)" "policies" || return
	kame_a explain any "${inner_b[6]}" proto udp dport 9 && kame_a explain any "${inner_b[4]}" proto 44 ||
		return
	! said=$("$KAME" -n "$a" ipsec explain any "${inner_b[6]}" proto 44 2>&1) || return
	grep -q "extension header of IPv6 is no upper protocol" <<<"$said" || { echo "$said"; return 1; }
}

# What protects which traffic is for administrators, as stock's policies are.
unprivileged() {
	discards 6 || return
	! in_a "${nobody[@]}" "$KAME" ipsec policy show || return
	! in_a "${nobody[@]}" "$KAME" ipsec explain "${inner_a[6]}" "${inner_b[6]}" || return
	! in_a "${nobody[@]}" "$KAME" ipsec policy flush || return
	in_a "${nobody[@]}" "$KAME" ipsec stats >/dev/null || return
	refuses_listener "$a" ipsec
}

# Each policy of level unique gets states of its own.
unique_reqid() { # WORD...
	"$KAME" -n "$a" -j ipsec policy add dir out dst "${inner_b[6]}" "$@" action protect \
		transform esp mode tunnel local "${outer_a[6]}" remote "${outer_b[6]}" level unique |
		jq .reqid
}
unique() {
	local first second

	forget
	first=$(unique_reqid priority 0) && second=$(unique_reqid priority 1) || return
	at_least 1 "$first" "the first reqid" && at_least 1 "$second" "the second reqid" || return
	[ "$first" != "$second" ] || { echo "both have reqid $first"; return 1; }
	! kame_a policy add dir out priority 7 dst "${inner_b[4]}" action protect transform esp \
		mode tunnel local "${outer_a[6]}" remote "${outer_b[6]}" reqid "$first" level unique || return
	! kame_a policy add dir out priority 7 dst "${inner_b[4]}" action protect transform esp \
		mode tunnel local "${outer_a[6]}" remote "${outer_b[6]}" reqid "$first" spi 0x77 ||
		{ echo "one that names an SPI may share its states"; return 1; }
	equal ENOKEY "$(send_udp 6 10)" "without a state of its own" || return
	# What others name is passed by.
	second=$(unique_reqid priority 20) || return
	add_policy dir out priority 8 dst 2001:db8:e::/64 action protect transform esp mode tunnel \
		local "${outer_a[6]}" remote "${outer_b[6]}" reqid $((second + 1)) >/dev/null &&
		add_policy dir out priority 9 dst 2001:db8:e::/64 action protect transform ah mode tunnel \
		local "${outer_a[6]}" remote "${outer_b[6]}" reqid $((second + 2)) >/dev/null || return
	equal $((second + 3)) "$(unique_reqid priority 21)" "the next reqid that nobody has"
}

# A stock policy protects one destination and kame_ipsec another, with the same states; a
# packet that both want gets one header, stock's.
both_sets() { # VERSION
	local v=$1 other before

	forget
	other=$([ "$v" = 6 ] && echo 2001:db8:b::3 || echo 10.2.0.3)
	add_states esp tunnel gcm "${outer_a[$v]}" "${outer_b[$v]}" "$(any "$v")" || return
	ip -n "$b" addr replace "$other/${plen[$v]}" dev lo
	ip -n "$a" -"$v" route replace "$other" via "${outer_b[$v]}" src "${inner_a[$v]}"
	stock_out "$a" add "$other" "$v" || return
	add_stock esp tunnel "${inner_a[$v]}" "${inner_b[$v]}" "${outer_a[$v]}" "${outer_b[$v]}" \
		"${plen[$v]}" || return
	# shellcheck disable=SC2046 # words
	policy_out=$(add_policy $(policy_words "$v")) || return
	watch_wire || return
	before=$(state_packets "${outer_a[$v]}" "${outer_b[$v]}")
	equal OK "$(send_udp "$v" 10)" "what kame_ipsec protects" || return
	equal OK "$(send_udp "$v" 10 "TO=$other")" "what stock protects" || return
	equal $((before + 2)) "$(state_packets "${outer_a[$v]}" "${outer_b[$v]}")" \
		"packets through the state" || return
	equal 1 "$(policy_count "$policy_out" protected)" "by kame_ipsec" || return
	stock_out "$a" add "${inner_b[$v]}" "$v" || return
	equal OK "$(send_udp "$v" 10)" "what both protect" || return
	equal $((before + 3)) "$(state_packets "${outer_a[$v]}" "${outer_b[$v]}")" \
		"packets through the state" || return
	equal 1 "$(policy_count "$policy_out" protected)" "by kame_ipsec" || return
	equal 0 "$(clear_seen)" "packets in clear" || return
	ip -n "$a" xfrm policy flush
}

stock_out() { # NAMESPACE add|delete DESTINATION VERSION
	ip -n "$1" xfrm policy "$2" src "${inner_a[$4]}/${plen[$4]}" dst "$3/${plen[$4]}" dir out \
		tmpl src "${outer_a[$4]}" dst "${outer_b[$4]}" proto esp reqid 42 mode tunnel
}

for v in 6 4; do
	check "selector: addresses, IPv$v" by_address $v
	check "selector: type and code of ICMP, IPv$v" by_icmp_type $v
	check "selector: ports, IPv$v" by_ports $v
	check "selector: DSCP, IPv$v" by_dscp $v
	check "selector: mark, IPv$v" by_mark $v
	check "selector: devices, IPv$v" by_device $v
	check "explain, IPv$v" explained $v
	check "explain: outside a state's selector, IPv$v" explained_outside $v
	check "explain: to a group, IPv$v" explained_group $v
	check "explain: left alone, IPv$v" explained_alone $v
	check "explain: an encapsulating route, IPv$v" explained_encap $v
	check "explain: input, IPv$v" explained_in $v
	check "stock policies beside ours, IPv$v" both_sets $v
done
check "never below 1280 bytes" narrow
check "check says what add would say" checked
check "level unique" unique
check "protocols that are no upper ones" no_upper_proto
check "who may not, can't" unprivileged
test_end
