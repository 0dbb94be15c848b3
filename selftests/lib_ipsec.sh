# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of kame_ipsec share: two nodes, states and policies on both, and a
# watch on the wire for packets in clear.

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

key32=0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
key20=0x0123456789abcdef0123456789abcdef01234567
key16=0x0123456789abcdef0123456789abcdef
key36=${key32}deadbeef

declare -A outer_a=([6]=2001:db8::1 [4]=10.0.0.1) outer_b=([6]=2001:db8::2 [4]=10.0.0.2)
declare -A inner_a=([6]=2001:db8:a::1 [4]=10.1.0.1) inner_b=([6]=2001:db8:b::2 [4]=10.2.0.2)
declare -A plen=([6]=128 [4]=32)
# What nft calls them
declare -A nft_family=([6]=ip6 [4]=ip)

tmp=$(mktemp -d)
cleanup() {
	rm -rf "$tmp"
}

in_a() { ip netns exec "$a" "$@"; }
in_b() { ip netns exec "$b" "$@"; }
kame_a() { "$KAME" -n "$a" ipsec "$@"; }

# A counter of the namespace a
ipsec_count() { # COUNTER
	"$KAME" -n "$a" -j ipsec stats all | json_sum "$1"
}

# A counter of a policy of the namespace a
policy_count() { # INDEX COUNTER
	"$KAME" -n "$a" -j ipsec policy show index "$1" | json_sum "$2"
}

add_policy() { # WORD... ; prints the index
	"$KAME" -n "$a" -j ipsec policy add "$@" | json_sum index
}

add_addr() { # NAMESPACE DEV ADDRESS
	case $3 in
	*:*) ip -n "$1" addr add "$3/64" dev "$2" nodad ;;
	*) ip -n "$1" addr add "$3/24" dev "$2" ;;
	esac
}

setup_pair() {
	local v

	setup_ns a b wire || return
	# shellcheck disable=SC2154 # set by setup_ns
	ip -n "$wire" link add name bridge0 type bridge mcast_snooping 0
	ip -n "$a" link add eth0 type veth peer name wa netns "$wire"
	ip -n "$b" link add eth0 type veth peer name wb netns "$wire"
	ip -n "$wire" link set wa master bridge0 up
	ip -n "$wire" link set wb master bridge0 up
	ip -n "$wire" link set bridge0 addrgenmode none
	ip -n "$wire" link set bridge0 up
	for v in 6 4; do
		add_addr "$a" eth0 "${outer_a[$v]}"
		add_addr "$b" eth0 "${outer_b[$v]}"
		ip -n "$a" addr add "${inner_a[$v]}/${plen[$v]}" dev lo
		ip -n "$b" addr add "${inner_b[$v]}/${plen[$v]}" dev lo
	done
	ip -n "$a" link set eth0 up
	ip -n "$b" link set eth0 up
	for v in 6 4; do
		ip -n "$a" -$v route add "${inner_b[$v]}/${plen[$v]}" via "${outer_b[$v]}" \
			src "${inner_a[$v]}"
		ip -n "$b" -$v route add "${inner_a[$v]}/${plen[$v]}" via "${outer_a[$v]}" \
			src "${inner_b[$v]}"
	done
	busywait 5000 in_a ping -6 -q -c 1 -W 1 "${outer_b[6]}" &&
		busywait 5000 in_a ping -4 -q -c 1 -W 1 "${outer_b[4]}" &&
		busywait 5000 in_a ping -6 -q -c 1 -W 1 -I "${inner_a[6]}" "${inner_b[6]}" &&
		busywait 5000 in_a ping -4 -q -c 1 -W 1 -I "${inner_a[4]}" "${inner_b[4]}"
}

# The words of a policy that protects in the tunnel of a and b
tunnel_words() { # OUTER
	echo "action protect transform esp mode tunnel local ${outer_a[$1]} remote ${outer_b[$1]} reqid 42"
}

