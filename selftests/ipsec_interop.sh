#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kame_ipsec against a peer that has stock policies (ip xfrm): what one protects the
# other takes, in both directions, and nothing goes in clear.
#
#	a (eth0) -------- (eth0) b
#	kame_ipsec               stock
#	2001:db8::1, 10.0.0.1    2001:db8::2, 10.0.0.2	outer
#	2001:db8:a::1, 10.1.0.1  2001:db8:b::2, 10.2.0.2	inner, on dummy devices
# kernels: um 6.12
# nightly: 6.1 6.12-rt
# quick: no

# shellcheck source=lib_ipsec.sh
. "$(dirname "$0")/lib_ipsec.sh"

require_command jq ping nft tcpdump
test_begin kame_ipsec
setup_pair >/dev/null || skip_all "two nodes don't reach each other"
capture_begin "$tmp/clear" "${inner_a[@]}" "${inner_b[@]}" || skip_all "tcpdump does not start"

# A user-mode kernel is quick enough for each cipher in each pair of families. Elsewhere each
# cipher has one, and each pair of families one cipher.
every=
! grep -q "User Mode Linux" /proc/cpuinfo || every=yes

for algo in gcm cbc chacha null; do
	for inner in 6 4; do
		for outer in 6 4; do
			[ -n "$every" ] || [ $algo = gcm ] || [ $inner$outer = 64 ] || continue
			check "esp tunnel, $algo, IPv$inner in IPv$outer" \
				run_case esp tunnel $algo $inner $outer
		done
	done
done
for inner in 6 4; do
	check "esp transport, gcm, IPv$inner" run_case esp transport gcm $inner $inner
	check "esp transport, cbc, IPv$inner" run_case esp transport cbc $inner $inner
	check "ah transport, IPv$inner" run_case ah transport sha $inner $inner
	check "ah tunnel, IPv$inner in IPv$inner" run_case ah tunnel sha $inner $inner
	check "esp tunnel with extended sequence numbers, IPv$inner" \
		run_case esp tunnel gcm $inner $inner "flag esn replay-window 64"
done
check "esp tunnel in UDP, IPv4" run_case esp tunnel gcm 4 4 "" udp
check "esp transport in UDP, IPv4" run_case esp transport gcm 4 4 "" udp
check "esp tunnel in UDP, IPv6 in IPv4" run_case esp tunnel gcm 6 4 "" udp
check "tcpdump has seen nothing in clear" nothing_captured
test_end
