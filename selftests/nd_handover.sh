#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um
# nightly: 6.1 6.12
# time-travel: exact
# quick: no
#
# A host moves between two links (Figures 6 and 7 of the paper), with radvd as the
# routers and the kernel's own autoconfiguration. After each move source address and
# path must be right within 3 seconds by default and half a second with fast timers;
# stock's time is shown beside it.
#
# Environment: MOVES (default 4)

# shellcheck source=selftests/lib_nd.sh
. "$(dirname "$0")/lib_nd.sh"
moves=${MOVES:-4}
test_begin kame_nd
setup_links || skip_all "no links of namespaces"
# shellcheck disable=SC2154 # set by setup_links
address1=$(router_address "$r1") address2=$(router_address "$r2")
advertise "$r1" 2001:db8:1::/64
advertise "$r2" 2001:db8:2::/64

check "link 1 is in use" busywait 10000 right 1
check "the prefix is known with its router" busywait 3000 prefix_is 2001:db8:1::/64 attached router
router_known() { equal medium "$(nd_router "$address1" preference)" preference; }
check "the router is known" router_known

# What changed with the last move, in the host's words.
handover() { # SECONDS: "milliseconds" of each move to stderr of the caller
	local n to=2 time

	for ((n = 1; n <= moves; n++)); do
		sleep "0.$((RANDOM % 10))"
		time=$(time_to_right $to "$1") || { echo "move $n, to link $to:"; right $to; \
			"$KAME" -n "$h" nd show; "$KAME" -n "$h" nd routers; return 1; }
		times+=("$time")
		reaches $service || { echo "no answer from the service"; return 1; }
		reaches $left_behind || { echo "no answer from link 1"; return 1; }
		to=$((3 - to))
	done
	[ $((moves % 2)) -eq 0 ] || move 1
}
summary() { # NAME
	echo "# $1, each: ${times[*]}"
	printf '%s\n' "${times[@]}" | sort -n |
		awk -v name="$1" '{ t[NR] = $1 } END { printf "# %s: median %d ms, most %d ms, %d moves\n",
			name, t[int((NR + 1) / 2)], t[NR], NR }'
}

times=()
check_timed() { # NAME COMMAND...
	local name=$1

	shift
	# In this shell, so that the times are kept
	if "$@" >"$handover_log" 2>&1; then
		ktap_result ok "$name"
	else
		ktap_result "not ok" "$name"
		sed 's/^/# /' "$handover_log"
	fi
}
handover_log=$(mktemp)
check_timed "moves, default timers" handover 6
summary "default timers"
within() { # LIMIT
	local worst

	worst=$(printf '%s\n' "${times[@]}" | sort -n | tail -n 1)
	[ "${worst:-99999}" -le "$1" ] || { echo "most: ${worst:-none} ms, wanted at most $1"; return 1; }
}
check "each within 3 s" within 3000

check "fast timers are taken" "$KAME" -n "$h" nd set dev eth0 interval 50 probes 3 hold-down 200
# An address that comes back is used while duplicate address detection runs (RFC 4429),
# which takes a second.
check "optimistic addresses are used" ip netns exec "$h" sysctl -qw \
	net.ipv6.conf.eth0.optimistic_dad=1 net.ipv6.conf.eth0.use_optimistic=1
# Routers for mobile nodes advertise themselves often (RFC 6275 section 7.5).
ra_interval="MinRtrAdvInterval 0.05; MaxRtrAdvInterval 0.1; MinDelayBetweenRAs 0.05;"
advertise "$r1" 2001:db8:1::/64
advertise "$r2" 2001:db8:2::/64
times=()
check_timed "moves, fast timers" handover 6
summary "fast timers"
check "each within half a second" within 500

# Stock, with the same routers and links
check "the module goes" check_rmmod kame_nd
loaded=()
stock() {
	local to

	for to in 2 1; do
		echo "# stock: right after the move to link $to: $(time_to_right $to 6) (ms, in 6 s)"
	done
}
stock
test_end
