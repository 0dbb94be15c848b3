#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um um-kasan
# nightly: 6.1 6.12 6.12-rt
# quick: no
#
# Loops that no count of calls can see, as they go through a queue or through
# another host. Each must end: the packet must be dropped and counted, and the
# devices must fall silent.

# shellcheck source=selftests/tunnel_lib.sh
. "$(dirname "$0")/tunnel_lib.sh"

tx_packets() { # NAMESPACE DEV
	ip -n "$1" -s -j link show "$2" | jq '.[0].stats64.tx.packets'
}

# Nothing goes round any more. IPv6 says something on a new device now and then;
# a packet in a loop of a millisecond says it five hundred times meanwhile.
silent() { # NAMESPACE DEV
	local before after

	sleep 0.5
	before=$(tx_packets "$1" "$2")
	sleep 0.5
	after=$(tx_packets "$1" "$2")
	[ $((after - before)) -lt 20 ] || {
		echo "$2 sent $((after - before)) packets in half a second"
		return 1
	}
}

add_pair() { # [OPTION...]: figure 5, with a queue on each device
	add_ours a 4 "$@" && add_ours a 6 "$@" || return
	ip netns exec "$a" tc qdisc add dev g4 root pfifo limit 100 2>/dev/null &&
		ip netns exec "$a" tc qdisc add dev g6 root pfifo limit 100 || return $ksft_skip
	ip -n "$a" route add 10.0.0.2 dev g6
	ip -n "$a" route add fd00::2 dev g4
}

del_pair() {
	ip -n "$a" link del g4 2>/dev/null
	ip -n "$a" link del g6 2>/dev/null
	ip -n "$a" -6 route flush exact fd00::2 2>/dev/null
	return 0
}

figure5_queued() { # COUNTER [OPTION...]
	local counter=$1 status=0 sum i

	shift
	add_pair "$@" || { status=$?; del_pair; return $status; }
	for i in 1 2 3 4 5; do
		send_udp "$a" 192.168.4.2 >/dev/null
		send_udp "$a" fd01:6::2 >/dev/null
	done
	silent "$a" g4 && silent "$a" g6 || status=1
	sum=$(($(count "$a" g4 "$counter") + $(count "$a" g6 "$counter")))
	at_least 5 $sum "$counter" || status=1
	del_pair
	return $status
}

# Packets go round from both ends at once, each end on a processor of its own. If they wait for
# each other, so does everything: the VM's time runs out. With PREEMPT_RT a few are enough for
# that, without it takes ten thousands.
flooded() { # QDISC COUNT
	local qdisc=$1 count=$2 status=0 cpus pid

	cpus=$(nproc)
	[ "$cpus" -gt 1 ] || count=500
	# shellcheck disable=SC2086 # words
	add_ours a 4 && add_ours a 6 && ip netns exec "$a" tc qdisc add dev g4 root $qdisc 2>/dev/null &&
		ip netns exec "$a" tc qdisc add dev g6 root $qdisc || { del_pair; return $ksft_skip; }
	ip -n "$a" route add 10.0.0.2 dev g6
	ip -n "$a" route add fd00::2 dev g4
	ip netns exec "$a" taskset -c 0 "$tunnel_net" udp 192.168.4.2 64 "$count" >/dev/null &
	pid=$!
	ip netns exec "$a" taskset -c $((cpus - 1)) "$tunnel_net" udp fd01:6::2 64 "$count" >/dev/null
	wait $pid
	silent "$a" g4 && silent "$a" g6 || status=1
	at_least 1 $(($(count "$a" g4 drop_loop_nesting) + $(count "$a" g6 drop_loop_nesting))) \
		"drop_loop_nesting" || status=1
	equal 0 $(($(count "$a" g4 drop_loop_again) + $(count "$a" g6 drop_loop_again))) \
		"drop_loop_again" || status=1
	del_pair
	return $status
}

