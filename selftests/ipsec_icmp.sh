#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ICMP errors on a gateway: those that it forwards belong to the flow that they quote (RFC 4301
# section 6), and those that it makes itself quote nothing that was decrypted.
#
#	h (eth0) - (eth1) a (eth0) -- wire -- (eth0) b
#	           kame_ipsec                 stock
# kernels: um
# nightly: 6.1 6.12 6.12-rt
# quick: no

# shellcheck source=lib_ipsec.sh
. "$(dirname "$0")/lib_ipsec.sh"

require_command jq ping nft
test_begin kame_ipsec
setup_pair >/dev/null || skip_all "two nodes don't reach each other"

# An address beyond b without a policy, one of h's without a policy, and one that a can't reach
declare -A far=([6]=2001:db8:f::1 [4]=10.4.0.1) alias=([6]=2001:db8:c::99 [4]=10.3.0.99)
declare -A gone=([6]=2001:db8:e::1 [4]=10.5.0.1)

setup_addresses() {
	local v

	for v in 6 4; do
		ip -n "$b" addr add "${far[$v]}/${plen[$v]}" dev lo || return
		add_addr "$h" eth0 "${alias[$v]}"
		ip -n "$b" -$v route add "${alias[$v]}/${plen[$v]}" via "${outer_a[$v]}" &&
			ip -n "$b" -$v route add "${gone[$v]}/${plen[$v]}" via "${outer_a[$v]}" \
				src "${inner_b[$v]}" &&
			ip -n "$a" -$v route add "${far[$v]}/${plen[$v]}" via "${outer_b[$v]}" || return
	done
	# Each error is to be made, and a fragment doesn't wait for long, in netfilter either.
	unlimited_errors "$a" &&
		in_a sysctl -qw net.ipv4.icmp_msgs_per_sec=10000 net.ipv4.ipfrag_time=1 \
			net.ipv6.ip6frag_time=1 net.netfilter.nf_conntrack_frag6_timeout=1
}

# Protect what b has with h, with a and with the address that isn't there; b takes from the
# tunnel, and sends into it, whatever has to do with its inner address.
connect() { # VERSION [WORD of the selector of input...]
	local v=$1 dir

	protect "$v" "$v" || return
	for dir in in fwd; do
		# shellcheck disable=SC2154,SC2086 # set by protect; words
		add_policy dir $dir src "${inner_b[$v]}" "${@:2}" $tunnel >/dev/null || return
	done
	ip -n "$b" -batch - <<-BATCH
		xfrm policy add $(any "$v" | sed "s,dst .*,dst ${inner_b[$v]}/${plen[$v]},") dir in \
			priority 9 tmpl src ${outer_a[$v]} dst ${outer_b[$v]} proto esp reqid 42 mode tunnel
		xfrm policy add $(any "$v" | sed "s,src [^ ]*,src ${inner_b[$v]}/${plen[$v]},") dir out \
			priority 9 tmpl src ${outer_b[$v]} dst ${outer_a[$v]} proto esp reqid 42 mode tunnel
	BATCH
}

# ICMP errors that a node has got
errors() { # NAMESPACE VERSION
	ip netns exec "$1" awk -v v="$2" '
		v == 6 && /^Icmp6In(DestUnreachs|PktTooBigs|TimeExcds|ParmProblems)/ { n += $2 }
		v == 4 && /^Icmp:/ && !names { names = split($0, name); next }
		v == 4 && /^Icmp:/ { for (i = 2; i <= names; i++)
			if (name[i] ~ /^In(DestUnreachs|TimeExcds|ParmProbs)$/) n += $i }
		END { print n + 0 }' /proc/net/snmp6 /proc/net/snmp
}

more_errors() { # THAN NAMESPACE VERSION
	[ "$(errors "$2" "$3")" -gt "$1" ]
}

# What b sends to have an error made of it
hop_limit() { # VERSION [DESTINATION]
	in_b ping -"$1" -q -c 1 -W 1 -t 1 -I "${inner_b[$1]}" "${2:-${host[$1]}}"
}

too_big() { # VERSION
	in_b ping -"$1" -q -c 1 -W 1 -M "do" -s 1350 -I "${inner_b[$1]}" "${host[$1]}"
}

closed_port() { # VERSION
	in_b bash -c "echo x >/dev/udp/${inner_a[$1]}/7"
}

no_route() { # VERSION
	in_b ping -"$1" -q -c 1 -W 1 -I "${inner_b[$1]}" "${gone[$1]}"
}

rejected() { # VERSION
	in_a nft "add table inet n { chain c { type filter hook forward priority 0;
		udp dport 77 reject with icmpx type admin-prohibited; }; }" || return
	in_b bash -c "echo x >/dev/udp/${host[$1]}/77"
}

