#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Each reason for which kame_ipv6 drops a packet can be met; each drop is counted once,
# on its device, and told by the tracepoint.
# kernels: um 6.12-rt
# nightly: 6.1 6.12
# time-travel: yes

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
require_command jq python3
test_begin kame_ipv6
events=/sys/kernel/tracing/events/kame_ipv6
[ -d $events ] || mount -t tracefs trace /sys/kernel/tracing 2>/dev/null
[ -d $events ] || skip_all "there is no tracefs, or no events in it"
modprobe tun 2>/dev/null
setup_line || skip_all "no line of namespaces"
export KAME

drops=$(mktemp)
# shellcheck disable=SC2154 # set by setup_line
"$(dirname "$0")/ipv6_drops.py" "$h1" "$r" >"$drops" 2>"$drops.err"
ran=$?
while IFS=$'\t' read -r state name seen; do
	ktap_result "$state" "$name"
	[ "$state" = ok ] || echo "#   $seen"
done <"$drops"
check "all packets were sent" equal "0 " "$ran $(tail -n 3 "$drops.err")"
rm -f "$drops" "$drops.err"
test_end
