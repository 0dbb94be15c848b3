# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Two links with a router each, a host that moves between them, and a service
# behind both routers. One more host stays on link 1.
#
#	                br1 ---- eth0 r1 core ---- c1
#	h eth0 ---- port                              d 2001:db8:d::1
#	                br2 ---- eth0 r2 core ---- c2
#	stays eth0 ---- br1
#
# Link 1 has the prefix 2001:db8:1::/64, link 2 has 2001:db8:2::/64.

# shellcheck source=selftests/lib_nd_host.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib_nd_host.sh"
require_command jq ip ping python3 ss radvd
service=2001:db8:d::1 left_behind=2001:db8:1::5

link_of() { # NAMESPACE DEVICE BRIDGE PORT
	# shellcheck disable=SC2154 # set by setup_ns
	ip -n "$1" link add "$2" type veth peer name "$4" netns "$sw" || return
	ip -n "$sw" link set "$4" master "$3" up
	ip -n "$1" link set "$2" up
}

setup_router() { # NAMESPACE NUMBER
	local ns=$1 n=$2

	ip netns exec "$ns" sysctl -qw net.ipv6.conf.all.forwarding=1
	link_of "$ns" eth0 "br$n" "r$n"
	ip -n "$ns" addr add "2001:db8:$n::ff/64" dev eth0 nodad
	# shellcheck disable=SC2154 # set by setup_ns
	ip -n "$ns" link add core type veth peer name "c$n" netns "$d"
	ip -n "$ns" link set core up
	ip -n "$d" link set "c$n" up
	ip -n "$ns" addr add "2001:db8:f$n::ff/64" dev core nodad
	ip -n "$d" addr add "2001:db8:f$n::1/64" dev "c$n" nodad
	ip -n "$ns" -6 route add default via "2001:db8:f$n::1"
	ip -n "$d" -6 route add "2001:db8:$n::/64" via "2001:db8:f$n::ff"
}

setup_links() {
	setup_ns h sw r1 r2 d stays || return
	ip -n "$sw" link add br1 type bridge mcast_snooping 0 || return
	ip -n "$sw" link add br2 type bridge mcast_snooping 0
	ip -n "$sw" link set br1 up
	ip -n "$sw" link set br2 up
	ip netns exec "$d" sysctl -qw net.ipv6.conf.all.forwarding=1
	ip -n "$d" addr add $service/128 dev lo
	# shellcheck disable=SC2154 # set by setup_ns
	setup_router "$r1" 1
	# shellcheck disable=SC2154 # set by setup_ns
	setup_router "$r2" 2
	# shellcheck disable=SC2154 # set by setup_ns
	link_of "$stays" eth0 br1 stays
	ip -n "$stays" addr add $left_behind/64 dev eth0 nodad
	ip -n "$stays" -6 route add default via 2001:db8:1::ff
	# shellcheck disable=SC2154 # set by setup_ns
	link_of "$h" eth0 br1 port
	echo_server "$d" $service
	echo_server "$stays" $left_behind
}

echo_server() { # NAMESPACE ADDRESS
	ip netns exec "$1" "$(dirname "${BASH_SOURCE[0]}")/nd_watch.py" echo "$2" 7777 >/dev/null 2>&1 &
	disown $!
	busywait 5000 ip netns exec "$1" bash -c 'ss -Hlun | grep -q :7777'
}

# A router daemon; its prefix lines can be replaced.
advertise() { # NAMESPACE PREFIX...
	local ns=$1 prefix config pid

	shift
	pid=$(mktemp) config=$(mktemp)
	silence "$ns"
	{
		echo "interface eth0 {"
		echo "AdvSendAdvert on; AdvIntervalOpt on;"
		echo "${ra_interval:-MinRtrAdvInterval 3; MaxRtrAdvInterval 4;}"
		echo "AdvDefaultLifetime ${default_lifetime:-1800};"
		echo "AdvDefaultPreference ${preference:-medium};"
		for prefix in "$@"; do
			echo "prefix $prefix { AdvValidLifetime 86400; AdvPreferredLifetime 14400;" \
				"${prefix_flags:-} };"
		done
		echo "};"
	} >"$config"
	ip netns exec "$ns" radvd -C "$config" -p "$pid" -m stderr -n >"$config.log" 2>&1 &
	disown $!
}

# The daemon of a router goes without a word, as with a crash. It may have been started in
# another subshell, as cases are run in one.
silence() { # NAMESPACE
	local pids

	while pids=$(daemons "$1") && [ -n "$pids" ]; do
		# shellcheck disable=SC2086 # words
		kill -9 $pids
		sleep 0.02
	done 2>/dev/null
}
daemons() { # NAMESPACE, prints the process ids
	local pid

	for pid in $(ip netns pids "$1"); do
		grep -qx radvd "/proc/$pid/comm" 2>/dev/null && echo "$pid"
	done
	return 0
}

# Move the host to a link, as a wireless one does: its carrier goes and comes.
move() { # NUMBER
	leave "$1"
	arrive
}
leave() { # NUMBER of the link that it goes to
	ip -n "$sw" link set port down
	ip -n "$sw" link set port master "br$1"
}
arrive() { ip -n "$sw" link set port up; }

router_address() { # NAMESPACE
	busywait 5000 link_local "$1"
	link_local "$1"
}

# Whether the host uses link N as it should: source and path, to the service and to a
# host that is on link 1.
right() { # NUMBER
	local source router wanted

	read -r source router < <(chosen $service)
	wanted=$([ "$1" = 1 ] && echo "$address1" || echo "$address2")
	[[ $source == "2001:db8:$1:"* && $router == "$wanted" ]] || {
		echo "to $service: source $source, router $router (wanted $wanted)"
		return 1
	}
	read -r source router < <(chosen $left_behind)
	case $1 in
	1) [[ $router == none ]] ;;
	2) [[ $source == "2001:db8:2:"* && $router == "$wanted" ]] ;;
	esac || { echo "to $left_behind: source $source, router $router"; return 1; }
}

# Have the carrier come back, and tell the milliseconds from then on until the host uses
# prefix N to each address, and is answered; or "never".
time_until() { # NUMBER SECONDS "ADDRESS..." COMMAND..., which has the carrier go
	local out watcher go

	out=$(mktemp)
	exec {go}<> <(:)
	# shellcheck disable=SC2086 # words
	ip netns exec "$h" "$(dirname "${BASH_SOURCE[0]}")/nd_watch.py" wait "$2" "2001:db8:$1:" 7777 \
		$3 <&"$go" >"$out" 2>&1 &
	watcher=$!
	busywait 10000 grep -q ready "$out"
	# The carrier is away for as short a time as can be: NetworkManager takes six seconds of it
	# for the end of a connection.
	"${@:4}"
	# The clock runs from here on: not from some time after what is done.
	echo >&"$go"
	busywait 10000 grep -q started "$out"
	arrive
	wait $watcher
	exec {go}>&-
	sed 1,2d "$out"
	! grep -q never "$out"
}

# Move, and tell the milliseconds until the host uses link N as it should.
time_to_right() { # NUMBER SECONDS
	time_until "$1" "$2" "$service $left_behind" leave "$1"
}

reaches() { # ADDRESS
	ip netns exec "$h" ping -6 -q -c 1 -W 1 "$1"
}