# In table n of a: what the peer sends to a's inner address is for the host.
dnat_rule() { # VERSION
	local fam=${nft_family[$1]}

	in_a nft "add table inet n { chain c { type nat hook prerouting priority -100;
		$fam saddr ${inner_b[$1]} $fam daddr ${inner_a[$1]} dnat to ${host[$1]}; }; }"
}

more_than() { # N COUNTER
	[ "$(ipsec_count "$2")" -gt "$1" ]
}

# The words of ip xfrm state that describe an algorithm
algo_words() { # ALGO
	case $1 in
	gcm) echo "aead rfc4106(gcm(aes)) $key20 128" ;;
	chacha) echo "aead rfc7539esp(chacha20,poly1305) $key36 128" ;;
	cbc) echo "auth-trunc hmac(sha256) $key32 128 enc cbc(aes) $key16" ;;
	null) echo 'enc ecb(cipher_null) "" auth digest_null ""' ;;
	sha) echo "auth-trunc hmac(sha256) $key32 128" ;;
	esac
}

# The two states of a connection, in both namespaces. Programs are slow to start in an emulated
# machine, hence the batch.
add_states() { # PROTO MODE ALGO SRC DST SELECTOR [FLAGS] [udp]
	local proto=$1 mode=$2 src=$4 dst=$5 ns tail

	tail="reqid 42 mode $mode $7 $(algo_words "$3") ${8:+encap espinudp 4500 4500 0.0.0.0} sel $6"
	for ns in "$a" "$b"; do
		ip -n "$ns" -batch - <<-BATCH || return
			xfrm state add src $src dst $dst proto $proto spi 0x1001 $tail
			xfrm state add src $dst dst $src proto $proto spi 0x1002 $tail
		BATCH
	done
}

# Stock policies of b for what kame_ipsec protects on a
add_stock() { # PROTO MODE SRC(a) DST(b) OUTER_SRC(a) OUTER_DST(b) PLEN
	local ends="" back="" tail="proto $1 reqid 42 mode $2"

	[ "$2" = transport ] || { ends="src $5 dst $6"; back="src $6 dst $5"; }
	ip -n "$b" -batch - <<-BATCH
		xfrm policy add src $3/$7 dst $4/$7 dir in tmpl $ends $tail
		xfrm policy add src $3/$7 dst $4/$7 dir fwd tmpl $ends $tail
		xfrm policy add src $4/$7 dst $3/$7 dir out tmpl $back $tail
	BATCH
}

add_kame() { # PROTO MODE LOCAL REMOTE OUTER_LOCAL OUTER_REMOTE
	local ends=""

	[ "$2" = transport ] || ends="local $5 remote $6"
	# shellcheck disable=SC2086
	policy_out=$(add_policy dir out src "$3" dst "$4" action protect transform "$1" \
		mode "$2" $ends reqid 42) || return
	# shellcheck disable=SC2086
	policy_in=$(add_policy dir in src "$4" dst "$3" action protect transform "$1" \
		mode "$2" $ends reqid 42) || return
}

any() { # VERSION
	[ "$1" = 6 ] && echo "src ::/0 dst ::/0" || echo "src 0.0.0.0/0 dst 0.0.0.0/0"
}

# Count what crosses the wire in clear: nothing of the inner addresses may be seen there
# that is not in a transform.
watch_wire() {
	ip netns exec "$wire" nft -f - <<NFT
table netdev watch {
	counter clear { }
	chain clear {
		ip protocol { esp, ah } accept
		ip protocol udp udp dport 4500 accept
		ip6 nexthdr { esp, ah } accept
		frag nexthdr { esp, ah } accept
		rt nexthdr { esp, ah } accept
		ip saddr { ${inner_a[4]}, ${inner_b[4]} } counter name clear
		ip6 saddr { ${inner_a[6]}, ${inner_b[6]} } counter name clear
	}
	chain in { type filter hook ingress devices = { wa, wb } priority 0;
		jump clear
	}
}
NFT
}

clear_seen() {
	ip netns exec "$wire" nft -j list counter netdev watch clear | json_sum packets
}

