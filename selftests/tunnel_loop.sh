#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um 6.12-rt
# nightly: 6.1 6.12
# quick: no
# time-travel: yes
#
# Loops of tunnels: each ends in ELOOP in the sender, is counted, and leaves the
# host as it was.

# shellcheck source=selftests/tunnel_lib.sh
. "$(dirname "$0")/tunnel_lib.sh"

setup() {
	setup_pair
	add_ours a 4 && add_ours a 6 && add_ours b 4 && add_ours b 6
}

figure3() { # FAMILY: the self-route
	local family=$1 remote=10.0.0.2

	[ "$family" = 4 ] || remote=fd00::2
	ip -n "$a" route add "$remote" dev "g$family"
	sees ELOOP "$a" "192.168.$family.2" && sees ELOOP "$a" "fd01:$family::2" &&
		sees ELOOP "$a" "$remote" && sees ELOOP "$a" "192.168.$family.2" 64 1 connect &&
		counted 4 "$a" "g$family" drop_loop_self && counted 4 "$a" "g$family" eloop
}

unfigure3() {
	ip -n "$a" route del 10.0.0.2 dev g4
	ip -n "$a" route del fd00::2 dev g6
	reaches "$a" 192.168.4.2 && reaches "$a" fd01:6::2
}

figure5() {
	ip -n "$a" route add 10.0.0.2 dev g6
	ip -n "$a" route add fd00::2 dev g4
	sees ELOOP "$a" 192.168.4.2 && sees ELOOP "$a" fd01:4::2 &&
		sees ELOOP "$a" 192.168.6.2 && sees ELOOP "$a" fd01:6::2 &&
		sees ELOOP "$a" 10.0.0.2 && sees ELOOP "$a" fd00::2 64 1 connect
}

# TCP's SYN goes into the loop: connect() must say so, and soon.
connects() { # WANTED NAMESPACE ADDRESS
	equal "$1" "$(ip netns exec "$2" "$tunnel_net" connect "$3")" "what connect() to $3 sees"
}

figure5_connect() {
	figure5 || return
	connects ELOOP "$a" 192.168.4.2 && connects ELOOP "$a" fd01:4::2 &&
		connects ELOOP "$a" 192.168.6.2 && connects ELOOP "$a" fd01:6::2 || return
	unfigure5
	# nothing is left that would end a good attempt
	connects ECONNREFUSED "$a" 192.168.4.2 && connects ECONNREFUSED "$a" fd01:6::2
}

figure5_counts() {
	local before after

	before=$(count "$a" g4 drop_loop_depth)
	# With a limit of 4, the fifth transmission is that of the first device.
	sees ELOOP "$a" 192.168.4.2 || return
	after=$(count "$a" g4 drop_loop_depth)
	equal $((before + 1)) "$after" "drop_loop_depth of g4"
}

unfigure5() {
	ip -n "$a" route del 10.0.0.2 dev g6
	ip -n "$a" route del fd00::2 dev g4
	reaches "$a" 192.168.4.2 && reaches "$a" fd01:6::2
}

# The send path must count down as often as up: a count that leaks one level for
# each loop would soon refuse everything.
balanced() {
	figure5 || return
	sees ELOOP "$a" 192.168.4.2 64 1000
	unfigure5 && sees OK "$a" 192.168.4.2 && sees OK "$a" fd01:6::2
}

# N tunnels, each within the next, end to end between a and b
chain() { # N
	local i

	for ((i = 1; i <= $1; i++)); do
		ip -n "$a" link add "c$i" type kame_tunnel local "10.1.$((i - 1)).1" \
			remote "10.1.$((i - 1)).2" max-depth "$1"
		ip -n "$b" link add "c$i" type kame_tunnel local "10.1.$((i - 1)).2" \
			remote "10.1.$((i - 1)).1" max-depth "$1"
		ip -n "$a" link set "c$i" up
		ip -n "$b" link set "c$i" up
		ip -n "$a" addr add "10.1.$i.1/24" dev "c$i"
		ip -n "$b" addr add "10.1.$i.2/24" dev "c$i"
	done
}