# Only the first packet goes back into the queue, and none is lost.
passes_queue() { # QDISC
	local status=0

	add_ours a 4 && add_ours b 4 || return
	# shellcheck disable=SC2086 # words
	ip netns exec "$a" tc qdisc add dev g4 root $1 2>/dev/null ||
		{ ip -n "$a" link del g4; ip -n "$b" link del g4; return $ksft_skip; }
	ip netns exec "$b" "$tunnel_net" datagrams 192.168.4.2 20 9 >"$tmp/got" &
	local pid=$!
	busywait 5000 grep -q ready "$tmp/got" || status=1
	equal OK "$(send_udp "$a" 192.168.4.2 100 20)" "what the sender sees" || status=1
	busywait 5000 grep -q 2000 "$tmp/got" || { echo "got $(cat "$tmp/got")"; status=1; }
	kill $pid 2>/dev/null
	wait $pid 2>/dev/null
	equal 1 "$(ip netns exec "$a" tc -s -j qdisc show dev g4 | jq '.[0].requeues')" requeues ||
		status=1
	equal 0 "$(ip netns exec "$a" tc -s -j qdisc show dev g4 | jq '.[0].drops')" "drops in the queue" ||
		status=1
	ip -n "$a" link del g4
	ip -n "$b" link del g4
	return $status
}

# The sum of the counters of loops
loop_drops() { # NAMESPACE DEV
	ip -n "$1" -s -d -j link show "$2" |
		jq '[.. | objects | to_entries[] | select(.key | startswith("drop_loop_")) | .value] | add'
}

# One of the two tunnels is the kernel's. With PREEMPT_RT a packet that begins there would wait
# for that tunnel's own queue for ever.
mixed_queued() {
	local i status=0

	modprobe ip6_tunnel 2>/dev/null
	add_ours a 4 && add_stock a Xin6 || { del_pair; return $ksft_skip; }
	ip netns exec "$a" tc qdisc add dev g4 root pfifo limit 100 2>/dev/null &&
		ip netns exec "$a" tc qdisc add dev g6 root pfifo limit 100 ||
		{ del_pair; return $ksft_skip; }
	ip -n "$a" route add 10.0.0.2 dev g6
	ip -n "$a" route add fd00::2 dev g4
	for i in 1 2 3; do
		send_udp "$a" 192.168.4.2 >/dev/null
		send_udp "$a" fd01:6::2 >/dev/null
	done
	silent "$a" g4 && silent "$a" g6 || status=1
	at_least 6 $(($(count "$a" g4 drop_loop_again) + $(count "$a" g4 drop_loop_nesting))) \
		"drops in a loop" || status=1
	# each of them is in the device's own statistics as well
	equal "$(loop_drops "$a" g4)" "$(ip -n "$a" -s -j link show g4 |
		jq '.[0].stats64.tx.collisions')" "collisions of g4" || status=1
	del_pair
	return $status
}

# IPv4 in IPv4 has no encapsulation limit: the headers in the packet are counted.
four_in_four() {
	local status=0

	ip -n "$a" link add g4 type kame_tunnel local 10.0.0.1 remote 10.0.0.2
	ip -n "$a" link add h4 type kame_tunnel local 10.0.0.1 remote 10.0.0.3
	inner_up "$a" a g4 4
	ip -n "$a" link set h4 up
	ip netns exec "$a" tc qdisc add dev g4 root netem delay 1ms 2>/dev/null ||
		{ ip -n "$a" link del g4; ip -n "$a" link del h4; return $ksft_skip; }
	ip -n "$a" route add 10.0.0.2 dev h4
	ip -n "$a" route add 10.0.0.3 dev g4
	send_udp "$a" 192.168.4.2 >/dev/null
	silent "$a" g4 || status=1
	at_least 1 $(($(count "$a" g4 drop_loop_nesting) + $(count "$a" h4 drop_loop_nesting))) \
		"drop_loop_nesting" || status=1
	ip -n "$a" link del g4
	ip -n "$a" link del h4
	return $status
}

# Large packets that may be fragmented must not multiply.
fragments() {
	local status=0

	add_pair encaplimit none 2>/dev/null
	del_pair
	ip -n "$a" link add g4 type kame_tunnel local 10.0.0.1 remote 10.0.0.2 nopmtudisc
	ip -n "$a" link add h4 type kame_tunnel local 10.0.0.1 remote 10.0.0.3 nopmtudisc
	inner_up "$a" a g4 4
	ip -n "$a" link set h4 up
	ip netns exec "$a" tc qdisc add dev g4 root netem delay 1ms 2>/dev/null ||
		{ ip -n "$a" link del g4; ip -n "$a" link del h4; return $ksft_skip; }
	ip -n "$a" route add 10.0.0.2 dev h4
	ip -n "$a" route add 10.0.0.3 dev g4
	ip netns exec "$a" ping -q -c 3 -i 0.05 -W 1 -M dont -s 6000 192.168.4.2 >/dev/null
	silent "$a" g4 || status=1
	ip -n "$a" link del g4
	ip -n "$a" link del h4
	return $status
}

