#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kame_ipsec on a gateway: what it forwards is protected, or does not leave.
#
#	h (eth0) - (eth1) a (eth0) -- wire -- (eth0) b
#	10.3.0.1          kame_ipsec                 stock
#	2001:db8:c::1
# kernels: um
# nightly: 6.1 6.12 6.12-rt
# quick: no

# shellcheck source=lib_ipsec.sh
. "$(dirname "$0")/lib_ipsec.sh"

require_command jq ping nft tcpdump
test_begin kame_ipsec
setup_pair >/dev/null || skip_all "two nodes don't reach each other"

forwarded() { # INNER OUTER
	protect "$1" "$2" || return
	watch_host
	in_h ping -"$1" -q -c 5 -i 0.05 -W 2 "${inner_b[$1]}" || { show_all; return 1; }
	in_b ping -"$1" -q -c 2 -i 0.05 -W 2 -I "${inner_b[$1]}" "${host[$1]}" || return
	equal 0 "$(clear_seen)" "packets in clear" || return
	at_least 7 "$(policy_count "$policy_out" protected)" protected || return
	at_least 7 "$(policy_count "$policy_fwd" protected)" verified
}

no_state() { # VERSION
	protect "$1" "$1" || return
	watch_host
	ip -n "$a" xfrm state flush
	! in_h ping -"$1" -q -c 3 -i 0.05 -W 1 "${inner_b[$1]}" || return
	equal 0 "$(clear_seen)" "packets in clear" || return
	at_least 3 "$(policy_count "$policy_out" no_state)" no_state
}

too_big() { # VERSION
	local v=$1 size before

	protect "$v" "$v" || return
	before=$(ipsec_count drop_too_big)
	size=$([ "$v" = 6 ] && echo 1452 || echo 1472)
	in_h ping -"$v" -M "do" -c 1 -W 1 -s "$size" "${inner_b[$v]}" 2>&1 |
		grep -Eiq "mtu ?= ?1[34][0-9][0-9]|too big" || { echo "no ICMP error"; return 1; }
	at_least $((before + 1)) "$(ipsec_count drop_too_big)" drop_too_big || return
	# Now the host knows, and sends pieces that fit.
	in_h ping -"$v" -c 2 -i 0.1 -W 2 -s "$size" "${inner_b[$v]}"
}

# A decrypted packet that can't be forwarded: nothing of it comes back.
not_quoted() { # VERSION
	local v=$1 before

	protect "$v" "$v" || return
	before=$(ipsec_count drop_icmp_quote)
	in_b ping -"$v" -c 2 -i 0.1 -W 1 -t 1 -I "${inner_b[$v]}" "${host[$v]}" |
		grep -q "exceeded" && { echo "a decrypted packet was quoted"; return 1; }
	at_least $((before + 2)) "$(ipsec_count drop_icmp_quote)" drop_icmp_quote
}

# A policy that looks at ports sees a datagram whole.
fragments() { # VERSION
	local v=$1

	protect "$v" "$v" proto udp dport 7777 || return
	watch_host
	receive_begin "$v" || return
	in_h /usr/bin/python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
if ":" not in sys.argv[1]: s.setsockopt(0, 10, 0)
s.sendto(b"x" * 4000, (sys.argv[1], 7777))' "${inner_b[$v]}"
	received 4000 || return
	equal 0 "$(clear_seen)" "packets in clear" || return
	at_least 1 "$(policy_count "$policy_out" protected)" protected
}

# Protect what b has with an address of a's that NAT makes of the host's.
protect_translated() { # VERSION
	local v=$1 tunnel

	forget
	add_states esp tunnel gcm "${outer_a[$v]}" "${outer_b[$v]}" "$(any "$v")" || return
	add_stock esp tunnel "${inner_a[$v]}" "${inner_b[$v]}" "${outer_a[$v]}" "${outer_b[$v]}" \
		"${plen[$v]}" || return
	tunnel=$(tunnel_words "$v")
	# shellcheck disable=SC2086 # words
	policy_out=$(add_policy dir out src "${inner_a[$v]}" dst "${inner_b[$v]}" $tunnel) || return
	# shellcheck disable=SC2086
	policy_fwd=$(add_policy dir fwd src "${inner_b[$v]}" dst "${host[$v]}" $tunnel) || return
	# shellcheck disable=SC2086
	add_policy dir in src "${inner_b[$v]}" dst "${inner_a[$v]}" $tunnel >/dev/null || return
	watch_wire
	watch_host
}

snat_rule() { # VERSION
	local fam=${nft_family[$1]}

	in_a nft "add table inet n { chain c { type nat hook postrouting priority 100;
		$fam saddr ${host[$1]} $fam daddr ${inner_b[$1]} snat to ${inner_a[$1]}; }; }"
}

# The policy is asked after NAT. The order in which hooks were registered does not matter.
nat() { # VERSION ORDER
	local v=$1

	[ "$2" = before ] || snat_rule "$v" || return
	protect_translated "$v" || return
	[ "$2" = after ] || snat_rule "$v" || return
	in_h ping -"$v" -q -c 3 -i 0.05 -W 2 "${inner_b[$v]}" || return
	at_least 3 "$(policy_count "$policy_out" protected)" protected || return
	equal 0 "$(clear_seen)" "packets in clear"
}

# What comes out of the tunnel for a's address is the host's; so are the answers.
dnat() { # VERSION
	local v=$1

	protect_translated "$v" || return
	dnat_rule "$v" || return
	in_b ping -"$v" -q -c 3 -i 0.05 -W 2 -I "${inner_b[$v]}" "${inner_a[$v]}" || return
	at_least 3 "$(policy_count "$policy_fwd" protected)" verified || return
	at_least 3 "$(policy_count "$policy_out" protected)" protected || return
	equal 0 "$(clear_seen)" "packets in clear"
}

setup_host >/dev/null || skip_all "the host does not reach the peer"
capture_begin "$tmp/clear" "${inner_a[@]}" "${inner_b[@]}" "${host[@]}" ||
	skip_all "tcpdump does not start"
for i in 6 4; do
	for o in 6 4; do
		check "forwarded, IPv$i in IPv$o" forwarded $i $o
	done
done
for v in 6 4; do
	check "forwarded without a state: nothing leaves, IPv$v" no_state $v
	check "forwarded and too big: the sender is told, IPv$v" too_big $v
	check "a decrypted packet is not quoted, IPv$v" not_quoted $v
	check "fragments are matched whole, IPv$v" fragments $v
	check "NAT registered before, IPv$v" tidy nat $v after
	check "NAT registered after, IPv$v" tidy nat $v before
	check "NAT of a decrypted packet's destination, IPv$v" tidy dnat $v
done
check "tcpdump has seen nothing in clear" nothing_captured
test_end
