#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sequence numbers: those of many packets arrive without one being taken for a replay; extended
# ones go past 2^32; others end there, and the sender is told.
#
# Environment: COUNT, packets of the long run (default 20,000; 720000 are two hours' worth)
# kernels: um
# nightly: 6.1 6.12
# quick: no

# shellcheck source=lib_ipsec.sh
. "$(dirname "$0")/lib_ipsec.sh"

require_command jq ping
: "${COUNT:=20000}"
test_begin kame_ipsec kame_bench
setup_pair >/dev/null || skip_all "two nodes don't reach each other"
generator=/sys/kernel/debug/kame_bench/run
[ -e "$generator" ] || mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null

# Have N datagrams sent by a, and print the generator's result. They go through the queue of
# one CPU, as those of a flow do: where the sender moves to another one, what it left in the
# queue of the first may come after what fits the window.
send() { # N
	# shellcheck disable=SC2016 # for the shell in the namespace
	nsenter "--net=/run/netns/$a" taskset -c 0 bash -c 'exec 3<>"$1" && printf %s "${*:2}" >&3 && cat <&3' send \
		"$generator" "count=$1" "to=${inner_b[6]},9" size=16
}

# b takes the datagrams, and nobody reads them: no ICMP error comes back.
sink() {
	rm -f "$tmp/sink"
	in_b /usr/bin/python3 -c '
import socket, sys, time
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 9))
print("ready", flush=True)
time.sleep(3000)' "${inner_b[6]}" >"$tmp/sink" 2>&1 &
	busywait 20000 grep -q ready "$tmp/sink"
}

# States in both nodes, whose next packet has the number FIRST + 1
begin_at() { # FIRST WORD...
	local first=$1 end=() ns

	shift
	forget
	for ns in "$a" "$b"; do
		end=(replay-oseq "$first")
		[ "$ns" = "$a" ] || end=(replay-seq "$first")
		ip -n "$ns" xfrm state add src "${outer_a[6]}" dst "${outer_b[6]}" proto esp spi 0x1001 \
			reqid 42 mode tunnel replay-window 64 "$@" "${end[@]}" \
			aead "rfc4106(gcm(aes))" "$key20" 128 sel src ::/0 dst ::/0 || return
	done
	add_stock esp tunnel "${inner_a[6]}" "${inner_b[6]}" "${outer_a[6]}" "${outer_b[6]}" 128 &&
		add_kame esp tunnel "${inner_a[6]}" "${inner_b[6]}" "${outer_a[6]}" "${outer_b[6]}" &&
		sink
}

# Packets that b's state has let in
taken() {
	ip -n "$b" -s xfrm state get src "${outer_a[6]}" dst "${outer_b[6]}" proto esp spi 0x1001 |
		awk '/lifetime current:/ { getline; print $2 + 0 }'
}

# What b's state has refused: replays, and packets that don't match their number
refused() {
	ip -n "$b" -s xfrm state get src "${outer_a[6]}" dst "${outer_b[6]}" proto esp spi 0x1001 |
		awk '/stats:/ { getline; print $4 + $6 }'
}

took() { # N
	equal "$1" "$(taken)" "packets that the peer took"
}

word() { # KEY RESULT
	sed -n "s/.*\b$1=\([0-9.]*\).*/\1/p" <<<"$2"
}

# What the nodes have counted, to tell where a packet went
where() {
	local ns

	for ns in "$a" "$b"; do
		echo "$ns:"
		nsenter "--net=/run/netns/$ns" sh -c 'cat /proc/net/snmp6 /proc/net/xfrm_stat' |
			awk '$2 && /Discards|NoRoutes|Errors|Drop|OutRequests|InReceives|Xfrm|Udp6/'
	done
}

all_arrive() { # N RESULT
	equal "$1" "$(word packets "$2")" "packets sent: $2" || return
	busywait 10000 took "$1" || { show_all; where; return 1; }
	equal 0 "$(refused)" "packets that the peer refused"
}

long_run() { # WORD...
	begin_at 0 "$@" && all_arrive "$COUNT" "$(send "$COUNT")"
}

# Nothing is lost between routing and the way out while the kernel collects exceptions of
# routes, which happens to ones of a next hop that is no router each gc_interval seconds.
collected() {
	local result pid

	[ "$(nproc)" -gt 1 ] || { echo "the sender and the collector need a CPU each"; return $ksft_skip; }
	begin_at 0 || return
	# No function: what is killed is the loop itself.
	ip netns exec "$a" bash -c 'while :; do echo 1 >/proc/sys/net/ipv6/route/flush; done' &
	pid=$!
	result=$(send 20000)
	kill "$pid"
	wait "$pid" 2>/dev/null
	all_arrive 20000 "$result"
}

# 2^32 - 1000 and on: the upper half of the number is not sent, and is part of the check value.
extended() {
	local high

	begin_at 4294966296 flag esn || return
	all_arrive 3000 "$(send 3000)" || return
	high=$(ip -n "$a" xfrm state get src "${outer_a[6]}" dst "${outer_b[6]}" proto esp spi 0x1001 |
		sed -n 's/.*oseq-hi \(0x[0-9a-f]*\).*/\1/p')
	equal 1 "$((high))" "the upper half"
}

# No number is used twice: 2^32 - 1 is the last one (RFC 4303 section 3.3.3).
exhausted() {
	local result before

	begin_at 4294966295 || return
	before=$(ipsec_count drop_transform)
	result=$(send 1500)
	equal 1000 "$(word packets "$result")" "packets sent: $result" || return
	busywait 10000 took 1000 || return
	equal 0 "$(refused)" "packets that the peer refused" || return
	equal $((before + 500)) "$(ipsec_count drop_transform)" drop_transform
}

check "$COUNT packets, numbers of 32 bits" long_run
check "$COUNT packets, extended numbers" long_run flag esn
check "nothing is lost while routes are collected" collected
check "extended numbers beyond 2^32" extended
check "numbers of 32 bits end" exhausted
forget
test_end
