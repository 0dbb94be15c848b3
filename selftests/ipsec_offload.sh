#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# States that are offloaded to a device: one that has no such thing, so that the kernel does it
# when the packet reaches the device, and a simulated one that has.
# kernels: um
# nightly: 6.1 6.12
# quick: no

# shellcheck source=lib_ipsec.sh
. "$(dirname "$0")/lib_ipsec.sh"

require_command jq ping tcpdump
test_begin kame_ipsec
modprobe -qa esp4_offload esp6_offload || skip_all "the kernel has no offload of ESP"
setup_pair >/dev/null || skip_all "two nodes don't reach each other"

text=in-clear-in-clear-in-clear

# States of both, those of a offloaded to DEV; "replace" for the words of the tail.
connect() { # INNER OUTER DEV
	local i=$1 o=$2 sel

	forget
	sel="src $([ "$i" = 6 ] && echo ::/0 dst ::/0 || echo 0.0.0.0/0 dst 0.0.0.0/0)"
	add_states esp tunnel gcm "${outer_a[$o]}" "${outer_b[$o]}" "$sel" || return
	ip -n "$a" xfrm state flush
	ip -n "$a" -batch - <<-BATCH || return
		xfrm state add src ${outer_a[$o]} dst ${outer_b[$o]} proto esp spi 0x1001 \
			reqid 42 mode tunnel $(algo_words gcm) offload dev $3 dir out sel $sel
		xfrm state add src ${outer_b[$o]} dst ${outer_a[$o]} proto esp spi 0x1002 \
			reqid 42 mode tunnel $(algo_words gcm) offload dev $3 dir in sel $sel
	BATCH
	add_stock esp tunnel "${inner_a[$i]}" "${inner_b[$i]}" "${outer_a[$o]}" "${outer_b[$o]}" \
		"${plen[$i]}" || return
	add_kame esp tunnel "${inner_a[$i]}" "${inner_b[$i]}" "${outer_a[$o]}" "${outer_b[$o]}"
}

# b counts the bytes of datagrams and streams to port 7777
listen() { # VERSION
	rm -f "$tmp/got"
	in_b timeout 60 /usr/bin/python3 -c '
import socket, sys, threading
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
u = socket.socket(family, socket.SOCK_DGRAM)
u.bind((sys.argv[1], 7777))
t = socket.create_server((sys.argv[1], 7777), family=family)
def datagrams():
    while True: print("datagram", len(u.recv(65535)), flush=True)
threading.Thread(target=datagrams, daemon=True).start()
print("ready", flush=True)
while True:
    c, _ = t.accept()
    n = 0
    while d := c.recv(65536): n += len(d)
    print("stream", n, flush=True)' "${inner_b[$1]}" >"$tmp/got" 2>&1 &
	busywait 20000 grep -q ready "$tmp/got"
}

