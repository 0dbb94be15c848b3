#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The output routine of kame_ipsec: errors that senders see, levels, packets that are
# held, second passes, path MTU, input in clear, and requests that are refused.
# kernels: um um-kasan
# nightly: 6.1 6.1-rt 6.12 6.12-rt
# quick: no
# long: yes

# shellcheck source=lib_ipsec.sh
. "$(dirname "$0")/lib_ipsec.sh"

require_command jq ping
test_begin kame_ipsec
setup_pair >/dev/null || skip_all "two nodes don't reach each other"

states() { # VERSION
	add_states esp tunnel gcm "${outer_a[$1]}" "${outer_b[$1]}" \
		"src $([ "$1" = 6 ] && echo ::/0 dst ::/0 || echo 0.0.0.0/0 dst 0.0.0.0/0)"
}

policy() { # VERSION [WORD...]
	local v=$1

	shift
	# shellcheck disable=SC2046 # words
	add_policy dir out dst "${inner_b[$v]}" $(tunnel_words "$v") "$@"
}

discard() { # VERSION
	forget
	add_policy dir out dst "${inner_b[$1]}" action discard >/dev/null || return
	equal EACCES "$(send_udp "$1" 10)" error || return
	at_least 1 "$(ipsec_count drop_discard)" drop_discard
}

bypass_first() { # VERSION ; the lowest priority decides
	forget
	add_policy dir out dst "${inner_b[$1]}" priority 10 action discard >/dev/null || return
	add_policy dir out dst "${inner_b[$1]}" priority 5 action bypass >/dev/null || return
	equal OK "$(send_udp "$1" 10)" error
}

no_state_require() { # VERSION
	local before

	forget
	before=$(ipsec_count drop_no_state)
	policy "$1" >/dev/null || return
	watch_wire || return
	equal ENOKEY "$(send_udp "$1" 10)" error || return
	equal $((before + 1)) "$(ipsec_count drop_no_state)" drop_no_state || return
	equal 0 "$(clear_seen)" "packets in clear"
}

no_state_use() { # VERSION
	forget
	policy "$1" level use >/dev/null || return
	watch_wire || return
	equal OK "$(send_udp "$1" 10)" error || return
	at_least 1 "$(clear_seen)" "packets in clear"
}

# A key manager listens: the packet waits for the state, then leaves protected.
held() { # VERSION
	local index before

	forget
	before=$(ipsec_count out_released)
	# A slow machine takes its time to add the states.
	kame_a set hold-ms 30000 || return
	index=$(policy "$1") || return
	watch_wire || return
	listen_acquires "$tmp/acquire" || return
	equal OK "$(send_udp "$1" 10)" "error of a packet that is held" || return
	equal OK "$(send_udp "$1" 10)" "error of a packet that is held" || return
	equal 2 "$("$KAME" -n "$a" -j ipsec policy show index "$index" | jq '.[0].held')" held || return
	states "$1" || return
	busywait 10000 released_since "$before" 2 || return
	equal 2 "$(policy_count "$index" protected)" protected || return
	equal 0 "$(clear_seen)" "packets in clear" || return
	busywait 5000 grep -q "reqid 42" "$tmp/acquire" && grep -q "proto esp" "$tmp/acquire"
}

released_since() { # BEFORE N
	[ "$(ipsec_count out_released)" -ge $(($1 + $2)) ]
}

expired_since() { # BEFORE
	[ "$(ipsec_count drop_hold_expired)" -gt "$1" ]
}

# Have one packet wait for its state.
hold_one() { # VERSION MILLISECONDS
	kame_a set hold-ms "$2" && listen_acquires /dev/null &&
		equal OK "$(send_udp "$1" 10)" "error of a packet that is held"
}

# A held packet whose state never comes is dropped and counted.
held_expires() { # VERSION
	local before

	forget
	before=$(ipsec_count drop_hold_expired)
	policy "$1" >/dev/null || return
	hold_one "$1" 200 || return
	busywait 5000 expired_since "$before" || return
	equal $((before + 1)) "$(ipsec_count drop_hold_expired)" drop_hold_expired
}