# A packet of a socket that writes what is behind the IP header, or that as well
raw() { # VERSION unknown|option|fragment|headers
	in_b /usr/bin/python3 - "${inner_b[$1]}" "${inner_a[$1]}" "$2" <<'PY'
import socket, struct, sys
src, dst, what = sys.argv[1:]
six = ":" in src
family = socket.AF_INET6 if six else socket.AF_INET
udp = struct.pack("!HHHH", 1, 7, 64, 0) + bytes(56)
def ip4(proto, flags, options, body):
    head = struct.pack("!BBHHHBBH", 0x45 + len(options) // 4, 0, 0, 77, flags, 64, proto, 0)
    return head + socket.inet_aton(src) + socket.inet_aton(dst) + options + body
proto, body = {
    "unknown": (253, bytes(64)),
    # An option that asks for an error where it's not known; one that is too short
    "option": (60, bytes([17, 0, 0x80 + 30, 4, 0, 0, 0, 0]) + udp) if six else
        (255, ip4(17, 0, bytes([7, 3, 200, 0]), udp)),
    "fragment": (44, struct.pack("!BBHI", 17, 0, 1, 77) + udp) if six else
        (255, ip4(17, 0x2000, b"", udp)),
    # Nothing but options as far as the quote reaches, and an unknown header behind them
    "headers": (60, (bytes([60, 31, 30, 252]) + bytes(252)) * 5 +
                bytes([253, 0, 30, 4]) + bytes(12)),
}[what]
s = socket.socket(family, socket.SOCK_RAW, proto)
s.bind((src, 0))
s.sendto(body, (dst, 0))
PY
}

# Nothing of what was decrypted comes back; where the user wants it, it does, protected.
not_quoted() { # VERSION COMMAND...
	local v=$1 cause=("${@:2}") before got

	connect "$v" || return
	# shellcheck disable=SC2086 # words
	add_policy dir out dst "${inner_b[$v]}" $tunnel >/dev/null || return
	watch_host
	got=$(errors "$b" "$v")
	before=$(ipsec_count drop_icmp_quote)
	"${cause[@]}"
	busywait 5000 more_than "$before" drop_icmp_quote || return
	equal "$got" "$(errors "$b" "$v")" "errors that the peer got" || return
	kame_a set quote protected || return
	before=$(ipsec_count drop_icmp_quote)
	"${cause[@]}"
	busywait 5000 more_errors "$got" "$b" "$v" || { show_all; return 1; }
	equal "$before" "$(ipsec_count drop_icmp_quote)" drop_icmp_quote || return
	equal 0 "$(clear_seen)" "packets in clear"
}

# Nor does it where a policy would send it in clear for want of a state.
use_quotes_nothing() { # VERSION
	local v=$1 before got

	connect "$v" || return
	kame_a set quote protected || return
	# shellcheck disable=SC2086 # words
	add_policy dir out dst "${inner_b[$v]}" $tunnel level use >/dev/null || return
	ip -n "$a" xfrm state del src "${outer_a[$v]}" dst "${outer_b[$v]}" proto esp spi 0x1001 || return
	watch_host
	got=$(errors "$b" "$v")
	before=$(ipsec_count drop_icmp_quote)
	closed_port "$v"
	busywait 5000 more_than "$before" drop_icmp_quote || { show_all; return 1; }
	equal "$got" "$(errors "$b" "$v")" "errors that the peer got" || return
	equal 0 "$(clear_seen)" "packets in clear"
}

# Run a case, and take away what it may have left behind.
tidy() { # COMMAND...
	local status

	"$@"
	status=$?
	kame_a set quote never
	in_a nft delete table inet n 2>/dev/null
	return $status
}

# A policy of input that looks at what an ICMP error doesn't tell of the packet
narrow_policy() { # VERSION WORD...
	local v=$1 before got

	connect "$v" || return
	"$KAME" -n "$a" ipsec policy flush
	# shellcheck disable=SC2086 # words
	add_policy dir in src "${inner_b[$v]}" "${@:2}" $tunnel >/dev/null || return
	in_a nft "add table inet n { chain c { type filter hook prerouting priority 0;
		meta l4proto udp meta mark set 5; }; }" || return
	got=$(errors "$b" "$v")
	before=$(ipsec_count drop_icmp_quote)
	in_b /usr/bin/python3 -c '
import socket, sys
six = ":" in sys.argv[1]
s = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(*((41, 67) if six else (0, 1)), 0xb8)
s.bind((sys.argv[1], 0))
s.sendto(b"x", (sys.argv[2], 7))' "${inner_b[$v]}" "${inner_a[$v]}"
	busywait 5000 more_than "$before" drop_icmp_quote || { show_all; return 1; }
	equal "$got" "$(errors "$b" "$v")" "errors that the peer got"
}

# NAT gives the quote the address that the peer knows, and that no policy of input has.
translated() { # VERSION
	local v=$1 before got

	connect "$v" || return
	"$KAME" -n "$a" ipsec policy flush
	# shellcheck disable=SC2086 # words
	policy_fwd=$(add_policy dir fwd src "${inner_b[$v]}" dst "${host[$v]}" $tunnel) || return
	dnat_rule "$v" || return
	got=$(errors "$b" "$v")
	before=$(ipsec_count drop_icmp_quote)
	hop_limit "$v" "${inner_a[$v]}"
	busywait 5000 more_than "$before" drop_icmp_quote || { show_all; return 1; }
	equal "$got" "$(errors "$b" "$v")" "errors that the peer got" || return
	at_least 1 "$(policy_count "$policy_fwd" protected)" verified
}

