#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: none
#
# The kame command by itself: its words, options, batches, output, exit status, help,
# manual and completion. Where an answer of the kernel is needed, a made-up kernel
# gives it (tools/kame/tests/fake.c), good ones and such as a kernel should not give.
# Needs no module, no virtual machine and no privilege.
#
# Environment: FUZZ, how many mutated answers (default 2000); SEED, of their mutation
set -u

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_command.sh
. "$(dirname "$0")/lib_command.sh"
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
export LC_ALL=C TZ=UTC

bin=$top/build/tools
make -s -C "$top/tools/kame" OUT="$bin" all fake >"$tmp/make" 2>&1 ||
	skip_all "the command cannot be built: $(head -n 1 "$tmp/make")"
kame=$bin/kame
fake=$bin/kame-fake

# try NAME STATUS OUT ERR WORD...: the real command
try()
{
	local name=$1 status_wanted=$2 out_wanted=$3 err_wanted=$4

	shift 4
	run "$kame" "$@"
	judge "$name" "$status_wanted" "$out_wanted" "$err_wanted"
}

# answer NAME STATUS OUT ERR SCENARIO WORD...: with the made-up kernel
answer()
{
	local name=$1 status_wanted=$2 out_wanted=$3 err_wanted=$4

	shift 4
	run timeout 20 "$fake" "$@"
	judge "$name" "$status_wanted" "$out_wanted" "$err_wanted"
}

test_words()
{
	try "without words: usage on stderr" 1 '' '^Usage:'
	try "unknown object names itself" 1 '' '^Error: unknown object "foo"; try "kame help"$' foo
	try "empty object" 1 '' '^Error: unknown object ""' ''
	try "unknown command names itself" 1 '' \
		'^Error: unknown word "foo"; try "kame ipv6 help"$' ipv6 foo
	try "ambiguous command" 1 '' '^Error: ambiguous word "s"' ipv6 s
	try "unknown word of a command" 1 '' \
		'^Error: unknown word "foo"; try "kame ipv6 show help"$' ipv6 show foo
	try "word without its value" 1 '' '^Error: "dev" needs a value; try "kame ipv6 show help"$' \
		ipv6 show dev
	try "word given twice" 1 '' '^Error: "dev" is given twice$' ipv6 show dev lo dev lo
	try "device left out" 1 '' '^Error: "ipv6 attach" needs a device: dev DEV' ipv6 attach
	try "setting left out" 1 '' 'needs a setting: contiguity' ipv6 set dev lo
	try "what a verb lacks" 1 '' '^Error: "ipsec policy add" needs an action: .* "kame ipsec policy help"$' \
		ipsec policy add dir in
	try "abbreviated verb" 1 '' '^Error: "ipsec policy del" needs a policy: index N;' ipsec policy de
	try "name left out" 1 '' '^Error: "tunnel add" needs the name of the tunnel;' tunnel add
	try "nothing to set" 1 '' 'needs a device .* or a limit' ipv6 set
	try "device and limits at once" 1 '' 'one at a time' \
		ipv6 set dev lo contiguity strict max-headers 3
	try "wrong choice lists the right ones" 1 '' \
		'^Error: "contiguity" is pullup or strict, not "loose"$' \
		ipv6 attach dev lo contiguity loose
	try "words where none belong" 1 '' '^Error: unknown word "all"; try "kame version help"$' \
		version all
	try "monitor of an unknown object" 1 '' '^Error: unknown object "foo"' monitor foo
	try "monitor of an object without events" 1 '' '^Error: "version" has no events' \
		monitor version
	answer "abbreviations" 0 '"attached":true' '' ok -j ipv sh d lo
	answer "the first command is the default" 0 '^DEVICE' '' ok ipv6
}

