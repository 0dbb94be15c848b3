#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um 6.12
# nightly: 6.1
# time-travel: yes
#
# Making, changing and showing tunnels: what is refused is refused in words and
# changes nothing; junk from netlink and from the wire does no harm.

# shellcheck source=selftests/tunnel_lib.sh
. "$(dirname "$0")/tunnel_lib.sh"

add() {
	ip -n "$a" link add "$@"
}

index() { # NAMESPACE DEV
	ip -n "$1" -j link show "$2" | jq '.[0].ifindex'
}

refusals() {
	local t="type kame_tunnel" status=0

	# shellcheck disable=SC2086 # words
	{
	refused_with "needs the address of its other end" add x $t local 10.0.0.1 || status=1
	refused_with "needs the address of its other end" add x $t || status=1
	refused_with "different families" add x $t local 10.0.0.1 remote fd00::2 || status=1
	refused_with "multicast" add x $t remote 239.1.1.1 || status=1
	refused_with "multicast" add x $t remote ff02::1 || status=1
	refused_with "loopback" add x $t remote ::1 || status=1
	refused_with "loopback" add x $t local 127.0.0.1 remote 10.0.0.2 || status=1
	refused_with "IPv4-mapped" add x $t remote ::ffff:10.0.0.2 || status=1
	refused_with "unspecified" add x $t remote 0.0.0.0 || status=1
	refused_with "unspecified" add x $t remote :: || status=1
	refused_with "same address" add x $t local 10.0.0.1 remote 10.0.0.1 || status=1
	refused_with "link-local" add x $t remote fe80::2 || status=1
	refused_with "ECN" add x $t remote 10.0.0.2 tos 1 || status=1
	refused_with "flow label" add x $t remote 10.0.0.2 flowlabel 1 || status=1
	refused_with "encapsulation limit" add x $t remote 10.0.0.2 encaplimit 4 || status=1
	refused_with "no depth" add x $t remote 10.0.0.2 max-depth 9 || status=1
	refused_with "no nesting" add x $t remote 10.0.0.2 max-nesting 17 || status=1
	refused_with "link-layer address" add x address 10.0.0.1 $t remote 10.0.0.2 || status=1
	}
	ip -n "$a" link show x >/dev/null 2>&1 && { echo "a device was made"; status=1; }
	return $status
}

twice() {
	local status=0

	add t1 type kame_tunnel local 10.0.0.1 remote 10.0.0.2
	add t2 type kame_tunnel local 10.0.0.1 remote 10.0.0.3
	refused_with "same two endpoints" add t3 type kame_tunnel local 10.0.0.1 remote 10.0.0.2 ||
		status=1
	refused_with "same two endpoints" ip -n "$a" link set t2 type kame_tunnel remote 10.0.0.2 ||
		status=1
	equal 10.0.0.3 "$(tunnel_data "$a" t2 .remote)" "remote of t2" || status=1
	# the endpoints of one that is gone are free
	ip -n "$a" link del t1
	ip -n "$a" link set t2 type kame_tunnel remote 10.0.0.2 || status=1
	ip -n "$a" link del t2
	return $status
}

round_trip() { # what is set is shown
	local status=0 key

	add t0 type kame_tunnel local fd00::1 remote fd00::2 dev va hoplimit 7 tclass 0x28 \
		flowlabel 0x1234 encaplimit 9 fwmark 77 nopmtudisc noecn noingress max-depth 3 \
		max-nesting 5 || return
	for key in hoplimit:7 tclass:40 encaplimit:9 fwmark:0x4d pmtudisc:false ecn:false \
		   ingress:false max_depth:3 max_nesting:5 "link_index:$(index "$a" va)" \
		   flowlabel:0x1234; do
		equal "${key#*:}" "$(tunnel_data "$a" t0 ".${key%:*}")" "${key%:*}" || status=1
	done
	equal va "$(ip -n "$a" -j link show t0 | jq -r '.[0].link')" "link that ip shows" || status=1
	equal va "$("$KAME" -n "$a" -j tunnel show dev t0 | jq -r '.[0].link')" link || status=1
	ip -n "$a" link set t0 type kame_tunnel hoplimit inherit tclass inherit encaplimit none \
		flowlabel inherit fwmark inherit max-depth default
	for key in hoplimit:inherit tclass:inherit encaplimit:none flowlabel:inherit \
		   fwmark:inherit max_depth:default max_nesting:5; do
		equal "${key#*:}" "$(tunnel_data "$a" t0 ".${key%:*}")" "${key%:*} changed" || status=1
	done
	# a change with one fault changes nothing
	! ip -n "$a" link set t0 type kame_tunnel hoplimit 9 remote 10.0.0.2 2>/dev/null || status=1
	equal inherit "$(tunnel_data "$a" t0 .hoplimit)" "hoplimit after a refused change" || status=1
	ip -n "$a" link del t0
	return $status
}