# Send a datagram to each of N addresses, from FIRST on in steps.
send_many() { # FIRST N STEP TIMES
	in_a /usr/bin/python3 - "${inner_a[6]}" "$@" <<'PY'
import socket, sys
src, first, n, step, times = sys.argv[1], *(int(word, 0) for word in sys.argv[2:])
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.setsockopt(1, 32, 1 << 28)    # SO_SNDBUFFORCE: what waits is charged to the socket
s.bind((src, 0))
for _ in range(times):
    for i in range(n):
        try:
            s.sendto(b"x", (f"2001:db8:b:1::{first + i * step:x}", 9))
        except OSError:
            pass
PY
}

# One policy for many peers has not all the requests for states that there may be, and where
# there are no more, one that has none gets one.
acquires_shared() {
	local before i

	forget
	ip -n "$a" -6 route replace 2001:db8:b:1::/64 via "${outer_b[6]}" src "${inner_a[6]}" || return
	listen_acquires /dev/null || return
	before=$(ipsec_count acquire)
	for i in 0 1 2 3; do
		add_policy dir out dst "2001:db8:b:1::${i}00/120" action protect transform esp \
			mode transport >/dev/null && send_many $((i << 8)) 70 1 1 || return
		equal $((before + (i + 1) * 64)) "$(ipsec_count acquire)" acquires || return
	done
	add_policy dir out dst 2001:db8:b:1::400/120 action protect transform esp mode transport >/dev/null &&
		send_many 0x400 1 1 1 || return
	equal $((before + 257)) "$(ipsec_count acquire)" "acquires with that of one more policy"
}

# All policies of a namespace together hold so many packets and no more.
held_in_all() {
	local i

	forget
	kame_a set hold-ms 30000 hold-max 1024 || return
	listen_acquires /dev/null || return
	for i in 0 1 2 3 4; do
		add_policy dir out dst "2001:db8:b:1::${i}00/120" action protect transform esp mode tunnel \
			local "${outer_a[6]}" remote "${outer_b[6]}" reqid $((50 + i)) >/dev/null || return
	done
	send_many 0 5 256 900 || return
	equal 4096 "$("$KAME" -n "$a" -j ipsec policy show | jq '[.[].held] | add')" "packets held" || return
	kame_a set hold-max 16 && kame_a policy flush || return
	ip -n "$a" -6 route del 2001:db8:b:1::/64
}

# A policy that needs no state comes in the place of the one that a packet waits for.
held_freed() { # VERSION
	local before index

	forget
	before=$(ipsec_count out_released)
	index=$(policy "$1") || return
	watch_wire || return
	hold_one "$1" 30000 || return
	kame_a policy add dir out dst "${inner_b[$1]}" action bypass replace index "$index" || return
	busywait 5000 released_since "$before" 1 || return
	busywait 5000 seen_in_clear
}

seen_in_clear() {
	[ "$(clear_seen)" -gt 0 ]
}

# A policy that goes takes the packets along that wait.
held_goes() { # VERSION
	local before index

	forget
	before=$(ipsec_count drop_hold_expired)
	index=$(policy "$1") || return
	hold_one "$1" 30000 || return
	kame_a policy del index "$index" || return
	equal $((before + 1)) "$(ipsec_count drop_hold_expired)" drop_hold_expired
}

# Its route goes while it waits: the packet is counted, not discarded unseen.
held_no_route() { # VERSION MODE
	local v=$1 mode=$2 src=${outer_a[$1]} dst=${outer_b[$1]} before status

	forget
	before=$(ipsec_count drop_no_route)
	[ "$mode" = tunnel ] || { src=${inner_a[$v]} dst=${inner_b[$v]}; }
	add_kame esp "$mode" "${inner_a[$v]}" "${inner_b[$v]}" "$src" "$dst" || return
	watch_wire || return
	hold_one "$v" 30000 || return
	ip -n "$a" -"$v" route del "${inner_b[$v]}/${plen[$v]}" || return
	# The kernel lets go of it after a grace period.
	sleep 0.5
	add_states esp "$mode" gcm "$src" "$dst" "$(any "$v")" &&
		busywait 10000 more_than "$before" drop_no_route
	status=$?
	ip -n "$a" -"$v" route add "${inner_b[$v]}/${plen[$v]}" via "${outer_b[$v]}" \
		src "${inner_a[$v]}" || return
	[ $status -eq 0 ] || { show_all; return 1; }
	equal $((before + 1)) "$(ipsec_count drop_no_route)" drop_no_route || return
	equal 0 "$(clear_seen)" "packets in clear"
}

