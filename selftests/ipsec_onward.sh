#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The way of a protected packet from its state to the link: where nobody waits on it, it is
# a short one that shows as little as it can, and who waits there is not passed by.
#
# Kernels that can tell where their functions are called are those of emulated machines,
# where each program takes its time to start: they show what the others can't.
# kernels: um um-kasan 6.12
# nightly: 6.1 6.12-rt
# quick: no

# shellcheck source=lib_ipsec.sh
. "$(dirname "$0")/lib_ipsec.sh"

require_command jq ping nft
test_begin kame_ipsec
setup_pair >/dev/null || skip_all "two nodes don't reach each other"

sender=$(dirname "$0")/ipsec_onward.py

# Datagrams from a to b; prints the errors that the sender saw.
send_from_a() { # INNER [WORD...]
	local v=$1

	shift
	in_a /usr/bin/python3 "$sender" "$@" "${inner_a[$v]}" "${inner_b[$v]}"
}

protect_out() { # INNER OUTER
	forget
	add_states esp tunnel gcm "${outer_a[$2]}" "${outer_b[$2]}" "$(any "$1")" || return
	# shellcheck disable=SC2046 # words
	add_policy dir out dst "${inner_b[$1]}" $(tunnel_words "$2") >/dev/null || return
	# The neighbour is known from then on.
	equal OK "$(send_from_a "$1")" "error of the first one"
}

# The same where b is to receive what a sends
protect_both() { # INNER OUTER
	protect_out "$1" "$2" &&
		add_stock esp tunnel "${inner_a[$1]}" "${inner_b[$1]}" "${outer_a[$2]}" \
			"${outer_b[$2]}" "${plen[$1]}"
}

# Count what a puts on the wire and an expression of nft matches.
count_on_wire() { # WORD...
	watch_wire && ip netns exec "$wire" nft -f - <<-NFT
		table netdev watch {
			counter matched { }
			chain matched { type filter hook ingress device wa priority 1;
				$* counter name matched
			}
		}
	NFT
}

matched_on_wire() {
	ip netns exec "$wire" nft -j list counter netdev watch matched | json_sum packets
}

# Do something while a hook at LOCAL_OUT, which lets everything pass, makes the way long.
with_hook() { # OUTER COMMAND...
	local fam=${nft_family[$1]} status

	shift
	in_a nft "add table $fam long { chain c { type filter hook output priority 0; }; }" || return
	"$@"
	status=$?
	in_a nft delete table "$fam" long
	return $status
}

# What is counted of the packets that leave, a counter a line
counted() {
	in_a cat /proc/net/snmp6 /proc/net/dev_snmp6/eth0 |
		awk '/^Ip6Out/ { print NR, $1, $2 }'
	in_a cat /proc/net/snmp /proc/net/netstat | awk '/^Ip(Ext)?:/ {
		if ($1 == last) {
			for (i = 2; i <= NF; i++)
				if (name[i] ~ /^Out/)
					print $1 name[i], $i
			last = ""
		} else {
			last = $1
			split($0, name)
		}
	}'
}

# By how much each of them grows with 50 packets
growth() { # INNER
	counted >"$tmp/before"
	send_from_a "$1" --count 50 >/dev/null
	counted >"$tmp/after"
	paste "$tmp/before" "$tmp/after" | awk '{ print $(NF / 2 - 1), $NF - $(NF / 2) }'
}

# What this node has to say of its own is counted with it: try again then.
alike() { # INNER OUTER
	local i

	for i in 1 2 3 4 5; do
		growth "$1" >"$tmp/short"
		with_hook "$2" growth "$1" >"$tmp/long" || return
		if cmp -s "$tmp/short" "$tmp/long"; then
			grep -qE ' (50|[1-9][0-9]{3,})$' "$tmp/short"
			return
		fi
	done
	diff "$tmp/short" "$tmp/long"
}

counts_alike() { # INNER OUTER
	protect_out "$1" "$2" && alike "$1" "$2"
}

