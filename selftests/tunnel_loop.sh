#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um
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
	local got

	got=$(timeout 20 ip netns exec "$2" python3 -c '
import errno, socket, sys, time
addr = sys.argv[1]
s = socket.socket(socket.AF_INET6 if ":" in addr else socket.AF_INET)
s.settimeout(10)
start = time.monotonic()
try:
    s.connect((addr, 9))
    print("OK")
except socket.timeout:
    print("timeout")
except OSError as e:
    print(errno.errorcode[e.errno] if time.monotonic() - start < 5 else "late")' "$3")
	equal "$1" "$got" "what connect() to $3 sees"
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
		modprobe "$([ "$kind" = gre ] && echo ip_gre || echo "$kind")" 2>/dev/null ||
			return $ksft_skip
		ip -n "$a" link add s type "$kind" local 10.0.0.1 remote 10.0.0.99 ttl 64 ;;
	ip6tnl)
		modprobe ip6_tunnel 2>/dev/null || return $ksft_skip
		ip -n "$a" link add s type ip6tnl mode any local fd00::1 remote fd00::99 ;;
	vxlan)
		modprobe vxlan 2>/dev/null || return $ksft_skip
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

tmp=$(mktemp -d)
cleanup() { rm -rf "$tmp"; }

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
for n in 1 2 3 4 5 8; do
	check "chain of $n" chain_of "$n"
done
for kind in sit ipip ip6tnl gre vxlan; do
	check "loop with $kind in it" mixed "$kind"
done
check "route check sets the flag" flags_the_loop
check "storm of loops and good traffic" storm
test_end
