# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The lanes of tools/check: the functions lane_*. A lane writes a line per test to
# its results file: state (ok, fail, skip), name, detail, separated by tabs. The state
# "note" is for a remark.

: "${results:?}" "${mode:?}" "${pattern:?}"

result() { # ok|fail|skip|note NAME [DETAIL]
	printf '%s\t%s\t%s\n' "$1" "$2" "${3:-}" >>"$lane_results"
}

# The last lines of a log, in one.
excerpt() { # FILE
	tail -n "${2:-30}" "$1" | sed 's/\\/\\\\/g' | tr '\t' ' ' | sed ':a;N;$!ba;s/\n/\\n/g'
}

# Install what more than one lane needs.
prepare() {
	tools/deps build test >&2 || exit 2
	if [ "$mode" != quick ]; then
		tools/deps headers static specs >&2 || exit 2
		# Without these, their tests are skipped.
		tools/deps daemons >&2
	fi
	[ "$mode" != nightly ] || tools/deps stock >&2
	return 0
}

# A kernel, modules for it, and what sparse says of them. A warning is an error, so that
# it comes again until it is mended. A kernel that is not to be had fails its lanes.
lane_build() { # KERNEL
	local log=$results/build-$1.make sparse=""
	local -a flags=()

	case "$mode $1" in
	*" 6.12" | "nightly 6.1") sparse=yes ;;
	esac
	# Nothing is measured in these, and no debugger looks at them.
	case $1 in
	6.1 | 6.12 | 6.1-rt | 6.12-rt) flags=(KCFLAGS=-g0 CONFIG_DEBUG_INFO_BTF_MODULES=) ;;
	um-kasan | debug) flags=(KCFLAGS=-O1) ;;
	esac
	# Building a kernel takes minutes: who waits sees how far it is.
	if ! tools/vm "$1" --print-kdir >"$results/kdir-$1" 2>&3; then
		rm -f "$results/kdir-$1"
		result fail "build: modules for $1" "there is no kernel $1"
	elif ! make modules "KDIR=$(cat "$results/kdir-$1")" W=1e ${sparse:+C=2} "${flags[@]}" >"$log" 2>&1 ||
	     grep -iE 'warning:|error:' "$log"; then
		result fail "build: modules for $1" \
			"$(grep -iE -A 3 'error|warning' "$log" >"$log.short"; excerpt "$log.short")"
	else
		result ok "build: modules for $1"
		[ -n "$sparse" ] || return
		if grep -q '^  CHECK ' "$log"; then
			result ok "static: sparse, $1"
		else
			result fail "static: sparse, $1" "sparse checked nothing"
		fi
	fi
}

lane_build_tools() {
	local log=$results/tools.make

	# With the made-up kernel of its test, which so needs no VM
	if { make tools CFLAGS='-O2 -g -Werror' &&
	     make -C tools/kame OUT="$PWD/build/tools" CFLAGS='-O2 -g -Werror' fake; } \
		>"$log" 2>&1 && ! grep -i 'warning:' "$log"; then
		result ok "build: the kame command"
	else
		result fail "build: the kame command" "$(excerpt "$log")"
	fi
	# shellcheck disable=SC2053 # a pattern
	[[ kame_command == $pattern ]] || return 0
	selftests/kame_command.sh >"$results/kame_command.ktap" 2>&1
	ktap_results kame_command $? plan <"$results/kame_command.ktap"
}

# tools/vm itself, on a kernel that has every check.
lane_vm_runner() { # KERNEL
	local log=$results/vm_runner-$1.ktap

	if [ ! -s "$results/kdir-$1" ]; then
		result fail "vm_runner $1: boots" "there is no kernel $1"
		return
	fi
	selftests/vm_runner.sh "$1" >"$log" 2>&1
	ktap_results vm_runner $? plan <"$log"
}

