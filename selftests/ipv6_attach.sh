#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Which devices kame_ipv6 takes over, by itself and by request.
# kernels: um 6.1 6.12 6.12-rt
# nightly: 6.1-rt
# time-travel: yes

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
require_command jq
test_begin kame_ipv6
setup_ns a b
# shellcheck disable=SC2154 # set by setup_ns
ip=(ip -n "$a")

attached() { # DEV [NAMESPACE]
	"$KAME" -n "${2:-$a}" -j ipv6 show dev "$1" | jq -e '.[0].attached' >/dev/null
}

refused() { # STATUS SENTENCE COMMAND...
	local want=$1 sentence=$2 output

	shift 2
	output=$("$@" 2>&1)
	equal "$want" $? "exit status" && grep -qF "$sentence" <<<"$output" ||
		{ echo "$output"; return 1; }
}

"${ip[@]}" link add eth0 type dummy
check "a new device is attached by itself" attached eth0
check "loopback is attached by itself" attached lo
check "a device of another namespace is attached by itself" attached lo "$b"

check "detach" "$KAME" -n "$a" ipv6 detach dev eth0
expect_fail "it is detached" attached eth0
check "detaching again is refused" refused 2 "not attached" "$KAME" -n "$a" ipv6 detach dev eth0
"${ip[@]}" link set eth0 up
expect_fail "what was detached by hand stays so" attached eth0
check "attach, strict" "$KAME" -n "$a" ipv6 attach dev eth0 contiguity strict
check "it is attached" attached eth0
check "attaching again is refused" refused 2 "already" "$KAME" -n "$a" ipv6 attach dev eth0
check "no such device" refused 1 nosuch "$KAME" -n "$a" ipv6 attach dev nosuch

contiguity() {
	"$KAME" -n "$a" -j ipv6 show dev eth0 | jq -r '.[0].contiguity'
}
check "contiguity is shown" equal strict "$(contiguity)"
"$KAME" -n "$a" ipv6 set dev eth0 contiguity pullup
check "contiguity is set" equal pullup "$(contiguity)"

# Enslaving just works: kame lets go. What leaves its master is attached again.
"${ip[@]}" link add br0 type bridge
check "an attached device joins a bridge" "${ip[@]}" link set eth0 master br0
expect_fail "a bridge port is not attached" attached eth0
check "a bridge port can't be attached" \
	refused 2 "port of a bridge" "$KAME" -n "$a" ipv6 attach dev eth0
check "the bridge is attached" attached br0
"${ip[@]}" link set eth0 nomaster
check "a device that leaves its bridge is attached again" busywait 3000 attached eth0

bond() {
	"${ip[@]}" link add bond0 type bond mode active-backup || return $ksft_skip
	"${ip[@]}" link set eth0 down
	"${ip[@]}" link set eth0 master bond0
}
check "an attached device joins a bond" bond
check "a bond port can't be attached" \
	refused 2 "port of a bond" "$KAME" -n "$a" ipv6 attach dev eth0
"${ip[@]}" link del bond0 && "${ip[@]}" link set eth0 up
check "a device whose bond is gone is attached again" busywait 3000 attached eth0

"$KAME" -n "$a" ipv6 detach dev eth0
check "macvlan on a detached device" "${ip[@]}" link add mv0 link eth0 type macvlan
"${ip[@]}" link set eth0 up
check "a macvlan parent can't be attached" \
	refused 2 "macvlan" "$KAME" -n "$a" ipv6 attach dev eth0
check "a macvlan device is attached" attached mv0
"${ip[@]}" link del mv0
check "attach when the macvlan is gone" "$KAME" -n "$a" ipv6 attach dev eth0

"${ip[@]}" link add vrf0 type vrf table 10
check "a VRF can't be attached" refused 2 "no receive handler" "$KAME" -n "$a" ipv6 attach dev vrf0
"${ip[@]}" link set eth0 master vrf0
check "a slave of a VRF stays attached" attached eth0
"${ip[@]}" link set eth0 nomaster

# shellcheck disable=SC2154 # set by setup_ns
"${ip[@]}" link set eth0 netns "$b"
check "a device that moves is attached in its new namespace" attached eth0 "$b"

unprivileged() { # COMMAND...
	setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all "$@"
}
check "changes need CAP_NET_ADMIN" refused 2 "" unprivileged "$KAME" ipv6 detach dev lo
check "looking does not" unprivileged "$KAME" ipv6 show
check "max-headers over its range is refused" \
	refused 1 "" "$KAME" -n "$a" ipv6 set max-headers 256
"$KAME" -n "$a" ipv6 set max-headers 3 order strict
check "limits are set" equal "3 strict" \
	"$("$KAME" -n "$a" -j ipv6 limits | jq -r '[.. | objects | select(has("max_headers"))][0] | "\(.max_headers) \(.order)"')"
check "limits of another namespace are its own" equal 15 \
	"$("$KAME" -n "$b" -j ipv6 limits | jq -r '[.. | objects | .max_headers // empty][0]')"

monitor() {
	local log pid

	log=$(mktemp)
	"$KAME" -n "$b" monitor >"$log" &
	pid=$!
	sleep 0.5
	"$KAME" -n "$b" ipv6 detach dev eth0
	busywait 3000 grep -q eth0 "$log"
	kill $pid
	grep eth0 "$log"
}
check "the monitor tells of a detached device" monitor

# An event says what the request has made of the device.
told() {
	local log pid

	log=$(mktemp)
	"$KAME" -n "$b" -j monitor ipv6 >"$log" &
	pid=$!
	# Until it listens, events are lost.
	listens() {
		"$KAME" -n "$b" ipv6 set dev lo contiguity pullup && pause 0.1 && grep -q '"lo"' "$log"
	}
	busywait 5000 listens
	"$KAME" -n "$b" ipv6 attach dev eth0
	busywait 3000 grep -q eth0 "$log"
	kill $pid
	equal "true false" \
		"$(jq -r 'select(.ifname == "eth0") | "\(.attached) \(.by_hand)"' "$log")" \
		"attached, by hand"
}
check "and of one that is attached again, not detached by hand any more" told

manual() {
	rmmod kame_ipv6 && load_module kame_ipv6 auto=0 || return
	negate attached lo && "$KAME" -n "$a" ipv6 attach dev lo && attached lo
}
check "auto=0 attaches by hand only" manual
test_end