# Have tcpdump write down what crosses the wire in clear from now on. What is captured is
# what must not be there, so that no flood is too much for it.
capture_begin() { # FILE ADDRESS... ; in clear is a packet of one of them without a transform
	local clear4="" clear6="" addr

	capture=$1
	shift
	for addr; do
		case $addr in
		*:*) clear6+="${clear6:+ or }ip6 host $addr" ;;
		*) clear4+="${clear4:+ or }ip host $addr" ;;
		esac
	done
	ip netns exec "$wire" tcpdump -i any -n -U --immediate-mode -Z root -w "$capture" "(
		($clear4) and not (ip proto 50 or ip proto 51 or udp port 4500)) or (
		($clear6) and not (ip6 proto 50 or ip6 proto 51 or (ip6 proto 44 and
			(ip6[40] = 50 or ip6[40] = 51))))" 2>"$capture.log" &
	capture_pid=$!
	busywait 20000 grep -q "listening on" "$capture.log"
}

# Packets of the capture that do or don't have the mark: a payload of 341 bytes
captured() { # with|without
	tcpdump -n -r "$capture" "$([ "$1" = with ] || echo not) (ip6[4:2] = 341)" 2>/dev/null | wc -l
}

has_mark() {
	[ "$(captured with)" -gt 0 ]
}

# Not one packet in clear was captured before, and one that is sent now on purpose is.
nothing_captured() {
	forget
	in_a ping -6 -q -c 1 -W 5 -s 333 -I "${inner_a[6]}" "${inner_b[6]}" || return
	busywait 10000 has_mark || { echo "a packet in clear was not captured"; return 1; }
	kill -INT "$capture_pid"
	busywait 10000 grep -q "^0 packets dropped by kernel" "$capture.log" ||
		{ cat "$capture.log"; return 1; }
	equal 0 "$(captured without)" "packets in clear" ||
		{ tcpdump -n -r "$capture" -c 20 2>/dev/null; return 1; }
}

# A socket that unwraps ESP from UDP and is excepted from policies, as that of a key
# manager is
encap_socket() { # NAMESPACE
	rm -f "$tmp/encap-$1"
	ip netns exec "$1" /usr/bin/python3 -c '
import socket, struct, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 4500))
s.setsockopt(socket.IPPROTO_UDP, 100, 2)
for direction in (0, 1):
    bypass = bytearray(168)
    struct.pack_into("=H", bypass, 40, socket.AF_INET)
    bypass[56:88] = bytes([255] * 32)
    bypass[160] = direction
    s.setsockopt(socket.IPPROTO_IP, 17, bytes(bypass))
print("ready", flush=True)
time.sleep(1000)' >"$tmp/encap-$1" 2>&1 &
	busywait 20000 grep -q ready "$tmp/encap-$1"
}

# Have a key manager listen in a, which takes requests for states and does nothing.
listen_acquires() { # FILE
	in_a timeout 60 ip xfrm monitor acquire >"$1" 2>&1 &
	monitor=$!
	# shellcheck disable=SC2016 # of awk
	busywait 20000 in_a awk \
		'$2 == 6 && $4 != "00000000" { found = 1 } END { exit !found }' /proc/net/netlink
}

# Delete what a case has made; what runs in the nodes ends.
forget() {
	"$KAME" -n "$a" -batch - <<<$'ipsec policy flush\nipsec set hold-ms 5000'
	ip -n "$a" xfrm state flush
	ip -n "$b" -batch - <<<$'xfrm state flush\nxfrm policy flush'
	ip netns pids "$a" | xargs -r kill 2>/dev/null
	ip netns pids "$b" | xargs -r kill 2>/dev/null
	# It may not have entered its namespace yet.
	[ -z "${flooding:-}" ] || kill "$flooding" 2>/dev/null
	flooding=
	wait 2>/dev/null
	ip netns exec "$wire" nft delete table netdev watch 2>/dev/null
	true
}

