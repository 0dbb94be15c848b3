# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the benchmarks of kame_ipsec share: a gateway g that protects what it forwards, by
# stock policies or by kame_ipsec's, with the same state.
#
#	generator -> in [g] out -> counted and gone

# shellcheck source=selftests/bench/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# shellcheck disable=SC2034 # for lib.sh
bench_modules=(kame_ipsec)
source6=2001:db8:1::1
outer_src=2001:db8:2::ff
outer_dst=2001:db8:2::2
inner_dst=2001:db8:3::1
policies=1
key=0x0123456789abcdef0123456789abcdef01234567

add_state() { # NAMESPACE SRC DST SPI null|gcm
	local algo=(aead "rfc4106(gcm(aes))" "$key" 128)

	[ "$5" != null ] || algo=(enc "ecb(cipher_null)" "" auth digest_null "")
	ip -n "$1" xfrm state add src "$2" dst "$3" proto esp spi "$4" reqid 42 mode tunnel \
		"${algo[@]}" sel src ::/0 dst ::/0
}

setup_gateway() { # null|gcm
	setup_ns g || return
	modprobe -q dummy
	# shellcheck disable=SC2154 # set by setup_ns
	ip -n "$g" link add in type dummy &&
		ip -n "$g" link add out type dummy &&
		ip netns exec "$g" sysctl -qw net.ipv6.conf.all.forwarding=1 &&
		ip -n "$g" addr add 2001:db8:1::ff/64 dev in nodad &&
		ip -n "$g" addr add $outer_src/64 dev out nodad &&
		ip -n "$g" link set in up &&
		ip -n "$g" link set out up &&
		ip -n "$g" neigh add $outer_dst lladdr 02:00:00:00:00:02 dev out &&
		ip -n "$g" route add 2001:db8:3::/48 via $outer_dst &&
		add_state "$g" $outer_src $outer_dst 0x1001 "$1"
}

# The gateway sends packets of its own by the state.
setup_local() {
	setup_gateway gcm && ip -n "$g" addr add 2001:db8:1::2/128 dev lo &&
		ip -n "$g" route replace 2001:db8:3::/48 via $outer_dst src 2001:db8:1::2
}

# The packets' destination is that of the last policy.
use_stock() {
	"$KAME" -n "$g" ipsec policy flush
	ip -n "$g" xfrm policy flush
	seq $((policies - 1)) -1 0 | awk -v s=$outer_src -v d=$outer_dst '{
		printf "xfrm policy add src 2001:db8:1::/64 dst 2001:db8:3::%x/128 dir out tmpl src %s dst %s proto esp reqid 42 mode tunnel\n", $1 + 1, s, d
	}' >/tmp/policies
	ip -n "$g" -batch /tmp/policies
}

use_kame() {
	ip -n "$g" xfrm policy flush
	"$KAME" -n "$g" ipsec policy flush
	seq $((policies - 1)) -1 0 | awk -v s=$outer_src -v d=$outer_dst '{
		printf "ipsec policy add dir out src 2001:db8:1::/64 dst 2001:db8:3::%x/128 action protect transform esp mode tunnel local %s remote %s reqid 42\n", $1 + 1, s, d
	}' >/tmp/policies
	"$KAME" -n "$g" -batch /tmp/policies >/dev/null
}

handled() {
	"$KAME" -n "$g" -j ipsec stats all | jq .mib.out_protected
}

# What has left, all of it as ESP: the state has counted it.
arrived() {
	ip -n "$g" -s xfrm state | awk '/^\tlifetime current:/ { getline; print $2 + 0 }'
}
