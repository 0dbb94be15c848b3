# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the benchmarks of kame_tunnel share: two hosts with a tunnel tnl between them,
# of kame's or of stock's with the same addresses and settings. kame_tunnel is
# unloaded while stock is measured, as the module looks at each packet in a packet first.
#
#	sender in [a] tnl ==== va - vb ==== tnl [b] out -> counted and gone
#
# A benchmark sets kind to INNERinOUTER, 6in4 for IPv6 in IPv4.

# shellcheck source=selftests/bench/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

bench_count=100000
export IP_LIB_DIR=$top/build/tools
kind=${kind:-}

# Addresses, by family
declare -A outer_a=([4]=10.0.0.1 [6]=fd00::1)
declare -A outer_b=([4]=10.0.0.2 [6]=fd00::2)
declare -A inner_a=([4]=192.168.0.1 [6]=fd01::1)
declare -A inner_b=([4]=192.168.0.2 [6]=fd01::2)
declare -A behind_b=([4]=192.168.1.1 [6]=fd02::1)
declare -A behind_net=([4]=192.168.1.0/24 [6]=fd02::/64)

setup_hosts() {
	inner=${kind%in*} outer=${kind#*in}
	setup_ns a b && modprobe -q dummy || return
	# shellcheck disable=SC2154 # set by setup_ns
	ip -n "$a" link add va type veth peer name vb netns "$b" &&
		ip -n "$b" link add out type dummy &&
		ip netns exec "$b" sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv4.ip_forward=1 &&
		ip -n "$a" addr add 10.0.0.1/24 dev va &&
		ip -n "$b" addr add 10.0.0.2/24 dev vb &&
		ip -n "$a" addr add fd00::1/64 dev va nodad &&
		ip -n "$b" addr add fd00::2/64 dev vb nodad &&
		ip -n "$b" addr add 192.168.1.254/24 dev out &&
		ip -n "$b" addr add fd02::ff/64 dev out nodad || return
	local dev
	for dev in "$a va" "$b vb" "$b out"; do
		ip -n "${dev% *}" link set "${dev#* }" up || return
	done
	still_neighbours
}

# Neighbours that nobody asks for again in the middle of a run.
still_neighbours() {
	local mac_a mac_b

	mac_a=$(ip -n "$a" -j link show va | jq -r '.[0].address')
	mac_b=$(ip -n "$b" -j link show vb | jq -r '.[0].address')
	ip -n "$a" neigh replace 10.0.0.2 lladdr "$mac_b" dev va &&
		ip -n "$a" neigh replace fd00::2 lladdr "$mac_b" dev va &&
		ip -n "$b" neigh replace 10.0.0.1 lladdr "$mac_a" dev vb &&
		ip -n "$b" neigh replace fd00::1 lladdr "$mac_a" dev vb &&
		ip -n "$b" neigh replace "${behind_b[4]}" lladdr 02:00:00:00:00:01 dev out &&
		ip -n "$b" neigh replace "${behind_b[6]}" lladdr 02:00:00:00:00:01 dev out
}

stock_kind() {
	case $kind in
	4in4) echo ipip ;;
	6in4) echo sit ;;
	*in6) echo ip6tnl mode any ;;
	esac
}

# Settings are the defaults of both, which are the same: among them an encapsulation
# limit of 4 in IPv6.
add_tunnel() { # stock|kame a|b [DEV [LOCAL REMOTE]]
	local ns=${!2} peer=a type=kame_tunnel more='hoplimit 64'
	local dev=${3:-tnl} src dst

	[ "$2" = b ] || peer=b
	local -n src_of=outer_$2 dst_of=outer_$peer
	src=${4:-${src_of[$outer]}} dst=${5:-${dst_of[$outer]}}
	[ "$1" = kame ] || type=$(stock_kind)
	[ "$1$outer" != stock4 ] || more='ttl 64'
	# shellcheck disable=SC2086 # words
	ip -n "$ns" link add "$dev" type $type local "$src" remote "$dst" $more &&
		ip -n "$ns" link set "$dev" up
}

add_inner() {
	ip -n "$a" addr add 192.168.0.1/24 dev tnl && ip -n "$b" addr add 192.168.0.2/24 dev tnl &&
		ip -n "$a" addr add fd01::1/64 dev tnl nodad &&
		ip -n "$b" addr add fd01::2/64 dev tnl nodad &&
		ip -n "$a" route add "${behind_net[$inner]}" dev tnl || return
}

remove_tunnels() {
	ip -n "$a" link del tnl 2>/dev/null
	ip -n "$b" link del tnl 2>/dev/null
	! module_loaded kame_tunnel || busywait 5000 rmmod kame_tunnel
}

use_stock() {
	remove_tunnels
	case $outer in
	4) modprobe -q "$(stock_kind)" ;;
	6) modprobe -q ip6_tunnel ;;
	esac || return
	add_tunnel stock a && add_tunnel stock b && add_inner
}

use_kame() {
	remove_tunnels
	load_module kame_tunnel && add_tunnel kame a && add_tunnel kame b && add_inner
}

is_ours() { # NAMESPACE
	ip -n "$1" -d -j link show tnl 2>/dev/null |
		jq -e '.[0].linkinfo.info_kind == "kame_tunnel"' >/dev/null
}

# Packets that a tunnel of kame's took at the far end; those that it sent are as many.
handled() {
	is_ours "$b" || { echo 0; return; }
	ip -n "$b" -s -j link show tnl | jq '.[0].stats64.rx.packets'
}

arrived() {
	tx_packets "$b" out
}
