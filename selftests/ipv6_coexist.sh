#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kame_ipv6 attached to every device, next to everything else that handles packets. Two
# hosts with a link of each kind; traffic passes, and kame_ipv6 has counted it on the device
# where it must have.
#
#   a eth0 ---------------- eth0 b      below it: VLAN, bridge, bond, macvlan, ipvlan, tunnels, ...
#   2001:db8:1::1   2001:db8:1::2
#
# Environment: NAMESPACES (200): how many are made and destroyed under traffic; CASES: a
#	pattern of names; AUTO=0: nothing is attached, to see whether stock fails, too
# kernels: none
# nightly: um 6.12
# quick: no
# long: yes

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
require_command jq ping iperf3 nft tc ethtool socat python3
: "${NAMESPACES:=200}"
test_begin "kame_ipv6:auto=${AUTO:-1}"

# shellcheck disable=SC2154 # set by setup_ns
in_a() { ip netns exec "$a" "$@"; }
in_b() { ip netns exec "$b" "$@"; }

# The pair is new for each case: nothing of one is left for the next.
pair() {
	cleanup_ns
	setup_ns a b || return
	ip -n "$a" link add eth0 type veth peer name eth0 netns "$b" &&
		ip -n "$a" link set eth0 up && ip -n "$b" link set eth0 up
}

addresses() { # DEV-OF-A DEV-OF-B PREFIX
	ip -n "$a" addr add "$3::1/64" dev "$1" nodad && ip -n "$b" addr add "$3::2/64" dev "$2" nodad &&
		ip -n "$a" link set "$1" up && ip -n "$b" link set "$2" up
}

talk() { # PREFIX
	busywait 5000 in_a ping -6 -q -c 1 -W 1 "$1::2" || return
	in_a ping -6 -q -c 3 -i 0.05 -W 2 -s 3000 "$1::2" || return
	# a connection, with more than a segment
	head -c 300000 /dev/zero >"$work/sent"
	in_b timeout 10 socat -u TCP6-LISTEN:7000,reuseaddr CREATE:"$work/got" &
	busywait 3000 in_b bash -c 'ss -Hltn | grep -q :7000'
	in_a timeout 10 socat -u OPEN:"$work/sent" "TCP6:[$1::2]:7000" || return
	wait $!
	cmp "$work/sent" "$work/got"
}

seen_at() { # NAMESPACE DEV
	at_least 3 "$(kame_count "$1" accepted "$2")" "accepted on $2"
}

unknown() { echo "there is no such device here"; return $ksft_skip; }
work=$(mktemp -d)
dir=$(cd "$(dirname "$0")" && pwd)
cleanup() {
	rm -rf "$work"
}

loopback() {
	pair
	in_a ping -6 -q -c 5 -i 0.05 ::1 && seen_at "$a" lo
}

plain() {
	pair && addresses eth0 eth0 2001:db8:1 && talk 2001:db8:1 && seen_at "$b" eth0
}

vlan() {
	local ns

	pair || return
	for ns in "$a" "$b"; do
		ip -n "$ns" link add link eth0 name eth0.7 type vlan id 7 || unknown || return
	done
	addresses eth0.7 eth0.7 2001:db8:7 && talk 2001:db8:7 && seen_at "$b" eth0.7
}

# The port has no handler of ours; the bridge has.
bridge() {
	pair || return
	ip -n "$b" link add br0 type bridge || unknown || return
	ip -n "$b" link set eth0 master br0 && ip -n "$b" link set br0 up || return
	addresses eth0 br0 2001:db8:1 && talk 2001:db8:1 && seen_at "$b" br0 || return
	# and back
	ip -n "$b" link del br0 && addresses eth0 eth0 2001:db8:2 && talk 2001:db8:2 || return
	busywait 3000 seen_at "$b" eth0
}