# An error from beyond the peer, through the tunnel, about a packet of the host's
in_tunnel() { # VERSION
	local v=$1 before got refused

	connect "$v" || return
	ip -n "$b" xfrm policy add src "${far[$v]}/${plen[$v]}" dst "${host[$v]}/${plen[$v]}" dir out \
		tmpl src "${outer_b[$v]}" dst "${outer_a[$v]}" proto esp reqid 42 mode tunnel || return
	before=$(ipsec_count in_icmp)
	got=$(errors "$h" "$v")
	send_error "$b" "$v" 17 "${host[$v]}" "${inner_b[$v]}" "${far[$v]}" "${host[$v]}" || return
	busywait 5000 more_errors "$got" "$h" "$v" || { show_all; return 1; }
	at_least $((before + 1)) "$(ipsec_count in_icmp)" in_icmp || return
	# About a flow that has no policy: the kernel's own refuses it.
	got=$(errors "$h" "$v")
	before=$(ipsec_count in_icmp)
	refused=$(no_policies)
	send_error "$b" "$v" 17 "${host[$v]}" "${far[$v]}" "${far[$v]}" "${host[$v]}" || return
	busywait 5000 more_refused "$refused" || { show_all; return 1; }
	equal "$got" "$(errors "$h" "$v")" "errors that the host got" || return
	equal "$before" "$(ipsec_count in_icmp)" in_icmp
}

no_policies() {
	in_a awk '$1 == "XfrmInNoPols" { print $2 }' /proc/net/xfrm_stat
}

more_refused() { # THAN
	[ "$(no_policies)" -gt "$1" ]
}

# An error from the host's side, by an address that has no policy, about a packet that came
# through the tunnel: it goes back into it.
from_behind() { # VERSION
	local v=$1 got before

	connect "$v" || return
	watch_host
	got=$(errors "$b" "$v")
	before=$(policy_count "$policy_out" protected)
	send_error "$h" "$v" 17 "${inner_b[$v]}" "${host[$v]}" "${alias[$v]}" "${inner_b[$v]}" || return
	busywait 5000 more_errors "$got" "$b" "$v" || { show_all; return 1; }
	equal $((before + 1)) "$(policy_count "$policy_out" protected)" protected || return
	equal 0 "$(clear_seen)" "packets in clear"
}

# An error in clear in the name of the peer's host, which had to come through the tunnel
in_clear() { # VERSION PROTO SRC DST
	local v=$1 got before

	connect "$v" || return
	ip -n "$b" xfrm policy flush
	got=$(errors "$h" "$v")
	before=$(ipsec_count drop_in_clear)
	send_error "$b" "$v" "$2" "$3" "$4" "${inner_b[$v]}" "${host[$v]}" || return
	busywait 5000 more_than "$before" drop_in_clear || return
	equal "$got" "$(errors "$h" "$v")" "errors that the host got"
}

setup_host >/dev/null || skip_all "the host does not reach the peer"
setup_addresses || skip_all "addresses can't be set"
ip -n "$a" link set eth1 mtu 1300
for v in 6 4; do
	check "hop limit, IPv$v" tidy not_quoted $v hop_limit $v
	check "packet too big, IPv$v" tidy not_quoted $v too_big $v
	check "port unreachable, IPv$v" tidy not_quoted $v closed_port $v
	check "nor is it where a policy of level use has no state, IPv$v" tidy use_quotes_nothing $v
	check "no route, IPv$v" tidy not_quoted $v no_route $v
	check "administratively prohibited, IPv$v" tidy not_quoted $v rejected $v
	check "unknown protocol, IPv$v" tidy not_quoted $v raw $v unknown
	check "parameter problem, IPv$v" tidy not_quoted $v raw $v option
	check "time exceeded in reassembly, IPv$v" tidy not_quoted $v raw $v fragment
	check "a policy that asks for the device, IPv$v" tidy narrow_policy $v iif eth0
	check "a policy that asks for the mark, IPv$v" tidy narrow_policy $v mark 5
	check "a policy that asks for the code point, IPv$v" tidy narrow_policy $v dscp 46
	check "a packet whose destination NAT has changed, IPv$v" tidy translated $v
	check "an error in the tunnel is forwarded, IPv$v" in_tunnel $v
	check "an error from behind goes into the tunnel, IPv$v" from_behind $v
	check "an error in clear is not forwarded, IPv$v" in_clear $v 17 "${host[$v]}" "${inner_b[$v]}"
	check "an error in clear about the gateway's ESP is not forwarded, IPv$v" in_clear $v 50 \
		"${outer_a[$v]}" "${outer_b[$v]}"
done
check "a quote that ends within extension headers" tidy not_quoted 6 raw 6 headers
forget
test_end
