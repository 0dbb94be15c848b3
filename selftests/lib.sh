# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests share. A test is a script that sources this file, calls
# test_begin, runs its cases with check or expect_fail, and calls test_end. It
# prints KTAP, and its exit status is kselftest's: 0, 1, or 4 for a skip.
#
# Environment: KAME_BUILD, the directory of the built modules
#		(default build/<kernel release>)
#	KAME, the command (default build/tools/kame, else the installed one)
#	VERBOSE=1, echo each command of a case

ksft_pass=0
ksft_fail=1
# shellcheck disable=SC2034 # for the tests
ksft_xfail=2
ksft_skip=4

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
: "${KAME_BUILD:=$top/build/$(uname -r)}"
: "${KAME:=$(if [ -x "$top/build/tools/kame" ]; then echo "$top/build/tools/kame"; else command -v kame; fi)}"

ktap_count=0
ktap_failed=0
ns_list=()
loaded=()

ktap_result() { # ok|"not ok" NAME [DIRECTIVE]
	ktap_count=$((ktap_count + 1))
	[ "$1" = ok ] || ktap_failed=$((ktap_failed + 1))
	echo "$1 $ktap_count $2${3:+ # $3}"
}

skip_all() { # REASON
	echo "1..0 # SKIP $*"
	exit $ksft_skip
}

bail_out() { # REASON
	echo "Bail out! $*"
	exit $ksft_fail
}

