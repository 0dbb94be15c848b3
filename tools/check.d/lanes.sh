# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The lanes of tools/check. A lane writes a line per test to its results file:
# state (ok, fail, skip), name, detail, separated by tabs.

: "${results:?}" "${mode:?}" "${pattern:?}"

result() { # LANE STATE NAME [DETAIL]
	printf '%s\t%s\t%s\n' "$2" "$3" "${4:-}" >>"$results/$1.results"
}

# The last lines of a log, in one.
excerpt() { # FILE
	tail -n "${2:-30}" "$1" | sed 's/\\/\\\\/g' | tr '\t' ' ' | sed ':a;N;$!ba;s/\n/\\n/g'
}

# Install and build what the lanes need, one after the other: a kernel's build
# uses all processors. A kernel that is not to be had fails its lanes.
prepare() { # KERNEL...
	local kernel

	tools/deps build test >&2 || exit 2
	[ "$mode" = quick ] || tools/deps headers static specs >&2 || exit 2
	for kernel in "$@"; do
		tools/vm "$kernel" --print-kdir >"$results/kdir-$kernel" || rm -f "$results/kdir-$kernel"
	done
}

# Modules for a kernel, with every warning an error.
build() { # KERNEL
	local log=$results/build-$1.make

	if [ ! -s "$results/kdir-$1" ]; then
		result "build-$1" fail "build: modules for $1" "there is no kernel $1"
	elif make modules "KDIR=$(cat "$results/kdir-$1")" W=1 >"$log" 2>&1 &&
	     ! grep -iE 'warning:' "$log"; then
		result "build-$1" ok "build: modules for $1"
	else
		result "build-$1" fail "build: modules for $1" \
			"$(grep -E -A 3 'error|warning' "$log" >"$log.short"; excerpt "$log.short")"
	fi
}

lane_build_6_1() { build 6.1; }
lane_build_6_12() { build 6.12; }
lane_build_6_1_rt() { build 6.1-rt; }
lane_build_6_12_rt() { build 6.12-rt; }
lane_build_um_kasan() { build um-kasan; }
lane_build_debug() { build debug; }

lane_build_um() {
	build um
	[ "$mode" = full ] || lane_build_tools
}

lane_build_tools() {
	local lane=build-tools

	[ "$mode" = full ] || lane=build-um
	# With the made-up kernel of its test, which so needs no VM
	if { make tools && make -C tools/kame OUT="$PWD/build/tools" fake; } \
		>"$results/tools.make" 2>&1 && ! grep -i 'warning:' "$results/tools.make"; then
		result $lane ok "build: the kame command"
	else
		result $lane fail "build: the kame command" "$(excerpt "$results/tools.make")"
	fi
	# shellcheck disable=SC2053 # a pattern
	[[ kame_command == $pattern ]] || return 0
	selftests/kame_command.sh >"$results/kame_command.ktap" 2>&1
	ktap_results $lane kame_command $? <"$results/kame_command.ktap"
}

# Turn the KTAP of one test into results. Lines of a case begin with "#".
ktap_results() { # LANE TEST STATUS < KTAP
	local line name last='' detail='' cases=0

	while IFS= read -r line; do
		case $line in
		"ok "* | "not ok "*)
			[ -z "$last" ] || result "$1" fail "$last" "$detail"
			last='' detail=''
			cases=$((cases + 1))
			name=$2:\ $(sed -E 's/^(not )?ok [0-9]+ (- )?//; s/ # SKIP.*//' <<<"$line")
			case $line in
			"ok "*"# SKIP"*) result "$1" skip "$name" "${line##*# SKIP }" ;;
			"ok "*) result "$1" ok "$name" ;;
			*) last=$name ;;
			esac
			;;
		"1..0 # SKIP"*) result "$1" skip "$2" "${line#1..0 # SKIP }"; cases=1 ;;
		"#"*) detail+="${line#\# }\\n" ;;
		esac
	done
	[ -z "$last" ] || result "$1" fail "$last" "$detail"
	if [ "$3" -ne 0 ] && [ "$3" -ne 1 ] && [ "$3" -ne 4 ]; then
		result "$1" fail "$2: ends by itself" "exit status $3"
	elif [ $cases -eq 0 ]; then
		result "$1" fail "$2" "no case was run"
	fi
}