test_values()
{
	local n

	for n in '' -1 +1 1x x ' 1' '1 ' 1.5 0x 256 0x100 4294967296 18446744073709551616 \
		99999999999999999999999; do
		try "max-headers does not take '$n'" 1 '' '^Error: "max-headers" needs a (number|value)' \
			ipv6 set max-headers "$n"
	done
	for n in 0 15 255 0xff; do
		answer "max-headers takes '$n'" 0 '' '' ok ipv6 set max-headers "$n"
	done
	# no number is octal
	answer "leading zeros: explain" 0 '' '^Warning: asked for sport 8 dport 10 mark 16$' \
		events ipsec explain any ::1 sport 08 dport 010 mark 0x10
	answer "leading zeros: policy" 0 '' '' events ipsec policy add dir out dst ::1 proto 017 \
		sport 08-0x10 mark 0X10/0xf0 spi 0x100 action bypass
	answer "an upper case X" 0 '' '' ok ipv6 set max-headers 0X0f
	try "leading zero: out of range" 1 '' 'a number from 0 to 255, not 0400$' \
		ipv6 set max-headers 0400
	for n in -1 0x 0x-1 08x 65536 18446744073709551616; do
		try "sport does not take '$n'" 1 '' "^Error: \"$n\" is no port" \
			ipsec policy add sport "$n"
	done
	try "device that does not exist" 1 '' '^Error: there is no device "kame-none" in this' \
		ipv6 show dev kame-none
	try "device name of 16 characters" 1 '' '^Error: device name "1234567890123456" is longer' \
		ipv6 show dev 1234567890123456
	try "device name of 100,000 characters" 1 '' 'is longer than 15' \
		ipv6 show dev "$(printf '%0100000d' 0)"
	try "empty device name" 1 '' '^Error: "dev" needs a value' ipv6 show dev ''
	for n in hopopt 0 0x0; do
		try "no policy is for protocol $n" 1 '' "^Error: \"$n\" is protocol 0, .* leave proto out\$" \
			ipsec policy add dir out dst 10.0.0.0/8 proto "$n" action bypass
	done
	for n in ipv6-route 44 60; do
		try "no policy of IPv6 is for protocol $n" 1 '' \
			'^Error: protocol [0-9]+ is an extension header of IPv6' \
			ipsec policy add dir out proto "$n" family inet6 action bypass
	done
	answer "type and code of ICMP" 0 '' '^Warning: asked for sport 8 dport 1 mark 0$' \
		events ipsec explain any ::1 proto icmp type 8 code 1
	try "type beyond 255" 1 '' '^Error: "type" needs a number from 0 to 255, not 256$' \
		ipsec explain any ::1 proto icmp type 256
	try "type and sport" 1 '' '^Error: "sport" is given twice$' \
		ipsec explain any ::1 type 8 sport 8
}

test_options()
{
	local option

	for option in -h -help --help -he; do
		try "$option" 0 '^Usage:' '' $option
	done
	for option in -V -Version --Version; do
		try "$option" 0 '^kame [0-9]+\.[0-9]+\.[0-9]+$' '' $option
	done
	try "unknown option" 1 '' '^Error: unknown option "-x"' -x ipv6
	try "a hyphen alone" 1 '' '^Error: unknown option "-"' - ipv6
	try "-netns without a name" 1 '' '^Error: option "-netns" needs a value' -netns
	try "-batch without a file" 1 '' '^Error: option "-b" needs a value' -b
	try "-netns that does not exist" 1 '' \
		'^Error: cannot open network namespace "kame-none": No such file' -n kame-none ipv6
	try "-netns of a file that is none" 1 '' '^Error: cannot enter network namespace' \
		-n /etc/passwd ipv6
	try "-netns with an empty name" 1 '' 'is not the name of a network namespace' -n '' ipv6
	answer "-json" 0 '^\[\{"auto":true,"max_headers":15,"order":"strict"\}\]$' '' \
		ok -json ipv6 limits
	answer "-json -pretty" 0 $'^\\[\n    \\{\n        "auto": true,' '' ok -j -p ipv6 limits
	answer "-statistics" 0 $'\n    in +7\n' '' ok -s ipv6 show dev lo
	answer "-details" 0 'INDEX' '' ok -d ipv6 show dev lo
}

