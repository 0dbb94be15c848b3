#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um um-kasan 6.1
# nightly: 6.12 6.12-rt
# quick: no
# time-travel: yes
#
# Two routers on one link with a prefix each, as with two providers: radvd on both, and
# each drops what does not come from its own prefix (BCP 38). The source follows the
# next hop (RFC 6724 rule 5.5), and packets leave by the router of their source (RFC 8028).

# shellcheck source=selftests/lib_nd.sh
. "$(dirname "$0")/lib_nd.sh"
require_command nft
test_begin kame_nd
setup_links || skip_all "no links of namespaces"
# shellcheck disable=SC2154 # set by setup_links
ip -n "$sw" link set r2 master br1
# shellcheck disable=SC2154 # set by setup_links
address1=$(router_address "$r1") address2=$(router_address "$r2")
p1=2001:db8:1::/64 p2=2001:db8:2::/64

kame_nd() { "$KAME" -n "$h" nd "$@"; }
filter() { # NAMESPACE PREFIX
	ip netns exec "$1" nft -f - <<-END
		table ip6 f {
			chain by_source {
				type filter hook forward priority 0
				iifname eth0 ip6 saddr != $2 drop
			}
		}
	END
}
filter "$r1" $p1 && filter "$r2" $p2 || skip_all "no packet filter"

own() { own_address "2001:db8:$1:" -tentative; } # NUMBER
both_usable() { [ -n "$(own 1)" ] && [ -n "$(own 2)" ]; }
labels() { ip -n "$h" addrlabel list | sort; }
source_routes() { ip -n "$h" -6 route show | grep "^default from"; }
dead_routes() { ip -n "$h" -6 route show default | grep -c dead; }
# The router and the source, as a socket of its own sees them
uses() { # NUMBER
	local address=address$1

	equal "2001:db8:$1 ${!address}" "$(chosen $service | sed 's/^\([0-9a-f]*:[0-9a-f]*:[0-9a-f]*\):[^ ]*/\1/')" \
		"source and router"
}
routed_from() { # NUMBER ROUTER: where packets from the own address of prefix NUMBER go
	local router

	read -r _ router < <(chosen $service from "$(own "$1")")
	equal "$2" "$router" "router"
}
answered() { ip netns exec "$h" ping -6 -q -c 1 -W 1 ${1:+-I "$1"} $service; }
udp() { ip netns exec "$h" "$(dirname "$0")/nd_watch.py" watch 0.2 2001: 7777 $service >/dev/null; }
prefer() { # NUMBER: that router advertises itself as the better one
	local better=r$1 other=r$((3 - $1))

	preference=high advertise "${!better}" "2001:db8:$1::/64"
	preference=low advertise "${!other}" "2001:db8:$((3 - $1))::/64"
}

labels_before=$(labels)
prefer 1
check "the host has an address of each router" busywait 20000 both_usable
fast() { kame_nd set dev eth0 interval 100 probes 2 hold-down 100; }
check "fast timers" fast

# RFC 6724 rule 5.5
follows() { # NUMBER
	prefer "$1"
	busywait 8000 uses "$1" && busywait 2000 answered && udp
}
check "the source is the chosen router's" busywait 8000 uses 1
check "it follows another router" follows 2
check "and the first again" follows 1
labelled() { labels | grep -q "$p2 dev eth0 label"; }
check "the other's prefix has a label that ip shows" busywait 2000 labelled
off() { kame_nd set dev eth0 rule-5-5 off && busywait 3000 no_label; }
no_label() { equal "$labels_before" "$(labels)" labels; }
check "switched off, the labels are stock's" off
by_hand() {
	local status

	ip -n "$h" addrlabel add prefix $p2 dev eth0 label 77 || return
	kame_nd set dev eth0 rule-5-5 on && busywait 3000 refused &&
		kame_nd set dev eth0 rule-5-5 off && sleep 0.3 && labelled_77
	status=$?
	ip -n "$h" addrlabel del prefix $p2 dev eth0 label 77
	return $status
}
refused() { [ "$(nd_count source_refused)" -gt 0 ]; }
labelled_77() { labels | grep "$p2 dev eth0 label 77"; }
check "a label set by hand stays" by_hand
for_all() { # a label without a device
	local before status

	before=$(nd_count source_refused)
	ip -n "$h" addrlabel add prefix $p2 label 78 || return
	kame_nd set dev eth0 rule-5-5 on && busywait 3000 more_refused "$before" && ! labelled_ours
	status=$?
	ip -n "$h" addrlabel del prefix $p2 label 78
	kame_nd set dev eth0 rule-5-5 off && busywait 3000 no_label && return $status
}
more_refused() { [ "$(nd_count source_refused)" -gt "$1" ]; }
labelled_ours() { labels | grep "$p2 dev eth0"; }
check "so does one that was set for all devices" for_all
replaced() { # somebody puts a label of theirs in the place of ours
	local status

	kame_nd set dev eth0 rule-5-5 on && busywait 3000 labelled || return
	ip -n "$h" addrlabel del prefix $p2 dev eth0 label 1 &&
		ip -n "$h" addrlabel add prefix $p2 dev eth0 label 77 &&
		kame_nd set dev eth0 rule-5-5 off && sleep 0.3 && labelled_77
	status=$?
	ip -n "$h" addrlabel del prefix $p2 dev eth0 label 77
	return $status
}
check "and one set in the place of kame_nd's" replaced