# Send the text in a datagram of SIZE bytes, or in a stream.
say() { # VERSION datagram|stream SIZE
	in_a /usr/bin/python3 -c '
import socket, sys
src, dst, text, kind, size = *sys.argv[1:5], int(sys.argv[5])
family = socket.AF_INET6 if ":" in src else socket.AF_INET
data = (text * (size // len(text) + 1))[:size].encode()
s = socket.socket(family, socket.SOCK_DGRAM if kind == "datagram" else socket.SOCK_STREAM)
# As big as the device takes it, whatever is known of the path, and without DF
if kind == "datagram": s.setsockopt(*((41, 23) if ":" in src else (0, 10)), 5)
s.bind((src, 0))
s.connect((dst, 7777))
s.sendall(data)' "${inner_a[$1]}" "${inner_b[$1]}" "$text" "$2" "$3"
}

heard() { # datagram|stream SIZE
	busywait 10000 grep -qx "$1 $2" "$tmp/got" || { cat "$tmp/got"; return 1; }
}

record() {
	ip netns exec "$wire" tcpdump -i wa -n -U --immediate-mode -Z root -w "$tmp/wire" \
		2>"$tmp/wire.log" &
	recorder=$!
	busywait 20000 grep -q "listening on" "$tmp/wire.log"
}

# Run a part of a case with all that is on the wire written down: nothing in it is the text.
unseen() { # COMMAND...
	local status

	record || return
	"$@"
	status=$?
	kill -INT "$recorder"
	wait "$recorder"
	at_least 1000 "$(wc -c <"$tmp/wire")" "bytes on the wire" || return
	equal 0 "$(grep -aoc "$text" "$tmp/wire")" "times that the text is on the wire" || return
	return $status
}

# All sizes, and both ways
talk() { # VERSION
	local size

	for size in 100 1420 1472 4000; do
		say "$1" datagram $size && heard datagram $size || { show_all; return 1; }
	done
	say "$1" stream 500000 && heard stream 500000 || { show_all; return 1; }
	in_b ping -"$1" -q -c 2 -i 0.05 -W 2 -I "${inner_b[$1]}" "${inner_a[$1]}"
}

# The kernel accepts an offload to a device that knows nothing of it: it encrypts what is about
# to be given to the device. What is too big for that is encrypted before it is fragmented.
without() { # INNER OUTER
	connect "$1" "$2" eth0 && listen "$1" && unseen talk "$1"
}

# A simulated device in the node a, which takes states and counts what goes through them
simulated() {
	local v

	modprobe -q netdevsim || return "$ksft_skip"
	in_a sh -c 'echo "7 1" >/sys/bus/netdevsim/new_device' || return
	busywait 5000 find_simulated || return
	ip -n "$a" link set "$sim" up
	for v in 6 4; do
		add_addr "$a" "$sim" "${sim_a[$v]}"
		ip -n "$a" neigh add "${sim_b[$v]}" lladdr 02:00:00:00:00:07 dev "$sim"
		ip -n "$a" -$v route replace "${inner_b[$v]}/${plen[$v]}" via "${sim_b[$v]}" \
			src "${inner_a[$v]}"
	done
	[ -e /sys/kernel/debug/netdevsim ] || mount -t debugfs debugfs /sys/kernel/debug
}

find_simulated() {
	sim=$(in_a ls /sys/bus/netdevsim/devices/netdevsim7/net)
	[ -n "$sim" ]
}

# What the device says of its states
sim_says() { # WORD
	grep -o "$1=[0-9]*" /sys/kernel/debug/netdevsim/netdevsim7/ports/0/ipsec | cut -d = -f 2
}

# The device's own state is used: each packet that fits goes through it.
with() { # INNER OUTER
	local i=$1 o=$2 n before sel

	forget
	sel="src $([ "$i" = 6 ] && echo ::/0 dst ::/0 || echo 0.0.0.0/0 dst 0.0.0.0/0)"
	# shellcheck disable=SC2046,SC2086 # words
	ip -n "$a" xfrm state add src "${sim_a[$o]}" dst "${sim_b[$o]}" proto esp spi 0x1001 \
		reqid 42 mode tunnel $(algo_words gcm) offload dev "$sim" dir out sel $sel || return
	add_kame esp tunnel "${inner_a[$i]}" "${inner_b[$i]}" "${sim_a[$o]}" "${sim_b[$o]}" || return
	equal 1 "$(sim_says count)" "states of the device" || return
	before=$(sim_says tx)
	for n in 1 2 3; do
		say "$i" datagram $((n * 400)) || return
	done
	equal 3 "$(policy_count "$policy_out" protected)" "packets protected" || return
	equal $((before + 3)) "$(sim_says tx)" "packets through the device's state" || return
	# In pieces, which the device could not put together: the kernel's own cipher.
	say "$i" datagram 1472 || return
	at_least 4 "$(policy_count "$policy_out" protected)" "packets protected" || return
	equal 0 "$(ipsec_count drop_transform)" drop_transform || return
	forget
	equal 0 "$(sim_says count)" "states of the device after it"
}

# The kernel refuses to hand a state to this device whole; one that were would not be used.
whole() {
	local said

	# shellcheck disable=SC2046 # words
	said=$(ip -n "$a" xfrm state add src "${sim_a[6]}" dst "${sim_b[6]}" proto esp spi 0x1001 \
		reqid 42 mode tunnel $(algo_words gcm) offload packet dev "$sim" dir out 2>&1) &&
		{ echo "it was taken"; return 1; }
	echo "$said"
	add_kame esp tunnel "${inner_a[6]}" "${inner_b[6]}" "${sim_a[6]}" "${sim_b[6]}" || return
	equal ENOKEY "$(send_udp 6 10)" "what the sender saw"
}

declare -A sim_a=([6]=2001:db8:5::1 [4]=10.5.0.1) sim_b=([6]=2001:db8:5::2 [4]=10.5.0.2)
for i in 6 4; do
	for o in 6 4; do
		check "a device without offload, IPv$i in IPv$o" without $i $o
	done
done
simulated
status=$?
if [ $status -eq "$ksft_skip" ]; then
	ktap_result ok "a device with offload" "SKIP the kernel has no simulated device"
else
	check "there is a simulated device" [ $status -eq 0 ]
	for i in 6 4; do
		for o in 6 4; do
			check "a device with offload, IPv$i in IPv$o" with $i $o
		done
	done
	check "a device that should do all of it" whole
	in_a sh -c 'echo 7 >/sys/bus/netdevsim/del_device'
fi
forget
test_end