# Figure 3 of the paper: the peer's own address is within the policy. The protected
# packet leaves with one header.
figure3() { # VERSION
	local v=$1 before seen

	forget
	states "$v" || return
	# shellcheck disable=SC2046 # words
	add_policy dir out dst "${outer_b[$v]}" $(tunnel_words "$v") >/dev/null || return
	before=$(ipsec_count second_pass)
	in_a ping -"$v" -c 1 -W 1 "${outer_b[$v]}" >/dev/null
	at_least $((before + 1)) "$(ipsec_count second_pass)" second_pass || return
	seen=$(kame_a explain any "${outer_b[$v]}" | grep -c "^again")
	equal 1 "$seen" "lines about a second pass in explain"
}

# The route to the peer leads through a tunnel whose outer destination the policy
# covers, too: ELOOP, and no second header.
loop_device() { # VERSION
	local v=$1 device before

	forget
	device=(ipip)
	[ "$v" = 4 ] || device=(ip6tnl mode ip6ip6 encaplimit none)
	states "$v" || return
	ip -n "$a" link add t0 type "${device[@]}" local "${inner_a[$v]}" \
		remote "${inner_b[$v]}" || return
	ip -n "$a" link set t0 up
	ip -n "$a" -"$v" route add "${outer_b[$v]}/${plen[$v]}" dev t0 || return
	policy "$v" >/dev/null || return
	before=$(ipsec_count drop_loop)
	watch_wire || return
	send_udp "$v" 10
	ip -n "$a" link del t0
	at_least $((before + 1)) "$(ipsec_count drop_loop)" drop_loop || return
	equal 0 "$(clear_seen)" "packets in clear"
}

# The overhead is known before the first full packet.
path_mtu() { # VERSION
	local v=$1 mtu hdr

	forget
	ip -n "$a" route flush cache 2>/dev/null
	ip -n "$a" -6 route flush cache 2>/dev/null
	states "$v" || return
	policy "$v" >/dev/null || return
	mtu=$("$KAME" -n "$a" -j ipsec explain any "${inner_b[$v]}" | jq .mtu)
	hdr=$([ "$v" = 6 ] && echo 48 || echo 28)
	at_least 1300 "$mtu" mtu || return
	[ "$mtu" -lt 1500 ] || { echo "no overhead: $mtu"; return 1; }
	equal EMSGSIZE "$(send_udp "$v" $((mtu - hdr + 1)) dontfrag)" "one byte too many" || return
	equal OK "$(send_udp "$v" $((mtu - hdr)) dontfrag)" "the biggest datagram" || return
	# Without DF it goes in pieces.
	equal OK "$(send_udp "$v" 3000)" "a datagram of 3000 bytes"
}

# Small datagrams need no exception of the route: what is routed by one is lost where the
# kernel collects it in that moment. The first that doesn't fit makes one.
exception() { # VERSION
	local v=$1 before size

	forget
	# A route that is new has no exceptions.
	ip -n "$a" -"$v" route del "${inner_b[$v]}/${plen[$v]}" || return
	ip -n "$a" -"$v" route add "${inner_b[$v]}/${plen[$v]}" via "${outer_b[$v]}" \
		src "${inner_a[$v]}" || return
	states "$v" || return
	policy "$v" >/dev/null || return
	before=$(ipsec_count pmtu)
	for size in 10 1000; do
		equal OK "$(send_udp "$v" $size)" "a datagram of $size bytes" || return
	done
	equal "$before" "$(ipsec_count pmtu)" "pmtu after small datagrams" || return
	! ip -n "$a" route get "${inner_b[$v]}" | grep " mtu " || return
	equal OK "$(send_udp "$v" 1450)" "a datagram of 1450 bytes" || return
	equal $((before + 1)) "$(ipsec_count pmtu)" "pmtu after a big datagram" || return
	ip -n "$a" route get "${inner_b[$v]}" | grep -q " mtu 14" ||
		{ ip -n "$a" route get "${inner_b[$v]}"; return 1; }
}