# RFC 8028
lost() {
	busywait 3000 routed_from 2 "$address1" || return
	! answered "$(own 2)" || { ip -n "$h" -6 route; ip -n "$h" -6 neigh; return 1; }
}
check "as with stock, packets from the other's prefix are lost" lost
both() { [ "$(source_routes | wc -l)" = 2 ]; }
source_router() {
	kame_nd set dev eth0 source-router on
	busywait 3000 both && routed_from 1 "$address1" && routed_from 2 "$address2"
}
check "a default route for each source" source_router
check "from the first prefix: answered" answered "$(own 1)"
check "from the second: answered" answered "$(own 2)"
tcp() { # SOURCE: a connection is refused, which is an answer
	ip netns exec "$h" python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET6)
s.settimeout(2)
s.bind((sys.argv[1], 0))
sys.exit(s.connect_ex((sys.argv[2], 9)) != 111)' "$1" $service
}
check "TCP from the first" tcp "$(own 1)"
check "TCP from the second" tcp "$(own 2)"
unbound() { # rule 5.5 is off: the source may be the other router's
	ip -n "$h" addr change "$(own 1)/64" dev eth0 valid_lft 9000 preferred_lft 0 &&
		[[ $(chosen $service) == 2001:db8:2:* ]] || return
	udp && answered && [ "$(nd_count source_rerouted)" -gt 0 ]
}
check "a source that was chosen after the route: answered" unbound
port_rule() { # the router is one that a rule has chosen by the port
	local status rerouted

	ip -n "$h" -6 route add default via "$address1" dev eth0 table 100 &&
		ip -n "$h" -6 rule add ipproto udp dport 7777 lookup 100 || return
	rerouted=$(nd_count source_rerouted)
	! udp && equal "$rerouted" "$(nd_count source_rerouted)" source_rerouted
	status=$?
	ip -n "$h" -6 rule del ipproto udp dport 7777 lookup 100
	ip -n "$h" -6 route flush table 100
	[ $status -eq 0 ] && udp
}
check "not where a policy rule has chosen the table" port_rule
check "rule 5.5 again" kame_nd set dev eth0 rule-5-5 on

flapped() {
	ip -n "$h" link set eth0 down
	ip -n "$h" link set eth0 up
	again() { both_usable && both && routed_from 2 "$address2" && routed_from 1 "$address1"; }
	busywait 15000 again
}
check "both are there again after the device was down" flapped
removed_by_hand() {
	ip -n "$h" -6 route del default from $p2 via "$address2" dev eth0 || return
	sleep 1.5
	[ "$(source_routes | wc -l)" = 1 ] || { source_routes; return 1; }
	kame_nd set dev eth0 source-router off
	none() { ! source_routes; }
	busywait 3000 none || return
	kame_nd set dev eth0 source-router on && busywait 3000 both
}
check "one that is removed by hand stays away" removed_by_hand

# A router dies: what is left of it is not used.
dies() {
	silence "$r1"
	ip -n "$r1" link set eth0 down
	kame_nd probe
	all() {
		uses 2 && [ "$(source_routes | wc -l)" = 1 ] && routed_from 2 "$address2" &&
			[ "$(dead_routes)" = 1 ] && prefix_is $p1 detached
	}
	busywait 5000 all || { source_routes; dead_routes; chosen $service; kame_nd show; return 1; }
	answered
}
check "a router dies: its default route is dead, its source route gone" dies
revives() {
	ip -n "$r1" link set eth0 up
	busywait 5000 has_address "$r1"
	ip -n "$r1" -6 addr show dev eth0 | grep -q 2001 || ip -n "$r1" addr add 2001:db8:1::ff/64 dev eth0 nodad
	prefer 1
	revived() { uses 1 && [ "$(dead_routes)" = 0 ] && both; }
	busywait 15000 revived || { ip -n "$h" -6 route; kame_nd routers; kame_nd show; return 1; }
}
check "and returns" revives

# In a VRF the routes are in its table.
vrf_routes() { ip -n "$h" -6 route show vrf blue | grep "^default from"; }
in_vrf() {
	ip -n "$h" link add blue type vrf table 200 || return
	ip -n "$h" link set blue up
	ip -n "$h" link set eth0 master blue
	moved() { both_usable && [ "$(vrf_routes | wc -l)" = 2 ] && ! source_routes; }
	busywait 15000 moved || { vrf_routes; source_routes; return 1; }
	for n in 1 2; do
		ip netns exec "$h" ping -6 -q -c 1 -W 1 -I blue -I "$(own $n)" $service || return
	done
}
check "in a VRF" in_vrf
out_of_vrf() {
	ip -n "$h" link set eth0 nomaster
	returned() { both_usable && both && ! vrf_routes; }
	busywait 15000 returned || { vrf_routes; source_routes; return 1; }
}
check "and out of it again" out_of_vrf

unload() {
	rmmod kame_nd || return
	equal "$labels_before" "$(labels)" labels || return
	! source_routes && equal 0 "$(dead_routes)" "dead routes" && load_module kame_nd
}
check "the module takes back what it has set" unload
test_end