bond() {
	pair || return
	ip -n "$b" link add bond0 type bond mode active-backup miimon 50 || unknown || return
	ip -n "$b" link set eth0 down && ip -n "$b" link set eth0 master bond0 || return
	addresses eth0 bond0 2001:db8:1 && talk 2001:db8:1 && seen_at "$b" bond0
}

# A team has its port go up before it takes the handler.
team() {
	pair || return
	ip -n "$b" link add team0 type team || unknown || return
	in_b "$dir/coexist.py" team team0 roundrobin || unknown || return
	ip -n "$b" link set eth0 down && ip -n "$b" link set eth0 master team0 || return
	addresses eth0 team0 2001:db8:1 && talk 2001:db8:1 && seen_at "$b" team0 || return
	ip -n "$b" link set eth0 nomaster && ip -n "$b" link set team0 down || return
	addresses eth0 eth0 2001:db8:2 && talk 2001:db8:2 || return
	busywait 3000 seen_at "$b" eth0
}

attached() { # NAMESPACE DEV
	"$KAME" -n "$1" -j ipv6 show dev "$2" | jq -e '.[0].attached' >/dev/null
}

# Its parent's receive handler is its own, and it asks for it without notice: it is
# created while its parent is down, or detached.
child() { # KIND OPTION...
	pair || return
	busywait 3000 attached "$b" eth0 || return
	modprobe -q "$1"
	ip -n "$b" link set eth0 down || return
	ip -n "$b" link add link eth0 name child0 type "$@" || unknown || return
	ip -n "$b" link set eth0 up || return
	addresses eth0 child0 2001:db8:1 && talk 2001:db8:1 && negate attached "$b" eth0 || return
	[ "$1" != macvlan ] || seen_at "$b" child0 || return
	# and back
	ip -n "$b" link del child0 && addresses eth0 eth0 2001:db8:2 && talk 2001:db8:2 || return
	busywait 3000 seen_at "$b" eth0 || return
	"$KAME" -n "$b" ipv6 detach dev eth0 && ip -n "$b" link add link eth0 name child0 type "$@"
}

vrf() {
	pair || return
	ip -n "$b" link add red type vrf table 100 || unknown || return
	ip -n "$b" link set red up && ip -n "$b" link set eth0 master red || return
	addresses eth0 eth0 2001:db8:1 || return
	in_b sysctl -qw net.ipv4.tcp_l3mdev_accept=1
	talk 2001:db8:1 && seen_at "$b" eth0
}

tunnel() { # KIND LOCAL-OPTION...
	local kind=$1

	shift
	pair && addresses eth0 eth0 2001:db8:1 || return
	ip -n "$a" addr add 10.0.0.1/24 dev eth0
	ip -n "$b" addr add 10.0.0.2/24 dev eth0
	case $kind in
	sit | gre)
		ip -n "$a" link add t0 type "$kind" local 10.0.0.1 remote 10.0.0.2 "$@" || unknown || return
		ip -n "$b" link add t0 type "$kind" local 10.0.0.2 remote 10.0.0.1 "$@" ;;
	*)
		ip -n "$a" link add t0 type "$kind" local 2001:db8:1::1 remote 2001:db8:1::2 "$@" ||
			unknown || return
		ip -n "$b" link add t0 type "$kind" local 2001:db8:1::2 remote 2001:db8:1::1 "$@" ;;
	esac || return
	addresses t0 t0 2001:db8:9 && talk 2001:db8:9 && seen_at "$b" t0
}

sa() { # NAMESPACE SRC DST SPI MODE OPTION...
	local ns=$1 src=$2 dst=$3 spi=$4 mode=$5

	shift 5
	ip -n "$ns" xfrm state add src "$src" dst "$dst" proto esp spi "$spi" mode "$mode" \
		enc 'cbc(aes)' 0x00112233445566778899aabbccddeeff auth 'hmac(sha1)' \
		0x0011223344556677889900112233445566778899 "$@"
}

