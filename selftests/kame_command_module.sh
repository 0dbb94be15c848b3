#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um 6.1
# nightly: 6.12
# quick: no
#
# The kame command with the module kame_ipv6: every command, its errors in the kernel's
# words, permission, another namespace, events, and the module coming and going.
#
#	namespace:  lo   d0 (dummy)   br0 (bridge) --- v0 ===== v1
set -u

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_command.sh
. "$(dirname "$0")/lib_command.sh"
kame=$KAME
monitors=()

# shellcheck disable=SC2317 # called by lib.sh
cleanup() {
	[ ${#monitors[@]} -eq 0 ] || kill "${monitors[@]}" 2>/dev/null
	rm -rf "$tmp"
}

# try NAME STATUS OUT ERR WORD...: kame in the namespace
try()
{
	local name=$1 status_wanted=$2 out_wanted=$3 err_wanted=$4

	shift 4
	run timeout 20 "$kame" -n "$ns" "$@"
	judge "$name" "$status_wanted" "$out_wanted" "$err_wanted"
}

set_up()
{
	setup_ns kc || return
	# shellcheck disable=SC2154 # set by setup_ns
	ns=$kc
	ip -n "$ns" link add d0 up type dummy &&
		ip -n "$ns" link add br0 up type bridge &&
		ip -n "$ns" link add v0 up type veth peer name v1 &&
		ip -n "$ns" link set v1 up &&
		ip -n "$ns" link set v0 master br0
}

test_unloaded()
{
	try "not loaded" 2 '' '^Error: kame_ipv6 is not loaded: modprobe kame_ipv6$' ipv6 show
	try "version does not load it" 0 'kame_ipv6 is not loaded' '' version
}

test_show()
{
	try "version" 0 "kame_ipv6 [0-9.]+, interface [0-9]+" '' version
	try "show" 0 'd0 +yes +pullup' '' ipv6 show
	try "port of a bridge" 0 'v0 +no +- +[^-]*bridge' '' ipv6 show
	try "show dev" 0 $'^DEVICE[^\n]*\nd0 [^\n]*$' '' ipv6 show dev d0
	try "show in JSON" 0 \
		'^\[\{"ifname":"d0","ifindex":[0-9]+,"attached":true,"contiguity":"pullup"' '' \
		-j ipv6 show dev d0
	try "limits" 0 'auto +on.max-headers +15.order +lenient' '' ipv6 limits
}

test_change()
{
	try "attach what is attached" 2 '' '^Error: .*attached already' ipv6 attach dev d0
	try "attach the port of a bridge" 2 '' '^Error: .*bridge' ipv6 attach dev v0
	try "detach" 0 '' '' ipv6 detach dev d0
	try "it is detached" 0 'd0 +no +- +detached by hand' '' ipv6 show dev d0
	try "detach what is not attached" 2 '' '^Error: .*not attached' ipv6 detach dev d0
	try "set what is not attached" 2 '' '^Error: .*not attached' \
		ipv6 set dev d0 contiguity strict
	try "attach strict" 0 '' '' ipv6 attach dev d0 contiguity strict
	try "it is strict" 0 'd0 +yes +strict' '' ipv6 show dev d0
	try "set pullup" 0 '' '' ipv6 set dev d0 contiguity pullup
	try "it is pullup" 0 'd0 +yes +pullup' '' ipv6 show dev d0
	try "set limits" 0 '' '' ipv6 set max-headers 7 order strict
	try "limits are set" 0 'max-headers +7.order +strict' '' ipv6 limits
	run "$kame" ipv6 limits
	judge "but in this namespace only" 0 'max-headers +15.order +lenient' ''
}

test_permission()
{
	# The source may be where nobody else may go.
	local kame=$tmp/kame

	install -m 755 "$KAME" "$kame" && chmod 755 "$tmp"
	run ip netns exec "$ns" "${nobody[@]}" "$kame" ipv6 detach dev d0
	judge "nobody may not change" 2 '' 'needs CAP_NET_ADMIN'
	run ip netns exec "$ns" "${nobody[@]}" "$kame" ipv6 set max-headers 1
	judge "nor limits" 2 '' 'needs CAP_NET_ADMIN'
	run ip netns exec "$ns" "${nobody[@]}" "$kame" ipv6 show dev d0
	judge "but may look" 0 'd0 +yes' ''
	if ! "${nobody[@]}" unshare -Urn true 2>/dev/null; then
		ktap_result ok "and may change a namespace of his own" "SKIP needs user namespaces"
		return
	fi
	run "${nobody[@]}" unshare -Urn "$kame" ipv6 set max-headers 1
	judge "and may change a namespace of his own" 0 '' ''
}

test_stats()
{
	local before after

	before=$("$kame" -n "$ns" -j ipv6 stats dev lo | sed 's/.*"in":\([0-9]*\).*/\1/')
	ip netns exec "$ns" ping -6 -q -c 3 -i 0.01 ::1 >/dev/null
	after=$("$kame" -n "$ns" -j ipv6 stats dev lo | sed 's/.*"in":\([0-9]*\).*/\1/')
	check "three requests and replies are counted" equal 6 $((after - before))
	try "stats" 0 'hdr_icmpv6 +[0-9]+' '' ipv6 stats
	try "stats explained" 0 'in +[0-9]+  packets taken over' '' ipv6 stats explain
	try "show with statistics" 0 $'lo +yes +pullup\n    in +[0-9]+' '' -s ipv6 show dev lo
}

grown() { [ "$(wc -l <"$1")" -ge "$2" ]; }

test_monitor()
{
	local try

	"$kame" -n "$ns" monitor >>"$tmp/text" 2>&1 &
	monitors+=($!)
	"$kame" -n "$ns" -j -t monitor ipv6 >>"$tmp/json" 2>&1 &
	monitors+=($!)
	# Until both listen, events are lost: make some until each has one.
	for ((try = 0; try < 50; try++)); do
		"$kame" -n "$ns" ipv6 set dev d0 contiguity strict
		sleep 0.1
		grown "$tmp/text" 1 && grown "$tmp/json" 1 && break
	done
	: >"$tmp/text"
	: >"$tmp/json"
	"$kame" -n "$ns" ipv6 detach dev d0
	"$kame" -n "$ns" ipv6 attach dev d0
	ip -n "$ns" link add d1 type dummy
	ip -n "$ns" link del d1
	check "events arrive" busywait 5000 grown "$tmp/text" 4
	check "and in JSON" busywait 5000 grown "$tmp/json" 4
	run cat "$tmp/text"
	judge "events" 0 $'^ipv6: d0 not attached, detached by hand\nipv6: d0 attached, contiguity pullup\nipv6: d1 attached.*\nipv6: d1 not attached' ''
	run cat "$tmp/json"
	judge "events in JSON" 0 '\{"timestamp":"[^"]*","object":"ipv6","event":"dev-ntf","ifname":"d1","ifindex":[0-9]+,"attached":true' ''
	: >"$tmp/text"
	rmmod kame_ipv6
	load_module kame_ipv6
	busywait 5000 "$kame" -n "$ns" ipv6 detach dev d0
	check "monitor follows the module that comes again" \
		busywait 5000 grep -q 'd0 not attached, detached by hand' "$tmp/text"
	kill "${monitors[@]}"
	wait "${monitors[@]}" 2>/dev/null
	monitors=()
}

# More than fits into one message of the dump
test_many()
{
	local i

	for ((i = 0; i < 200; i++)); do
		echo "link add many$i type dummy"
	done | ip -n "$ns" -batch -
	check "200 devices are listed" \
		equal 200 "$("$kame" -n "$ns" ipv6 show | grep -c '^many[0-9]* *yes')"
	for ((i = 0; i < 200; i++)); do
		echo "ipv6 detach dev many$i"
	done >"$tmp/batch"
	try "200 devices are detached in a batch" 0 '' '' -b "$tmp/batch"
	check "and are detached" \
		equal 200 "$("$kame" -n "$ns" ipv6 show | grep -c '^many.*detached by hand')"
}

# Asking for the family loads the module, once it is where modprobe looks for it.
test_load()
{
	local modules ko

	modules=/lib/modules/$(uname -r)
	ko=$(find -L "$KAME_BUILD" -name kame_ipv6.ko -print -quit)
	rmmod kame_ipv6
	if ! mkdir -p "$modules/extra" 2>/dev/null || ! cp "$ko" "$modules/extra" 2>/dev/null; then
		ktap_result ok "module is loaded by the kernel" "SKIP cannot write to $modules"
		load_module kame_ipv6
		return
	fi
	# depmod takes long in a slow VM: what it wrote is put back, and not made again.
	mkdir "$tmp/index" && cp -p "$modules"/modules.* "$tmp/index"
	depmod 2>/dev/null
	try "module is loaded by the kernel" 0 '^auto' '' ipv6 limits
	rm -f "$modules/extra/kame_ipv6.ko"
	cp -p "$tmp"/index/* "$modules"
}

[ -x "$kame" ] || skip_all "there is no kame command: make tools"
require_command setpriv
# shellcheck disable=SC2119 # without a module
test_begin
set_up || skip_all "cannot set up devices"
test_unloaded
check "module loads" load_module kame_ipv6
test_show
test_change
test_permission
test_stats
test_monitor
test_many
test_load
# It was loaded in more ways than one, in subshells too.
loaded=(kame_ipv6)
test_end
