# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of kame_nd ask of their host, whose namespace is $h and which has eth0.

# shellcheck source=selftests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The source address and the router that the host would choose, "none" for one on the link.
chosen() { # DESTINATION [WORD of ip route get]...: "source router"
	local -a word
	local n source='' router=none

	read -ra word < <(ip -n "$h" -6 route get "$@" 2>/dev/null)
	for n in "${!word[@]}"; do
		case ${word[n]} in
		via) router=${word[n + 1]} ;;
		src | from) [ "${word[n + 1]}" = :: ] || source=${word[n + 1]} ;;
		esac
	done
	[ -z "$source" ] || echo "$source $router"
}

link_local() { # NAMESPACE: the address of its eth0
	local address

	read -r _ _ _ address _ < <(ip -n "$1" -6 -o addr show dev eth0 scope link)
	[ -n "$address" ] && echo "${address%/*}"
}

own_address() { # BEGINNING [FILTER of ip addr]...: the first address that begins so
	local address

	while read -r _ _ _ address _; do
		[[ $address != "$1"* ]] || { echo "${address%/*}"; return; }
	done < <(ip -n "$h" -6 -o addr show dev eth0 scope global "${@:2}")
}

# A value of one prefix or router of the host.
nd_prefix() { # PREFIX FIELD
	"$KAME" -n "$h" -j nd show dev eth0 | json_member prefix "$1" "$2"
}
nd_router() { # ADDRESS FIELD
	"$KAME" -n "$h" -j nd routers | json_member address "$1" "$2"
}
nd_count() { # COUNTER
	"$KAME" -n "$h" -j nd stats all | json_sum "$1" || echo 0
}
prefix_is() { # PREFIX STATE [REASON]
	equal "$2${3:+ $3}" "$(nd_prefix "$1" state)${3:+ $(nd_prefix "$1" reason)}" "state of $1"
}