# The scripts that want a kernel: "# kernels: um 6.12 ..." in their heads, or
# the stock ones where they don't say.
scripts_for() { # KERNEL
	local script kernels

	for script in selftests/$pattern.sh; do
		[ -f "$script" ] && [[ $script != selftests/lib*.sh ]] || continue
		kernels=$(sed -n 's/^# kernels: //p' "$script")
		case " ${kernels:-6.1 6.12 6.12-rt} " in
		*" $1 "*) echo "$script" ;;
		esac
	done
}

# One boot runs all scripts of a kernel; each has a module and namespaces of its own.
selftests() { # KERNEL
	local lane=selftests-$1 out scripts script name status

	mapfile -t scripts < <(scripts_for "$1")
	[ ${#scripts[@]} -gt 0 ] || return
	if [ ! -s "$results/kdir-$1" ]; then
		result "$lane" fail "$1: boots" "there is no kernel $1"
		return
	fi
	out=$(mktemp -d "$PWD/$results/$lane.XXXX")
	tools/vm "$1" --timeout 1500 --out "$out" -- tools/check.d/guest-scripts "$out" "${scripts[@]}"
	status=$?
	for script in "${scripts[@]}"; do
		name=$(basename "$script" .sh)
		if [ -f "$out/$name.status" ]; then
			ktap_results "$lane" "$1: $name" "$(cat "$out/$name.status")" <"$out/$name.ktap"
		else
			result "$lane" fail "$1: $name" "the VM ended before or in it\n$(excerpt "$results/$lane.log")"
		fi
	done
	if [ $status -eq 0 ]; then
		result "$lane" ok "$1: the VM ends clean"
	else
		result "$lane" fail "$1: the VM ends clean" "$(excerpt "$results/$lane.log" 60)"
	fi
}

lane_selftests_um() { selftests um; }
lane_selftests_6_1() { selftests 6.1; }
lane_selftests_6_12() { selftests 6.12; }
lane_selftests_6_12_rt() { selftests 6.12-rt; }
lane_selftests_debug() { selftests debug; }

kunit() { # KERNEL
	local lane=kunit-$1 out status suite

	if [ ! -s "$results/kdir-$1" ]; then
		result "$lane" fail "kunit $1: boots" "there is no kernel $1"
		return
	fi
	out=$(mktemp -d "$PWD/$results/$lane.XXXX")
	tools/vm "$1" --timeout 600 --out "$out" -- tools/check.d/guest-kunit "$out"
	status=$?
	for suite in "$out"/*.ktap; do
		[ -f "$suite" ] || continue
		# Cases with parameters print their own, deeper, lines.
		sed -n 's/^    \(\(not \)\?ok .*\)/\1/p; s/^ *\(# .*EXPECTATION.*\)/\1/p' "$suite" |
			ktap_results "$lane" "kunit $1: $(basename "$suite" .ktap)" 0
	done
	if [ $status -eq 0 ]; then
		result "$lane" ok "kunit $1: all suites pass, and the VM ends clean"
	else
		result "$lane" fail "kunit $1: all suites pass, and the VM ends clean" \
			"$(excerpt "$results/$lane.log" 60)"
	fi
}

lane_kunit_um() { kunit um; }
lane_kunit_um_kasan() { kunit um-kasan; }
lane_kunit_debug() { kunit debug; }

# A check that passes where its command prints nothing and succeeds.
static_check() { # NAME COMMAND...
	local name=$1 log

	shift
	log=$(mktemp "$results/static.XXXX")
	if "$@" >"$log" 2>&1 && [ ! -s "$log" ]; then
		result static ok "static: $name"
	else
		result static fail "static: $name" "$(excerpt "$log" 40)"
	fi
}

# Sources that are written by hand.
sources() { # PATTERN...
	git ls-files "$@" | xargs grep -L 'auto-generated from'
}

static_sparse() { # KERNEL
	# Of a copy, since checking builds, and other lanes use the build.
	make modules "KDIR=$(cat "$results/kdir-$1")" C=2 FARM=sparse 2>&1 |
		grep -E 'warning:|error:' | grep -v "^${source:-/nowhere}"
	return 0
}

static_checkpatch() {
	local -a files

	mapfile -t files < <(sources 'kame_*/*.[ch]' 'include/*.[ch]' 'selftests/*.[ch]' | grep -v '/trace.h$')
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

lane_static() {
	source=$(find "${KAME_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kame}" -maxdepth 1 \
		-name 'source-*' | sort -V | tail -n 1)
	static_check "sparse, 6.12" static_sparse 6.12
	static_check "sparse, 6.1" static_sparse 6.1
	static_check "checkpatch" static_checkpatch
	static_check "shellcheck" static_shell
	static_check "specs and what is made from them agree" make -s check-specs
}
