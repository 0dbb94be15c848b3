#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# strongSwan on two nodes negotiates states, without policies of its own, and kame_ipsec's
# policies use them. The first packet waits for the negotiation that it starts, and
# rekeying under traffic loses nothing. docs/ipsec.md shows the same by hand.
# kernels: um 6.12
# nightly: 6.1
# quick: no

# shellcheck source=lib_ipsec.sh
. "$(dirname "$0")/lib_ipsec.sh"

charon=/usr/sbin/charon-systemd
[ -x $charon ] || skip_all "strongSwan is not installed: apt-get install charon-systemd strongswan-swanctl"
require_command swanctl jq ping
test_begin kame_ipsec
setup_pair >/dev/null || skip_all "two nodes don't reach each other"

# The configuration of a node: its name, its peer's, and addresses of both
configure() { # NAME PEER LOCAL REMOTE LOCAL_NET REMOTE_NET START REKEY
	mkdir -p "$tmp/$1"
	cat >"$tmp/$1/strongswan.conf" <<CONF
charon-systemd {
	load_modular = yes
	install_routes = no
	filelog {
		log {
			path = $tmp/$1/log
			default = 1
			flush_line = yes
			knl = 2
		}
	}
	plugins {
		include /etc/strongswan.d/charon/*.conf
		vici {
			socket = unix://$tmp/$1/vici
		}
	}
}
CONF
	cat >"$tmp/$1/swanctl.conf" <<CONF
connections {
	peer {
		version = 2
		local_addrs = $3
		remote_addrs = $4
		proposals = aes128-sha256-modp2048
		local {
			auth = psk
			id = $1
		}
		remote {
			auth = psk
			id = $2
		}
		children {
			net {
				local_ts = $5
				remote_ts = $6
				esp_proposals = aes128gcm16
				mode = tunnel
				policies = no
				reqid = 42
				rekey_time = $8
				life_time = 20s
				rand_time = 0
				start_action = $7
			}
		}
	}
}
secrets {
	ike-peer {
		secret = "kame"
	}
}
CONF
}

start() { # NAMESPACE NAME
	STRONGSWAN_CONF=$tmp/$2/strongswan.conf ip netns exec "$1" $charon >"$tmp/$2/out" 2>&1 &
	busywait 10000 test -S "$tmp/$2/vici" || { cat "$tmp/$2/out"; return 1; }
	ip netns exec "$1" swanctl --load-all --file "$tmp/$2/swanctl.conf" \
		--uri "unix://$tmp/$2/vici" >"$tmp/$2/load" 2>&1 || { cat "$tmp/$2/load"; return 1; }
}

node_policies() { # NAMESPACE LOCAL REMOTE LOCAL_NET REMOTE_NET
	local tunnel="action protect transform esp mode tunnel local $2 remote $3 reqid 42"

	# shellcheck disable=SC2086 # words
	"$KAME" -n "$1" ipsec policy add dir out src "$4" dst "$5" $tunnel &&
		"$KAME" -n "$1" ipsec policy add dir in src "$5" dst "$4" $tunnel
}

# One node rekeys: two that do it in the same instant are strongSwan's own matter.
both_nodes() {
	configure a b "${outer_a[4]}" "${outer_b[4]}" "${inner_a[4]}/32" "${inner_b[4]}/32" trap 3s
	configure b a "${outer_b[4]}" "${outer_a[4]}" "${inner_b[4]}/32" "${inner_a[4]}/32" none 0s
	node_policies "$a" "${outer_a[4]}" "${outer_b[4]}" "${inner_a[4]}" "${inner_b[4]}" || return
	node_policies "$b" "${outer_b[4]}" "${outer_a[4]}" "${inner_b[4]}" "${inner_a[4]}" || return
	start "$b" b && start "$a" a
}

logs() {
	tail -n 30 "$tmp"/*/log "$tmp"/*/out "$tmp"/*/load
	show_all
	return 1
}

# No state is there. The packet is the reason for one, and arrives.
first_packet() {
	equal 0 "$(ip -n "$a" xfrm state | grep -c 'proto esp')" "states before" || return
	in_a ping -4 -c 1 -W 10 -I "${inner_a[4]}" "${inner_b[4]}" || logs || return
	at_least 1 "$(ipsec_count out_released)" out_released || return
	at_least 1 "$(ipsec_count acquire)" acquire
}

no_policies() {
	equal 0 "$(ip -n "$a" xfrm policy | grep -c '^src .*10\.')" "stock policies"
}

rekeying() {
	local before after

	before=$(ip -n "$a" xfrm state | awk '$3 == "spi" { print $4 }' | sort | tr '\n' ' ')
	in_a ping -4 -q -i 0.01 -c 700 -W 3 -I "${inner_a[4]}" "${inner_b[4]}" >"$tmp/ping" ||
		logs || return
	after=$(ip -n "$a" xfrm state | awk '$3 == "spi" { print $4 }' | sort | tr '\n' ' ')
	[ "$before" != "$after" ] || { echo "the states are the same: $before"; return 1; }
	at_least 2 "$(grep -c "CHILD_SA net.* established" "$tmp/a/log")" "negotiations" || return
	grep -q " 0% packet loss" "$tmp/ping" || { tail -n 3 "$tmp/ping"; logs; }
}

nothing_in_clear() {
	equal 0 "$(clear_seen)" "packets in clear"
}

watch_wire
both_nodes >"$tmp/setup" 2>&1 || { cat "$tmp/setup" "$tmp"/*/out; skip_all "strongSwan does not start"; }
check "the first packet starts the negotiation and arrives" first_packet
check "strongSwan installs no policies of its own" no_policies
check "rekeying under traffic loses nothing" rekeying
check "nothing crosses the wire in clear" nothing_in_clear
test_end
