#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: none
#
# What tools/vm promises: the command's exit status and streams come through, what
# goes wrong in the kernel is a failure whatever the command says, and nothing is
# left behind. The mistakes are made by selftests/splat.
#
# Usage: vm_runner.sh [KERNEL]		(default um), on the machine itself
set -u

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
kernel=${1:-um}
cd "$top" || exit 1
[ "$(id -u)" -eq 0 ] || skip_all "must be run as root"
require_command script
release=$(tools/vm "$kernel" --print-release) || skip_all "there is no kernel $kernel"
splat=build/$release/selftests/splat/kame_splat.ko
[ -f "$splat" ] || skip_all "$splat is not built: make modules KDIR=\$(tools/vm $kernel --print-kdir)"
tmp=$(mktemp -d /var/tmp/kame-test.XXXXXX)
trap 'rm -rf "$tmp"' EXIT
config=$(tools/vm "$kernel" --print-kdir)/.config

vm() { # STATUS [OPTION...] -- COMMAND...: leaves $tmp/out and $tmp/err
	local wanted=$1

	shift
	tools/vm "$kernel" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	equal "$wanted" $? "exit status" || { tail -n 30 "$tmp/err"; return 1; }
}

streams() {
	vm 7 --timeout 120 -- bash -c 'echo out; echo err >&2; pwd; id -u; exit 7' || return
	equal "out $top 0" "$(paste -sd' ' "$tmp/out")" stdout && equal err "$(cat "$tmp/err")" stderr
}

# Every byte comes through, and none is lost at the end.
binary() {
	head -c 16000000 /dev/urandom >"$tmp/sent"
	vm 0 --timeout 120 -- cat "$tmp/sent" && cmp "$tmp/sent" "$tmp/out"
}

arguments() {
	kame_variable='a  b' vm 0 --timeout 120 -- printf '%s|' 'a b' '' "it's" '*' || return
	equal "a b||it's|*|" "$(cat "$tmp/out")" arguments || return
	kame_variable='a  b' vm 0 --timeout 120 -- printenv kame_variable || return
	equal 'a  b' "$(cat "$tmp/out")" environment
}

fresh() {
	echo before >"$tmp/file"
	vm 0 --timeout 120 -- bash -c "echo x >$tmp/file; echo x >/etc/kame-was-here; uname -r" || return
	equal "$release" "$(cat "$tmp/out")" release || return
	equal before "$(cat "$tmp/file")" "a file of this machine" && [ ! -e /etc/kame-was-here ]
}

written_out() {
	local out
	out=$(mktemp -d) || return

	vm 0 --timeout 120 --out "$out" -- bash -c "echo result >$out/file" || return
	equal result "$(cat "$out/file")" "what the VM wrote" || return
	rm -rf "$out"
}

below_tmp() {
	local dir status
	dir=$(mktemp -d) || return

	echo here >"$dir/file"
	(cd "$dir" && "$top/tools/vm" "$kernel" --timeout 120 -- bash -c 'cat file; ls /tmp | wc -l') >"$tmp/out"
	status=$?
	rm -rf "$dir"
	equal "0 here 1" "$status $(paste -sd' ' "$tmp/out")" "status and output"
}

mounts() {
	local bpf=

	! grep -q '^CONFIG_BPF_SYSCALL=y' "$config" || bpf=/sys/fs/bpf
	bpf=$bpf vm 0 --timeout 120 -- bash -ec '
		for dir in /proc /sys /dev /dev/pts /dev/shm /tmp /run /sys/fs/cgroup $bpf \
			/sys/kernel/debug /sys/kernel/tracing; do
			mountpoint -q $dir || { echo "nothing is mounted at $dir"; exit 1; }
		done
		ip link show lo | grep -q UP || { echo "lo is down"; exit 1; }
		modprobe dummy
		lsmod | grep -q dummy
		rmmod dummy
		ip netns add x' || { cat "$tmp/out"; return 1; }
}

background() {
	vm 3 --timeout 60 -- bash -c 'sleep 1000 & while :; do sleep 0.1; done & exit 3'
}

timeout_seen() {
	vm 254 --timeout 20 -- bash -c 'trap "" TERM; sleep 1000; true' &&
		grep -q 'the time ran out' "$tmp/err"
}

dies() {
	vm 253 --timeout 120 -- busybox poweroff -f && grep -q 'ended before the command' "$tmp/err"
}

verbose() {
	vm 0 -v --timeout 120 -- true && grep -q 'Linux version' "$tmp/err"
}

interactive() {
	local status

	(sleep 3; for ((n = 0; n < 100; n++)); do printf 'echo kame-$((40 + 2)); exit 5\r'; sleep 1; done) |
		timeout 120 script -qec "tools/vm $kernel --shell" /dev/null >"$tmp/out" 2>&1
	status=${PIPESTATUS[1]}
	equal 5 "$status" "exit status of the shell" && grep -q 'kame-42' "$tmp/out" ||
		{ tail -n 50 "$tmp/out"; return 1; }
}