# The link of a tunnel that was moved is where the outer packets are, and no device that
# has its index here.
moved() {
	local status=0 there

	setup_ns c || return
	there=$(index "$a" va)
	# shellcheck disable=SC2154 # set by setup_ns
	ip -n "$c" link add other index "$there" type dummy || return
	add g0 type kame_tunnel local 10.0.0.1 remote 10.0.0.2 dev va || return
	ip -n "$a" link set g0 netns "$c" || return
	equal "$there null" "$(tunnel_data "$c" g0 '|"\(.link_index) \(.link)"')" \
		"link that the plugin of ip shows" || status=1
	equal "$there null" "$(kame_link "$c" g0)" link || status=1
	refused_with "another network namespace" "$KAME" -n "$c" tunnel set g0 link other || status=1
	refused_with "no device has this index" "$KAME" -n "$c" tunnel set g0 link 99999 || status=1
	"$KAME" -n "$c" tunnel set g0 link 99999 2>/dev/null
	equal 2 $? "exit status for an index that is absent" || status=1
	"$KAME" -n "$c" tunnel set g0 link any || status=1
	equal "null any" "$(kame_link "$c" g0)" "no link" || status=1
	"$KAME" -n "$c" tunnel set g0 link "$there" || status=1
	equal "$there null" "$(kame_link "$c" g0)" "link set by its index" || status=1
	ip -n "$c" link set g0 type kame_tunnel dev any || status=1
	ip -n "$c" link set g0 type kame_tunnel dev "if$there" || status=1
	equal "$there null" "$(kame_link "$c" g0)" "link set by ip" || status=1
	ip -n "$c" link del g0
	return $status
}

kame_link() { # NAMESPACE DEV
	"$KAME" -n "$1" -j tunnel show dev "$2" | jq -r '.[0] | "\(.link_index) \(.link)"'
}

# Exit status 1 where the command line names what is not there, or is not for it
words() {
	local status=0 words

	add_ours a 4 || return
	for words in "set nosuch mtu 1400" "del nosuch" "set va mtu 1400" "del va" "show dev va" \
		     "set g4" "set g4 hoplimit 3 ttl 4"; do
		# shellcheck disable=SC2086 # words
		"$KAME" -n "$a" tunnel $words 2>"$tmp/err"
		equal 1 $? "exit status of $words" || status=1
		grep -q '^Error: ' "$tmp/err" || { echo "$words: no report"; status=1; }
	done
	ip -n "$a" link show va >/dev/null || status=1
	equal 64 "$(tunnel_data "$a" g4 .hoplimit)" hoplimit || status=1
	ip -n "$a" link del g4
	return $status
}

any_link() { # said, and not only left out
	local status=0

	add t0 type kame_tunnel remote fd00::2 dev any || status=1
	ip -n "$a" link set t0 type kame_tunnel dev va || status=1
	ip -n "$a" link set t0 type kame_tunnel dev any || status=1
	equal null "$(tunnel_data "$a" t0 .link_index)" link || status=1
	refused_with "its own underlay" ip -n "$a" link set t0 type kame_tunnel dev t0 || status=1
	ip -n "$a" link del t0
	[ ! -x "$KAME" ] || {
		"$KAME" -n "$a" tunnel add t0 remote fd00::2 link any || status=1
		ip -n "$a" link del t0
	}
	return $status
}