exchange() { # VERSION
	local v=$1

	in_a ping -$v -q -c 3 -i 0.05 -W 2 -I "${inner_a[$v]}" "${inner_b[$v]}" || return
	in_a ping -$v -q -c 2 -i 0.05 -W 2 -s 1200 -I "${inner_a[$v]}" "${inner_b[$v]}" || return
	in_b ping -$v -q -c 2 -i 0.05 -W 2 -I "${inner_b[$v]}" "${inner_a[$v]}"
}

run_case() { # PROTO MODE ALGO INNER OUTER [FLAGS] [udp]
	local proto=$1 mode=$2 algo=$3 i=$4 o=$5 flags=$6 udp=$7 src dst sel

	forget
	src=${outer_a[$o]} dst=${outer_b[$o]}
	[ "$mode" != transport ] || { src=${inner_a[$i]} dst=${inner_b[$i]}; }
	sel="src $([ "$i" = 6 ] && echo ::/0 dst ::/0 || echo 0.0.0.0/0 dst 0.0.0.0/0)"
	add_states "$proto" "$mode" "$algo" "$src" "$dst" "$sel" "$flags" "$udp" || return
	add_stock "$proto" "$mode" "${inner_a[$i]}" "${inner_b[$i]}" "$src" "$dst" \
		"${plen[$i]}" || return
	add_kame "$proto" "$mode" "${inner_a[$i]}" "${inner_b[$i]}" "$src" "$dst" || return
	[ -z "$udp" ] || { encap_socket "$a" && encap_socket "$b"; } || return
	watch_wire || return
	exchange "$i" || { show_all; return 1; }
	equal 0 "$(clear_seen)" "packets in clear" || return
	at_least 7 "$(policy_count "$policy_out" protected)" "packets protected" || return
	at_least 7 "$(policy_count "$policy_in" protected)" "packets verified"
}

# Send a datagram of SIZE bytes and print the name of the error, or OK.
send_udp() { # VERSION SIZE [dontfrag] [PORT=N] [MARK=N] [TOS=N] [TO=ADDRESS] [VIA=ADDRESS]
	in_a /usr/bin/python3 - "${inner_a[$1]}" "${inner_b[$1]}" "$@" <<'PY'
import errno, socket, sys
src, dst, version, size = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
words = dict(word.partition("=")[::2] for word in sys.argv[5:])
six = version == "6"
s = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
if "dontfrag" in words:
    if six:
        s.setsockopt(41, 62, 1)
        s.setsockopt(41, 23, 2)
    else:
        s.setsockopt(0, 10, 2)
if "TOS" in words:
    s.setsockopt(*((41, 67) if six else (0, 1)), int(words["TOS"], 0))
if "MARK" in words:
    s.setsockopt(1, 36, int(words["MARK"]))
if "VIA" in words:
    # A segment routing header of two segments, of which the kernel writes the last one
    s.setsockopt(41, 57, bytes([0, 4, 4, 1, 1, 0, 0, 0]) + bytes(16) +
                 socket.inet_pton(socket.AF_INET6, words["VIA"]))
s.bind((src, 0))
try:
    s.sendto(b"x" * size, (words.get("TO", dst), int(words.get("PORT", 9))))
    print("OK")
except OSError as e:
    print(errno.errorcode[e.errno])
PY
}

# Have b wait for a datagram to its inner address, port 7777.
receive_begin() { # VERSION
	rm -f "$tmp/got"
	in_b timeout 30 /usr/bin/python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 7777))
s.settimeout(20)
print("ready", flush=True)
print(len(s.recv(65535)))' "${inner_b[$1]}" >"$tmp/got" &
	receiver=$!
	busywait 20000 grep -q ready "$tmp/got"
}

received() { # BYTES
	wait "$receiver"
	equal "$1" "$(tail -n 1 "$tmp/got")" "bytes received"
}

