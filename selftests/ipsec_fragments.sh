#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Policies of kame_ipsec see a datagram as a whole, whatever its fragments say of themselves
# and however each of them comes; and a state is good for the addresses that it has.
# kernels: um um-kasan
# nightly: 6.1 6.12
# quick: no

# shellcheck source=lib_ipsec.sh
. "$(dirname "$0")/lib_ipsec.sh"

require_command jq ping nft python3
test_begin kame_ipsec
setup_pair >/dev/null || skip_all "two nodes don't reach each other"
dir=$(cd "$(dirname "$0")" && pwd)

datagram() { # from-a|from-b FIRST SECOND [NEXT]
	# shellcheck disable=SC2154 # set by setup_ns
	case $1 in
	from-a) "$dir/ipsec_fragments.py" "$a" "$b" "${inner_a[6]}" "${inner_b[6]}" "${@:2}" ;;
	from-b) "$dir/ipsec_fragments.py" "$b" "$a" "${inner_b[6]}" "${inner_a[6]}" "${@:2}" ;;
	esac
}

plain() {
	forget
	equal delivered "$(datagram from-a raw raw)" "without a policy"
}

# What the second fragment says that it is means nothing (RFC 8200 section 4.5).
output() { # ACTION-WORD... ; in a policy for UDP
	local clear

	forget
	add_policy dir out dst "${inner_b[6]}" proto udp "$@" >/dev/null && watch_wire || return
	clear=$(clear_seen)
	grep -q lost <<<"$(datagram from-a raw raw)" || { echo "it was delivered"; return 1; }
	equal "$clear" "$(clear_seen)" "fragments in clear" || return
	# what the policy is not for
	equal OK "$(icmp_passes)" "ICMP"
}
icmp_passes() { in_a ping -6 -q -c 1 -W 2 -I "${inner_a[6]}" "${inner_b[6]}" >/dev/null && echo OK; }

tunnel() {
	forget
	add_states esp tunnel gcm "${outer_a[6]}" "${outer_b[6]}" "$(any 6)" &&
		add_stock esp tunnel "${inner_a[6]}" "${inner_b[6]}" "${outer_a[6]}" "${outer_b[6]}" 128 &&
		add_kame esp tunnel "${inner_a[6]}" "${inner_b[6]}" "${outer_a[6]}" "${outer_b[6]}"
}

both_protected() {
	tunnel || return
	equal delivered "$(datagram from-b raw raw)" "both protected" &&
		equal delivered "$(datagram from-a raw raw)" "both protected, on the way out"
}

# One that comes in clear does not get in with one that came protected.
mixed() { # FIRST SECOND COUNTER
	local before

	tunnel || return
	before=$(ipsec_count "$3")
	equal lost "$(datagram from-b "$1" "$2")" "of which one is in clear" &&
		at_least $((before + 1)) "$(ipsec_count "$3")" "$3"
}

# Whoever has a state of another address may not use this one with it.
other_ends() {
	local other=2001:db8:b::77 before

	forget
	ip -n "$b" addr add $other/128 dev lo
	ip -n "$a" -6 route add $other/128 via "${outer_b[6]}" src "${inner_a[6]}"
	ip -n "$a" -batch - <<-BATCH || return
		xfrm state add src ${inner_b[6]} dst ${inner_a[6]} proto esp spi 0x1002 reqid 42 mode transport $(algo_words gcm)
	BATCH
	ip -n "$b" -batch - <<-BATCH || return
		xfrm state add src $other dst ${inner_a[6]} proto esp spi 0x1002 reqid 42 mode transport $(algo_words gcm)
		xfrm state add src ${inner_b[6]} dst ${inner_a[6]} proto esp spi 0x1003 reqid 42 mode transport $(algo_words gcm)
		xfrm policy add src $other/128 dst ${inner_a[6]}/128 dir out tmpl proto esp reqid 42 mode transport
	BATCH
	add_policy dir in src ::/0 dst "${inner_a[6]}" action protect transform esp mode transport \
		reqid 42 >/dev/null || return
	before=$(ipsec_count drop_in_mismatch)
	in_b ping -6 -q -c 3 -i 0.1 -W 1 -I $other "${inner_a[6]}"
	at_least $((before + 3)) "$(ipsec_count drop_in_mismatch)" drop_in_mismatch
}

check "a datagram of two fragments" plain
check "the first one tells what it is, discard" output action discard
check "the first one tells what it is, protect" output action protect transform esp mode tunnel \
	local "${outer_a[6]}" remote "${outer_b[6]}" reqid 42
check "both come protected" both_protected
check "the second in clear" mixed raw wire drop_in_mismatch
check "the first in clear" mixed wire raw drop_in_clear
check "a state of another source" other_ends
test_end