chain_of() { # N
	local i status=0

	ip -n "$a" addr add 10.1.0.1/24 dev va
	ip -n "$b" addr add 10.1.0.2/24 dev vb
	chain "$1"
	# as deep as the limit allows ...
	reaches "$a" "10.1.$1.2" || status=1
	# ... and one deeper than a limit that is one less
	if [ "$1" -gt 1 ]; then
		ip -n "$a" link set c1 type kame_tunnel max-depth $(($1 - 1))
		sees ELOOP "$a" "10.1.$1.2" && counted 1 "$a" c1 drop_loop_depth || status=1
	fi
	for ((i = 1; i <= $1; i++)); do
		ip -n "$a" link del "c$i"
		ip -n "$b" link del "c$i"
	done
	ip -n "$a" addr del 10.1.0.1/24 dev va
	ip -n "$b" addr del 10.1.0.2/24 dev vb
	return $status
}

# A tunnel of stock's in the loop swallows the error of what is below it.
mixed() { # KIND
	local kind=$1 status=0

	case $kind in
	sit | ipip | gre)
		need_module "$([ "$kind" = gre ] && echo ip_gre || echo "$kind")" || return
		ip -n "$a" link add s type "$kind" local 10.0.0.1 remote 10.0.0.99 ttl 64 ;;
	ip6tnl)
		need_module ip6_tunnel || return
		ip -n "$a" link add s type ip6tnl mode any local fd00::1 remote fd00::99 ;;
	vxlan)
		need_module vxlan || return
		ip -n "$a" link add s type vxlan id 1 local 10.0.0.1 remote 10.0.0.99 dstport 4789
		ip -n "$a" link set s address 02:00:00:00:00:01 ;;
	esac || return $ksft_skip
	ip -n "$a" link set s up
	case $kind in
	sit)
		# fd00::2 (g6's end) by s, s's end by g6
		ip -n "$a" route add fd00::2 dev s
		ip -n "$a" route add 10.0.0.99 dev g6
		sees ELOOP "$a" fd01:6::2 || status=1 ;;
	ipip | gre)
		ip -n "$a" route add 10.0.0.2 dev s
		ip -n "$a" route add 10.0.0.99 dev g4
		sees ELOOP "$a" 192.168.4.2 || status=1 ;;
	ip6tnl)
		ip -n "$a" route add fd00::2 dev s
		ip -n "$a" route add fd00::99 dev g6
		sees ELOOP "$a" fd01:6::2 || status=1 ;;
	vxlan)
		ip -n "$a" addr add 10.9.0.1/24 dev s
		ip -n "$a" neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev s
		ip -n "$a" route add 10.0.0.2 via 10.9.0.2 dev s src 10.0.0.1
		ip -n "$a" route add 10.0.0.99 dev g4
		sees ELOOP "$a" 192.168.4.2 || status=1 ;;
	esac
	ip -n "$a" link del s
	ip -n "$a" route flush dev g6 10.0.0.99 2>/dev/null
	ip -n "$a" route del 10.0.0.99 2>/dev/null
	ip -n "$a" -6 route del fd00::99 2>/dev/null
	reaches "$a" 192.168.4.2 >/dev/null && reaches "$a" fd01:6::2 >/dev/null || status=1
	return $status
}

# Loops and good traffic at once, on all CPUs
storm() {
	local i pids=()

	figure5 || return
	ip -n "$a" route add 10.2.0.0/24 dev va
	for i in 1 2 3 4; do
		send_udp "$a" "192.168.$((i % 2 ? 4 : 6)).2" 200 3000 >"$tmp/storm.$i" &
		pids+=($!)
		send_udp "$a" 10.0.0.77 200 300 >/dev/null &
		pids+=($!)
	done
	wait "${pids[@]}"
	for i in 1 2 3 4; do
		equal ELOOP "$(cat "$tmp/storm.$i")" || return
	done
	ip -n "$a" route del 10.2.0.0/24 dev va
	unfigure5
}

flags_the_loop() {
	figure5 || return
	busywait 5000 equal true "$(tunnel_data "$a" g4 .loops)" || {
		sleep 1
		equal true "$(tunnel_data "$a" g4 .loops)" "loops of g4"
	} || return
	unfigure5
}

# Below the sender a tunnel of stock's, and the loop below that. What stock makes of
# the error is its own affair; that the loop ends and is counted is not.
stock_above() { # KIND
	local status=0 before

	modprobe "$1" 2>/dev/null
	before=$(($(count "$a" g4 eloop) + $(count "$a" g6 eloop)))
	case $1 in
	ip6_tunnel) ip -n "$a" link add s type ip6tnl mode any local fd01:4::1 remote fd01:4::2 ;;
	ipip) ip -n "$a" link add s type ipip local 192.168.6.1 remote 192.168.6.2 ttl 64 ;;
	esac || return $ksft_skip
	ip -n "$a" link set s up
	ip -n "$a" addr add 10.8.0.1/24 dev s
	figure5 || status=1
	send_udp "$a" 10.8.0.2 100 5 >/dev/null
	at_least $((before + 5)) $(($(count "$a" g4 eloop) + $(count "$a" g6 eloop))) \
		"loops that were ended" || status=1
	ip -n "$a" link del s
	unfigure5 || status=1
	return $status
}