# A device of this namespace is not there in an empty one.
test_netns()
{
	local dev pid

	for dev in /sys/class/net/*; do
		dev=${dev##*/}
		[ "$dev" = lo ] || break
	done
	if [ "$dev" = lo ] || ! unshare -n true 2>/dev/null; then
		ktap_result ok "-netns enters the namespace" "SKIP needs a device besides lo, and unshare -n"
		return
	fi
	unshare -n sleep 60 &
	pid=$!
	while [ "$(readlink /proc/$pid/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do
		sleep 0.01
	done
	answer "device here" 0 '^DEVICE' '' ok ipv6 show dev "$dev"
	answer "-netns enters the namespace" 1 '' "^Error: there is no device \"$dev\"" \
		ok -n "/proc/$pid/ns/net" ipv6 show dev "$dev"
	kill "$pid"
	wait "$pid" 2>/dev/null
}

has_words()
{
	local page=$1 word status=0

	shift
	# the second time, what may follow a first word
	for word in $("$kame" "$@" help words; "$kame" "$@" help words WORD); do
		grep -qwe "$word" <(sed '1,/^.S[hH] DESCRIPTION/d; s/\\-/-/g' "$page") ||
			{ echo "not there: $word"; status=1; }
	done
	return $status
}

test_help()
{
	local object command page

	try "help" 0 'ipv6 .*Exit status' '' help
	try "help of what is unknown" 1 '' 'unknown word "foo" after "help"' help foo
	for object in $("$kame" help words | grep -v -e '^-' -e '^help$'); do
		page=$top/tools/kame/kame-$object.8
		[ "$object" = version ] && page=$top/tools/kame/kame.8
		try "$object help" 0 "kame $object" '' "$object" help
		check "$object has a page" [ -f "$page" ]
		check "$object is in the list of objects" \
			grep -q "^[.]It Cm $object\$" "$top/tools/kame/kame.8"
		[ "$object" = version ] ||
			check "kame(8) refers to its page" \
				grep -q "^[.]Xr kame-$object 8\( ,\)\?\$" <(sed -n '/^.Sh SEE ALSO/,$p' "$top/tools/kame/kame.8")
		"$kame" "$object" help | grep -q '^kame .* COMMAND help' || continue
		for command in $("$kame" "$object" help words | grep -v '^help$'); do
			try "$object $command help" 0 "^Usage:.  kame $object $command" '' \
				"$object" "$command" help
			check "$object $command is in its page" \
				grep -qE "(Cm|[.]B kame) $object $command" "$page"
			check "$object $command: its words are in the page" \
				has_words "$page" "$object" "$command"
		done
	done
	try "help after a command's abbreviation" 0 'kame ipv6 attach' '' ipv6 at help
}

batch()
{
	local name=$1 status_wanted=$2 out_wanted=$3 err_wanted=$4 text=$5

	shift 5
	printf '%b' "$text" >"$tmp/batch"
	run "$fake" ok "$@" -b "$tmp/batch"
	judge "batch: $name" "$status_wanted" "$out_wanted" "$err_wanted"
}