# Turn the KTAP of one test into results. Lines of a case begin with "#". Without
# "plan", the output is a part that has none.
ktap_results() { # TEST STATUS plan|"" < KTAP
	local line name last='' detail='' planned='' cases=0 bad=0 why=''

	while IFS= read -r line; do
		case $line in
		"ok "* | "not ok "*)
			[ -z "$last" ] || result fail "$last" "$detail"
			last='' detail=''
			cases=$((cases + 1))
			name=$1:\ $(sed -E 's/^(not )?ok [0-9]+ (- )?//; s/ # SKIP.*//' <<<"$line")
			case $line in
			"ok "*"# SKIP"*) result skip "$name" "${line##*# SKIP }" ;;
			"ok "*) result ok "$name" ;;
			*) last=$name; bad=$((bad + 1)) ;;
			esac
			;;
		"1..0 # SKIP"*) planned=0; result skip "$1" "${line#1..0 # SKIP }" ;;
		"1.."*) planned=${line#1..} ;;
		"#"*) detail+="${line#\# }\\n" ;;
		esac
	done
	[ -z "$last" ] || result fail "$last" "$detail"
	case $2 in
	0) [ $bad -eq 0 ] || why="it succeeded, though cases failed" ;;
	1) [ $bad -gt 0 ] || why="it failed, though no case did" ;;
	4) [ "$planned" = 0 ] || why="it was skipped, though it ran cases" ;;
	124 | 137) why="the time ran out" ;;
	*) why="exit status $2" ;;
	esac
	if [ -z "$3" ]; then
		[ $cases -gt 0 ] || why="no case was run"
	elif [ -z "$planned" ]; then
		why="it ended after $cases cases, before its last${why:+: $why}"
	elif [ "$planned" != "$cases" ]; then
		why="$cases cases of $planned were run"
	elif [ "$cases" -eq 0 ] && [ "$2" -ne 4 ]; then
		why="no case was run"
	fi
	[ -z "$why" ] || result fail "$1: runs to its end" "$why"
}

# The scripts that want a kernel: "# kernels: um 6.12 ..." in their heads, or the stock
# ones where they don't say, and "# nightly: 6.1 ..." for kernels that would make the full
# check too long. "# quick: no" is for those that would make the quick check slow. The full
# check has no um, which takes minutes to build: what is for um alone runs on um-kasan
# there, and in the nightly one on both.
scripts_for() { # KERNEL, prints names
	local script kernels

	for script in selftests/$pattern.sh; do
		[ -f "$script" ] && [[ $script != selftests/lib*.sh ]] || continue
		kernels=$(sed -n 's/^# kernels: //p' "$script")
		kernels=${kernels:-6.1 6.12 6.12-rt}
		case $mode in
		nightly)
			[ "$kernels" != um ] || kernels="um um-kasan"
			kernels+=" $(sed -n 's/^# nightly: //p' "$script")"
			;;
		full) [ "$kernels" != um ] || kernels=um-kasan ;;
		quick) ! grep -q '^# quick: no' "$script" || continue ;;
		esac
		case " $kernels " in
		*" $1 "*) basename "$script" .sh ;;
		esac
	done
}

