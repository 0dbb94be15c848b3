#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Nanoseconds a packet through a gateway that protects it: stock policies and kame_ipsec,
# with the same states, in one boot and by turns. The kernel's pktgen gives packets to
# the stack of the gateway; they leave by a dummy device.
#
# Environment: ROUNDS (default 5) pairs of runs, COUNT (default 100000) packets a run
set -u
# shellcheck source=selftests/lib_ipsec.sh
. "$(dirname "$0")/../lib_ipsec.sh"

: "${ROUNDS:=5}" "${COUNT:=100000}"
require_command jq
test_begin kame_ipsec
modprobe pktgen || skip_all "there is no pktgen"
setup_ns g || skip_all "no namespace"

pg=/proc/net/pktgen
in_g() { ip netns exec "$g" "$@"; }
write() { in_g sh -c "echo '$2' > $pg/$1"; }

ip -n "$g" link add in0 type dummy
ip -n "$g" link add out0 type dummy
ip -n "$g" addr add 10.3.0.254/24 dev in0
ip -n "$g" addr add 10.0.0.1/24 dev out0
ip -n "$g" link set in0 up
ip -n "$g" link set out0 up
in_g sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.in0.rp_filter=0
ip -n "$g" neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev out0
ip -n "$g" route add 10.2.0.0/16 via 10.0.0.2

state() { # ALGO
	local words
	IFS=' ' read -r -a words <<<"$(algo_words "$1")"
	[ "$1" != null ] || words=(enc "ecb(cipher_null)" "" auth digest_null "")
	ip -n "$g" xfrm state flush
	ip -n "$g" xfrm state add src 10.0.0.1 dst 10.0.0.2 proto esp spi 0x1001 reqid 42 \
		mode tunnel "${words[@]}" sel src 0.0.0.0/0 dst 0.0.0.0/0
}

stock() { # POLICIES
	local i
	"$KAME" -n "$g" ipsec policy flush
	ip -n "$g" xfrm policy flush
	for ((i = 0; i < $1; i++)); do
		echo "xfrm policy add src 10.3.0.1/32 dst 10.2.$((i / 250)).$((i % 250 + 2))/32 dir out tmpl src 10.0.0.1 dst 10.0.0.2 proto esp reqid 42 mode tunnel"
	done | ip -n "$g" -batch -
}

kame() { # POLICIES
	local i
	ip -n "$g" xfrm policy flush
	"$KAME" -n "$g" ipsec policy flush
	for ((i = 0; i < $1; i++)); do
		echo "ipsec policy add dir out src 10.3.0.1/32 dst 10.2.$((i / 250)).$((i % 250 + 2))/32 action protect transform esp mode tunnel local 10.0.0.1 remote 10.0.0.2 reqid 42"
	done | "$KAME" -n "$g" -batch - >/dev/null
}

plain() {
	"$KAME" -n "$g" ipsec policy flush
	ip -n "$g" xfrm policy flush
}

# Nanoseconds a packet of SIZE bytes of IP
run() { # SIZE
	write kpktgend_0 rem_device_all
	write kpktgend_0 "add_device in0"
	for word in "xmit_mode netif_receive" "count $COUNT" "clone_skb 0" "pkt_size $(($1 + 14))" \
		"delay 0" "src_min 10.3.0.1" "src_max 10.3.0.1" "dst 10.2.0.2" \
		"dst_mac $(in_g cat /sys/class/net/in0/address)"; do
		write in0 "$word"
	done
	write pgctrl start
	in_g awk '/Result: OK/ { split($3, t, "("); us = t[1]; sub(/[^0-9].*/, "", us) }
		/pkts-sofar/ { n = $2 } END { printf "%d\n", us * 1000 / n }' $pg/in0
}

median() {
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

pair() { # NAME ALGO SIZE POLICIES
	local i s=() k=() p=()

	state "$2"
	for ((i = 0; i < ROUNDS; i++)); do
		plain; p+=("$(run "$3")")
		stock "$4"; s+=("$(run "$3")")
		kame "$4"; k+=("$(run "$3")")
	done
	local ms mk mp
	ms=$(printf '%s\n' "${s[@]}" | median) mk=$(printf '%s\n' "${k[@]}" | median)
	mp=$(printf '%s\n' "${p[@]}" | median)
	awk -v n="$1" -v s="$ms" -v k="$mk" -v p="$mp" 'BEGIN {
		printf "%-20s stock %6d ns  kame %6d ns  ratio %.2f  (plain forwarding %d ns)\n", n, s, k, s / k, p }'
	[ "$("$KAME" -n "$g" -j ipsec stats all | jq .mib.out_protected)" -gt 0 ] || echo "$1: nothing was protected"
}

pair ipsec_fwd_null null 64 1
pair ipsec_fwd_gcm gcm 64 1
pair ipsec_fwd_gcm_1300 gcm 1300 1
pair ipsec_policies_100 null 64 100
pair ipsec_policies_10k null 64 10000