test_batch()
{
	batch "empty" 0 '' '' ''
	batch "comments and blank lines" 0 '' '' '# one\n\n  \t\n   # two\n'
	batch "every line runs" 0 '^auto.*max.*order.*auto' '' 'ipv6 limits\nipv6 limits\n'
	batch "no newline at the end" 0 '^auto' '' 'ipv6 limits'
	batch "carriage returns" 0 '^auto' '' 'ipv6 limits\r\n'
	batch "comment after a command" 0 '^auto' '' 'ipv6 limits # these\n'
	batch "quotes" 0 '^DEVICE' '' "ipv6 'show' \"dev\" l\"\"o\n"
	batch "continued line" 0 '^DEVICE' '' 'ipv6 show \\\n dev \\\n lo\n'
	batch "continued line, carriage returns" 0 '^DEVICE' '' 'ipv6 show \\\r\n dev \\\r\n lo\r\n'
	batch "comment that ends in a backslash" 0 '^auto.*auto.*auto' '' \
		'# one \\\nipv6 limits\nipv6 limits # two \\\nipv6 limits\n'
	batch "comment in a continued line" 0 '^auto.*auto' '' \
		'ipv6 \\\nlimits # one \\\nipv6 limits\n'
	batch "# that begins no comment" 1 '' $'"#a"[^\n]*\n[^\n]*:2\n[^\n]*"b#"[^\n]*\n[^\n]*:4\n[^\n]*"c #"[^\n]*\n[^\n]*:6$' \
		'ipv6 "#a" \\\n x\nipv6 b# \\\n x\nipv6 "c #" \\\n x\n' -force
	batch "stops at the first failure" 1 $'^auto[^\n]*\nmax[^\n]*\norder +strict$' 'Command failed .*:2$' \
		'ipv6 limits\nfoo\nipv6 limits\n'
	batch "-force goes on" 1 'auto.*auto' 'Command failed .*:2' \
		'ipv6 limits\nfoo\nipv6 limits\n' -force
	batch "backslash that is quoted itself" 1 '' 'unknown word "\\".*unknown object "dev"' \
		'ipv6 show \\\\\ndev lo\n' -force
	batch "line numbers past a continued line" 1 '' ':3$' 'ipv6 \\\nlimits x\nfoo\n' -force
	batch "quote that is not closed" 1 '' 'a quote is not closed' 'ipv6 "show\n'
	batch "NUL" 1 '' 'NUL character' 'ipv6 \0show\n'
	batch "JSON value a line" 0 $'^\\[[^\n]*\\]\n\\[[^\n]*\\]$' '' \
		'ipv6 limits\nipv6 limits\n' -j
	batch "many words" 1 '' 'unknown word "1"' "ipv6 show $(seq -s ' ' 1 5000)\n"
	try "batch: file that does not exist" 1 '' 'cannot open "/none"' -b /none
	try "batch: a directory" 1 '' 'cannot read "/"' -b /
	try "batch: words after the file" 1 '' 'unknown word "ipv6"' -b /dev/null ipv6
	out=$(printf 'ipv6 limits\n' | "$fake" ok -b - 2>"$tmp/err")
	status=$? err=$(cat "$tmp/err")
	judge "batch: standard input" 0 '^auto' ''
	run "$fake" refused -b <(printf 'ipv6 attach dev lo\n')
	judge "batch: status of the command" 2 '' 'bridge br0'
}

# What cannot be written must not look like success.
test_write_errors()
{
	local words

	for words in "ok help" "ok -V" "ok ipv6 help" "ok ipv6 attach help" "ok version" \
		"ok ipv6" "ok -j ipv6" "ok ipv6 stats all" "ok monitor"; do
		# shellcheck disable=SC2086
		"$fake" $words >/dev/full 2>"$tmp/err"
		status=$? out='' err=$(cat "$tmp/err")
		judge "full disk: ${words#ok }" 2 '' 'cannot write to the standard output: No space'
	done
	"$fake" ok ipv6 >&- 2>"$tmp/err"
	status=$? out='' err=$(cat "$tmp/err")
	judge "closed standard output" 2 '' 'cannot write to the standard output: Bad file'
	"$kame" version >&- 2>"$tmp/err"
	status=$? out='' err=$(cat "$tmp/err")
	judge "closed standard output, sockets" 2 '' 'cannot write to the standard output: Bad file'
	"$fake" ok ipv6 <&- >&- 2>"$tmp/err"
	status=$? out='' err=$(cat "$tmp/err")
	judge "closed standard input and output" 2 '' 'cannot write to the standard output: Bad file'
	"$fake" ok -b - <&- >"$tmp/out" 2>"$tmp/err"
	status=$? out=$(cat "$tmp/out") err=$(cat "$tmp/err")
	judge "closed standard input" 1 '' 'cannot read "-": Bad file'
	"$fake" refused ipv6 attach dev lo >"$tmp/out" 2>&-
	status=$? out=$(cat "$tmp/out") err=''
	judge "closed standard error" 2 '' ''
}