# ESP comes round: each packet is counted once as ESP, once as what it then is.
xfrm_transport() {
	local ns esp received in

	modprobe -q esp6
	pair && addresses eth0 eth0 2001:db8:1 || return
	for ns in "$a" "$b"; do
		sa "$ns" 2001:db8:1::1 2001:db8:1::2 1 transport || unknown || return
		sa "$ns" 2001:db8:1::2 2001:db8:1::1 2 transport
	done
	ip -n "$a" xfrm policy add src 2001:db8:1::1 dst 2001:db8:1::2 dir out tmpl proto esp mode transport
	ip -n "$b" xfrm policy add src 2001:db8:1::2 dst 2001:db8:1::1 dir out tmpl proto esp mode transport
	talk 2001:db8:1 || return
	esp=$(kame_count "$b" hdr_esp eth0)
	in=$(kame_count "$b" in eth0)
	received=$(snmp6 "$b" Ip6InReceives eth0)
	in_a ping -6 -q -c 10 -i 0.05 2001:db8:1::2 || return
	esp=$(($(kame_count "$b" hdr_esp eth0) - esp))
	received=$(($(snmp6 "$b" Ip6InReceives eth0) - received))
	in=$(($(kame_count "$b" in eth0) - in))
	# and some for neighbour discovery and the end of the connection
	at_least 10 $esp hdr_esp && at_least $esp 14 hdr_esp &&
		equal $in $received Ip6InReceives && at_least $in 16 in
}

xfrm_interface() {
	local ns

	modprobe -q esp6
	pair && addresses eth0 eth0 2001:db8:1 || return
	for ns in "$a" "$b"; do
		ip -n "$ns" link add x0 type xfrm dev eth0 if_id 7 || unknown || return
		sa "$ns" 2001:db8:1::1 2001:db8:1::2 1 tunnel if_id 7
		sa "$ns" 2001:db8:1::2 2001:db8:1::1 2 tunnel if_id 7
	done
	for ns in "$a out in" "$b in out"; do
		# shellcheck disable=SC2086 # three words
		set -- $ns
		ip -n "$1" xfrm policy add src ::/0 dst ::/0 dir "$2" if_id 7 \
			tmpl src 2001:db8:1::1 dst 2001:db8:1::2 proto esp mode tunnel
		ip -n "$1" xfrm policy add src ::/0 dst ::/0 dir "$3" if_id 7 \
			tmpl src 2001:db8:1::2 dst 2001:db8:1::1 proto esp mode tunnel
	done
	addresses x0 x0 2001:db8:9 && talk 2001:db8:9 && seen_at "$b" x0
}

srv6() {
	pair && addresses eth0 eth0 2001:db8:1 || return
	in_a sysctl -qw net.ipv6.conf.all.seg6_enabled=1 net.ipv6.conf.eth0.seg6_enabled=1
	in_b sysctl -qw net.ipv6.conf.all.seg6_enabled=1 net.ipv6.conf.eth0.seg6_enabled=1 \
		net.ipv6.conf.all.forwarding=1
	ip -n "$b" addr add 2001:db8:5::2/128 dev lo nodad
	ip -n "$b" addr add 2001:db8:6::1/128 dev lo nodad
	ip -n "$a" route add 2001:db8:6::1 via 2001:db8:1::2
	ip -n "$a" route add 2001:db8:5::2 encap seg6 mode encap segs 2001:db8:6::1 via 2001:db8:1::2 dev eth0 mtu 1400 ||
		unknown || return
	# Single packets: fragments and segmentation offload are not covered here.
	busywait 5000 in_a ping -6 -q -c 1 -W 1 2001:db8:5::2 || return
	in_a ping -6 -q -c 5 -i 0.05 -W 2 2001:db8:5::2 || return
	at_least 3 "$(kame_count "$b" hdr_routing eth0)" hdr_routing
}