# What a case prints is shown where the case fails.
check() { # NAME COMMAND...
	local name=$1 output status

	shift
	[ -z "${VERBOSE:-}" ] || echo "# $name: $*"
	output=$("$@" 2>&1)
	status=$?
	if [ $status -eq 0 ]; then
		ktap_result ok "$name"
	elif [ $status -eq $ksft_skip ]; then
		output=${output##*$'\n'}
		ktap_result ok "$name" "SKIP ${output:-something that '$*' needs is not there}"
	else
		ktap_result "not ok" "$name"
		sed 's/^/#   /' <<<"exit status $status of: $*"$'\n'"$output"
	fi
}

expect_fail() { # NAME COMMAND...
	local name=$1

	shift
	check "$name" negate "$@"
}

negate() {
	! "$@"
}

equal() { # WANTED GOT [WHAT]
	[ "$1" = "$2" ] || { echo "${3:-value}: wanted '$1', got '$2'"; return 1; }
}

at_least() { # WANTED GOT [WHAT]
	[ "$2" -ge "$1" ] || { echo "${3:-value}: wanted at least $1, got $2"; return 1; }
}

# A pipe that nobody writes to: to wait for it costs less than to start sleep.
exec {lib_pipe}<> <(:)
pause() { # SECONDS
	read -rt "$1" -u "$lib_pipe"
	return 0
}

# Run COMMAND until it succeeds. It is run a few times however slow the machine is.
busywait() { # MILLISECONDS COMMAND...
	local end=$((${EPOCHREALTIME//[^0-9]/} / 1000 + $1)) tries=0 seconds=0.05

	shift
	until "$@" >/dev/null 2>&1; do
		[ $((tries += 1)) -lt 10 ] || [ $((${EPOCHREALTIME//[^0-9]/} / 1000)) -lt $end ] ||
			{ "$@"; return; }
		# What takes long may take a little longer, but not so much of the processor.
		[ $tries -lt 20 ] || seconds=0.2
		pause $seconds
	done
}

slowwait() { # SECONDS COMMAND...
	local seconds=$1

	shift
	busywait $((seconds * 1000)) "$@"
}

require_command() { # COMMAND...
	local command

	for command in "$@"; do
		command -v "$command" >/dev/null || skip_all "there is no command '$command'"
	done
}

need_module() { # NAME: or skip the case
	modprobe "$1" 2>/dev/null || { echo "there is no module $1"; return $ksft_skip; }
}

need_command() { # NAME: or skip the case
	command -v "$1" >/dev/null || { echo "there is no command '$1'"; return $ksft_skip; }
}

# Namespaces with random names, left in the variables that the arguments name.
setup_ns() { # VARIABLE...
	local name ns

	for name in "$@"; do
		ns=$name-$(mktemp -u XXXXXX)
		ip netns add "$ns" || return $ksft_skip
		ip -n "$ns" link set lo up
		printf -v "$name" %s "$ns"
		ns_list+=("$ns")
	done
}

cleanup_ns() {
	local ns

	for ns in "${ns_list[@]}"; do
		ip netns pids "$ns" 2>/dev/null | xargs -r kill -9 2>/dev/null
		ip netns del "$ns" 2>/dev/null
	done
	ns_list=()
}

module_file() { # NAME
	find -L "$KAME_BUILD" -name "$1.ko" -print -quit 2>/dev/null
}

load_module() { # NAME [PARAMETER=VALUE...]
	local name=$1 ko

	shift
	ko=$(module_file "$name")
	if [ -n "$ko" ]; then
		# The stock modules that it needs.
		modinfo -F depends "$ko" | tr ',' '\n' | grep -v '^kame_' | xargs -r -n 1 modprobe
		insmod "$ko" "$@" || return 1
	else
		modprobe "$name" "$@" || return 1
	fi
	loaded=("$name" "${loaded[@]}")
}

module_loaded() {
	[ -d "/sys/module/$1" ]
}

# Runs a command without any privilege.
nobody=(setpriv --reuid 65534 --clear-groups --bounding-set -all --inh-caps -all)

# Who has no CAP_NET_ADMIN may not follow an object's events by name, and is told what he
# doesn't follow where he follows all.
refuses_listener() { # NAMESPACE OBJECT
	local said status log

	said=$(ip netns exec "$1" timeout 60 "${nobody[@]}" "$KAME" monitor "$2" 2>&1)
	equal 2 $? "exit status of who may not listen" || { echo "$said"; return 1; }
	grep -q "cannot follow kame_$2's group .*CAP_NET_ADMIN" <<<"$said" || { echo "$said"; return 1; }
	log=$(mktemp)
	ip netns exec "$1" "${nobody[@]}" "$KAME" monitor >"$log" 2>&1 &
	busywait 20000 grep -q "kame_$2's group .* is not followed" "$log"
	status=$?
	kill $! || status=1
	wait $! 2>/dev/null
	[ $status -eq 0 ] || cat "$log"
	rm -f "$log"
	return $status
}

# Have nodes make each ICMP error that there is to make. IPv4 has a second limit where there is no
# route, of an error a second, which is no namespace's.
unlimited_errors() { # NAMESPACE...
	local ns

	sysctl -qw net.ipv4.route.error_cost=0 || return
	for ns in "$@"; do
		ip netns exec "$ns" sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 || return
	done
}

# Host, router, host: h1 (eth0) - (r1) r (r2) - (eth0) h2
setup_line() {
	setup_ns h1 r h2 || return
	# shellcheck disable=SC2154 # set by setup_ns
	ip -n "$h1" link add eth0 type veth peer name r1 netns "$r"
	ip -n "$h2" link add eth0 type veth peer name r2 netns "$r"
	ip netns exec "$r" sysctl -qw net.ipv6.conf.all.forwarding=1
	ip -n "$h1" addr add 2001:db8:1::1/64 dev eth0 nodad
	ip -n "$r" addr add 2001:db8:1::ff/64 dev r1 nodad
	ip -n "$r" addr add 2001:db8:2::ff/64 dev r2 nodad
	ip -n "$h2" addr add 2001:db8:2::2/64 dev eth0 nodad
	ip -n "$h1" link set eth0 up
	ip -n "$h2" link set eth0 up
	ip -n "$r" link set r1 up
	ip -n "$r" link set r2 up
	ip -n "$h1" -6 route add default via 2001:db8:1::ff
	ip -n "$h2" -6 route add default via 2001:db8:2::ff
	busywait 5000 ip netns exec "$h1" ping -6 -q -c 1 -W 1 2001:db8:2::2
}

# A counter of stock's: /proc/net/dev_snmp6/DEV or, without DEV, /proc/net/snmp6.
snmp6() { # NAMESPACE COUNTER [DEV]
	ip netns exec "$1" awk -v name="$2" '$1 == name { print $2 }' \
		"/proc/net/${3:+dev_}snmp6${3:+/$3}"
}

# The sum of the numbers that a key has in JSON, wherever it is; fails where it is not.
# Starts no program: in an emulated VM, jq takes a second to begin.
json_sum() { # KEY <JSON
	local json sum=

	IFS= read -rd '' json
	while [[ $json =~ \"$1\":\ *(-?[0-9]+)(.*) ]]; do
		sum=$((sum + BASH_REMATCH[1]))
		json=${BASH_REMATCH[2]}
	done
	[ -n "$sum" ] && echo "$sum"
}

# A member of the object in JSON that has VALUE for a KEY further ahead; as poor, and as fast.
json_member() { # KEY VALUE MEMBER <JSON
	local json

	IFS= read -rd '' json
	[[ $json =~ \"$1\":\ *\"$2\"(.*) ]] || return
	json=${BASH_REMATCH[1]%%\"$1\":*}
	[[ $json =~ \"$3\":\ *(\"([^\"]*)\"|[^],}]*) ]] || return
	echo "${BASH_REMATCH[2]:-${BASH_REMATCH[1]}}"
}

# A counter of kame_ipv6's.
kame_count() { # NAMESPACE COUNTER [DEV]
	"$KAME" -n "$1" -j ipv6 stats ${3:+dev "$3"} all | json_sum "$2" || echo 0
}

# What the kernel reported since test_begin, or in all of its log where so much was
# written since that it no longer reaches back.
check_dmesg() {
	local report

	report=$(dmesg | awk -v mark="$dmesg_mark" '
			index($0, mark) { text = ""; next } { text = text $0 "\n" } END { printf "%s", text }' |
		grep -Ef "$top/tools/vm.d/splats" | head -n 20)
	[ -z "$report" ] || { echo "$report"; return 1; }
}

check_rmmod() { # NAME...
	local name

	for name in "$@"; do
		busywait 5000 rmmod "$name" || return 1
	done
}

test_cleanup() {
	local name

	declare -F cleanup >/dev/null && cleanup
	cleanup_ns
	for name in "${loaded[@]}"; do
		! module_loaded "$name" || busywait 5000 rmmod "$name"
	done
}

# Load MODULE... and begin.
test_begin() { # MODULE[:PARAMETER=VALUE]...
	local module

	[ "$(id -u)" -eq 0 ] || skip_all "must be run as root"
	[ -n "$KAME" ] || skip_all "the command kame is neither built nor installed"
	echo "KTAP version 1"
	dmesg_mark="kselftest-$$-$RANDOM"
	echo "$dmesg_mark" >/dev/kmsg
	trap test_cleanup EXIT
	for module in "$@"; do
		# shellcheck disable=SC2046 # no parameter is no word
		load_module "${module%%:*}" $([[ $module != *:* ]] || echo "${module#*:}") || {
			# A module that was built and is refused is a failure.
			[ -z "$(module_file "${module%%:*}")" ] || bail_out "${module%%:*} can't be loaded"
			skip_all "${module%%:*} is neither built nor installed"
		}
	done
}

# The last cases of every test: the modules go, and the kernel said nothing.
test_end() {
	local names=("${loaded[@]}")

	cleanup_ns
	[ ${#names[@]} -eq 0 ] || check "modules are removed: ${names[*]}" check_rmmod "${names[@]}"
	check "the kernel reports nothing" check_dmesg
	echo "1..$ktap_count"
	[ $ktap_failed -eq 0 ] || exit $ksft_fail
	exit $ksft_pass
}