test_errors()
{
	answer "module is not loaded" 2 '' '^Error: kame_ipv6 is not loaded: modprobe kame_ipv6$' \
		unloaded ipv6
	answer "module of another release" 2 '' \
		'^Error: kame_ipv6 9\.8\.7 speaks version 99 of its interface and this command version 1' \
		abi ipv6
	answer "sentence and attribute" 2 '' \
		'^Error: lo is a port of bridge br0 \(attribute ifindex\)$' refused ipv6 attach dev lo
	answer "request echoed before them" 2 '' \
		'^Error: lo is a port of bridge br0 \(attribute ifindex\)$' uncapped ipv6 attach dev lo
	answer "range of the attribute" 2 '' \
		'^Error: integer out of range \(attribute contiguity, 0 to 1\)$' \
		range ipv6 set dev lo contiguity strict
	answer "attribute that is missing" 2 '' 'missing attribute ifindex' missing ipv6 detach dev lo
	answer "offset beyond the request" 2 '' '^Error: nonsense$' offset ipv6 detach dev lo
	answer "no permission" 2 '' 'needs CAP_NET_ADMIN' permission ipv6 detach dev lo
	answer "error without a sentence" 2 '' '^Error: Device or resource busy$' \
		silent ipv6 detach dev lo
	answer "warning" 0 '' '^Warning: done, but look out$' warned ipv6 detach dev lo
	answer "answer to an earlier request" 0 '^auto' '' stale ipv6 limits
	answer "malformed attribute" 2 '' 'malformed attribute \(ifname\)' malformed ipv6
	answer "device whose MTU is malformed" 2 '' 'malformed attribute \(mtu\)' short-link tunnel
	answer "device whose name has no end" 2 '' 'malformed attribute \(ifname\)' open-name tunnel
	answer "tunnel whose data is malformed" 2 '' 'malformed attribute \(link\)' short-data tunnel
	answer "and is not changed" 2 '' 'malformed attribute \(link\)' \
		short-data tunnel set g0 mtu 1400
}

test_dumps()
{
	local all

	all=$("$fake" ok ipv6)
	run "$fake" interrupted ipv6
	judge "interrupted dump is read again" 0 '^DEVICE' ''
	check "and shown once" equal "$all" "$out"
	answer "dump that keeps changing" 0 '^DEVICE' 'Warning: .*may be incomplete' churn ipv6
	answer "dump that fails prints nothing" 2 '' 'Cannot allocate memory' dump-fails ipv6
	answer "nor in JSON" 2 '' 'Cannot allocate memory' dump-fails -j ipv6
	answer "all of it in columns" 0 $'br0p1   no        -           is a port of bridge br0$' '' \
		ok ipv6
	answer "names that are no text" 0 'a\\x1b\[31m\\xff  yes' '' names ipv6
	answer "names that are no text, in JSON" 0 '"a\\\\x1b\[31m\\\\xff"' '' names -j ipv6
	answer "older module: fewer counters" 0 $'^in  7\naccepted  0$|^in  7$' '' older ipv6 stats all
	answer "newer module: more of everything" 0 'eth0 +yes +unknown' '' newer ipv6
	answer "newer module: counters" 0 '^in +7' '' newer ipv6 stats
	answer "counters that are zero" 0 'accepted +0' '' ok ipv6 stats all
	answer "counters explained" 0 'in +7  packets taken over' '' ok ipv6 stats --explain
	answer "counters explained in JSON" 0 '"mib_help":\{"in":"packets' '' ok -j ipv6 stats explain
	answer "ipsec: counters that have moved" 0 $'^[a-z_]+ +7\n[^\n]* 3007' '' events ipsec stats
	answer "ipsec: all of them" 0 $'^[a-z_]+ +7\n[a-z_]+ +0\n' '' events ipsec stats -a
	answer "ipsec: explained" 0 $'^[a-z_]+ +7  [a-z]+[^\n]*\n[a-z_]+ +0  [a-z]' '' \
		events ipsec stats all --explain
}

