#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel's own net selftests give the same results with kame_ipv6 attached
# to every device as without it. Each program runs without the module, then with it;
# what it says of each of its cases is compared. Some depend on time: a program that
# differs gets another chance, on both sides.
#
# Environment: LIST (quick): quick, long, all, or a file with a program a line;
#	PROGRAM: one program with its arguments instead;
#	KSELFTESTS: tools/testing/selftests of a kernel's source
# kernels: none
# nightly: um
# quick: no
# long: yes

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
require_command cc ip python3

cache=${KAME_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/kame}
: "${LIST:=quick}"
: "${KSELFTESTS:=$(find "$cache" -maxdepth 1 -name 'source-*' 2>/dev/null |
	sort -V | tail -n 1)/tools/testing/selftests}"
[ -d "$KSELFTESTS/net" ] || skip_all "there is no kernel source at $KSELFTESTS"
: "${LIMIT:=240}"

lists=("$top/selftests/stock/$LIST.list")
case $LIST in
all) lists=("$top"/selftests/stock/{quick,long}.list) ;;
*/*) lists=("$LIST") ;;
esac
if [ -n "${PROGRAM:-}" ]; then
	programs=("$PROGRAM")
else
	mapfile -t programs < <(grep -hv '^#' "${lists[@]}")
fi
[ ${#programs[@]} -gt 0 ] || bail_out "no programs in ${lists[*]}"

work=$(mktemp -d)
cleanup() {
	rm -rf "$work"
}

# A tree of its own: the programs in C are built, and some scripts write files.
build() {
	local name

	mkdir -p "$work/selftests" || return
	cp -r "$KSELFTESTS/net" "$KSELFTESTS"/*.h "$KSELFTESTS/kselftest" "$work/selftests/"
	cd "$work/selftests/net" || return
	# Four times five minutes of churn, on either side
	sed -i 's/^\tsleep 300$/\tsleep 20/' fib_nexthops.sh
	# Some call what they don't source, and so don't wait for their servers.
	grep -l wait_local_port_listen ./*.sh | xargs grep -LE "net_helper.sh|^wait_local_port_listen\(" |
		xargs -r sed -i '1a . ./net_helper.sh'
	for name in cmsg_sender nettest ipv6_flowlabel ipv6_flowlabel_mgr ioam6_parser ip_defrag \
			udpgso udpgso_bench_tx udpgso_bench_rx gro msg_zerocopy txtimestamp; do
		cc -O1 -w -D_GNU_SOURCE -I.. -o $name $name.c -lpthread >"$name.log" 2>&1 ||
			echo "# not built: $name"
	done
	for name in netfilter/{udpclash,conntrack_dump_flush,nf_queue,sctp_collision,connect_close}; do
		cc -O1 -w -D_GNU_SOURCE -I.. -o $name $name.c -lmnl -lpthread >/dev/null 2>&1
	done
	for name in xdp_dummy nat6to4 sample_ret0 sample_map_ret0; do
		clang -O2 -g -target bpf -D__x86_64__ -I/usr/include/x86_64-linux-gnu -c $name.bpf.c \
			-o $name.bpf.o >"$name.log" 2>&1 || echo "# not built: $name"
	done
}

# What a program says of its cases, without what no two runs have in common.
results() { # FILE
	sed -E 's/\x1b\[[0-9;]*m//g; s/[a-z0-9]+-[A-Za-z0-9]{6}//g; s/[0-9.]+ ?(ms|s|us|ns|sec|seconds|MB.*)\b//g
		s/[0-9]{4,}//g' "$1" |
		grep -E '\[ *(OK|PASS|FAIL|XFAIL|SKIP|UNSUPPORTED) *\]|^ *(not )?ok|PASS|FAIL|SKIP|[a-z]: (ok|OK)|[[:space:]](ok|fail)\b'
}

run() { # SIDE PROGRAM ARGUMENT...
	local side=$1 program=$2 status

	shift 2
	(
		cd "$work/selftests/net/$(dirname "$program")" || exit
		# kselftest runs its programs with standard error at the same place
		timeout -k 10 "$LIMIT" "./$(basename "$program")" "$@" >"$work/$side.out" 2>&1 </dev/null
	)
	status=$?
	{ results "$work/$side.out"; echo "exit status $status"; } >"$work/$side"
	ip -all netns delete 2>/dev/null
	ip -o link | sed -nE 's/^[0-9]+: (veth|dummy|br|vrf|bond|tun|gre|sit|ip6tnl)([^:@]*)[:@].*/\1\2/p' |
		while read -r dev; do ip link del "$dev" 2>/dev/null; done
	return 0
}

# Some cases fail now and then, on either side. What kame_ipv6's last run says must be
# what stock's says, in one of its runs; and what stock always says, kame_ipv6's must, once.
differences() {
	local side

	for side in stock kame; do
		sort -u "$work/$side".[0-9] >"$work/$side.any"
	done
	sort -u "$work/stock.1" >"$work/stock.all"
	for side in "$work"/stock.[2-9]; do
		[ ! -f "$side" ] || { sort -u "$side" | comm -12 "$work/stock.all" - >"$work/both" &&
			mv "$work/both" "$work/stock.all"; }
	done
	sort -u "$work/kame" | comm -13 "$work/stock.any" - | sed 's/^/only with kame_ipv6: /'
	comm -23 "$work/stock.all" "$work/kame.any" | sed 's/^/only with stock: /'
}

compare() { # PROGRAM ARGUMENT...
	local try

	rm -f "$work"/{stock,kame}*
	[ -f "$work/selftests/net/$1" ] || { echo "there is no $1"; return $ksft_skip; }
	for try in 1 2 3 4; do
		run stock "$@"
		if grep -qx "exit status $ksft_skip" "$work/stock"; then
			echo "the program skips itself: $(tail -n 1 "$work/stock.out")"
			return $ksft_skip
		fi
		mv "$work/stock" "$work/stock.$try"
		load_module kame_ipv6 || return
		run kame "$@"
		"$KAME" -j ipv6 stats | grep -q . || return
		rmmod kame_ipv6 || return
		loaded=()
		cp "$work/kame" "$work/kame.$try"
		[ -n "$(differences)" ] || return 0
	done
	differences
	tail -n 20 "$work/kame.out"
	return 1
}

test_begin
build
for program in "${programs[@]}"; do
	# shellcheck disable=SC2086 # with arguments
	check "$program" compare $program
	[ -f "$work/stock.1" ] || continue
	echo "# $(grep -cv '^exit status' "$work/stock.1") results, $(tail -n 1 "$work/stock.1")," \
		"$(grep -cE 'FAIL|not ok|[[:space:]]fail\b' "$work/stock.1") of them failures, of stock"
done
test_end