# WireGuard sends from a queue, so that the loop is that of tunnel_queue.sh; here it
# only must end, as must one with GRE in it that nothing of ours is nested in.
wireguard() {
	local status=0

	need_module wireguard || return
	need_command wg || return
	ip -n "$a" link add s type wireguard 2>/dev/null || return $ksft_skip
	wg genkey >"$tmp/key"
	ip netns exec "$a" wg set s private-key "$tmp/key" listen-port 51820 \
		peer "$(wg genkey | wg pubkey)" allowed-ips 10.0.0.2/32 endpoint 10.0.0.99:51820
	ip -n "$a" link set s up
	ip -n "$a" route add 10.0.0.2 dev s src 10.0.0.1
	ip -n "$a" route add 10.0.0.99 dev g4
	# Its handshake goes into the loop, as there is no peer yet.
	send_udp "$a" 192.168.4.2 200 20 >/dev/null
	equal opaque "$("$KAME" -n "$a" -j tunnel check dev g4 | jq -r '.[0].path_end')" \
		"end of the path" || status=1
	ip -n "$a" link del s
	ip -n "$a" route del 10.0.0.99 dev g4
	reaches "$a" 192.168.4.2 || status=1
	return $status
}

# Has an event that matches a pattern in $tmp/events. They are limited in rate.
monitored() { # PATTERN
	local status=0

	"$KAME" -n "$a" -j monitor tunnel >"$tmp/events" &
	pids=($!)
	busywait 10000 listens && busywait 20000 sees_event "$1" || status=1
	kill "${pids[@]}"
	wait "${pids[@]}" 2>/dev/null
	return $status
}

# The setting of the namespace, for devices that have none of their own
namespace_default() {
	local n before status=0

	"$KAME" -n "$a" tunnel limits max-depth 9 2>/dev/null && status=1
	"$KAME" -n "$a" tunnel limits max-depth 0 2>/dev/null && status=1
	figure5 || status=1
	for n in 1 3 8; do
		"$KAME" -n "$a" tunnel limits max-depth $n || status=1
		monitored "\"limit\": *${n}[,}]" ||
			{ status=1; echo "limit $n:"; cat "$tmp/events"; break; }
	done
	"$KAME" -n "$a" tunnel limits max-depth 4 || status=1
	# A device's own setting goes first.
	ip -n "$a" link set g4 type kame_tunnel max-depth 2
	ip -n "$a" link set g6 type kame_tunnel max-depth 2
	before=$(count "$a" g4 drop_loop_depth)
	sees ELOOP "$a" 192.168.4.2 &&
		equal $((before + 1)) "$(count "$a" g4 drop_loop_depth)" "drops at depth 3" || status=1
	ip -n "$a" link set g4 type kame_tunnel max-depth default
	ip -n "$a" link set g6 type kame_tunnel max-depth default
	unfigure5 || status=1
	return $status
}

# A listener is there: a kernel without one makes no event.
listens() { # [NAMESPACE]
	ip netns exec "${1:-$a}" awk '$2 == 16 && $4 != "00000000" { found = 1 } END { exit !found }' \
		/proc/net/netlink
}

sees_event() { # REGEX [NAMESPACE ADDRESS]: after one more loop
	send_udp "${2:-$a}" "${3:-192.168.4.2}" >/dev/null
	grep -q "$1" "$tmp/events"
}

# The event names the devices in the order that the packet walked, and the packet.
event() {
	local status=0

	figure5 || return
	monitored '"reason": *"depth"' || status=1
	equal "g4 g6 g4 g6 g4" "$(jq -rs '[.. | objects | select(.reason? == "depth")][-1] |
		[.hops[].ifname] | join(" ")' "$tmp/events")" "chain of devices" || status=1
	equal kame_tunnel "$(jq -rs '[.. | objects | select(.reason? == "depth")][-1] |
		.hops[0].kind' "$tmp/events")" "kind of the first" || status=1
	[ $status -eq 0 ] || cat "$tmp/events"
	unfigure5 || status=1
	return $status
}

