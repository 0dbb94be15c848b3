#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: 6.12-rt
# quick: no
#
# When the machine wakes up its routers are asked: it may have been carried anywhere.

# shellcheck source=selftests/lib_nd_link.sh
. "$(dirname "$0")/lib_nd_link.sh"
require_command ip python3 rtcwake
grep -qw freeze /sys/power/state 2>/dev/null || skip_all "this kernel can't suspend"
test_begin kame_nd
setup_one_link || skip_all "no link of namespaces"

# Where the kernel can be told to, as far as to freeze all tasks. Else it is to wake up after
# a second; the root of a test VM can't sleep, so that there all wakes up at once.
sleeps() {
	if [ -w /sys/power/pm_test ]; then
		echo freezer >/sys/power/pm_test
		echo freeze >/sys/power/state
		echo none >/sys/power/pm_test
	else
		rtcwake -m freeze -s 1
	fi
}
suspended() { dmesg | awk -v mark="$dmesg_mark" 'index($0, mark) { n = 0 } /PM: suspend exit/ { n++ } END { exit !n }'; }
resume() {
	equal 0 "$(nd_count probe_start)" "routers asked before" || return
	sleeps
	busywait 5000 suspended || { echo "it did not suspend"; return $ksft_skip; }
	busywait 20000 more_than 0 probe_start && busywait 20000 more_than 0 probe_answered
}
check "a router is learned" learned_from a
check "it is asked when the machine wakes up, and answers" resume
test_end
