#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kame_ipsec on input: ways round the policy of what is delivered or forwarded, where something
# else in the node gives a packet another address, and packets that no router forwards.
# kernels: um
# nightly: 6.1 6.12
# quick: no

# shellcheck source=lib_ipsec.sh
. "$(dirname "$0")/lib_ipsec.sh"

require_command jq nft ping python3 socat
test_begin kame_ipsec
setup_pair >/dev/null || skip_all "two nodes don't reach each other"
declare -A elsewhere=([6]=2001:db8:99::9 [4]=10.99.0.9)

# What a sends to an address is for b; the answer has that address again when a's socket sees it,
# and must have come in protected all the same.
answered() { # VERSION
	in_a /usr/bin/python3 - "${inner_a[$1]}" "${elsewhere[$1]}" <<'PY'
import socket, sys
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 0))
s.connect((sys.argv[2], 7777))
s.settimeout(2)
s.send(b"hello")
sys.exit(s.recv(16) != b"hello")
PY
}
translated() { # VERSION
	local v=$1 fam=${nft_family[$1]} before

	forget
	ip -n "$a" -"$v" route replace "${elsewhere[$v]}" via "${outer_b[$v]}" src "${inner_a[$v]}" || return
	in_a nft "add table inet n { chain c { type nat hook output priority -100;
		$fam daddr ${elsewhere[$v]} dnat to ${inner_b[$v]}; }; }" || return
	add_states esp tunnel gcm "${outer_a[$v]}" "${outer_b[$v]}" "$(any "$v")" || return
	add_stock esp tunnel "${inner_a[$v]}" "${inner_b[$v]}" "${outer_a[$v]}" "${outer_b[$v]}" \
		"${plen[$v]}" || return
	add_kame esp tunnel "${inner_a[$v]}" "${inner_b[$v]}" "${outer_a[$v]}" "${outer_b[$v]}" || return
	in_b socat "UDP$v-RECVFROM:7777,fork" EXEC:cat >/dev/null 2>&1 &
	busywait 20000 answered "$v" || { echo "no answer by the tunnel"; return 1; }
	at_least 1 "$(policy_count "$policy_in" protected)" verified || return
	# From now on b answers in clear.
	ip -n "$b" xfrm policy delete src "${inner_b[$v]}/${plen[$v]}" dst "${inner_a[$v]}/${plen[$v]}" \
		dir out || return
	before=$(ipsec_count drop_in_clear)
	! answered "$v" || { echo "an answer in clear was let in"; return 1; }
	at_least $((before + 1)) "$(ipsec_count drop_in_clear)" drop_in_clear
}

# b sends by a's outer address to its inner one, or to another node.
send_by() { # FINAL
	in_b /usr/bin/python3 - "${outer_a[6]}" "$1" <<'PY'
import socket, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.setsockopt(41, 57, bytes([0, 4, 4, 1, 1, 0, 0, 0]) + bytes(16) +
             socket.inet_pton(socket.AF_INET6, sys.argv[1]))
s.sendto(b"x" * 10, (sys.argv[2], 7777))
PY
}
# What b sends to anywhere by UDP is protected, and a's policy of input wants it so.
protect_from_b() { # PRIORITY
	forget
	add_states esp tunnel gcm "${outer_a[6]}" "${outer_b[6]}" "$(any 6)" || return
	ip -n "$b" xfrm policy add src ::/0 dst ::/0 proto udp dir out \
		tmpl src "${outer_b[6]}" dst "${outer_a[6]}" proto esp reqid 42 mode tunnel || return
	# shellcheck disable=SC2046 # words
	policy_in=$(add_policy priority "$1" dir in dst ::/0 proto udp $(tunnel_words 6))
}
got_here() { [ "$(stat -c %s "$tmp/here" 2>/dev/null || echo 0)" -ge "$1" ]; }

send_until() { # BYTES
	send_by "${inner_a[6]}" && got_here "$1"
}

# A segment routing header leads on within the node, where no hook sees the packet again.
led_on() {
	local before n

	forget
	: >"$tmp/here"
	in_a sysctl -qw net.ipv6.conf.all.seg6_enabled=1 net.ipv6.conf.eth0.seg6_enabled=1 || return
	in_a socat -u UDP6-RECV:7777 "OPEN:$tmp/here,append" >/dev/null 2>&1 &
	busywait 20000 send_until 10 || { echo "nothing arrives without a policy"; return 1; }
	n=$(stat -c %s "$tmp/here")
	add_policy dir in dst "${inner_a[6]}" action discard >/dev/null || return
	before=$(ipsec_count drop_in_discard)
	send_by "${inner_a[6]}" || return
	busywait 5000 more_than "$before" drop_in_discard || { echo "no drop_in_discard"; return 1; }
	forget
	# shellcheck disable=SC2046 # words
	add_policy dir in dst "${inner_a[6]}" $(tunnel_words 6) >/dev/null || return
	before=$(ipsec_count drop_in_clear)
	send_by "${inner_a[6]}" || return
	busywait 5000 more_than "$before" drop_in_clear || { echo "no drop_in_clear"; return 1; }
	equal "$n" "$(stat -c %s "$tmp/here")" "bytes received"
}

