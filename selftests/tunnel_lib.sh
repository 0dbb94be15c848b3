# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# kernels: none
#
# What the tests of kame_tunnel share.

# shellcheck source=selftests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

tunnel_net=$top/build/tools/tunnel_net

tunnel_begin() {
	require_command ip jq ping
	[ -x "$tunnel_net" ] || skip_all "the program that sends is not built: make tools"
	export IP_LIB_DIR=$top/build/tools
	[ -f "$IP_LIB_DIR/link_kame_tunnel.so" ] ||
		skip_all "the plugin of ip is not built: make tools"
	test_begin kame_tunnel
}

# Two hosts and the link between them: a (va) - (vb) b
#	10.0.0.1, fd00::1		10.0.0.2, fd00::2
setup_pair() {
	setup_ns a b || return
	# shellcheck disable=SC2154 # set by setup_ns
	ip -n "$a" link add va type veth peer name vb netns "$b"
	ip -n "$a" addr add 10.0.0.1/24 dev va
	ip -n "$b" addr add 10.0.0.2/24 dev vb
	ip -n "$a" addr add fd00::1/64 dev va nodad
	ip -n "$b" addr add fd00::2/64 dev vb nodad
	ip -n "$a" link set va up
	ip -n "$b" link set vb up
	busywait 5000 ip netns exec "$a" ping -6 -q -c 1 -W 1 fd00::2
}

# The outer addresses of an end: outer a 4 -> local 10.0.0.1 remote 10.0.0.2
outer() { # a|b 4|6
	case $1$2 in
	a4) echo local 10.0.0.1 remote 10.0.0.2 ;;
	b4) echo local 10.0.0.2 remote 10.0.0.1 ;;
	a6) echo local fd00::1 remote fd00::2 ;;
	b6) echo local fd00::2 remote fd00::1 ;;
	esac
}

# Addresses within a tunnel: 192.168.N.1, fd01:N::1 at a, ...2 at b
inner_up() { # NAMESPACE a|b DEV N
	local host=1

	[ "$2" = a ] || host=2
	ip -n "$1" link set "$3" up
	ip -n "$1" addr add "192.168.$4.$host/24" dev "$3"
	ip -n "$1" addr add "fd01:$4::$host/64" dev "$3" nodad
}

# A tunnel of ours between a and b, outer family 4 or 6
add_ours() { # a|b 4|6 [OPTION...]
	local ns=${!1} family=$2 end=$1

	shift 2
	# shellcheck disable=SC2046 # words
	ip -n "$ns" link add "g$family" type kame_tunnel $(outer "$end" "$family") "$@" || return
	inner_up "$ns" "$end" "g$family" "$family"
}

# Its counterpart of stock's
add_stock() { # a|b 4in4|6in4|Xin6
	local ns=${!1}

	# shellcheck disable=SC2046 # words
	case $2 in
	4in4) ip -n "$ns" link add g4 type ipip $(outer "$1" 4) ttl 64 ;;
	6in4) ip -n "$ns" link add g4 type sit $(outer "$1" 4) ttl 64 ;;
	Xin6) ip -n "$ns" link add g6 type ip6tnl mode any $(outer "$1" 6) ;;
	esac || return
	inner_up "$ns" "$1" "g${2#*n}" "${2#*n}"
}

# Send a datagram: "OK", or the name of the error that the sender saw.
send_udp() { # NAMESPACE ADDRESS [SIZE [COUNT [connect]]]
	ip netns exec "$1" "$tunnel_net" udp "$2" "${3:-64}" "${4:-1}" ${5:+"$5"}
}

sees() { # ERROR NAMESPACE ADDRESS [SIZE [COUNT [connect]]]
	local want=$1

	shift
	equal "$want" "$(send_udp "$@")" "what the sender sees"
}

reaches() { # NAMESPACE ADDRESS [OPTION...]
	local ns=$1 addr=$2

	shift 2
	ip netns exec "$ns" ping -q -c 2 -i 0.05 -W 2 "$@" "$addr"
}

# A setting or counter of a device
tunnel_data() { # NAMESPACE DEV JQ-PATH
	ip -n "$1" -s -d -j link show "$2" | jq -r ".[0].linkinfo.info_data$3"
}

count() { # NAMESPACE DEV COUNTER
	tunnel_data "$1" "$2" ".counters.$3"
}

counted() { # LEAST NAMESPACE DEV COUNTER
	at_least "$1" "$(count "$2" "$3" "$4")" "$4 of $3"
}

# What ip says when it refuses
refused_with() { # TEXT COMMAND...
	local text=$1 said

	shift
	if said=$("$@" 2>&1); then
		echo "not refused: $*"
		return 1
	fi
	[[ $said == *"$text"* ]] || { echo "refused, but with: $said"; return 1; }
}