together() {
	tools/vm "$kernel" --timeout 120 -- bash -c 'sleep 2; echo one; exit 1' >"$tmp/one" 2>&1 &
	local one=$! status

	tools/vm "$kernel" --timeout 120 -- bash -c 'sleep 2; echo two; exit 2' >"$tmp/two" 2>&1
	equal 2 $? "exit status" || return
	wait $one
	status=$?
	equal "1 one two" "$status $(paste -sd' ' "$tmp/one" "$tmp/two" | paste -sd' ')" "what they left"
}

descendants() { # PROCESS
	local child

	for child in $(ps -o pid= --ppid "$1"); do
		echo "$child"
		descendants "$child"
	done
}

alive() { # PROCESS...
	kill -0 "$@" 2>/dev/null
}

# End the runner in the middle: the VM, its helpers and its directory go.
ended_by() { # SIGNAL
	local pid dir

	tools/vm "$kernel" --timeout 100 -- sleep 98765 >/dev/null 2>&1 &
	pid=$!
	running() { descendants $pid | xargs ps -o args= -p | grep -o 'kame=/[^ ]*'; }
	busywait 60000 running || return
	sleep 1
	dir=$(running | head -n 1)
	mapfile -t family < <(descendants $pid)
	kill -"$1" $pid
	wait $pid 2>/dev/null
	busywait 8000 negate alive "${family[@]}" || { ps -o pid,args -p "${family[@]}"; return 1; }
	if [ "$1" = KILL ]; then
		rm -rf "${dir#kame=}"
	else
		[ ! -e "${dir#kame=}" ] || { echo "$dir is left"; return 1; }
	fi
}

mistake_reported() { # MISTAKE PATTERN
	vm 255 --timeout 120 -- insmod "$splat" "mistake=$1" || return
	grep -qE "$2" "$tmp/err" || { tail -n 60 "$tmp/err"; return 1; }
}

mistake_allowed() {
	vm 0 --timeout 120 --allow-splat -- insmod "$splat" mistake=warn
}

refused() { # PATTERN ARGUMENT...
	local status pattern=$1

	shift
	tools/vm "$@" >"$tmp/out" 2>"$tmp/err"
	status=$?
	equal 252 $status "exit status" && grep -qE -- "$pattern" "$tmp/err"
}

echo "KTAP version 1"
check "$kernel: exit status, streams and directory" streams
check "$kernel: 16 megabytes of output" binary
check "$kernel: arguments and environment" arguments
check "$kernel: writes stay in the VM" fresh
check "$kernel: --out below /tmp" written_out
check "$kernel: this directory below /tmp, and nothing else" below_tmp
check "$kernel: file systems, loopback, modules, namespaces" mounts
check "$kernel: processes left running" background
check "$kernel: a command that doesn't end" timeout_seen
check "$kernel: a VM that goes away" dies
check "$kernel: -v shows the console" verbose
check "$kernel: --shell" interactive
check "$kernel: ended by SIGTERM" ended_by TERM
check "$kernel: ended by SIGHUP" ended_by HUP
check "$kernel: ended by SIGKILL" ended_by KILL
check "$kernel: two at once" together
check "an unknown kernel is refused" refused "no kernel 'nonesuch'" nonesuch -- true
check "an unknown option is refused" refused "unknown option '--nonesuch'" "$kernel" --nonesuch -- true
check "no command is refused" refused "no command" "$kernel"
check "memory of no size is refused" refused "takes a size" "$kernel" --mem lots -- true
check "$kernel: a warning" mistake_reported warn 'WARNING: .*kame_splat'
check "$kernel: a warning that is allowed" mistake_allowed
check "$kernel: an oops" mistake_reported oops 'NULL pointer|Kernel mode fault|Oops'
check "$kernel: a panic" mistake_reported panic 'Kernel panic - not syncing: as asked for'
check "$kernel: a reference count" mistake_reported refcount 'refcount_t: addition on 0'
if_built() { # OPTION NAME MISTAKE PATTERN
	grep -q "^$1=y" "$config" || { ktap_result ok "$2" "SKIP the kernel is without $1"; return; }
	check "$2" mistake_reported "$3" "$4"
}
if_built CONFIG_DEBUG_KMEMLEAK "$kernel: a leak" leak 'unreferenced object'
if_built CONFIG_KASAN "$kernel: a use after free" use-after-free 'KASAN: .*.*use-after-free in .*kame_splat'
if_built CONFIG_PROVE_LOCKING "$kernel: locks in the wrong order" lock-order 'possible circular locking'
if_built CONFIG_DEBUG_ATOMIC_SLEEP "$kernel: sleeping in atomic context" sleep 'sleeping function called'
if_built CONFIG_PROVE_RCU "$kernel: RCU without its lock" rcu 'suspicious RCU usage'
if_built CONFIG_DEBUG_LIST "$kernel: a list" list 'list_add double add'
echo "1..$ktap_count"
[ $ktap_failed -eq 0 ]