any_local() { # back to any, too
	local status=0 set="ip -n $a link set t0 type kame_tunnel"

	add t0 type kame_tunnel local 10.0.0.1 remote 10.0.0.2
	# shellcheck disable=SC2086 # words
	{
	refused_with "needs a remote address" $set local any || status=1
	equal 10.0.0.1 "$(tunnel_data "$a" t0 .local)" "local after a refused change" || status=1
	$set local any remote 10.0.0.2 || status=1
	equal any "$(tunnel_data "$a" t0 .local)" "local any" || status=1
	$set local any local 10.0.0.1 remote 10.0.0.2 || status=1
	equal 10.0.0.1 "$(tunnel_data "$a" t0 .local)" "the last local" || status=1
	}
	[ ! -x "$KAME" ] || {
		refused_with "0.0.0.0 or ::" "$KAME" -n "$a" tunnel set t0 local any || status=1
		"$KAME" -n "$a" tunnel set t0 local 0.0.0.0 || status=1
		equal any "$(tunnel_data "$a" t0 .local)" "local 0.0.0.0" || status=1
		refused_with 'there is a device "t0" already' \
			"$KAME" -n "$a" tunnel add t0 remote 10.0.0.3 || status=1
	}
	ip -n "$a" link del t0
	add t0 type kame_tunnel local any remote fd00::2 || status=1
	equal any "$(tunnel_data "$a" t0 .local)" "local any of a new tunnel" || status=1
	ip -n "$a" link del t0
	return $status
}

ingress() { # from the configured peer, and from where a route leads back
	local status=0

	add_ours a 4 && add_ours b 4
	reaches "$b" 192.168.4.1 || status=1
	# another path for the way back: the filter holds, and can be switched off
	ip -n "$a" link add d0 type dummy
	ip -n "$a" link set d0 up
	ip -n "$a" route del 10.0.0.0/24 dev va
	ip -n "$a" route add 10.0.0.0/24 dev d0 src 10.0.0.1
	ip netns exec "$a" sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.va.rp_filter=0
	send_udp "$b" 192.168.4.1 >/dev/null
	busywait 2000 counted 1 "$a" g4 drop_rx_ingress || status=1
	ip -n "$a" link set g4 type kame_tunnel noingress
	send_udp "$b" 192.168.4.1 64 3 >/dev/null
	sleep 0.2
	equal 1 "$(count "$a" g4 drop_rx_ingress)" "drops with the filter off" || status=1
	ip -n "$a" link del d0
	ip -n "$a" route add 10.0.0.0/24 dev va src 10.0.0.1
	# a stranger's packet is not for the tunnel
	ip -n "$b" addr add 10.0.0.9/24 dev vb
	ip -n "$b" link set g4 type kame_tunnel local 10.0.0.9
	local before
	before=$(ip -n "$a" -s -j link show g4 | jq '.[0].stats64.rx.packets')
	send_udp "$b" 192.168.4.1 64 3 >/dev/null
	sleep 0.2
	equal "$before" "$(ip -n "$a" -s -j link show g4 | jq '.[0].stats64.rx.packets')" \
		"packets from a stranger" || status=1
	ip -n "$b" addr del 10.0.0.9/24 dev vb
	ip -n "$a" link del g4
	ip -n "$b" link del g4
	return $status
}

dumped() { # REQUEST [COMMAND WORD...]
	ip netns exec "$a" "$(dirname "$0")/dump.py" kame_tunnel "$@"
}

