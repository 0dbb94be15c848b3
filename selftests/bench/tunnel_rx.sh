# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Input of a host with many tunnels, 6-in-6, to each of which packets come in turn:
# to its end, which is transmission by a dummy device. Stock's tunnels stay while
# kame's, with the same endpoints, take their place.
#
#	generator -> in [b] s0...: decapsulated, out -> counted and gone
#
# A benchmark sets tunnels to their number, and used to how many get packets (all).
# shellcheck source=selftests/bench/tunnel.sh
. "$(dirname "${BASH_SOURCE[0]}")/tunnel.sh"

# Packet N comes from fd00::1:N.
setup() {
	local template_src=fd00::1:0

	setup_ns b && modprobe -q dummy && modprobe -q ip6_tunnel || return
	# shellcheck disable=SC2154 # set by setup_ns
	ip netns exec "$b" sysctl -qw net.ipv6.conf.all.forwarding=1 \
		net.ipv6.conf.default.addr_gen_mode=1 &&
		ip -n "$b" link add in type dummy &&
		ip -n "$b" link add out type dummy &&
		ip -n "$b" addr add fd00::2/64 dev in nodad &&
		ip -n "$b" addr add fd02::ff/64 dev out nodad &&
		ip -n "$b" link set in up &&
		ip -n "$b" link set out up &&
		ip -n "$b" neigh replace "${behind_b[6]}" lladdr 02:00:00:00:00:01 dev out &&
		template=$(packet --outer "$template_src" fd00::2 fd01::1 "${behind_b[6]}") &&
		add_many s "ip6tnl mode ip6ip6"
}

add_many() { # PREFIX TYPE
	# shellcheck disable=SC2154 # set by the benchmark
	seq 0 $((tunnels - 1)) | awk -v prefix="$1" -v type="$2" '{
		printf "link add dev %s%d type %s local fd00::2 remote fd00::1:%x\n", prefix, $1, type, $1
		printf "link set dev %s%d up\n", prefix, $1 }' >/tmp/many
	ip -n "$b" -batch /tmp/many
}

use_stock() {
	! module_loaded kame_tunnel || busywait 5000 rmmod kame_tunnel
}

use_kame() {
	load_module kame_tunnel && add_many g kame_tunnel
}

# The number that differs is the last of the outer source address.
run_once() {
	measure "$b" "$1" dev=in drain=1 "packet=$template" vary=20:"${used:-$tunnels}"
}

handled() {
	[ -e /sys/module/kame_tunnel ] || { echo 0; return; }
	ip -n "$b" -s -j link show type kame_tunnel | jq '[.[].stats64.rx.packets] | add // 0'
}

bench_main