# The same of packets that a rule drops when they are protected
drops_alike() { # INNER OUTER
	local fam=${nft_family[$2]} status

	protect_out "$1" "$2" || return
	in_a nft "add table $fam n { chain c { type filter hook postrouting priority 0;
		meta l4proto esp drop; }; }" || return
	alike "$1" "$2"
	status=$?
	in_a nft delete table "$fam" n
	return $status
}

# How often the kernel's output of packets of its own was called for 50 packets
calls() { # INNER OUTER
	local trace=/sys/kernel/tracing func

	func=$([ "$2" = 6 ] && echo __ip6_local_out || echo __ip_local_out)
	echo "p:kame/onward $func" >$trace/kprobe_events || return
	echo 1 >$trace/events/kame/onward/enable
	send_from_a "$1" --count 50 >/dev/null
	echo 0 >$trace/events/kame/onward/enable
	awk '$1 == "onward" { print $2 }' $trace/kprobe_profile
	echo >$trace/kprobe_events
}

short_way() { # INNER OUTER
	local short long inner=0

	# The inner packet's own way leads there, too, if it is of that family.
	[ "$1" != "$2" ] || inner=50
	protect_out "$1" "$2" || return
	short=$(calls "$1" "$2") || return
	long=$(with_hook "$2" calls "$1" "$2") || return
	at_least $((inner + 50)) "$long" "calls where somebody waits" || return
	[ "$short" -lt $((inner + 25)) ] ||
		{ echo "$short calls for 50 packets where nobody waits"; return 1; }
}

output_rule() { # INNER OUTER
	local fam=${nft_family[$2]} said

	protect_out "$1" "$2" || return
	in_a nft "add table $fam n { chain c { type filter hook output priority 0;
		meta l4proto esp drop; }; }" || return
	said=$(send_from_a "$1")
	in_a nft delete table "$fam" n || return
	equal EPERM "$said" "error with a rule that drops ESP" || return
	equal OK "$(send_from_a "$1")" "error without the rule"
}

# A program has the packet in between, and what follows is done once it has let it go.
queue_rule() { # INNER OUTER
	local fam=${nft_family[$2]}

	protect_both "$1" "$2" || return
	rm -f "$tmp/queue"
	in_a timeout 60 /usr/bin/python3 "$(dirname "$0")/nfqueue.py" 7 >"$tmp/queue" 2>&1 &
	busywait 20000 grep -q ready "$tmp/queue" || { cat "$tmp/queue"; return $ksft_skip; }
	receive_begin "$1" || return
	in_a nft "add table $fam n { chain c { type filter hook postrouting priority 0;
		meta l4proto esp queue num 7; }; }" || return
	equal OK "$(send_from_a "$1" --size 34)" error || return
	received 34
	in_a nft delete table "$fam" n
	equal 1 "$(grep -c accepted "$tmp/queue")" "packets in the queue"
}

# What a rule changes is what is sent.
changing_rule() { # INNER OUTER
	local fam=${nft_family[$2]}

	protect_out "$1" "$2" || return
	count_on_wire "$fam dscp 11" || return
	in_a nft "add table $fam n { chain c { type filter hook postrouting priority 0;
		meta l4proto esp $fam dscp set 11; }; }" || return
	send_from_a "$1" --count 5 >/dev/null
	in_a nft delete table "$fam" n
	equal 5 "$(matched_on_wire)" "packets with what the rule put into them"
}

control_group() { # INNER OUTER
	local said

	mkdir -p "$tmp/group"
	mountpoint -q "$tmp/group" || mount -t cgroup2 none "$tmp/group" ||
		{ echo "no control groups"; return $ksft_skip; }
	protect_out "$1" "$2" || return
	said=$(send_from_a "$1" --count 5 --program "$tmp/group") ||
		{ set -- $?; echo "$said"; return "$1"; }
	equal EPERM "$said" "error with a program that drops" || return
	equal OK "$(send_from_a "$1")" "error without it"
}

