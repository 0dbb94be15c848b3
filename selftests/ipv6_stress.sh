#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Attach, detach and unload under a flood on two processors: nothing is reported,
# and no packet is lost that is not counted.
# kernels: debug

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
require_command jq python3
test_begin kame_ipv6
setup_line || skip_all "no line of namespaces"
: "${ROUNDS:=100}" "${UNLOADS:=5}" "${NAMESPACES:=20}"
h2_addr=2001:db8:2::2

# Sends until told to stop, and says how many; the receiver counts what came.
cat >"/tmp/flood.py" <<'EOF'
import signal, socket, sys, time
stop = False
def end(*_):
    global stop
    stop = True
signal.signal(signal.SIGTERM, end)
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
count = 0
if sys.argv[1] == "send":
    print("ready", flush=True)
    while not stop:
        for _ in range(8):
            s.sendto(b"kame" * 16, (sys.argv[2], 9999))
        count += 8
        time.sleep(0.001)
else:
    s.setsockopt(socket.SOL_SOCKET, 33, 1 << 26)
    s.bind((sys.argv[2], 9999))
    s.settimeout(0.5)
    print("ready", flush=True)
    while True:
        try:
            s.recv(2048)
            count += 1
        except socket.timeout:
            if stop:
                break
print(count)
EOF

flood() { # PACKETS COMMAND...: run it under a flood of so many or more; all sent arrive
	local receiver sender sent got least=$1

	shift

	# shellcheck disable=SC2154 # set by setup_line
	ip netns exec "$h2" python3 /tmp/flood.py recv $h2_addr >/tmp/got &
	receiver=$!
	busywait 60000 grep -q ready /tmp/got
	# shellcheck disable=SC2154 # set by setup_line
	ip netns exec "$h1" python3 /tmp/flood.py send $h2_addr >/tmp/sent &
	sender=$!
	busywait 60000 grep -q ready /tmp/sent
	"$@"
	local status=$?
	kill -TERM $sender; wait $sender
	sleep 1
	kill -TERM $receiver; wait $receiver
	sent=$(tail -n 1 /tmp/sent) got=$(tail -n 1 /tmp/got)
	echo "sent $sent, got $got"
	[ $status -eq 0 ] && at_least "$least" "$sent" sent && equal "$sent" "$got" "packets that arrived"
}

attach_detach() {
	local n

	for ((n = 0; n < ROUNDS; n++)); do
		echo "ipv6 detach dev r1"
		echo "ipv6 attach dev r1"
	done >/tmp/batch
	# shellcheck disable=SC2154 # set by setup_line
	"$KAME" -n "$r" -batch /tmp/batch
}
check "$ROUNDS rounds of detach and attach under a flood" \
	flood $((ROUNDS * 2)) attach_detach

unload() {
	local n

	for ((n = 0; n < UNLOADS; n++)); do
		rmmod kame_ipv6 && insmod "$KAME_BUILD/kame_ipv6/kame_ipv6.ko" || return
	done
}
check "$UNLOADS rounds of unload and load under a flood" \
	flood $((UNLOADS * 100)) unload

namespaces() {
	local n

	for ((n = 0; n < NAMESPACES; n++)); do
		ip netns add "stress$n" && ip -n "stress$n" link set lo up &&
			ip netns del "stress$n" || return
	done
}
check "$NAMESPACES namespaces made and destroyed under a flood" \
	flood $((NAMESPACES * 20)) namespaces
test_end