# The sender's device was moved, the loop is where it came from: the sender hears of a loop,
# and nothing of the namespace that it is in but the length of the chain.
event_elsewhere() {
	local status=0 ev

	setup_ns c || return
	# shellcheck disable=SC2154 # set by setup_ns
	ip -n "$a" link add x4 type kame_tunnel local 10.0.0.1 remote 192.168.4.2
	ip -n "$a" link set x4 netns "$c"
	inner_up "$c" a x4 9
	figure5 || status=1
	ip netns exec "$c" "$KAME" -j monitor tunnel >"$tmp/events" &
	pids=($!)
	busywait 10000 listens "$c" && busywait 20000 sees_event '"reason": *"depth"' "$c" 192.168.9.2 ||
		status=1
	kill "${pids[@]}"
	wait "${pids[@]}" 2>/dev/null
	ev=$(jq -cs '[.. | objects | select(.reason? == "depth")][-1]' "$tmp/events")
	equal "x4 $(ip netns exec "$c" cat /sys/class/net/x4/ifindex)" \
		"$(jq -r '"\(.ifname) \(.ifindex)"' <<<"$ev")" "device of the event" || status=1
	equal "x4 null null" "$(jq -r '"\(.hops[0].ifname) \(.hops[1].ifname) \(.hops[-1].ifname)"' \
		<<<"$ev")" "names of the chain" || status=1
	equal "null null" "$(jq -r '"\(.source) \(.destination)"' <<<"$ev")" addresses || status=1
	[ $status -eq 0 ] || cat "$tmp/events"
	ip -n "$c" link del x4
	unfigure5 || status=1
	return $status
}

log_lines() { # MARK
	dmesg | sed "1,/$1/d" | grep 'kame_tunnel: g[46]: loop, '
}

# The log tells of loops, but not of each.
logged() {
	local mark="loops-$RANDOM$RANDOM" lines status=0

	# A new interval of the limit
	sleep 5.2
	echo "$mark" >/dev/kmsg
	figure5 || return
	sees ELOOP "$a" 192.168.4.2 64 2000 || status=1
	lines=$(log_lines "$mark" | wc -l)
	[ "$lines" -ge 1 ] && [ "$lines" -le 40 ] ||
		{ echo "$lines lines for 2000 loops"; status=1; }
	log_lines "$mark" | grep -q 'too many tunnels nested: g4 -> g6 -> g4 -> g6 -> g4' ||
		{ echo "the log does not show the chain"; log_lines "$mark"; status=1; }
	# The namespace counts them all.
	at_least 2000 "$("$KAME" -n "$a" -j -s tunnel stats | jq '[.. | objects |
		.drop_loop_depth? // empty] | add')" "drop_loop_depth of the namespace" || status=1
	unfigure5 || status=1
	return $status
}

# A program that tells people: ping
# What ping sends, from the socket that it sends from
echo_sees() {
	local status=0

	figure5 || return
	equal ELOOP "$(ip netns exec "$a" "$tunnel_net" echo 192.168.4.2)" "echo request" || status=1
	equal ELOOP "$(ip netns exec "$a" "$tunnel_net" echo fd01:6::2)" "ICMPv6's" || status=1
	unfigure5 || status=1
	equal OK "$(ip netns exec "$a" "$tunnel_net" echo 192.168.4.2)" "without a loop" || status=1
	return $status
}

tmp=$(mktemp -d)
pids=()
cleanup() {
	[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null
	rm -rf "$tmp"
}

tunnel_begin
setup || skip_all "the namespaces can't be set up"
check "figure 3: IPv4 routed into itself" figure3 4
check "figure 3: IPv6 routed into itself" figure3 6
check "figure 3: undone" unfigure3
check "figure 5: every sender sees ELOOP" figure5
check "figure 5: counted at the limit" figure5_counts
check "figure 5: undone" unfigure5
check "figure 5: TCP's connect() sees ELOOP" figure5_connect
check "a thousand loops leave no count behind" balanced
for n in 1 2 3 5 8; do
	check "chain of $n" chain_of "$n"
done
for kind in sit ipip ip6tnl gre vxlan; do
	check "loop with $kind in it" mixed "$kind"
done
for kind in ip6_tunnel ipip; do
	check "$kind above the loop" stock_above "$kind"
done
check "loop with wireguard in it" wireguard
check "an echo request sees it" echo_sees
check "the event has the chain of devices" event
check "the event in the sender's namespace, another one" event_elsewhere
check "the limit of the namespace" namespace_default
check "the log, at a limited rate" logged
check "route check sets the flag" flags_the_loop
check "storm of loops and good traffic" storm
test_end
