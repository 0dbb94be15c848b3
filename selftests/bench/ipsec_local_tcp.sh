#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A TCP/IPv6 stream of this node, protected with AES-GCM: nanoseconds for a send of 64 KB, from
# one kernel socket to another. The peer is stock's, and acknowledgments come back
# by a state, too.
#
#	sender [g] va - vb [b] receiver
#
# shellcheck source=selftests/bench/ipsec.sh
. "$(dirname "$0")/ipsec.sh"

bench_unit=ns/64KB
bench_count=2000
bench_smoke_count=100
inner_g=2001:db8:1::1
inner_b=2001:db8:3::1

stock_policy() { # NAMESPACE out|in SRC DST OUTER_SRC OUTER_DST
	ip -n "$1" xfrm policy add src "$3/128" dst "$4/128" dir "$2" \
		tmpl src "$5" dst "$6" proto esp reqid 42 mode tunnel
}

node() { # NAMESPACE DEV OUTER INNER PEER_OUTER PEER_INNER
	ip -n "$1" addr add "$3/64" dev "$2" nodad && ip -n "$1" addr add "$4/128" dev lo &&
		ip -n "$1" link set "$2" up &&
		ip -n "$1" route add "$6/128" via "$5" src "$4" || return
	add_state "$1" $outer_src $outer_dst 0x1001 gcm &&
		add_state "$1" $outer_dst $outer_src 0x1002 gcm
}

setup() {
	setup_ns g b || return
	# shellcheck disable=SC2154 # set by setup_ns
	ip -n "$g" link add va type veth peer name vb netns "$b" &&
		node "$g" va $outer_src $inner_g $outer_dst $inner_b &&
		node "$b" vb $outer_dst $inner_b $outer_src $inner_g &&
		stock_policy "$b" in $inner_g $inner_b $outer_src $outer_dst &&
		stock_policy "$b" out $inner_b $inner_g $outer_dst $outer_src || return
	take_streams "$b"
}

use_stock() {
	"$KAME" -n "$g" ipsec policy flush
	stock_policy "$g" out $inner_g $inner_b $outer_src $outer_dst &&
		stock_policy "$g" in $inner_b $inner_g $outer_dst $outer_src
}

use_kame() {
	local esp="action protect transform esp mode tunnel local $outer_src remote $outer_dst reqid 42"

	ip -n "$g" xfrm policy flush
	# shellcheck disable=SC2086 # words
	"$KAME" -n "$g" ipsec policy add dir out src $inner_g/128 dst $inner_b/128 $esp >/dev/null &&
		"$KAME" -n "$g" ipsec policy add dir in src $inner_b/128 dst $inner_g/128 $esp >/dev/null
}

run_once() { measure "$g" "$1" "stream=$inner_b,5201" size=65536; }

# What the peer has decrypted
arrived() {
	ip -n "$b" -s xfrm state list dst $outer_dst |
		awk '/^\tlifetime current:/ { getline; print $2 + 0 }'
}

# Kame counts those that TCP hands down in one as one.
judge() { judge_stream "$@" "$2"; }

bench_main