# One of the same policy goes on: it came in as that demands.
led_on_protected() {
	local before

	protect_from_b 2 || return
	: >"$tmp/here"
	in_a socat -u UDP6-RECV:7777 "OPEN:$tmp/here,append" >/dev/null 2>&1 &
	busywait 20000 send_until 10 || { show_all; return 1; }
	at_least 1 "$(policy_count "$policy_in" protected)" verified || return
	# Another policy for where it leads, of other states
	add_policy priority 1 dir in dst "${inner_a[6]}" action protect transform esp mode tunnel \
		local "${outer_a[6]}" remote "${outer_b[6]}" reqid 43 >/dev/null || return
	before=$(ipsec_count drop_in_mismatch)
	send_by "${inner_a[6]}" || return
	busywait 5000 more_than "$before" drop_in_mismatch || { echo "no drop_in_mismatch"; return 1; }
}

# Of the policies for what is forwarded, too, where the header leads to another node
led_away() {
	local before

	protect_from_b 0 || return
	add_policy dir fwd dst "${elsewhere[6]}" action discard >/dev/null || return
	in_a sysctl -qw net.ipv6.conf.all.forwarding=1 || return
	ip -n "$a" -6 route replace "${elsewhere[6]}" via "${outer_b[6]}" || return
	before=$(ipsec_count drop_in_discard)
	send_by "${elsewhere[6]}" || return
	busywait 5000 more_than "$before" drop_in_discard || { show_all; return 1; }
	at_least 1 "$(policy_count "$policy_in" protected)" verified || return
	in_a sysctl -qw net.ipv6.conf.all.forwarding=0
}

# Two stations on a bridge of a, which shows its frames to netfilter
bridged() { # VERSION
	local v=$1 status

	need_module br_netfilter || return
	forget
	setup_ns x y || return
	# shellcheck disable=SC2154 # set by setup_ns
	ip -n "$a" link add br0 type bridge && ip -n "$a" link set br0 up &&
		ip -n "$x" link add eth0 type veth peer name px netns "$a" &&
		ip -n "$y" link add eth0 type veth peer name py netns "$a" &&
		ip -n "$a" link set px master br0 up && ip -n "$a" link set py master br0 up || return
	add_addr "$x" eth0 "${host_x[$v]}" && add_addr "$y" eth0 "${host_y[$v]}" || return
	ip -n "$x" link set eth0 up && ip -n "$y" link set eth0 up || return
	in_a sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1 || return
	# shellcheck disable=SC2046 # words
	add_policy dir fwd src "$([ "$v" = 6 ] && echo ::/0 || echo 0.0.0.0/0)" \
		$(tunnel_words "$v") >/dev/null || return
	busywait 20000 ip netns exec "$x" ping -"$v" -q -c 1 -W 1 "${host_y[$v]}"
	status=$?
	ip -n "$a" link del br0
	ip -n "$a" link del px
	ip -n "$a" link del py
	return $status
}
declare -A host_x=([6]=2001:db8:77::1 [4]=10.77.0.1) host_y=([6]=2001:db8:77::2 [4]=10.77.0.2)

# Rules for routes may ask for the protocol of what leaves, which is the transform's.
ruled() { # VERSION
	local v=$1 said

	forget
	add_states esp tunnel gcm "${outer_a[$v]}" "${outer_b[$v]}" "$(any "$v")" || return
	# shellcheck disable=SC2046 # words
	add_policy dir out dst "${inner_b[$v]}" $(tunnel_words "$v") >/dev/null || return
	equal OK "$(send_udp "$v" 10)" "error without a rule" || return
	ip -n "$a" -"$v" rule add ipproto esp prohibit || return
	said=$(send_udp "$v" 10)
	ip -n "$a" -"$v" rule del ipproto esp prohibit
	equal EHOSTUNREACH "$said" "error of a rule that forbids ESP" || return
	equal OK "$(send_udp "$v" 10)" "error without a rule again"
}

for v in 6 4; do
	check "an answer that NAT gives another source, IPv$v" tidy translated $v
	check "frames of a bridge are forwarded by no router, IPv$v" bridged $v
	check "a rule for routes that asks for the protocol, IPv$v" ruled $v
done
check "a routing header leads round no policy on input" led_on
check "what came in protected goes on by its routing header" led_on_protected
check "and round none of what is forwarded" led_away
test_end
