#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A flow table of nftables forwards past all hooks. A flow that a policy of kame_ipsec has to
# do with is not put there, and is taken out of it when the policy comes.
#
#   h1 eth0 ------- r1 r r2 ------- eth0 h2    what h2 receives is counted: clear or ESP
# kernels: um 6.1 6.12
# nightly: 6.12-rt
# quick: no

# shellcheck source=lib_ipsec.sh
. "$(dirname "$0")/lib_ipsec.sh"

require_command jq nft python3
test_begin kame_ipsec
setup_line || skip_all "no line of namespaces"
# shellcheck disable=SC2154 # set by setup_line
ip netns exec "$r" sysctl -qw net.ipv4.ip_forward=1
ip -n "$h1" addr add 192.0.2.1/25 dev eth0
ip -n "$r" addr add 192.0.2.126/25 dev r1
ip -n "$r" addr add 192.0.2.254/25 dev r2
ip -n "$h2" addr add 192.0.2.129/25 dev eth0
ip -n "$h1" route add default via 192.0.2.126
declare -A source=([4]=192.0.2.1 [6]=2001:db8:1::1) far=([4]=192.0.2.129 [6]=2001:db8:2::2) \
	near=([4]=192.0.2.254 [6]=2001:db8:2::ff) plen=([4]=32 [6]=128)

ip netns exec "$h2" nft -f - <<-EOF
	table netdev watch {
		counter clear { }
		counter sealed { }
		chain in { type filter hook ingress devices = { eth0 } priority 0;
			udp dport 9000-9999 counter name clear
			ip protocol esp counter name sealed
			ip6 nexthdr esp counter name sealed
		}
	}
EOF
seen() { # clear|sealed
	ip netns exec "$h2" nft -j list counter netdev watch "$1" | json_sum packets
}
forwarded() { # what has come by the hook: in JSON, a counter without a name is in a rule
	ip netns exec "$r" nft -j list chain inet flows c | json_sum packets
}
tables_on() {
	ip netns exec "$r" nft -f - <<-EOF
		table inet flows {
			flowtable ft { hook ingress priority 0; devices = { r1, r2 }; }
			chain c { type filter hook forward priority 0;
				meta l4proto { tcp, udp } counter flow add @ft
			}
		}
	EOF
}
tables_off() { ip netns exec "$r" nft delete table inet flows; }

send() { # VERSION PORT NUMBER: datagrams of one flow
	ip netns exec "$h1" python3 -c 'if 1:
		import socket, sys, time
		family = socket.AF_INET6 if sys.argv[1] == "6" else socket.AF_INET
		s = socket.socket(family, socket.SOCK_DGRAM)
		s.bind((sys.argv[4], int(sys.argv[2])))
		for _ in range(int(sys.argv[3])):
			s.sendto(b"secret", (sys.argv[5], int(sys.argv[2])))
			time.sleep(0.005)' "$1" "$2" "$3" "${source[$1]}" "${far[$1]}"
}

forget() {
	"$KAME" -n "$r" ipsec policy flush
	ip -n "$r" xfrm state flush
}

protect() { # VERSION
	ip -n "$r" -batch - <<-EOF || return
		xfrm state add src ${near[$1]} dst ${far[$1]} proto esp spi 0x1001 reqid 42 mode tunnel $(algo_words null)
	EOF
	"$KAME" -n "$r" ipsec policy add dir out dst "${far[$1]}/${plen[$1]}" action protect \
		transform esp mode tunnel local "${near[$1]}" remote "${far[$1]}" reqid 42 >/dev/null
}

discard() { # VERSION
	"$KAME" -n "$r" ipsec policy add dir out dst "${far[$1]}/${plen[$1]}" action discard >/dev/null
}

# Without this, the rest tests nothing.
is_offloaded() { # VERSION PORT
	local before clear

	forget
	before=$(forwarded) clear=$(seen clear)
	send "$1" "$2" 50 || return
	at_least $((clear + 50)) "$(seen clear)" "packets in clear" &&
		at_least "$(forwarded)" $((before + 10)) "limit of packets at the hook"
}

protected_first() { # VERSION PORT
	local clear sealed

	forget
	protect "$1" || return
	clear=$(seen clear) sealed=$(seen sealed)
	send "$1" "$2" 50 || return
	equal "$clear" "$(seen clear)" "packets in clear" && at_least $((sealed + 50)) "$(seen sealed)" ESP
}

# The same flow before and after
protected_later() { # VERSION PORT protect|discard
	local clear sealed

	forget
	send "$1" "$2" 50 || return
	"$3" "$1" || return
	clear=$(seen clear) sealed=$(seen sealed)
	send "$1" "$2" 50 || return
	equal "$clear" "$(seen clear)" "packets in clear" || return
	[ "$3" = discard ] || at_least $((sealed + 50)) "$(seen sealed)" ESP
}

tables_on 2>/dev/null || skip_all "no flow tables in nftables"
for v in 6 4; do
	check "a flow without a policy is offloaded, IPv$v" is_offloaded $v 9000
	check "one that is protected is not, IPv$v" protected_first $v 9001
	check "one that is offloaded is protected when the policy comes, IPv$v" \
		protected_later $v 9002 protect
	check "one that is offloaded ends when a policy discards it, IPv$v" \
		protected_later $v 9003 discard
done
tables_off
forget
test_end
