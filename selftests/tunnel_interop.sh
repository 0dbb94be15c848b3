#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um
# nightly: 6.1 6.12
# quick: no
#
# A tunnel of ours at one end, one of the kernel's at the other: every pair of
# families, small packets, fragments and TCP with large segments, both ways. Then
# ours at both ends, through forwarding, and with ESP around and inside.

# shellcheck source=selftests/tunnel_lib.sh
. "$(dirname "$0")/tunnel_lib.sh"

# Send so many bytes by TCP, and compare what arrives.
tcp() { # FROM-NS TO-NS ADDRESS [BYTES]
	local pid want

	ip netns exec "$2" timeout 60 "$tunnel_net" receive "$3" >"$tmp/got" &
	pid=$!
	busywait 20000 grep -q ready "$tmp/got" || return
	want=$(ip netns exec "$1" timeout 60 "$tunnel_net" send "$3" "${4:-3000000}")
	wait $pid
	[ -n "$want" ] && equal "$want" "$(sed 1d "$tmp/got")" "what arrives"
}

both_ways() { # INNER-FAMILY N
	local at_a=192.168.$2.1 at_b=192.168.$2.2

	[ "$1" = 4 ] || { at_a=fd01:$2::1; at_b=fd01:$2::2; }
	reaches "$a" $at_b && reaches "$b" $at_a || return
	# larger than the link, so that it goes in fragments
	reaches "$a" $at_b -s 4000 && reaches "$b" $at_a -s 4000 || return
	tcp "$a" "$b" $at_b && tcp "$b" "$a" $at_a
}

pair() { # INNER OUTER STOCK-KIND
	local status

	modprobe "${4}" 2>/dev/null
	add_ours a "$2" && add_stock b "$3" || { ip -n "$a" link del "g$2"; return $ksft_skip; }
	both_ways "$1" "$2"
	status=$?
	ip -n "$a" link del "g$2"
	ip -n "$b" link del "g$2"
	return $status
}

ours() { # INNER OUTER [OPTION...]
	local status inner=$1 outer=$2

	shift 2
	add_ours a "$outer" "$@" && add_ours b "$outer" "$@" || return
	both_ways "$inner" "$outer"
	status=$?
	[ "$(count "$a" "g$outer" drop_tx_no_memory)" = 0 ] || status=1
	ip -n "$a" link del "g$outer"
	ip -n "$b" link del "g$outer"
	return $status
}

# Large segments must leave the tunnel whole: one packet of the underlay carries
# more than its MTU.
segments() { # OUTER
	local before after tunnel status=1

	add_ours a "$1" && add_ours b "$1" || return
	before=$(ip -n "$a" -s -j link show va | jq '.[0].stats64.tx.packets')
	tcp "$a" "$b" "192.168.$1.2" 6000000 && {
		after=$(ip -n "$a" -s -j link show va | jq '.[0].stats64.tx.packets')
		# 6 MB are over 4000 packets of 1500 bytes
		[ $((after - before)) -lt 2000 ] && status=0 ||
			echo "$((after - before)) packets on the link: segmented before it"
	}
	ip -n "$a" link del "g$1"
	ip -n "$b" link del "g$1"
	return $status
}

# The segments are cut before the link if the link can't take them whole.
no_offload() { # OUTER
	local status

	ip netns exec "$a" ethtool -K va tso off gso off tx off >/dev/null 2>&1 || return $ksft_skip
	ours 4 "$1" && ours 6 "$1"
	status=$?
	ip netns exec "$a" ethtool -K va tso on gso on tx on >/dev/null 2>&1
	return $status
}

moved() { # the device goes, its outer packets stay
	local status=1

	setup_ns c d
	add_ours a 4 && add_ours b 4 || return
	ip -n "$a" link set g4 netns "$c"
	ip -n "$b" link set g4 netns "$d"
	inner_up "$c" a g4 4
	inner_up "$d" b g4 4
	reaches "$c" 192.168.4.2 && reaches "$c" fd01:4::2 && tcp "$c" "$d" fd01:4::2 &&
		expect_gone "$a" g4 && status=0
	# it goes with the namespace of its outer packets
	ip -n "$c" link show g4 >/dev/null || status=1
	ip -n "$a" link set va down
	[ "$(send_udp "$c" 192.168.4.2)" != OK ] || { echo "sends without an underlay"; status=1; }
	ip -n "$a" link set va up
	ip -n "$a" addr add fd00::1/64 dev va nodad 2>/dev/null
	ip -n "$c" link del g4
	ip -n "$d" link del g4
	return $status
}

expect_gone() {
	! ip -n "$1" link show "$2" >/dev/null 2>&1
}

