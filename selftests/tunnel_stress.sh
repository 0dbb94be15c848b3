#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um
# nightly: 6.1 6.1-rt 6.12
# quick: no
#
# Devices, namespaces and the module go while packets are on their way.
# ROUNDS: how many times each (default 15)

# shellcheck source=selftests/tunnel_lib.sh
. "$(dirname "$0")/tunnel_lib.sh"

# Until it is killed. It gives way to what goes under it, or rounds would be few.
flood() { # NAMESPACE ADDRESS
	exec nice -n 19 ip netns exec "$1" "$tunnel_net" flood "$2"
}

flooders() { # both ways, by both tunnels
	flood "$a" 192.168.4.2 & pids+=($!)
	flood "$b" fd01:4::1 & pids+=($!)
	flood "$a" fd01:6::2 & pids+=($!)
	flood "$b" 192.168.6.1 & pids+=($!)
}

stop() {
	kill -9 "${pids[@]}" 2>/dev/null
	wait "${pids[@]}" 2>/dev/null
	pids=()
}

devices() {
	local i

	flooders
	for ((i = 0; i < rounds; i++)); do
		add_ours a 4 && add_ours b 4 && add_ours a 6 && add_ours b 6 || { stop; return 1; }
		ip -n "$a" link set g4 type kame_tunnel hoplimit $((i % 200 + 1))
		ip -n "$a" link set g6 type kame_tunnel encaplimit $((i % 5))
		[ $((i % 3)) -ne 0 ] || ip -n "$a" route add 10.0.0.2 dev g6
		ip -n "$a" link del g4
		ip -n "$b" link del g6
		ip -n "$a" link del g6
		ip -n "$b" link del g4
	done
	stop
}

changes() { # the settings change under the packets
	local i

	add_ours a 4 && add_ours b 4 && add_ours a 6 && add_ours b 6 || return
	flooders
	for ((i = 0; i < rounds; i++)); do
		ip -n "$a" link set g4 type kame_tunnel remote "10.0.0.$((i % 2 + 2))"
		ip -n "$a" link set g6 type kame_tunnel remote "fd00::$((i % 2 + 2))" max-depth $((i % 8 + 1))
		ip -n "$a" route add 10.0.0.2 dev g6 2>/dev/null
		ip -n "$a" route add fd00::2 dev g4 2>/dev/null
		ip -n "$a" route del 10.0.0.2 dev g6 2>/dev/null
		ip -n "$a" route del fd00::2 dev g4 2>/dev/null
	done
	stop
	ip -n "$a" link set g4 type kame_tunnel remote 10.0.0.2
	ip -n "$a" link set g6 type kame_tunnel remote fd00::2
	reaches "$a" 192.168.4.2 && reaches "$a" fd01:6::2 || return
	for i in 4 6; do
		ip -n "$a" link del g$i
		ip -n "$b" link del g$i
	done
}

namespaces() {
	local i keep_a=$a keep_b=$b

	for ((i = 0; i < rounds / 4; i++)); do
		setup_pair || return
		add_ours a 4 && add_ours b 4 && add_ours a 6 && add_ours b 6 || return
		# one device lives elsewhere than its outer packets
		ip -n "$a" link set g4 netns "$keep_a"
		inner_up "$keep_a" a g4 4
		flooders
		sleep 0.02
		stop & ip netns del "$a"
		ip netns del "$b"
		stop
		busywait 10000 gone "$keep_a" g4 || return
	done
	a=$keep_a b=$keep_b
}

gone() { # NAMESPACE DEV
	! ip -n "$1" link show "$2" >/dev/null 2>&1
}

# Changes devices again and again: who wants to change some has to wait for it, and sleeps.
hog() { # NAMESPACE
	exec ip netns exec "$1" nice -n 19 ip -force -batch - >/dev/null 2>&1 \
		< <(yes $'link add hog type veth peer name hog2\nlink del hog')
}

# Outer packets go on coming from elsewhere to namespaces that go, until their last device has.
# Several go at once: the kernel deals with one after the other, while packets come to all.
arrivals() {
	local i n c addrs=() names=()

	setup_ns h || return
	for ((i = 0; i < rounds / 4 + 1; i++)); do
		addrs=() names=()
		for n in 1 2 3 4; do
			setup_ns c || return
			ip -n "$a" -batch - <<-EOF || return
				link add w$n type veth peer name w netns $c
				addr add 10.3.$n.1/24 dev w$n
				link set w$n up
			EOF
			ip -n "$c" -batch - <<-EOF || return
				addr add 10.3.$n.2/24 dev w
				link set w up
			EOF
			addrs+=("10.3.$n.2")
			names+=("$c")
		done
		ip netns exec "$a" "$tunnel_net" outer "${addrs[@]}" & pids+=($!)
		busywait 10000 arrive "${names[-1]}" || { stop; return 1; }
		hog "$h" & pids+=($!)
		hog "$b" & pids+=($!)
		printf 'netns del %s\n' "${names[@]}" | ip -batch -
		for n in 1 2 3 4; do
			busywait 20000 gone "$a" w$n || { stop; return 1; }
		done
		stop
	done
}

arrive() { # NAMESPACE
	ip netns exec "$1" awk '/^IpExt:/ && $8 + 0 > 10000 { ok = 1 } END { exit !ok }' /proc/net/netstat
}

modules() {
	local i

	flooders
	for ((i = 0; i < rounds; i++)); do
		add_ours a 4 && add_ours b 4 && add_ours a 6 && add_ours b 6 || { stop; return 1; }
		busywait 5000 rmmod kame_tunnel || { stop; return 1; }
		load_module kame_tunnel || { stop; return 1; }
	done
	loaded=(kame_tunnel)
	stop
}

pids=()
cleanup() { stop; }

tunnel_begin
rounds=${ROUNDS:-15}
setup_pair || skip_all "the namespaces can't be set up"
check "devices go under flood, $rounds rounds" devices
check "settings and routes change under flood, $rounds rounds" changes
check "namespaces go under flood, $((rounds / 4)) rounds" namespaces
check "packets come to namespaces that go, $((rounds / 4 + 1)) rounds" arrivals
check "the module goes under flood, $rounds rounds" modules
test_end