ioam() {
	pair && addresses eth0 eth0 2001:db8:1 || return
	in_b sysctl -qw net.ipv6.conf.eth0.ioam6_enabled=1 net.ipv6.ioam6_id=7 || unknown || return
	ip -n "$b" ioam namespace add 123 || unknown || return
	ip -n "$b" addr add 2001:db8:5::2/128 dev lo nodad
	ip -n "$a" route add 2001:db8:5::2 encap ioam6 trace prealloc type 0x800000 ns 123 size 12 \
		via 2001:db8:1::2 dev eth0 || unknown || return
	talk 2001:db8:5 || return
	at_least 3 "$(kame_count "$b" handed_over eth0)" handed_over
}

nft_b() {
	in_b nft -f - || unknown
}

nat66() {
	pair && addresses eth0 eth0 2001:db8:1 || return
	nft_b <<-EOF || return
		table ip6 t {
			chain p { type nat hook prerouting priority -100; ip6 daddr 2001:db8:5::2 dnat to 2001:db8:1::2; }
		}
	EOF
	ip -n "$a" route add 2001:db8:5::/64 via 2001:db8:1::2
	talk 2001:db8:5 && seen_at "$b" eth0
}

tproxy() {
	pair && addresses eth0 eth0 2001:db8:1 || return
	nft_b <<-EOF || return
		table ip6 t {
			chain p {
				type filter hook prerouting priority -150
				ip6 daddr 2001:db8:5::2 tcp dport 80 tproxy to [::1]:7001 meta mark set 1 accept
			}
		}
	EOF
	ip -n "$a" route add 2001:db8:5::/64 via 2001:db8:1::2
	ip -n "$b" -6 rule add fwmark 1 table 100
	ip -n "$b" -6 route add local default dev lo table 100
	in_b timeout 10 python3 - "$work/tp" <<-'EOF' &
		import socket, sys
		s = socket.socket(socket.AF_INET6)
		s.setsockopt(socket.IPPROTO_IPV6, 75, 1)  # IPV6_TRANSPARENT
		s.bind(("::1", 7001))
		s.listen()
		c, _ = s.accept()
		open(sys.argv[1], "w").write(c.getsockname()[0])
	EOF
	busywait 5000 in_b bash -c 'ss -Hltn | grep -q :7001' || return
	in_a timeout 5 bash -c 'echo hello >/dev/tcp/2001:db8:5::2/80' || return
	wait
	equal 2001:db8:5::2 "$(cat "$work/tp")"
}

flowtable() {
	setup_pair_over_router || return
	in_r nft -f - <<-EOF || unknown || return
		table inet f {
			flowtable ft { hook ingress priority 0; devices = { r1, r2 }; }
			chain c { type filter hook forward priority 0; meta l4proto { tcp, udp } flow add @ft; }
		}
	EOF
	in_h2 timeout 10 socat -u TCP6-LISTEN:7000,reuseaddr CREATE:"$work/got" &
	busywait 3000 in_h2 bash -c 'ss -Hltn | grep -q :7000'
	head -c 2000000 /dev/zero >"$work/sent"
	in_h1 timeout 10 socat -u OPEN:"$work/sent" "TCP6:[2001:db8:2::2]:7000" || return
	wait $!
	cmp "$work/sent" "$work/got"
}
in_h1() { ip netns exec "$h1" "$@"; }
in_h2() { ip netns exec "$h2" "$@"; }
in_r() { ip netns exec "$r" "$@"; }
setup_pair_over_router() {
	cleanup_ns
	setup_line
}

# What tc drops or redirects never comes to kame_ipv6.
tc_ingress() {
	local before

	pair && addresses eth0 eth0 2001:db8:1 && talk 2001:db8:1 || return
	in_b tc qdisc add dev eth0 clsact || unknown || return
	in_b tc filter add dev eth0 ingress protocol ipv6 matchall action drop || unknown || return
	before=$(kame_count "$b" in eth0)
	negate in_a ping -6 -q -c 2 -i 0.1 -W 1 2001:db8:1::2 || return
	equal "$before" "$(kame_count "$b" in eth0)" "in" || return
	in_b tc filter del dev eth0 ingress
	talk 2001:db8:1
}

