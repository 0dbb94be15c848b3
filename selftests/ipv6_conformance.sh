#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What sockets see is the same with stock input and with kame_ipv6's, in one boot: RFC
# 3542 ancillary data, transparent and raw sockets, filters, checksums, time stamps, the
# error queue. And the SNMP counters move alike meanwhile, as nstat reads them.
# kernels: um
# quick: no

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
require_command jq python3 nstat
test_begin kame_ipv6:auto=0
setup_line || skip_all "no line of namespaces"
work=$(mktemp -d)
cleanup() {
	rm -rf "$work"
}
# shellcheck disable=SC2154 # set by setup_line
ip -n "$r" route add local 2001:db8:a::/48 dev lo
ip netns exec "$r" sysctl -qw net.ipv6.icmp.ratelimit=0

counters() { # FILE
	local dev

	ip netns exec "$r" nstat -asz 2>/dev/null | awk '/^(Ip6|Icmp6|Udp6)/ { print $1, $2 }'
	for dev in r1 r2 lo; do
		ip netns exec "$r" sed "s/^/$dev /; s/[[:space:]]\+/ /g" "/proc/net/dev_snmp6/$dev" |
			awk '$2 != "ifIndex" { print $1 "/" $2, $3 }'
	done
}

# Counters of what hosts say when their timers say so are left out.
moved() { # BEFORE AFTER
	awk 'NR == FNR { before[$1] = $2; next } { print $1, $2 - before[$1] }' "$1" "$2" |
		grep -vE 'Type(13[3-7]|143)|(Neighbor|Router|MLDv2|Group|Redirect)|Msgs|Out(Requests|Octets|Mcast|Transmits)|In(Receives|Octets|Delivers|Mcast|NoECT)' |
		sort
}

run() { # SIDE
	counters >"$work/before"
	"$(dirname "$0")/ipv6_conformance.py" "$h1" "$r" >"$work/$1" || return
	counters >"$work/after"
	moved "$work/before" "$work/after" >"$work/$1.snmp"
}

# Neighbours are known before either begins.
check "stock" run stock
attach_all() {
	local dev

	for dev in lo r1 r2; do
		"$KAME" -n "$r" ipv6 attach dev $dev || return
	done
}
check "kame_ipv6 is attached" attach_all
check "kame_ipv6" run kame
check "it walked headers" at_least 40 "$(kame_count "$r" hdr_dstopts)"

sees_something() { # CASE: most do
	case $1 in
	*"another device"*) return 0 ;;
	*) ! awk -F '\t' -v name="$1" '$1 == name { print $2 }' "$work/stock" | grep -qx nothing ;;
	esac
}
alike() { # CASE
	equal "$(grep -F "$1	" "$work/stock")" "$(grep -F "$1	" "$work/kame")" && sees_something "$1"
}
while IFS=$'\t' read -r name _; do
	check "$name" alike "$name"
done <"$work/stock"
check "all cases" at_least 38 "$(wc -l <"$work/kame")"
check "SNMP counters" diff "$work/stock.snmp" "$work/kame.snmp"
test_end