# A list is read in pieces, between which a device may come.
long_list() {
	local status=0 i request number pieces what

	for ((i = 0; i < 100; i++)); do
		echo "link add m$i type kame_tunnel local 10.0.0.1 remote 10.1.0.$((i + 1))"
	done >"$tmp/batch"
	ip -n "$a" -batch "$tmp/batch" || status=1
	for request in 3 4; do	# dev-get and check, specs/kame_tunnel.yaml
		read -r number pieces what < <(dumped $request)
		equal "100 same" "$number $what" "request $request" || status=1
		[ "$pieces" -ge 2 ] || { echo "request $request: $pieces pieces"; status=1; }
		read -r number pieces what < <(dumped $request ip link add d0 type dummy)
		equal changed "$what" "request $request, during which a device comes" || status=1
		ip -n "$a" link del d0
	done
	sed -i 's/add \(m[0-9]*\).*/del \1/' "$tmp/batch"
	ip -n "$a" -batch "$tmp/batch" || status=1
	return $status
}

# Two links from b to a. What comes to a's tunnel comes by the second one.
#	10.0.0.1 va - vb 10.0.0.2	10.0.2.1 wa - wb 10.0.2.2	b: 10.9.9.9
add_second_link() {
	ip -n "$a" link add wa type veth peer name wb netns "$b"
	ip -n "$a" addr add 10.0.2.1/24 dev wa
	ip -n "$b" addr add 10.0.2.2/24 dev wb
	ip -n "$b" addr add 10.9.9.9/32 dev lo
	ip -n "$a" link set wa up
	ip -n "$b" link set wb up
	ip -n "$b" route add 10.0.0.1 via 10.0.2.1
	ip netns exec "$a" sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.wa.rp_filter=0
	ip -n "$a" link add g4 type kame_tunnel local 10.0.0.1 remote 10.9.9.9
	ip -n "$b" link add g4 type kame_tunnel local 10.9.9.9 remote 10.0.0.1
	inner_up "$a" a g4 4
	inner_up "$b" b g4 4
}

del_second_link() {
	ip -n "$a" link del g4
	ip -n "$b" link del g4
	ip -n "$b" route del 10.0.0.1 2>/dev/null
	ip -n "$b" addr del 10.9.9.9/32 dev lo
	ip -n "$a" link del wa
	ip -n "$a" route flush exact 10.9.9.9
	ip -n "$a" nexthop flush >/dev/null 2>&1
	return 0
}

# A packet from b is taken or refused, and nothing else happens to it.
takes() {
	local before

	before=$(ip -n "$a" -s -j link show g4 | jq '.[0].stats64.rx.packets')
	send_udp "$b" 192.168.4.1 64 3 >/dev/null
	busywait 2000 more_received "$before"
}

more_received() { # THAN
	[ "$(ip -n "$a" -s -j link show g4 | jq '.[0].stats64.rx.packets')" -gt "$1" ]
}

refuses() {
	local before

	before=$(count "$a" g4 drop_rx_ingress)
	send_udp "$b" 192.168.4.1 >/dev/null
	[ "$(count "$a" g4 drop_rx_ingress)" -gt "$before" ]
}

# The route back is not the first of its prefix: the kernel tells nobody when it goes.
second_route() {
	local status=0

	add_second_link
	ip -n "$a" route add 10.9.9.9 via 10.0.0.2 metric 10
	ip -n "$a" route add 10.9.9.9 via 10.0.2.2 metric 20
	takes || { echo "not taken with a route back"; status=1; }
	ip -n "$a" route del 10.9.9.9 via 10.0.2.2 metric 20
	busywait 3000 refuses || { echo "taken without a route back"; status=1; }
	del_second_link
	return $status
}

# Routes stay, and where their nexthop leads changes.
nexthop_moves() {
	local status=0

	ip -n "$a" nexthop list >/dev/null 2>&1 || return $ksft_skip
	add_second_link
	ip -n "$a" nexthop add id 7 via 10.0.2.2 dev wa
	ip -n "$a" route add 10.9.9.9 nhid 7
	takes || { echo "not taken with a route back"; status=1; }
	ip -n "$a" nexthop replace id 7 via 10.0.0.2 dev va
	busywait 3000 refuses || { echo "taken without a route back"; status=1; }
	# The route check sees it, too.
	equal false "$(tunnel_data "$a" g4 .loops)" "loops" || status=1
	ip -n "$a" nexthop replace id 7 dev g4
	busywait 5000 is_looping || { echo "a loop by a nexthop isn't seen"; status=1; }
	del_second_link
	return $status
}