# The lanes for the scripts of kernels. A user-mode kernel boots at once, and so
# each of its scripts has a VM of its own, those that are "# long: yes" first; the others'
# share one.
script_lanes() { # KERNEL...
	local kernel script
	local -a scripts first=() later=()

	for kernel in "$@"; do
		mapfile -t scripts < <(scripts_for "$kernel")
		[ ${#scripts[@]} -gt 0 ] || continue
		case $kernel in
		um*)
			for script in "${scripts[@]}"; do
				if grep -q '^# long: yes' "selftests/$script.sh"; then
					first+=("scripts $kernel $script")
				else
					later+=("scripts $kernel $script")
				fi
			done
			;;
		*) first+=("scripts $kernel") ;;
		esac
	done
	[ ${#first[@]} -eq 0 ] || printf '%s\n' "${first[@]}"
	[ ${#later[@]} -eq 0 ] || printf '%s\n' "${later[@]}"
}

# The emulator may go on with its translation of code that another processor has patched
# meanwhile, and meet a breakpoint there. The report shows that there is none. It must be
# the first one of the run.
emulator_stumbled() { # LOG
	local report

	report=$(sed -n '/^vm: the kernel reported:/,$p' "$1" | grep -Ef tools/vm.d/splats -m 1 -A 8)
	[[ ${report%%$'\n'*} = *'Oops: int3:'* ]] && ! grep -qE 'RIP: .*\[kame' <<<"$report" &&
		grep -q 'Code: .* <..>' <<<"$report" && ! grep -q 'Code: .* cc <..>' <<<"$report"
}

vm_scripts() { # KERNEL OUT KERNEL-ARGUMENTS NAME...
	tools/vm "$1" --timeout "$([ "$mode" = nightly ] && echo 9000 || echo 5000)" --out "$2" \
		${3:+--append "$3"} -- tools/check.d/guest-scripts "$2" "${@:4}"
}

# Each script has a module and namespaces of its own.
lane_scripts() { # KERNEL [NAME...]
	local out script status kernel=$1 append='' log=${lane_results%.results}.log
	local -a scripts left=()

	if [ ! -s "$results/kdir-$kernel" ]; then
		result fail "$kernel: boots" "there is no kernel $kernel"
		return
	fi
	shift
	scripts=("$@")
	[ $# -gt 0 ] || mapfile -t scripts < <(scripts_for "$kernel")
	# An idle user-mode kernel skips to its next timer: what waits costs nothing, and
	# what else this machine does shows less.
	case $kernel:$(sed -n 's/^# time-travel: //p' "selftests/${scripts[0]}.sh") in
	um*:yes) append=time-travel ;;
	um*:exact) append=time-travel=inf-cpu ;;
	esac
	out=$(mktemp -d "$PWD/$results/scripts-$kernel.XXXX")
	vm_scripts "$kernel" "$out" "$append" "${scripts[@]}"
	status=$?
	if [ $status -eq 255 ] && emulator_stumbled "$log"; then
		result note "$kernel" "the emulator stumbled: what was left is run in another VM"
		for script in "${scripts[@]}"; do
			[ -f "$out/$script.status" ] || left+=("$script")
		done
		vm_scripts "$kernel" "$out" "$append" "${left[@]}"
		status=$?
	fi
	for script in "${scripts[@]}"; do
		if [ -f "$out/$script.status" ]; then
			ktap_results "$kernel: $script" "$(cat "$out/$script.status")" plan <"$out/$script.ktap"
			result note "$kernel: $script" "$(cat "$out/$script.seconds") s"
		else
			result fail "$kernel: $script: runs to its end" "the VM ended before or in it"
		fi
	done
	[ $# -ne 1 ] || kernel+=": $1"
	if [ $status -eq 0 ]; then
		result ok "$kernel: the VM ends clean"
	else
		result fail "$kernel: the VM ends clean" "$(excerpt "$log" 60)"
	fi
}

lane_kunit() { # KERNEL
	local out status suite

	if [ ! -s "$results/kdir-$1" ]; then
		result fail "kunit $1: boots" "there is no kernel $1"
		return
	fi
	out=$(mktemp -d "$PWD/$results/kunit-$1.XXXX")
	tools/vm "$1" --timeout 3000 --out "$out" -- tools/check.d/guest-kunit "$out"
	status=$?
	for suite in "$out"/*.ktap; do
		[ -f "$suite" ] || continue
		# Cases with parameters print their own, deeper, lines.
		sed -n 's/^    \(\(not \)\?ok .*\)/\1/p; s/^ *\(# .*EXPECTATION.*\)/\1/p' "$suite" |
			ktap_results "kunit $1: $(basename "$suite" .ktap)" \
				"$(grep -qE '^    not ok' "$suite" && echo 1 || echo 0)" ''
	done
	if [ $status -eq 0 ]; then
		result ok "kunit $1: all suites pass, and the VM ends clean"
	else
		result fail "kunit $1: all suites pass, and the VM ends clean" \
			"$(excerpt "${lane_results%.results}.log" 60)"
	fi
}

# A check that passes where its command prints nothing and succeeds.
static_check() { # NAME COMMAND...
	local name=$1 log

	shift
	log=$(mktemp "$results/static.XXXX")
	if "$@" >"$log" 2>&1 && [ ! -s "$log" ]; then
		result ok "static: $name"
	else
		result fail "static: $name" "$(excerpt "$log" 40)"
	fi
}

# Sources that are written by hand.
sources() { # PATTERN...
	git ls-files "$@" | xargs grep -L 'auto-generated from'
}

static_checkpatch() {
	local -a files

	mapfile -t files < <(sources 'kame_*/*.[ch]' 'include/*.[ch]' 'selftests/*.[ch]' | grep -v '/trace.h$')
	[ ${#files[@]} -gt 0 ] || { echo "no sources"; return 1; }
	"$source/scripts/checkpatch.pl" --no-tree --terse --no-summary --file \
		--max-line-length=100 --ignore "$(paste -sd, tools/check.d/checkpatch.ignore)" "${files[@]}"
	return 0
}

static_shell() {
	local -a files

	mapfile -t files < <(git ls-files selftests tools .ci |
		while read -r file; do
			head -n 3 "$file" | grep -qE '^#!/bin/bash|^# shellcheck shell=' && echo "$file"
		done)
	shellcheck -x -S warning "${files[@]}"
}

# Every command is shown in the README.
static_readme() {
	local object command

	for object in ipv6 tunnel ipsec nd; do
		for command in $(build/tools/kame $object help words); do
			[ "$command" = help ] || grep -qE "^# kame (-. )*$object $command( |$)" README.md ||
				echo "not shown: kame $object $command"
		done
	done
}

lane_static() {
	source=$(find "${KAME_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/kame}" -maxdepth 1 \
		-name 'source-*' | sort -V | tail -n 1)
	static_check "checkpatch" static_checkpatch
	static_check "shellcheck" static_shell
	static_check "the README shows every command" static_readme
	static_check "specs and what is made from them agree" make -s check-specs
}