# A state and a policy each way between two addresses, in transport mode
esp_between() { # ADDRESS-OF-A ADDRESS-OF-B PROTO...
	local a_addr=$1 b_addr=$2 n proto aes=0x0123456789abcdef0123456789abcdef01234567

	shift 2
	for n in "$a" "$b"; do
		ip -n "$n" xfrm state add src "$a_addr" dst "$b_addr" proto esp spi 0x100 \
			mode transport aead 'rfc4106(gcm(aes))' $aes 128 2>/dev/null || return $ksft_skip
		ip -n "$n" xfrm state add src "$b_addr" dst "$a_addr" proto esp spi 0x200 \
			mode transport aead 'rfc4106(gcm(aes))' $aes 128
	done
	for proto in "$@"; do
		ip -n "$a" xfrm policy add src "$a_addr" dst "$b_addr" proto "$proto" dir out \
			tmpl proto esp mode transport
		ip -n "$a" xfrm policy add src "$b_addr" dst "$a_addr" proto "$proto" dir in \
			tmpl proto esp mode transport
		ip -n "$b" xfrm policy add src "$b_addr" dst "$a_addr" proto "$proto" dir out \
			tmpl proto esp mode transport
		ip -n "$b" xfrm policy add src "$a_addr" dst "$b_addr" proto "$proto" dir in \
			tmpl proto esp mode transport
	done
}

esp_end() { # FAMILY
	local n

	for n in "$a" "$b"; do
		ip -n "$n" xfrm policy flush
		ip -n "$n" xfrm state flush
		ip -n "$n" link del "g$1"
	done
}

through_esp() { # LEAST
	at_least "$1" "$(ip -n "$a" -s xfrm state | sed -n 's/.* \([0-9]*\)(packets).*/\1/p' |
		sort -n | tail -1)" "packets through ESP"
}

esp_around() { # FAMILY PROTO...: the outer packets are encrypted
	local status=0 family=$1

	shift
	modprobe -a esp4 esp6 2>/dev/null
	if [ "$family" = 4 ]; then
		esp_between 10.0.0.1 10.0.0.2 "$@" || return
	else
		esp_between fd00::1 fd00::2 "$@" || return
	fi
	# An encapsulation limit would hide the protocol that the policy is for.
	# shellcheck disable=SC2046 # words
	add_ours a "$family" $([ "$family" = 4 ] || echo encaplimit none) &&
		add_ours b "$family" $([ "$family" = 4 ] || echo encaplimit none)
	both_ways 4 "$family" && both_ways 6 "$family" && through_esp 10 || status=1
	# in clear against the policy: dropped and counted
	ip -n "$b" xfrm policy flush
	ip -n "$b" xfrm state flush
	send_udp "$b" "192.168.$family.1" >/dev/null
	busywait 2000 counted 1 "$a" "g$family" drop_rx_policy || status=1
	esp_end "$family"
	return $status
}

esp_inside() { # FAMILY ADDRESS-OF-A ADDRESS-OF-B: the inner packets are
	local status=0

	modprobe -a esp4 esp6 2>/dev/null
	add_ours a "$1" && add_ours b "$1" || return
	esp_between "$2" "$3" tcp udp || { status=$?; esp_end "$1"; return $status; }
	tcp "$a" "$b" "$3" && tcp "$b" "$a" "$2" && through_esp 10 || status=1
	esp_end "$1"
	return $status
}

tmp=$(mktemp -d)
cleanup() { rm -rf "$tmp"; }

tunnel_begin
setup_pair || skip_all "the namespaces can't be set up"
check "4in4 with ipip" pair 4 4 4in4 ipip
check "6in4 with sit" pair 6 4 6in4 sit
check "4in6 with ip6tnl" pair 4 6 Xin6 ip6_tunnel
check "6in6 with ip6tnl" pair 6 6 Xin6 ip6_tunnel
for f in "4 4" "6 4" "4 6" "6 6"; do
	# shellcheck disable=SC2086 # words
	check "${f% *}in${f#* } with ourselves" ours $f
done
check "4in6 without an encapsulation limit" ours 4 6 encaplimit none
check "6in4 without path MTU discovery" ours 6 4 nopmtudisc
check "4in4 with an inherited hop limit and traffic class" ours 4 4 hoplimit inherit tclass inherit
check "large segments over IPv4 leave whole" segments 4
check "large segments over IPv6 leave whole" segments 6
check "a link without offloads, IPv4" no_offload 4
check "a link without offloads, IPv6" no_offload 6
check "moved to other namespaces" moved
check "ESP around the tunnel, IPv4 outside" esp_around 4 4 41
check "ESP around the tunnel, IPv6 outside" esp_around 6 4 41
check "ESP inside the tunnel, IPv4 in IPv6" esp_inside 6 192.168.6.1 192.168.6.2
check "ESP inside the tunnel, IPv6 in IPv4" esp_inside 4 fd01:4::1 fd01:4::2
test_end