is_looping() {
	[ "$(tunnel_data "$a" g4 .loops)" = true ]
}

junk_from_wire() { # whatever is inside, the drops are counted and nothing breaks
	local status=0

	add_ours a 4
	add_ours a 6
	ip netns exec "$b" python3 - <<'PY' || status=1
import os, random, socket, struct
rnd = random.Random(7)
socks = {}
for family, local, remote in ((socket.AF_INET, "10.0.0.2", "10.0.0.1"),
                              (socket.AF_INET6, "fd00::2", "fd00::1")):
    for proto in (4, 41):
        s = socket.socket(family, socket.SOCK_RAW, proto)
        s.bind((local, 0))
        socks[family, proto] = (s, remote)
def v4(saddr="192.168.4.2", daddr="192.168.4.1", proto=17, ver=0x45, tos=0):
    return struct.pack("!BBHHHBBH4s4s", ver, tos, 28, 1, 0, 64, proto, 0,
                       socket.inet_aton(saddr), socket.inet_aton(daddr)) + b"\0" * 8
def v6(saddr="fd01:6::2", daddr="fd01:6::1", proto=17, ver=6, payload=b"\0" * 8):
    return struct.pack("!IHBB", ver << 28, len(payload), proto, 64) + \
        socket.inet_pton(socket.AF_INET6, saddr) + \
        socket.inet_pton(socket.AF_INET6, daddr) + payload
good4, good6 = v4(), v6()
packets = {4: [v4(saddr="127.0.0.1"), v4(saddr="224.0.0.1"), v4(saddr="255.255.255.255"),
               v4(daddr="127.0.0.1"), v4(ver=0x55), v4(ver=0x41), b"", b"\x45", good4[:19]],
           41: [v6(saddr="::1"), v6(saddr="ff02::1"), v6(daddr="::1"), v6(saddr="::ffff:1.2.3.4"),
                v6(daddr="ff01::1"), v6(daddr="::"), v6(ver=4), b"", b"\x60", good6[:39]]}
for (family, proto), (s, remote) in socks.items():
    for p in packets[proto]:
        s.sendto(p, (remote, 0))
    for _ in range(3000):
        base = bytearray(good4 if proto == 4 else good6)
        kind = rnd.random()
        if kind < .4:
            for _ in range(rnd.randint(1, 8)):
                base[rnd.randrange(len(base))] = rnd.randrange(256)
        elif kind < .7:
            base = bytearray(rnd.randbytes(rnd.randint(0, 200)))
        else:
            depth = rnd.randint(1, 12)
            for _ in range(depth):
                base = bytearray(v6(proto=rnd.choice((0, 4, 41, 43, 44, 60)), payload=bytes(base)))
        try:
            s.sendto(bytes(base), (remote, 0))
        except OSError:
            pass
PY
	sleep 0.3
	counted 5 "$a" g4 drop_rx_martian || status=1
	counted 2 "$a" g4 drop_rx_version || status=1
	counted 5 "$a" g6 drop_rx_martian || status=1
	ip -n "$a" link del g4
	ip -n "$a" link del g6
	return $status
}

