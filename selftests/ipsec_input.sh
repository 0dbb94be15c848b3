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
protect_from_b() { # VERSION PRIORITY
	local v=$1

	forget
	add_states esp tunnel gcm "${outer_a[$v]}" "${outer_b[$v]}" "$(any "$v")" || return
	# shellcheck disable=SC2046 # words
	ip -n "$b" xfrm policy add $(any "$v") proto udp dir out \
		tmpl src "${outer_b[$v]}" dst "${outer_a[$v]}" proto esp reqid 42 mode tunnel || return
	# shellcheck disable=SC2046 # words
	policy_in=$(add_policy priority "$2" dir in dst "$([ "$v" = 6 ] && echo ::/0 || echo 0.0.0.0/0)" \
		proto udp $(tunnel_words "$v"))
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

	protect_from_b 6 2 || return
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

	protect_from_b 6 0 || return
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
	# An option, which might be a router alert
	[ "$v" = 6 ] || ip netns exec "$x" ping -4 -R -q -c 1 -W 5 "${host_y[4]}" || status=1
	ip -n "$a" link del br0
	ip -n "$a" link del px
	ip -n "$a" link del py
	return $status
}
declare -A host_x=([6]=2001:db8:77::1 [4]=10.77.0.1) host_y=([6]=2001:db8:77::2 [4]=10.77.0.2)

# A socket's own policy has in clear what its selector takes, and nothing else.
declare -A excepting=([6]=2001:db8::/32 [4]=10.0.0.0/8)
except() { # VERSION in|out PREFIX OWN PEER ; the prefix is of peers
	in_a /usr/bin/python3 - "$@" <<'PY'
import errno, ipaddress, socket, struct, sys
version, way, prefix, mine, peer = sys.argv[1:]
peers = ipaddress.ip_network(prefix)
six = version == "6"
policy = bytearray(168)
at = 16 if way == "in" else 0
policy[at:at + len(peers.network_address.packed)] = peers.network_address.packed
struct.pack_into("=HBB", policy, 40, socket.AF_INET6 if six else socket.AF_INET,
                 *((0, peers.prefixlen) if way == "in" else (peers.prefixlen, 0)))
policy[56:88] = bytes([255] * 32)
policy[160] = 0 if way == "in" else 1
s = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(*((41, 35) if six else (0, 17)), bytes(policy))
s.bind((mine, 7777))
if way == "out":
    try:
        s.sendto(b"x", (peer, 9))
        print("OK")
    except OSError as e:
        print(errno.errorcode[e.errno])
else:
    print("ready", flush=True)
    s.settimeout(20)
    try:
        print(len(s.recv(16)))
    except socket.timeout:
        print("nothing")
PY
}
socket_out() { # VERSION
	local v=$1

	forget
	# shellcheck disable=SC2046 # words
	add_policy dir out dst "${inner_b[$v]}" $(tunnel_words "$v") >/dev/null || return
	equal OK "$(except "$v" out "${excepting[$v]}" "${inner_a[$v]}" "${inner_b[$v]}")" \
		"error of a socket that is excepted" || return
	equal ENOKEY "$(except "$v" out "${elsewhere[$v]}" "${inner_a[$v]}" "${inner_b[$v]}")" \
		"error of one that is so for another peer"
}
got_ready() { grep -q ready "$tmp/except"; }
got_it() { [ "$(tail -n 1 "$tmp/except")" = 5 ]; }
send_clear() { # VERSION
	in_b /usr/bin/python3 - "${inner_b[$1]}" "${inner_a[$1]}" <<'PY'
import socket, sys
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 0))
s.sendto(b"hello", (sys.argv[2], 7777))
PY
}
socket_in() { # VERSION
	local v=$1 before

	# Without, sockets can't be looked up.
	need_module "nf_socket_ipv$v" || return
	forget
	# shellcheck disable=SC2046 # words
	add_policy dir in src "${inner_b[$v]}" proto udp $(tunnel_words "$v") >/dev/null || return
	except "$v" in "${excepting[$v]}" "${inner_a[$v]}" "" >"$tmp/except" &
	busywait 20000 got_ready && send_clear "$v" && busywait 20000 got_it ||
		{ cat "$tmp/except"; show_all; return 1; }
	except "$v" in "${elsewhere[$v]}" "${inner_a[$v]}" "" >"$tmp/except" &
	busywait 20000 got_ready || return
	before=$(ipsec_count drop_in_clear)
	send_clear "$v" && busywait 5000 more_than "$before" drop_in_clear || { show_all; return 1; }
	! got_it
}