# What XDP drops is never seen.
xdp() {
	local before

	pair && addresses eth0 eth0 2001:db8:1 && talk 2001:db8:1 || return
	rm -f /sys/fs/bpf/kame_{pass,drop}
	"$dir/coexist.py" xdp pass /sys/fs/bpf/kame_pass &&
		"$dir/coexist.py" xdp drop /sys/fs/bpf/kame_drop || unknown || return
	# No "ip netns exec", which has a /sys of its own
	nsenter "--net=/run/netns/$b" ip link set eth0 xdpgeneric pinned /sys/fs/bpf/kame_pass || return
	talk 2001:db8:1 || return
	nsenter "--net=/run/netns/$b" ip link set eth0 xdpgeneric off &&
		nsenter "--net=/run/netns/$b" ip link set eth0 xdpgeneric pinned /sys/fs/bpf/kame_drop || return
	before=$(kame_count "$b" in eth0)
	negate in_a ping -6 -q -c 2 -i 0.1 -W 1 2001:db8:1::2 || return
	equal "$before" "$(kame_count "$b" in eth0)" "in" || return
	nsenter "--net=/run/netns/$b" ip link set eth0 xdpgeneric off
	talk 2001:db8:1
}

# Forwarded to the group's members behind another device
multicast_forwarding() {
	local status

	setup_pair_over_router || return
	mkfifo "$work/until" || return
	in_r "$dir/coexist.py" mroute r1 r2 2001:db8:1::1 ff0e::77 <"$work/until" >"$work/mroute" &
	exec 8>"$work/until"
	in_h2 timeout 20 "$dir/coexist.py" listen eth0 ff0e::77 5 >"$work/members" &
	busywait 5000 grep -q ready "$work/mroute" && busywait 5000 grep -q ready "$work/members" &&
		in_h1 "$dir/coexist.py" send eth0 ff0e::77 10 && busywait 5000 grep -qx 5 "$work/members" &&
		at_least 5 "$(kame_count "$r" multicast r1)" "multicast on r1"
	status=$?
	exec 8>&-
	rm -f "$work/until"
	return $status
}

gro() {
	local packets before

	pair && addresses eth0 eth0 2001:db8:1 || return
	in_b ethtool -K eth0 gro on || unknown || return
	talk 2001:db8:1 || return
	before=$(kame_count "$b" in eth0)
	head -c 3000000 /dev/zero >"$work/sent"
	in_b timeout 10 socat -u TCP6-LISTEN:7000,reuseaddr CREATE:"$work/got" &
	busywait 3000 in_b bash -c 'ss -Hltn | grep -q :7000'
	in_a timeout 10 socat -u OPEN:"$work/sent" "TCP6:[2001:db8:1::2]:7000" || return
	wait $!
	cmp "$work/sent" "$work/got" || return
	packets=$(($(kame_count "$b" in eth0) - before))
	[ $packets -lt 2000 ] || { echo "3 MB came in $packets packets"; return 1; }
}

rps() {
	pair && addresses eth0 eth0 2001:db8:1 || return
	# sysfs shows the devices of the namespace that it was mounted in.
	in_b unshare -m bash -c 'mount -t sysfs sysfs /sys &&
		echo 1 >/sys/class/net/eth0/queues/rx-0/rps_cpus' || unknown || return
	talk 2001:db8:1 && seen_at "$b" eth0
}