# Send an ICMP error about a packet of protocol PROTO.
send_error() { # NAMESPACE VERSION PROTO SRC DST FROM TO
	ip netns exec "$1" /usr/bin/python3 - "${@:2}" <<'PY'
import socket, struct, sys
version, proto = sys.argv[1], int(sys.argv[2])
src, dst, sender, target = sys.argv[3:]
family = socket.AF_INET6 if version == "6" else socket.AF_INET
def addr(text): return socket.inet_pton(family, text)
upper = struct.pack("!II", 0x1001, 1) + bytes(32) if proto == 50 else \
    struct.pack("!HHHH", 999, 9, 40, 0) + bytes(32)
if version == "6":
    quote = struct.pack("!IHBB", 6 << 28, len(upper), proto, 64) + addr(src) + addr(dst) + upper
    s = socket.socket(family, socket.SOCK_RAW, 58)
    body = struct.pack("!BBHI", 2, 0, 0, 1400) + quote
else:
    quote = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(upper), 1, 0x4000, 64, proto, 0) + \
        addr(src) + addr(dst) + upper
    s = socket.socket(family, socket.SOCK_RAW, 1)
    body = struct.pack("!BBHI", 3, 4, 0, 1400) + quote
    total = sum(struct.unpack(f"!{len(body) // 2}H", body))
    total = (total & 0xffff) + (total >> 16)
    body = body[:2] + struct.pack("!H", ~(total + (total >> 16)) & 0xffff) + body[4:]
s.bind((sender, 0))
s.sendto(body, (target, 0))
PY
}

# A host behind a: h (eth0) - (eth1) a
declare -A host=([6]=2001:db8:c::1 [4]=10.3.0.1) gate=([6]=2001:db8:c::ff [4]=10.3.0.254)

in_h() { ip netns exec "$h" "$@"; }

setup_host() {
	local v

	setup_ns h || return
	# shellcheck disable=SC2154 # set by setup_ns
	ip -n "$h" link add eth0 type veth peer name eth1 netns "$a"
	for v in 6 4; do
		add_addr "$h" eth0 "${host[$v]}"
		add_addr "$a" eth1 "${gate[$v]}"
	done
	ip -n "$h" link set eth0 up
	ip -n "$a" link set eth1 up
	in_a sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv4.ip_forward=1
	for v in 6 4; do
		ip -n "$h" -$v route add default via "${gate[$v]}"
		ip -n "$b" -$v route add "${host[$v]}/${plen[$v]}" via "${outer_a[$v]}" \
			src "${inner_b[$v]}"
	done
	busywait 5000 in_h ping -6 -q -c 1 -W 1 "${inner_b[6]}" &&
		busywait 5000 in_h ping -4 -q -c 1 -W 1 "${inner_b[4]}"
}

# Protect what goes between h and b, in the tunnel of a and b.
protect() { # INNER OUTER [WORD of the selector...]
	local i=$1 o=$2

	shift 2
	forget
	add_states esp tunnel gcm "${outer_a[$o]}" "${outer_b[$o]}" "$(any "$i")" || return
	add_stock esp tunnel "${host[$i]}" "${inner_b[$i]}" "${outer_a[$o]}" "${outer_b[$o]}" \
		"${plen[$i]}" || return
	tunnel=$(tunnel_words "$o")
	# shellcheck disable=SC2086 # words
	policy_out=$(add_policy dir out src "${host[$i]}" dst "${inner_b[$i]}" "$@" $tunnel) || return
	# shellcheck disable=SC2086
	policy_fwd=$(add_policy dir fwd src "${inner_b[$i]}" dst "${host[$i]}" $tunnel) || return
	watch_wire
}

# Also counts what the host's addresses show on the wire.
watch_host() {
	ip netns exec "$wire" nft add rule netdev watch clear ip saddr "${host[4]}" counter name clear
	ip netns exec "$wire" nft add rule netdev watch clear ip6 saddr "${host[6]}" counter name clear
}

# Run a case, and take its table n of a away, whatever became of it.
tidy() { # COMMAND...
	local status

	"$@"
	status=$?
	[ $status -eq 0 ] || show_all
	in_a nft delete table inet n 2>/dev/null
	return $status
}

# What a case that failed had to work with
show_all() {
	kame_a policy show
	kame_a stats
	in_a cat /proc/net/xfrm_stat | grep -v '[[:space:]]0$'
	in_b cat /proc/net/xfrm_stat | grep -v '[[:space:]]0$'
}