test_tunnel()
{
	local all

	all=$("$fake" ok tunnel)
	run "$fake" interrupted tunnel
	judge "tunnels: interrupted dump is read again" 0 '^DEVICE.*g0 .*g1 ' ''
	check "and shown once" equal "$all" "$out"
	answer "tunnels: dump that keeps changing" 0 '^DEVICE' 'Warning: .*may be incomplete' \
		churn tunnel
	answer "tunnels: dump that fails prints nothing" 2 '' 'Cannot allocate memory' dump-fails tunnel
	answer "one tunnel is shown without a dump" 0 $'^DEVICE[^\n]*\nlo [^\n]*$' '' \
		dump-fails tunnel show dev lo
	answer "one device that is no tunnel" 1 '' '^Error: lo is no kame_tunnel$' ok tunnel show dev lo
	answer "set a tunnel that does not exist" 1 '' '^Error: there is no device "nosuch" in this' \
		ok tunnel set nosuch mtu 1400
	answer "delete a tunnel that does not exist" 1 '' '^Error: there is no device "nosuch" in this' \
		ok tunnel del nosuch
	answer "set another kind of device" 1 '' '^Error: eth0 is no kame_tunnel$' \
		ok tunnel set eth0 mtu 1400
	answer "delete another kind of device" 1 '' '^Error: eth0 is no kame_tunnel$' ok tunnel del eth0
	answer "delete a tunnel" 0 '' '' ok tunnel del g0
	answer "any local address, changed" 1 '' '^Error: "local" needs an address: for any, 0.0.0.0 or ::,' \
		ok tunnel set g0 local any
	answer "any local address" 1 '' '^Error: "local" needs an address: for any, 0.0.0.0 or ::,' \
		ok tunnel add g2 remote 192.0.2.1 local any
	answer "any local address in numbers" 0 '' '^Warning: asked for link 0$' \
		ok tunnel set g0 local 0.0.0.0
	answer "set a tunnel to nothing" 1 '' '^Error: "tunnel set" needs a setting' ok tunnel set g0
	answer "a word and its other name" 1 '' '^Error: "hoplimit" is given twice$' \
		ok tunnel set g0 hoplimit 5 ttl 6
	answer "another name and its word" 1 '' '^Error: "link" is given twice$' \
		ok tunnel add g2 remote 192.0.2.1 dev lo link lo
	answer "another name twice" 1 '' '^Error: "tclass" is given twice$' \
		ok tunnel set g0 tos 4 tos 8
	answer "link of a tunnel" 0 '' '^Warning: asked for link 1$' ok tunnel set g0 link lo
	answer "link by its other name" 0 '' '^Warning: asked for link 1$' \
		ok tunnel add g2 remote 192.0.2.1 dev lo
	answer "link of a tunnel is no index" 1 '' 'there is no device "5"' ok tunnel set g0 link 5
	answer "link of a tunnel that was moved is no name" 1 '' \
		'^Error: the outer packets are in another network namespace: .* "lo" has there' \
		ok tunnel set g1 link lo
	answer "but an index" 0 '' '^Warning: asked for link 5$' ok tunnel set g1 link 5
	answer "from 1 on" 1 '' '^Error: "dev" needs a number from 1' ok tunnel set g1 dev 0
	answer "or any" 0 '' '^Warning: asked for link 0$' ok tunnel set g1 link any
	answer "and is shown by its index" 0 '"link_index":3' '' ok -j tunnel show
	answer "link of a tunnel that is no device there" 2 '' '^Error: no device has this index$' \
		no-index tunnel set g1 link 99999
	answer "name that is taken" 2 '' '^Error: there is a device "g2" already$' \
		exists tunnel add g2 remote 192.0.2.1
	answer "kind that the kernel does not know" 2 '' \
		'^Error: Unknown device type: is the module kame_tunnel there\?$' \
		no-kind tunnel add g2 remote 192.0.2.1
}