# Who listens for router alerts on a gateway gets no packet that has to come in protected.
alerts() { # VERSION
	in_a timeout 60 /usr/bin/python3 - "$1" >"$tmp/alert" 2>&1 <<'PY'
import socket, sys
if sys.argv[1] == "6":
    s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
    s.setsockopt(41, 22, 1)
else:
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
    s.setsockopt(0, 5, 1)
print("ready", flush=True)
while True:
    print("got", len(s.recv(2048)), flush=True)
PY
}
send_alert() { # VERSION
	in_b /usr/bin/python3 - "$1" "${elsewhere[$1]}" <<'PY'
import socket, sys
six = sys.argv[1] == "6"
s = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(*((41, 54, bytes([0, 0, 5, 2, 0, 1, 1, 0])) if six else (0, 4, bytes([148, 4, 0, 0]))))
s.sendto(b"x", (sys.argv[2], 9))
PY
}
alerted() { # VERSION
	send_alert "$1" && grep -q got "$tmp/alert"
}
alert() { # VERSION
	local v=$1 before dropped

	forget
	in_a sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv4.ip_forward=1 || return
	ip -n "$a" -"$v" route replace "${elsewhere[$v]}" via "${outer_b[$v]}" || return
	ip -n "$b" -"$v" route replace "${elsewhere[$v]}" via "${outer_a[$v]}" || return
	alerts "$v" &
	busywait 20000 grep -q ready "$tmp/alert" || { cat "$tmp/alert"; return 1; }
	busywait 5000 alerted "$v" || { echo "no alert without a policy"; return 1; }
	# shellcheck disable=SC2046 # words
	add_policy dir fwd dst "${elsewhere[$v]}" $(tunnel_words "$v") >/dev/null || return
	before=$(grep -c got "$tmp/alert")
	dropped=$(ipsec_count drop_in_clear)
	send_alert "$v" && busywait 5000 more_than "$dropped" drop_in_clear || { show_all; return 1; }
	equal "$before" "$(grep -c got "$tmp/alert")" "packets that the listener got" || return
	in_a sysctl -qw net.ipv6.conf.all.forwarding=0 net.ipv4.ip_forward=0
	ip -n "$b" -"$v" route del "${elsewhere[$v]}"
}

# What was verified for this node is judged as forwarded where a source route leads it away.
source_routed() {
	local before

	protect_from_b 4 0 || return
	in_a sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.accept_source_route=1 \
		net.ipv4.conf.eth0.accept_source_route=1 || return
	ip -n "$a" route replace "${elsewhere[4]}" via "${outer_b[4]}" || return
	add_policy dir fwd dst "${elsewhere[4]}" action discard >/dev/null || return
	before=$(ipsec_count drop_in_discard)
	in_b /usr/bin/python3 - "${outer_a[4]}" "${elsewhere[4]}" <<'PY' || return
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(0, 4, bytes([131, 7, 4]) + socket.inet_aton(sys.argv[1]) + bytes(1))
s.sendto(b"x", (sys.argv[2], 9))
PY
	busywait 5000 more_than "$before" drop_in_discard || { show_all; return 1; }
	at_least 1 "$(policy_count "$policy_in" protected)" verified || return
	in_a sysctl -qw net.ipv4.ip_forward=0 net.ipv4.conf.all.accept_source_route=0
}

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
	check "a socket's policy excepts what it is about: output, IPv$v" socket_out $v
	check "a socket's policy excepts what it is about: input, IPv$v" socket_in $v
	check "no router alert leads round a policy, IPv$v" alert $v
done
check "nor does a source route" source_routed
check "a routing header leads round no policy on input" led_on
check "what came in protected goes on by its routing header" led_on_protected
check "and round none of what is forwarded" led_away
test_end