# What a policy wants protected does not come in in clear.
in_clear() { # VERSION
	local v=$1 before

	forget
	before=$(ipsec_count drop_in_clear)
	# shellcheck disable=SC2046 # words
	add_policy dir in src "${inner_b[$v]}" dst "${inner_a[$v]}" $(tunnel_words "$v") >/dev/null ||
		return
	! in_b ping -"$v" -q -c 2 -i 0.1 -W 1 -I "${inner_b[$v]}" "${inner_a[$v]}" || return
	equal $((before + 2)) "$(ipsec_count drop_in_clear)" drop_in_clear
}

# Protected, but by a state of another reqid
in_mismatch() { # VERSION
	local v=$1 before

	forget
	states "$v" || return
	before=$(ipsec_count drop_in_mismatch)
	add_stock esp tunnel "${inner_a[$v]}" "${inner_b[$v]}" "${outer_a[$v]}" "${outer_b[$v]}" \
		"${plen[$v]}" || return
	add_policy dir in src "${inner_b[$v]}" dst "${inner_a[$v]}" action protect transform esp \
		mode tunnel local "${outer_a[$v]}" remote "${outer_b[$v]}" reqid 43 >/dev/null || return
	! in_b ping -"$v" -q -c 2 -i 0.1 -W 1 -I "${inner_b[$v]}" "${inner_a[$v]}" || return
	at_least $((before + 2)) "$(ipsec_count drop_in_mismatch)" drop_in_mismatch
}

# TCP fills its packets to what fits, in tunnel and transport mode.
tcp() { # VERSION MODE
	local v=$1 mode=$2 o=$1 server

	forget
	states_for "$v" "$mode" || return
	in_b timeout 120 /usr/bin/python3 -c '
import socket, sys
s = socket.create_server((sys.argv[1], 7777), family=socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET)
c, _ = s.accept()
n = 0
while True:
    d = c.recv(65536)
    if not d: break
    n += len(d)
print(n)' "${inner_b[$v]}" >"$tmp/tcp" &
	server=$!
	watch_wire || return
	busywait 20000 sh -c "ip netns exec $b ss -ltn | grep -q 7777" || return
	in_a timeout 100 /usr/bin/python3 -c '
import socket, sys
s = socket.create_connection((sys.argv[2], 7777), source_address=(sys.argv[1], 0))
s.sendall(b"x" * 2000000)
s.close()' "${inner_a[$v]}" "${inner_b[$v]}" || return
	wait "$server"
	equal 2000000 "$(cat "$tmp/tcp")" "bytes received" || return
	equal 0 "$(clear_seen)" "packets in clear"
}

states_for() { # VERSION MODE
	local v=$1 src=${outer_a[$1]} dst=${outer_b[$1]}

	[ "$2" = tunnel ] || { src=${inner_a[$v]} dst=${inner_b[$v]}; }
	add_states esp "$2" gcm "$src" "$dst" \
		"src $([ "$v" = 6 ] && echo ::/0 dst ::/0 || echo 0.0.0.0/0 dst 0.0.0.0/0)" || return
	add_stock esp "$2" "${inner_a[$v]}" "${inner_b[$v]}" "$src" "$dst" "${plen[$v]}" || return
	add_kame esp "$2" "${inner_a[$v]}" "${inner_b[$v]}" "$src" "$dst"
}

# Whoever has a packet go by another node first does not get round a policy for where it goes
# in the end.
routed() { # MODE
	local before

	forget
	add_policy dir out dst "${inner_b[6]}" action discard >/dev/null || return
	equal EACCES "$(send_udp 6 10 "VIA=${outer_b[6]}")" "error of a policy that discards" || return
	forget
	states_for 6 "$1" || return
	in_b sysctl -qw net.ipv6.conf.all.seg6_enabled=1 net.ipv6.conf.eth0.seg6_enabled=1 || return
	before=$(ipsec_count out_protected)
	watch_wire || return
	receive_begin 6 || return
	equal OK "$(send_udp 6 10 PORT=7777 "VIA=${outer_b[6]}")" error || return
	received 10 || { show_all; return 1; }
	equal $((before + 1)) "$(ipsec_count out_protected)" out_protected || return
	equal 0 "$(clear_seen)" "packets in clear"
}