test_monitor()
{
	answer "events" 2 $'^ipv6: eth0 attached, contiguity strict\nipv6: wlan0 not attached, detached by hand\nipv6: br0p1 not attached: is a port of bridge br0$' \
		'some are lost.*cannot read events' ok monitor
	answer "events in JSON" 2 '^\{"object":"ipv6","event":"dev-ntf","ifname":"eth0"' 'cannot read' \
		ok -j monitor ipv6
	answer "events of every module" 2 $'^tunnel: g0 loop, reason route: g0 \\(2 more since the last\\)\ntunnel: other-namespace loop, reason depth, limit 4: if7@other-namespace\nipsec: no state[^\n]* proto udp sport 8 dport 0, [^\n]*\nipsec: [^\n]* proto icmp type 8 code 0, [^\n]*\nipsec: [^\n]* proto esp, [^\n]*\nnd: prefix 2001:db8::/64 dev eth0 detached: pinned\nnd: router fe80::1 dev eth0 forgotten, was reachable$' \
		'cannot read' events monitor tunnel ipsec nd
	answer "all that a loop carries, in JSON" 2 '"path_end":"loop","suppressed":2' 'cannot read' \
		events -j monitor tunnel
	answer "no more than that of a loop elsewhere" 2 '"event":"loop-ntf","reason":"depth","limit":4,"hops":\[\{"ifindex":7\}\],"suppressed":0\}' \
		'cannot read' events -j monitor tunnel
	answer "all that a missing state carries" 2 \
		'"proto":"udp","sport":8,"dport":0,.*"reqid":42,"dir":"fwd","family":"inet","mode":"tunnel","spi":"0x00000123"\}' \
		'cannot read' events -j monitor ipsec
	answer "all that a prefix carries" 2 \
		'"on_link":true,"autonomous":false,"since":5000,"valid":7000,"routers":34,"pin":"detached","router":\[\{"address":"fe80::1","reach":"unreachable","left_out":1\}\]\}' \
		'cannot read' events -j monitor nd
	answer "all that a router carries" 2 \
		'"managed":false,"other":true,"preference":"low","lifetime":9000,"heard":1000,"prefixes":2,"lladdr":"02:00:00:00:00:01"\}$' \
		'cannot read' events -j monitor nd
	answer "routers of a prefix that are not listed" 0 \
		$'\n    fe80::1 \\(unreachable, left out 1 times\\)\n    ... and 33 more$' '' events -d nd show
	answer "router of a prefix that is malformed" 2 '' 'malformed attribute \(reach\)' \
		short-member -d nd show
	answer "and in JSON" 2 '' 'malformed attribute \(reach\)' short-member -j nd show
	answer "time of an event" 2 '^20[0-9-]{8}T[0-9:.]{15}\+0000 ipv6: eth0' 'cannot read' \
		ok -t monitor
	answer "module loaded later" 2 '^ipv6: eth0 attached' 'waiting' unloaded monitor
	answer "module that is named and not loaded" 2 '' 'is not loaded' unloaded monitor ipv6
	answer "versions" 0 'kame_ipv6 9.8.7, interface 1' '' ok version
	answer "versions that differ" 0 'interface 99 \(this command speaks 1\)' '' abi version
	answer "version of what is not loaded" 0 'kame_ipv6 is not loaded' '' unloaded version
}