# The loop goes through the other host: b sends what it got for fd00::9 back.
other_host() {
	local status=0

	add_ours a 6
	ip -n "$a" -6 route add fd00::99 via fd00::2
	ip -n "$a" link add h6 type kame_tunnel local fd00::1 remote fd00::99 ingress
	ip -n "$a" link set h6 up
	ip -n "$a" addr add fd01:9::1/64 dev h6 nodad
	ip netns exec "$b" sysctl -qw net.ipv6.conf.all.forwarding=1
	# b forwards to its own tunnel towards a's fd00::99 ... which leads to b again
	ip -n "$b" link add h6 type kame_tunnel local fd00::2 remote fd00::98
	ip -n "$b" link set h6 up
	ip -n "$b" -6 route add fd00::99 dev h6
	ip -n "$b" -6 route add fd00::98 via fd00::1
	ip netns exec "$a" sysctl -qw net.ipv6.conf.all.forwarding=1
	ip -n "$a" -6 route add fd00::98 dev h6
	send_udp "$a" fd01:9::2 >/dev/null
	silent "$a" h6 || status=1
	at_least 1 $(($(count "$a" h6 drop_loop_limit) + $(count "$b" h6 drop_loop_limit) +
		$(count "$a" h6 drop_loop_nesting) + $(count "$b" h6 drop_loop_nesting))) \
		"drops by what is in the packet" || status=1
	ip -n "$a" link del h6
	ip -n "$b" link del h6
	ip -n "$a" link del g6
	ip -n "$a" -6 route del fd00::99 2>/dev/null
	ip -n "$b" -6 route del fd00::98 2>/dev/null
	return $status
}

# Encryption and UDP hide the headers, and a queue hides the nesting. Only the
# size of the packet tells: it may grow up to the MTU, and no further.
hidden() { # vxlan|wireguard
	local status=0

	case $1 in
	vxlan)
		need_module vxlan || return
		ip -n "$a" link add s type vxlan id 1 local 10.0.0.1 remote 10.0.0.99 dstport 4789
		ip -n "$a" link set s address 02:00:00:00:00:01
		ip -n "$a" addr add 10.9.0.1/24 dev s
		ip -n "$a" link set s up
		ip -n "$a" neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev s
		ip netns exec "$a" tc qdisc add dev s root netem delay 1ms 2>/dev/null ||
			{ ip -n "$a" link del s; return $ksft_skip; }
		add_ours a 4
		ip -n "$a" route add 10.0.0.2 via 10.9.0.2 dev s src 10.0.0.1 ;;
	wireguard)
		need_module wireguard || return
		need_command wg || return
		ip -n "$a" link add s type wireguard || return $ksft_skip
		ip -n "$b" link add s type wireguard
		wg genkey >"$tmp/ka"
		wg genkey >"$tmp/kb"
		ip netns exec "$a" wg set s private-key "$tmp/ka" listen-port 51820 \
			peer "$(wg pubkey <"$tmp/kb")" allowed-ips 0.0.0.0/0 endpoint 10.0.0.99:51820
		ip netns exec "$b" wg set s private-key "$tmp/kb" listen-port 51820 \
			peer "$(wg pubkey <"$tmp/ka")" allowed-ips 0.0.0.0/0
		ip -n "$b" addr add 10.0.0.99/24 dev vb
		ip -n "$b" addr add 10.9.0.2/24 dev s
		ip -n "$a" addr add 10.9.0.1/24 dev s
		ip -n "$a" link set s up
		ip -n "$b" link set s up
		# the handshake goes the straight way, before the loop is closed
		reaches "$a" 10.9.0.2 >/dev/null || { ip -n "$a" link del s; return 1; }
		add_ours a 4
		ip -n "$a" route add 10.0.0.2 dev s src 10.0.0.1 ;;
	esac
	ip -n "$a" route add 10.0.0.99 dev g4
	# From a raw socket, from one of datagrams, and from one of a stream
	ip netns exec "$a" ping -q -c 3 -i 0.1 -W 1 -M dont -s 1200 192.168.4.2 >/dev/null 2>&1
	send_udp "$a" 192.168.4.2 1200 3 >/dev/null
	ip netns exec "$a" "$tunnel_net" connect 192.168.4.2 >/dev/null 2>&1 &
	local pid=$!
	sleep 1
	# It would send its request again and again.
	kill $pid 2>/dev/null
	wait $pid 2>/dev/null
	silent "$a" g4 || status=1
	at_least 1 $(($(count "$a" g4 drop_loop_fragment) + $(count "$a" g4 drop_tx_too_big) +
		$(count "$a" g4 drop_loop_again))) "drops of what grew too big" || status=1
	ip -n "$a" link del g4
	ip -n "$a" link del s
	ip -n "$b" link del s 2>/dev/null
	return $status
}