# A packet socket that is bound to a device, and one for all protocols
packet_socket() {
	pair && addresses eth0 eth0 2001:db8:1 || return
	in_b timeout 10 python3 - <<-'EOF' >"$work/seen" &
		import select, socket
		bound = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x86dd))
		bound.bind(("eth0", 0x86dd))
		every = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
		print("ready", flush=True)
		seen = {bound: 0, every: 0}
		while min(seen.values()) < 3:
		    for s in select.select(list(seen), [], [])[0]:
		        data, where = s.recvfrom(2048)
		        seen[s] += len(data) > 40 and data[40] == 128 and where[2] == 0
		print("seen", flush=True)
	EOF
	busywait 3000 grep -q ready "$work/seen" || return
	busywait 5000 in_a ping -6 -q -c 4 -i 0.05 -W 1 2001:db8:1::2 || return
	busywait 3000 grep -q seen "$work/seen"
}

mptcp() {
	pair && addresses eth0 eth0 2001:db8:1 || return
	in_b sysctl -qw net.mptcp.enabled=1 || unknown || return
	in_a sysctl -qw net.mptcp.enabled=1
	in_b timeout 10 python3 -c '
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_STREAM, 262)
s.bind(("::", 7002)); s.listen()
c, _ = s.accept()
n = 0
while d := c.recv(65536): n += len(d)
print(n)' >"$work/mptcp" &
	busywait 3000 in_b bash -c 'ss -Hltn | grep -q :7002' || return
	in_a timeout 10 python3 -c '
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_STREAM, 262)
s.connect(("2001:db8:1::2", 7002)); s.sendall(bytes(500000)); s.close()' || return
	wait $!
	equal 500000 "$(cat "$work/mptcp")"
}

# Namespaces come and go while packets arrive.
namespaces() {
	local i flood

	pair && addresses eth0 eth0 2001:db8:1 && talk 2001:db8:1 || return
	ip netns exec "$a" ping -6 -q -i 0.002 2001:db8:1::2 >/dev/null 2>&1 &
	flood=$!
	for ((i = 0; i < NAMESPACES; i++)); do
		ip netns add "many$i" && ip -n "$a" link add m0 type veth peer name m0 netns "many$i" &&
			ip -n "$a" link set m0 up && ip -n "many$i" link set m0 up && ip -n "many$i" link set lo up &&
			ip netns exec "many$i" ping -6 -q -c 1 -W 1 ::1 >/dev/null &&
			ip netns del "many$i" || break
		ip -n "$a" link del m0 2>/dev/null
	done
	kill $flood
	wait $flood 2>/dev/null
	equal "$NAMESPACES" $i "namespaces"
}

# CASES limits them to those whose names match.
run() { # NAME COMMAND...
	# shellcheck disable=SC2053 # a pattern
	[[ $1 != ${CASES:-*} ]] || check "$@"
}

for module in 8021q bridge bonding team team_mode_roundrobin macvlan ipvlan vrf sit ip6_tunnel ip_gre ip6_gre xfrm_interface; do
	modprobe -q $module
done
run "loopback" loopback
run "a pair of devices" plain
run "VLAN" vlan
run "bridge" bridge
run "bond" bond
run "team" team
run "macvlan" child macvlan mode bridge
run "ipvlan" child ipvlan mode l2
run "VRF" vrf
run "tunnel: sit" tunnel sit
run "tunnel: gre" tunnel gre
run "tunnel: ip6tnl" tunnel ip6tnl mode ip6ip6
run "tunnel: ip6gre" tunnel ip6gre
run "xfrm, transport mode: nothing is counted twice" xfrm_transport
run "xfrm interface" xfrm_interface
run "SRv6" srv6
run "IOAM is left to stock" ioam
run "NAT66" nat66
run "TPROXY" tproxy
run "flowtable" flowtable
run "tc ingress comes first" tc_ingress
run "XDP comes first" xdp
run "multicast forwarding" multicast_forwarding
run "GRO" gro
run "RPS" rps
run "packet sockets" packet_socket
run "MPTCP" mptcp
run "$NAMESPACES namespaces" namespaces
test_end