# What a queue drops is the sender's to know, and the packet is gone once.
full_queue() { # INNER OUTER
	local said before

	protect_out "$1" "$2" || return
	before=$(ipsec_count drop_transform)
	# Shorter than any packet
	ip netns exec "$a" tc qdisc add dev eth0 root bfifo limit 40 || return
	said=$(send_from_a "$1" --count 20)
	ip netns exec "$a" tc qdisc del dev eth0 root
	equal ENOBUFS "$said" "error with a queue that drops" || return
	equal $((before + 20)) "$(ipsec_count drop_transform)" drop_transform || return
	equal OK "$(send_from_a "$1")" "error without it"
}

# The neighbour has to be found first.
new_neighbour() { # INNER OUTER
	protect_both "$1" "$2" || return
	receive_begin "$1" || return
	ip -n "$a" neigh flush dev eth0
	equal OK "$(send_from_a "$1" --size 33)" error || return
	received 33
}

# The hop limit is that of the route to the peer, or the device's where it has none.
hop_limit() { # INNER OUTER
	local -A match=([6]="ip6 hoplimit 33 ip6 nexthdr esp" [4]="ip ttl 33 ip protocol esp")

	protect_out "$1" "$2" || return
	count_on_wire "${match[$2]}" || return
	ip -n "$a" -"$2" route replace "${outer_b[$2]}" dev eth0 src "${outer_a[$2]}" hoplimit 33
	send_from_a "$1" --count 5 >/dev/null
	ip -n "$a" -"$2" route del "${outer_b[$2]}" dev eth0
	equal 5 "$(matched_on_wire)" "packets with the route's hop limit" || return
	in_a sysctl -qw net.ipv6.conf.eth0.hop_limit=33 net.ipv4.ip_default_ttl=33
	send_from_a "$1" --count 5 >/dev/null
	in_a sysctl -qw net.ipv6.conf.eth0.hop_limit=64 net.ipv4.ip_default_ttl=64
	equal 10 "$(matched_on_wire)" "packets with the node's" || return
	send_from_a "$1" >/dev/null
	equal 10 "$(matched_on_wire)" "packets with it before it was changed back"
}

# A route that is younger than the bundle decides.
new_route() { # INNER OUTER
	local said before

	protect_out "$1" "$2" || return
	before=$(ipsec_count drop_no_route)
	ip -n "$a" -"$2" route add prohibit "${outer_b[$2]}"
	said=$(send_from_a "$1" --count 3)
	ip -n "$a" -"$2" route del prohibit "${outer_b[$2]}"
	equal EHOSTUNREACH "$said" "error with a route that forbids" || return
	equal $((before + 3)) "$(ipsec_count drop_no_route)" drop_no_route || return
	equal OK "$(send_from_a "$1")" "error without it"
}

for pair in 66 64 46 44; do
	i=${pair:0:1} o=${pair:1}
	what="IPv$i in IPv$o"
	if [ -e /sys/kernel/tracing/kprobe_events ]; then
		check "the way is short, $what" short_way $i $o
		continue
	fi
	check "what leaves is counted as on the long way, $what" counts_alike $i $o
	check "so is what a rule at POST_ROUTING drops, $what" drops_alike $i $o
	check "a rule at LOCAL_OUT sees the protected packet, $what" output_rule $i $o
	check "a rule at POST_ROUTING queues the protected packet, $what" queue_rule $i $o
	check "a rule at POST_ROUTING changes the protected packet, $what" changing_rule $i $o
	check "a control group's program sees the protected packet, $what" control_group $i $o
	check "a full queue is told to the sender, $what" full_queue $i $o
	check "a neighbour that is not known yet, $what" new_neighbour $i $o
	check "the hop limit of the route, $what" hop_limit $i $o
	check "a route that came later, $what" new_route $i $o
done
forget
umount "$tmp/group" 2>/dev/null

test_end
