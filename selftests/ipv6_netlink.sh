#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Requests over netlink that are out of range, half right, or not allowed: each gets its
# error, a sentence where it needs one, and the attribute at fault, and changes nothing.
# kernels: um 6.12
# nightly: 6.1 6.12-rt

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
require_command python3
test_begin kame_ipv6
setup_ns a
# shellcheck disable=SC2154 # set by setup_ns
ip -n "$a" link add eth0 type dummy
answers=$(mktemp)
ip netns exec "$a" "$(dirname "$0")/ipv6_netlink.py" \
	"$(ip netns exec "$a" cat /sys/class/net/eth0/ifindex)" >"$answers" 2>"$answers.err"
ran=$?
while IFS=$'\t' read -r state name seen; do
	ktap_result "$state" "$name"
	[ "$state" = ok ] || echo "#   $seen"
done <"$answers"
check "all requests were made" equal "0 " "$ran $(tail -n 3 "$answers.err")"
rm -f "$answers" "$answers.err"
test_end
