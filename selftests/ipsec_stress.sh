#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Policies and states that change, devices, namespaces and the module that go, all
# while packets flow; and a rekeying that loses none.
#
# Environment: ROUNDS (default 20)
# kernels: um um-kasan
# nightly: 6.1 6.1-rt 6.12
# quick: no

# shellcheck source=lib_ipsec.sh
. "$(dirname "$0")/lib_ipsec.sh"

require_command jq ping
: "${ROUNDS:=20}"
test_begin kame_ipsec
setup_pair >/dev/null || skip_all "two nodes don't reach each other"

flood() { # VERSION ; until it is killed
	ip netns exec "$a" ping -"$1" -q -f -I "${inner_a[$1]}" "${inner_b[$1]}" >/dev/null 2>&1 &
	flooding=$!
}

both_ways() {
	add_states esp tunnel gcm "${outer_a[6]}" "${outer_b[6]}" "src ::/0 dst ::/0" &&
		add_stock esp tunnel "${inner_a[6]}" "${inner_b[6]}" "${outer_a[6]}" "${outer_b[6]}" 128 &&
		add_kame esp tunnel "${inner_a[6]}" "${inner_b[6]}" "${outer_a[6]}" "${outer_b[6]}"
}

# Each policy is replaced by one like it, and comes and goes beside another.
policies_change() {
	local i

	forget
	both_ways || return
	watch_wire
	flood 6
	for ((i = 0; i < ROUNDS; i++)); do
		# shellcheck disable=SC2046 # words
		add_policy dir out src "${inner_a[6]}" dst "${inner_b[6]}" $(tunnel_words 6) replace \
			>/dev/null || return
		# shellcheck disable=SC2046
		extra=$(add_policy dir out priority 1 dst 2001:db8:b::/64 proto udp dport $((i + 1)) \
			$(tunnel_words 6)) || return
		kame_a policy del index "$extra" || return
	done
	at_least 10 "$(ipsec_count out_protected)" out_protected || return
	equal 0 "$(clear_seen)" "packets in clear"
	forget
}

states_change() {
	local i

	forget
	both_ways || return
	watch_wire
	flood 6
	for ((i = 0; i < ROUNDS; i++)); do
		ip -n "$a" xfrm state flush
		sleep 0.01
		add_states esp tunnel gcm "${outer_a[6]}" "${outer_b[6]}" "src ::/0 dst ::/0" 2>/dev/null
		sleep 0.01
	done
	equal 0 "$(clear_seen)" "packets in clear"
	forget
}

# New states take over from old ones without a loss, as an IKE daemon does it: first the
# receiver's, then the sender's; the old ones go later.
rekey() {
	local i spi out

	forget
	both_ways || return
	watch_wire
	in_a timeout 60 ping -6 -i 0.002 -c $((ROUNDS * 50)) -W 2 -I "${inner_a[6]}" "${inner_b[6]}" \
		>"$tmp/ping" 2>&1 &
	out=$!
	for ((i = 1; i <= ROUNDS; i++)); do
		kill -0 "$out" 2>/dev/null || break
		spi=$((0x2000 + i * 2))
		for ns in "$a" "$b"; do
			ip -n "$ns" xfrm state add src "${outer_b[6]}" dst "${outer_a[6]}" proto esp \
				spi $((spi + 1)) reqid 42 mode tunnel aead "rfc4106(gcm(aes))" \
				"$key20" 128 sel src ::/0 dst ::/0 || return
		done
		for ns in "$b" "$a"; do
			ip -n "$ns" xfrm state add src "${outer_a[6]}" dst "${outer_b[6]}" proto esp \
				spi "$spi" reqid 42 mode tunnel aead "rfc4106(gcm(aes))" \
				"$key20" 128 sel src ::/0 dst ::/0 || return
		done
		sleep 0.05
		[ "$i" -gt 1 ] || continue
		for ns in "$a" "$b"; do
			ip -n "$ns" xfrm state del src "${outer_a[6]}" dst "${outer_b[6]}" proto esp \
				spi $((spi - 2))
		done
		for ns in "$b" "$a"; do
			ip -n "$ns" xfrm state del src "${outer_b[6]}" dst "${outer_a[6]}" proto esp \
				spi $((spi - 1))
		done
	done
	kill -INT "$out" 2>/dev/null
	wait "$out"
	grep -q " 0% packet loss" "$tmp/ping" || { tail -n 3 "$tmp/ping"; return 1; }
	equal 0 "$(clear_seen)" "packets in clear"
}

