# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For tests of the kame command, after lib.sh: run it, and judge its exit status and
# what it printed.

tmp=$(mktemp -d)

# Runs a command: $status, and what it printed in $out and $err.
run() { # COMMAND...
	"$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	status=$?
	out=$(tr -d '\0' <"$tmp/out")
	err=$(tr -d '\0' <"$tmp/err")
}

# What run left behind, as a case. OUT and ERR are extended regular expressions; an
# empty one stands for nothing printed.
judge() { # NAME STATUS OUT ERR
	local why=()

	[ "$status" = "$2" ] || why+=("exit status $status, not $2")
	[[ $out =~ ${3:-^$} ]] || why+=("stdout does not match '$3': '$out'")
	[[ $err =~ ${4:-^$} ]] || why+=("stderr does not match '$4': '$err'")
	if [ ${#why[@]} -eq 0 ]; then
		ktap_result ok "$1"
	else
		ktap_result "not ok" "$1"
		printf '%s\n' "${why[@]}" | sed 's/^/#   /'
	fi
}