# A rule at POST_ROUTING sees what has been protected, whatever the family of the packet inside.
shown() { # INNER OUTER
	local fam=${nft_family[$2]} said

	forget
	add_states esp tunnel gcm "${outer_a[$2]}" "${outer_b[$2]}" "$(any "$1")" || return
	# shellcheck disable=SC2046 # words
	add_policy dir out dst "${inner_b[$1]}" $(tunnel_words "$2") >/dev/null || return
	equal OK "$(send_udp "$1" 10)" "error without a rule" || return
	in_a nft "add table $fam n { chain c { type filter hook postrouting priority 0;
		meta l4proto esp drop; }; }" || return
	said=$(send_udp "$1" 10)
	in_a nft delete table "$fam" n || return
	equal EPERM "$said" "error with a rule that drops ESP" || return
	equal OK "$(send_udp "$1" 10)" "error without the rule"
}

refused() { # PATTERN WORD...
	local pattern=$1 said

	shift
	said=$("$KAME" -n "$a" ipsec policy add "$@" 2>&1) && { echo "accepted: $*"; return 1; }
	grep -q "$pattern" <<<"$said" || { echo "$said"; return 1; }
	equal 0 "$("$KAME" -n "$a" -j ipsec policy show | jq length)" "policies after it"
}

for v in 6 4; do
	check "discard gives the sender EACCES, IPv$v" discard $v
	check "the lowest priority decides, IPv$v" bypass_first $v
	check "require without a state gives ENOKEY, IPv$v" no_state_require $v
	check "use without a state sends in clear, IPv$v" no_state_use $v
	check "a packet waits for its state, IPv$v" held $v
	check "a packet that waited in vain is dropped, IPv$v" held_expires $v
	check "a packet waits no more for a policy that needs no state, IPv$v" held_freed $v
	check "a policy that goes drops the packets that wait, IPv$v" held_goes $v
	check "a packet waits, and its route goes: tunnel, IPv$v" held_no_route $v tunnel
	check "a packet waits, and its route goes: transport, IPv$v" held_no_route $v transport
	check "figure 3: one header, IPv$v" figure3 $v
	check "a tunnel device on the way: no second header, IPv$v" loop_device $v
	check "path MTU is known to the sender, IPv$v" path_mtu $v
	check "small datagrams make no exception of the route, IPv$v" exception $v
	check "input in clear is dropped, IPv$v" in_clear $v
	check "input by another state is dropped, IPv$v" in_mismatch $v
	check "TCP through a tunnel, IPv$v" tcp $v tunnel
	check "TCP in transport mode, IPv$v" tcp $v transport
done
for v in 66 64 46 44; do
	check "a rule at POST_ROUTING sees the protected packet, IPv${v:0:1} in IPv${v:1}" \
		shown ${v:0:1} ${v:1}
done
check "one policy has not all the requests for states" acquires_shared
check "a namespace holds so many packets" held_in_all
check "a routing header leads round no policy: tunnel" routed tunnel
check "a routing header leads round no policy: transport" routed transport
forget
check "no addresses of a tunnel" refused "both outer addresses" dir out dst 10.0.0.0/8 \
	action protect transform esp mode tunnel
check "ports without a protocol" refused "ports need a protocol" dir out dst 10.0.0.0/8 dport 5 \
	action discard
check "a template of bypass" refused "only action protect" dir out dst 10.0.0.0/8 \
	action bypass mode tunnel
check "device out of input" refused "direction out only" dir in src 10.0.0.0/8 oif eth0 \
	action discard
check "a mark beside its mask" refused "mask leaves out" dir out dst 10.0.0.0/8 mark 3/1 \
	action discard

test_end