devices_go() {
	local i

	forget
	both_ways || return
	for ((i = 0; i < ROUNDS / 10; i++)); do
		ip -n "$a" link add t0 type veth peer name t1 netns "$b"
		ip -n "$a" addr add 2001:db8:d::1/64 dev t0 nodad
		ip -n "$a" link set t0 up
		ip -n "$b" link set t1 up
		ip -n "$a" route add 2001:db8:e::/64 via 2001:db8:d::2
		ip -n "$a" neigh add 2001:db8:d::2 lladdr 02:00:00:00:00:01 dev t0
		in_a ip xfrm state add src 2001:db8:d::1 dst 2001:db8:e::2 proto esp spi 0x3001 \
			reqid 77 mode tunnel aead "rfc4106(gcm(aes))" "$key20" 128 sel src ::/0 dst ::/0
		add_policy dir out priority 3 dst 2001:db8:f::/64 action protect transform esp \
			mode tunnel local 2001:db8:d::1 remote 2001:db8:e::2 reqid 77 >/dev/null || return
		ip -n "$a" route add 2001:db8:f::/64 via 2001:db8:d::2
		in_a ping -6 -q -c 2 -i 0.01 -W 1 2001:db8:f::1 >/dev/null
		timeout 20 ip -n "$a" link del t0 || { echo "the device is held"; return 1; }
		ip -n "$a" xfrm state del src 2001:db8:d::1 dst 2001:db8:e::2 proto esp spi 0x3001
		kame_a policy del index "$("$KAME" -n "$a" -j ipsec policy show |
			jq '.[] | select(.priority == 3) | .index')" || return
	done
	forget
}

# A namespace that protects what goes to 2001:db8:1::3
protecting() { # NAMESPACE
	ip netns add "$1"
	ip -n "$1" link set lo up
	ip -n "$1" link add d0 type dummy
	ip -n "$1" addr add 2001:db8:1::1/64 dev d0 nodad
	ip -n "$1" link set d0 up
	ip -n "$1" xfrm state add src 2001:db8:1::1 dst 2001:db8:1::2 proto esp spi 0x3001 \
		reqid 42 mode tunnel aead "rfc4106(gcm(aes))" "$key20" 128 sel src ::/0 dst ::/0
	ip -n "$1" neigh add 2001:db8:1::2 lladdr 02:00:00:00:00:01 dev d0
	"$KAME" -n "$1" ipsec policy add dir out dst 2001:db8:1::3 action protect transform esp \
		mode tunnel local 2001:db8:1::1 remote 2001:db8:1::2 reqid 42
}

namespaces_go() {
	local i ns

	for ((i = 0; i < ROUNDS / 4; i++)); do
		ns=gone-$RANDOM$i
		protecting "$ns" || return
		ip netns exec "$ns" ping -6 -q -f -c 100 -W 1 2001:db8:1::3 >/dev/null 2>&1 &
		flooding=$!
		sleep 0.02
		kill -9 "$flooding" 2>/dev/null
		ip netns del "$ns"
		wait 2>/dev/null
	done
}

module_goes() {
	local i

	forget
	for ((i = 0; i < ROUNDS / 4; i++)); do
		both_ways || return
		flood 6
		sleep 0.05
		rmmod kame_ipsec || return
		load_module kame_ipsec || return
		forget
	done
}

not_loaded() { ! module_loaded kame_ipsec; }

# A gateway's namespace and the module at once, while others send through it: its devices wait
# for whatever keeps them.
both_go() {
	local i ns

	forget
	for ((i = 0; i < ROUNDS / 4; i++)); do
		ns=gone-$RANDOM$i
		protecting "$ns" || return
		ip -n "$a" link add g0 type veth peer name g1 netns "$ns" || return
		ip -n "$a" addr add 2001:db8:9::1/64 dev g0 nodad
		ip -n "$a" link set g0 up
		ip -n "$ns" addr add 2001:db8:9::2/64 dev g1 nodad
		ip -n "$ns" link set g1 up
		ip netns exec "$ns" sysctl -qw net.ipv6.conf.all.forwarding=1
		ip -n "$a" -6 route add 2001:db8:1::/64 via 2001:db8:9::2
		in_a ping -6 -q -f -W 1 2001:db8:1::3 >/dev/null 2>&1 &
		flooding=$!
		sleep 0.05
		[ $((i % 2)) = 0 ] || sleep "0.0$((RANDOM % 10))"
		ip netns del "$ns" &
		rmmod kame_ipsec || return
		busywait 30000 not_loaded || { echo "the module stays"; return 1; }
		kill -9 "$flooding" 2>/dev/null
		wait 2>/dev/null
		# The namespace takes its time, and its link with it.
		busywait 30000 link_gone || { echo "the namespace stays"; return 1; }
		load_module kame_ipsec || return
	done
}
link_gone() { ! ip -n "$a" link show g0; }

check "policies change under a flood" policies_change
check "states change under a flood" states_change
check "rekeying loses nothing" rekey
check "devices go" devices_go
check "namespaces go under a flood" namespaces_go
check "the module goes under a flood" module_goes
check "a namespace and the module go at once" both_go
test_end