junk_from_netlink() { # random attributes: an answer for each, and no device half made
	local status=0

	ip netns exec "$a" python3 - <<'PY' || status=1
import random, socket, struct
rnd = random.Random(11)
NEWLINK, ACK, CREATE = 16, 4, 0x400
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
s.bind((0, 0))
s.settimeout(5)
def attr(t, data):
    return struct.pack("=HH", len(data) + 4, t) + data + b"\0" * (-len(data) % 4)
def value(t):
    n = rnd.choice((0, 1, 1, 2, 4, 4, 4, 8, 16, 16, 17, 40))
    if t in (1, 2) and rnd.random() < .8:
        return rnd.choice((socket.inet_aton("10.%d.%d.%d" % tuple(rnd.choices(range(256), k=3))),
                           socket.inet_pton(socket.AF_INET6, "fd00::%x" % rnd.randrange(65536))))
    if t in (7, 10, 11, 12, 13, 14) and rnd.random() < .8:
        return bytes([rnd.choice((0, 1, 1, 2, 8, 255))])
    return rnd.randbytes(n)
made = 0
for i in range(4000):
    types = rnd.choices(range(0, 22), k=rnd.randint(0, 8))
    if rnd.random() < .8:
        types = [2, 1] + types
    data = b"".join(attr(t, value(t)) for t in types)
    if rnd.random() < .1:
        data += rnd.randbytes(rnd.randint(1, 30))
    info = attr(1, b"kame_tunnel\0") + attr(2, data)
    name = b"f%d\0" % rnd.randrange(20)
    body = struct.pack("=BxHiII", 0, 0, 0, 0, 0) + attr(3, name) + attr(18 | 0x8000, info)
    flags = 1 | ACK | (CREATE if rnd.random() < .6 else 0)
    s.send(struct.pack("=IHHII", len(body) + 16, NEWLINK, flags, i, 0) + body)
    reply = s.recv(65536)
    err = struct.unpack_from("=i", reply, 16)[0]
    made += err == 0
print("accepted", made)
assert made > 50, "hardly anything was accepted: the test tests nothing"
PY
	for i in $(seq 0 19); do
		ip -n "$a" link del "f$i" 2>/dev/null
	done
	# nothing is left in the tables: the endpoints are free
	add t0 type kame_tunnel local 10.0.0.1 remote 10.0.0.2 && ip -n "$a" link del t0 || status=1
	return $status
}

unprivileged() {
	local status=0

	add_ours a 4
	ip netns exec "$a" "${nobody[@]}" \
		ip link set g4 type kame_tunnel hoplimit 3 2>/dev/null && status=1
	equal 64 "$(tunnel_data "$a" g4 .hoplimit)" hoplimit || status=1
	# Events show packets of others.
	refuses_listener "$a" tunnel || status=1
	ip -n "$a" link del g4
	return $status
}

many() { # 4|6: a thousand tunnels
	local i status=0

	for ((i = 0; i < 1000; i++)); do
		printf 'link add m%d type kame_tunnel ' $i
		case $1 in
		4) printf 'local 10.0.0.1 remote 10.%d.%d.1\n' $((i / 250 + 1)) $((i % 250)) ;;
		# A sum of the words of such an address is the same for all.
		6) printf 'local fd00::1 remote fd00:%x::%x\n' $((i + 1)) $((i + 1)) ;;
		esac
	done >"$tmp/batch"
	ip -n "$a" -batch "$tmp/batch" || status=1
	equal 1000 "$(ip -n "$a" -o link show type kame_tunnel | wc -l)" "tunnels" || status=1
	add_ours a "$1" && add_ours b "$1" && reaches "$a" "192.168.$1.2" || status=1
	ip -n "$a" link del "g$1"
	ip -n "$b" link del "g$1"
	sed -i 's/add \(m[0-9]*\).*/del \1/' "$tmp/batch"
	ip -n "$a" -batch "$tmp/batch" || status=1
	return $status
}

tmp=$(mktemp -d)
cleanup() { rm -rf "$tmp"; }

tunnel_begin
setup_pair || skip_all "the namespaces can't be set up"
check "refusals are in words" refusals
check "the same endpoints twice" twice
check "settings are shown as they were set" round_trip
check "the link of a tunnel that was moved" moved
check "kame tunnel with a device that is none of ours" words
check "any underlying device" any_link
check "any local address" any_local
check "ingress filter" ingress
check "ingress filter: the second route goes" second_route
check "ingress filter and route check: a nexthop moves" nexthop_moves
check "junk from the wire" junk_from_wire
check "junk from netlink" junk_from_netlink
check "a long list, and one that changes while it is read" long_list
check "who may not, can't" unprivileged
check "a thousand tunnels, IPv4 outside" many 4
check "a thousand tunnels, IPv6 outside, addresses that are much alike" many 6
test_end
