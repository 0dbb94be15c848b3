# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The moving host of lib_nd.sh with a daemon of user space that reads advertisements and
# makes addresses and routes of them. A script defines start_daemon, which runs the daemon
# in the host's namespace, and calls daemon_scenario.

# shellcheck source=selftests/lib_nd.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib_nd.sh"

# /sys is read-only, as in a container: devices are not waited for until udev has seen them.
in_host() { # COMMAND...
	# shellcheck disable=SC2154 # set by setup_ns
	# shellcheck disable=SC2016 # for the shell in the namespace
	ip netns exec "$h" sh -c 'mount -o remount,ro /sys && exec "$@"' in_host "$@"
}

daemon_reads() { # the kernel doesn't
	equal 0 "$(ip netns exec "$h" sysctl -n net.ipv6.conf.eth0.accept_ra)" accept_ra
}
moved() { # NUMBER
	local time

	time=$(time_to_right "$1" 8) || { right "$1"; ip -n "$h" -6 addr; ip -n "$h" -6 route; \
		"$KAME" -n "$h" nd show; return 1; }
	echo "$time ms to link $1" >>"$daemon_times"
	# Some flows may take the other router until it is known to be gone, 2.5 seconds after
	# it was asked.
	[ "$time" -ge 2800 ] || sleep "$(printf '%d.%03d' $(((2800 - time) / 1000)) $(((2800 - time) % 1000)))"
	all_answered $service && all_answered $left_behind
}
# While the daemon sees to an advertisement: it may give a detached address its lifetime
# again, and one packet may have that for source until the module has seen to it.
all_answered() { # ADDRESS
	local report

	report=$(ip netns exec "$h" ping -6 -n -q -c 60 -i 0.03 -W 1 "$1")
	[[ $report =~ ,\ (59|60)\ received ]] || { echo "$report"; return 1; }
}
left() { # NUMBER: what is left of it isn't used
	prefix_is "2001:db8:$1::/64" detached other-router && ip -n "$h" -6 addr show dev eth0 deprecated |
		grep -q "2001:db8:$1:" || { ip -n "$h" -6 addr show dev eth0; return 1; }
}
# Until the next advertisements have come, and the daemon has seen to them
stays() { # NUMBER
	sleep 6
	right "$1" && left $((3 - $1)) && reaches $service
}
restored() {
	rmmod kame_nd || return
	! ip -n "$h" -6 route | grep -q dead || { ip -n "$h" -6 route; return 1; }
}

daemon_scenario() {
	daemon_times=$(mktemp)
	setup_links || skip_all "no links of namespaces"
	# shellcheck disable=SC2154 # set by setup_links
	address1=$(router_address "$r1") address2=$(router_address "$r2")
	start_daemon >"$daemon_times.log" 2>&1 || skip_all "$1 does not run here: $(tail -n 1 "$daemon_times.log")"
	advertise "$r1" 2001:db8:1::/64
	advertise "$r2" 2001:db8:2::/64
	check "$1: link 1 is in use" busywait 20000 right 1
	check "it reads advertisements, and the kernel does not" daemon_reads
	check "the prefix is known with its router" busywait 3000 prefix_is 2001:db8:1::/64 attached router
	check "a move to link 2" moved 2
	check "the prefix of link 1 is detached, its address deprecated" busywait 3000 left 1
	check "and stays so" stays 2
	check "back to link 1" moved 1
	check "the prefix of link 2 is detached" busywait 3000 left 2
	check "to link 2 once more" moved 2
	sed 's/^/# /' "$daemon_times"
	check "the module leaves no route dead" restored
	loaded=()
	silence "$r1"
	silence "$r2"
	test_end
}
