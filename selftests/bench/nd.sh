# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the benchmarks of kame_nd share: what a router advertisement with one prefix
# costs where so many routers and prefixes are known. The kernel's own reading of
# advertisements is off on both sides, as its cost grows with addresses and routes and
# would hide ours: stock's side is what the packet costs without anyone who learns.
#
# The module learns in a work of its own. The generator runs as SCHED_IDLE, so that the
# work is done whenever the generator lets go of the processor, and the time is that of
# the whole run, building of packets included: the difference of the sides is kame's.

# shellcheck source=selftests/bench/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# shellcheck disable=SC2034 # for lib.sh
bench_modules=(kame_nd)
# shellcheck disable=SC2034 # for lib.sh
bench_unit=ns/ra
known=1 # routers, and prefixes besides the one of the run

setup() {
	setup_ns h || return
	modprobe -q dummy
	# shellcheck disable=SC2154 # set by setup_ns
	ip -n "$h" link add in type dummy &&
		ip netns exec "$h" sysctl -qw net.ipv6.conf.in.accept_ra=0 &&
		ip -n "$h" link set in arp off up || return
	template=$("$bench_dir/nd_packet.py" 1)
}

refill() {
	# A dummy device answers nothing: routers are asked as rarely as can be.
	"$KAME" -n "$h" nd set dev in max-routers 65536 max-prefixes 65536 left-out 0 \
		interval 10000 probes 10 probe-rate 1 || return
	# In steps that the queue has room for
	# shellcheck disable=SC2016 # for the shell in the namespace
	"$bench_dir/nd_packet.py" all "$known" | in_ns "$h" bash -c '
		exec 3<>"$1"
		while read -r packet; do
			printf "dev=in count=1 packet=%s" "$packet" >&3 || exit
			((++n % 100)) || sleep 0.05
		done' refill "$generator" || return
	busywait 5000 full
}
full() {
	equal "$((known + 1)) $known" "$("$KAME" -n "$h" -j nd devices |
		jq -r '.[] | select(.ifname == "in") | "\(.prefixes) \(.routers)"')" "prefixes and routers"
}

use_kame() {
	module_loaded kame_nd || { load_module kame_nd && refill; }
}

use_stock() {
	! module_loaded kame_nd || rmmod kame_nd
}

run_once() {
	in_ns "$h" chrt --idle 0 "$bench_dir/nd_time.py" "$generator" "$1" \
		"dev=in count=$1 vary=20:$known csum_at=42 packet=$template"
}

arrived() {
	snmp6 "$h" Icmp6InRouterAdvertisements in
}

handled() {
	if module_loaded kame_nd; then
		busywait 5000 all_learned
		nd_total ra_learned
	else
		echo 0
	fi
}
nd_total() { # COUNTER
	"$KAME" -n "$h" -j nd stats all | jq "[.. | objects | .$1 // empty] | add // 0"
}
all_learned() {
	[ "$(nd_total ra_in)" -eq $(($(nd_total ra_learned) + $(nd_total ra_queue_full))) ]
}

# A run in which the module was kept from its work for so long that its queue was full is
# none: now and then the machine has something else to do.
run_whole() { # SIDE
	local arrived lost

	for _ in 1 2 3 4 5; do
		arrived=$(arrived)
		[ "$1" = stock ] || lost=$(nd_total ra_queue_full)
		value=$(run_once "$bench_count") && [[ $value =~ ^[0-9.]+$ ]] || return
		equal "$bench_count" $(($(arrived) - arrived)) "packets that arrived" || return
		[ "$1" != stock ] || return 0
		busywait 5000 all_learned || return
		[ "$(nd_total ra_queue_full)" -ne "$lost" ] || return 0
	done
	return 1
}
