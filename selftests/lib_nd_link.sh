# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A host h, with eth0 on a link with routers ra and rb, and eth1 to a router rc.

# shellcheck source=selftests/lib_nd_host.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib_nd_host.sh"

setup_one_link() {
	setup_ns h sw ra rb rc || return
	ip -n "$sw" link add lan type bridge mcast_snooping 0 || return
	ip -n "$sw" link set lan up
	attach_to_link "$h" h
	# shellcheck disable=SC2154 # set by setup_ns
	attach_to_link "$ra" a
	# shellcheck disable=SC2154 # set by setup_ns
	attach_to_link "$rb" b
	# shellcheck disable=SC2154 # set by setup_ns
	ip -n "$h" link add eth1 type veth peer name eth0 netns "$rc"
	ip -n "$h" link set eth1 up
	ip -n "$rc" link set eth0 up
	ip netns exec "$ra" sysctl -qw net.ipv6.conf.all.forwarding=1
	ip netns exec "$rb" sysctl -qw net.ipv6.conf.all.forwarding=1
	ip netns exec "$rc" sysctl -qw net.ipv6.conf.all.forwarding=1
	busywait 5000 usable "$h" && busywait 5000 usable "$ra" && busywait 5000 usable "$rb" &&
		busywait 5000 usable "$rc"
}

attach_to_link() { # NAMESPACE PORT
	ip netns exec "$1" sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.dad_transmits=0
	ip -n "$1" link add eth0 type veth peer name "port-$2" netns "$sw" || return
	ip -n "$sw" link set "port-$2" master lan up
	ip -n "$1" link set eth0 up
}

# Its link-local address is there, and not tentative.
usable() { # NAMESPACE
	ip -n "$1" -6 addr show dev eth0 scope link | grep inet6 | grep -qv tentative
}

address_of() { link_local "${!1}"; } # VARIABLE
router_of() { address_of "r$1"; } # a|b

advertise_from() { # a|b WORD...
	local ns=r$1

	shift
	ip netns exec "${!ns}" "$(dirname "${BASH_SOURCE[0]}")/nd_ra.py" eth0 "$@"
}
advertise_on() { # eth1 WORD...
	shift
	ip netns exec "$rc" "$(dirname "${BASH_SOURCE[0]}")/nd_ra.py" eth0 "$@"
}

# A router that vanishes without a word, and returns
gone() { ip -n "$sw" link set "port-$1" down; } # a|b
back() { # a|b
	local ns=r$1

	ip -n "$sw" link set "port-$1" up
	# The kernel may take a second to tell that there is a link, and the bridge waits for that.
	busywait 5000 is_up "$sw" "port-$1" && busywait 5000 is_up "${!ns}" eth0 &&
		busywait 5000 usable "${!ns}"
}
is_up() { ip -n "$1" link show "$2" | grep -q "state UP"; } # NAMESPACE DEVICE

kame_nd_json() { # COMMAND FILTER
	"$KAME" -n "$h" -j nd "$1" | jq -r "$2"
}
known() { # PREFIX
	"$KAME" -n "$h" -j nd show | json_member prefix "$1" state
}
more_than() { # NUMBER COUNTER
	[ "$(nd_count "$2")" -gt "$1" ]
}

# Which router a packet goes to, or "none" where the destination is on-link
route_router() { # DESTINATION
	local router

	read -r _ router < <(chosen "$1")
	echo "$router"
}
source_in() { # BEGINNING
	local source

	read -r source _ < <(chosen 2001:db8:ffff::1)
	[[ $source == "$1"* ]] || { echo "source: $source"; return 1; }
}
deprecated() { # BEGINNING
	ip -n "$h" -6 addr show dev eth0 deprecated | grep -q "inet6 $1"
}
learned_from() { # a|b
	advertise_from "$1" "prefix=2001:db8:$1::/64" &&
		busywait 3000 prefix_is "2001:db8:$1::/64" attached router
}