# But a socket's own large datagrams pass, fragments and all.
large_ones() {
	local ns host addr status=0

	need_module vxlan || return
	for ns in a b; do
		host=1
		[ $ns = a ] || host=2
		ip -n "${!ns}" link add s type vxlan id 1 local "10.0.0.$host" \
			remote "10.0.0.$((3 - host))" dstport 4789
		ip -n "${!ns}" addr add "10.9.0.$host/24" dev s
		ip -n "${!ns}" link set s up
		ip -n "${!ns}" link add g4 type kame_tunnel \
			local "10.9.0.$host" remote "10.9.0.$((3 - host))"
		inner_up "${!ns}" $ns g4 4
	done
	for addr in 192.168.4.2 fd01:4::2; do
		reaches "$a" $addr >/dev/null || status=1
		ip netns exec "$b" "$tunnel_net" datagrams $addr 5 9 >"$tmp/got" &
		local pid=$!
		busywait 5000 grep -q ready "$tmp/got" || status=1
		equal OK "$(send_udp "$a" $addr 4000 5)" "$addr: what the sender sees" || status=1
		busywait 5000 grep -q 20000 "$tmp/got" ||
			{ echo "$addr: got $(cat "$tmp/got")"; status=1; }
		kill $pid 2>/dev/null
		wait $pid 2>/dev/null
	done
	equal 0 "$(count "$a" g4 drop_loop_fragment)" "drop_loop_fragment" || status=1
	for ns in a b; do
		ip -n "${!ns}" link del g4
		ip -n "${!ns}" link del s
	done
	return $status
}

# The route check sees the loop whatever carries the packets, and tells.
told_by_route() {
	local status=0

	[ -x "$KAME" ] || return $ksft_skip
	"$KAME" -n "$a" -j monitor tunnel >"$tmp/events" &
	local pid=$!
	sleep 0.5
	add_pair || { kill $pid; del_pair; return $ksft_skip; }
	busywait 5000 grep -q '"reason": *"route".*"path_end": *"loop"' "$tmp/events" || status=1
	equal loop "$("$KAME" -n "$a" -j tunnel check dev g4 | jq -r '.[0].path_end')" || status=1
	equal "g4 g6 g4" "$("$KAME" -n "$a" -j tunnel check dev g4 |
		jq -r '[.[0].hops[].ifname] | join(" ")')" "path" || status=1
	kill $pid
	wait $pid 2>/dev/null
	[ $status -eq 0 ] || cat "$tmp/events"
	del_pair
	return $status
}

tmp=$(mktemp -d)
cleanup() { rm -rf "$tmp"; }

tunnel_begin
require_command tc
modprobe -q sch_netem
setup_pair || skip_all "the namespaces can't be set up"
check "figure 5 through queues: encapsulation limit" figure5_queued drop_loop_limit max-nesting 16
check "figure 5 through queues: a lower limit of headers" figure5_queued drop_loop_nesting max-nesting 2
check "figure 5 through queues, from both ends at once" flooded "pfifo limit 100" 40000
check "figure 5 through queues of another kind, likewise" flooded fq_codel 3000
check "a queue that packets could pass by" passes_queue "pfifo limit 100"
check "figure 5 through queues, with one of the kernel's tunnels" mixed_queued
check "IPv4 in IPv4 through a queue" four_in_four
check "fragments through a queue" fragments
check "through another host" other_host
check "vxlan with a queue in the loop" hidden vxlan
check "wireguard in the loop" hidden wireguard
check "large datagrams over vxlan" large_ones
check "the route check tells" told_by_route
test_end