test_fuzz()
{
	local seed=${SEED:-$RANDOM} n=${FUZZ:-2000} i

	for i in 0 1; do
		run timeout 300 "$fake" fuzz $((seed + i)) "$n"
		err=
		judge "fuzz SEED=$((seed + i)): $n mutated answers" 0 '' ''
	done
}

completed()
{
	(
		COMP_WORDS=("$kame" "$@")
		COMP_CWORD=$#
		# shellcheck source=/dev/null
		. "$top/tools/kame/kame.bash-completion"
		_kame
		echo "${COMPREPLY[*]}"
	)
}

complete_to()
{
	local wanted=$1 got

	shift
	got=$(completed "$@")
	check "completion of '$*'" equal "$wanted" "$got"
}

test_completion()
{
	complete_to ipv6 ipv
	complete_to "show set stats" ipv6 s
	complete_to contiguity -j ipv6 attach dev lo c
	complete_to "strict" ipv6 attach dev lo contiguity s
	complete_to lo ipv6 show dev lo
	complete_to -netns -ne
	complete_to attach -n some-namespace ipv6 at
	complete_to ipv6 monitor ipv
	complete_to "show" ipsec policy s
	complete_to "src sport spi" ipsec policy add s
	complete_to "src sport spi" ipsec policy add dir in s
	complete_to out ipsec policy add dir o
	complete_to "in out fwd" ipsec policy flush dir ''
	complete_to protect ipsec policy add dir out action p
	complete_to "" ipsec policy add dir out priority ''
	complete_to index ipsec policy del ''
	complete_to lo ipsec policy add iif l
	complete_to lo ipsec explain any ::1 oif l
	complete_to "dir dport dscp" ipsec explain any ::1 d
	complete_to lo tunnel add g0 link lo
	complete_to any tunnel set g0 link an
	complete_to lo tunnel set g0 dev lo
	complete_to "remote" tunnel add g0 r
	complete_to "attached" nd pin 2001:db8::/64 dev lo a
	complete_to "show set stats" --netns foo ipv6 s
	complete_to "show set stats" -net foo -j ipv6 s
	complete_to --netns --ne
	complete_to "$top/tools/kame/batch.c" --batch "$top/tools/kame/batch.c"
	complete_to "$top/tools/kame/batch.c" -netns foo -b "$top/tools/kame/batch.c"
	complete_to "explain" ipv6 stats e
	complete_to "all" ipsec stats a
	complete_to "type" ipsec explain any ::1 t
}

test_install()
{
	make -s -C "$top/tools/kame" OUT="$bin" DESTDIR="$tmp/root" PREFIX=/usr install \
		>/dev/null 2>&1
	run "$tmp/root/usr/bin/kame" -V
	judge "install" 0 '^kame ' ''
	check "manual is installed" [ -f "$tmp/root/usr/share/man/man8/kame.8" ]
	make -s -C "$top/tools/kame" OUT="$bin" DESTDIR="$tmp/root" PREFIX=/usr uninstall
	out=$(find "$tmp/root" -type f) status=0 err=
	judge "uninstall leaves nothing" 0 '' ''
	run make -s --no-print-directory -C "$top/tools/kame" OUT="$tmp/none" CPPFLAGS=-nostdinc all
	judge "libraries that are missing are named" 2 '' 'apt-get install libmnl-dev libjansson-dev'
	if command -v mandoc >/dev/null; then
		run mandoc -T lint -W warning "$top"/tools/kame/*.8
		judge "manual: mandoc -T lint" 0 '' ''
	else
		ktap_result ok "manual: mandoc -T lint" "SKIP mandoc is not installed"
	fi
}

echo "KTAP version 1"
test_words
test_values
test_options
test_netns
test_help
test_batch
test_write_errors
test_errors
test_dumps
test_tunnel
test_monitor
test_fuzz
test_completion
test_install

echo "1..$ktap_count"
[ "$ktap_failed" -eq 0 ]
