# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For tests of the kame command: run it, and judge its exit status and what it
# printed. Needs a directory $tmp.

: "${tmp:?}"

# Results are kept, so that their number can come first.
results=()
failed=0

# check NAME COMMAND...: whether the command succeeds
check()
{
	local name=$1

	shift
	if "$@"; then
		pass "$name"
	else
		fail "$name" "$*"
	fi
}

pass() { results+=("ok # $1"); }
skip() { results+=("ok # $1 # SKIP $2"); }
fail()
{
	results+=("not ok # $1")
	failed=$((failed + 1))
	shift
	printf '# %s\n' "$@"
}

# Runs a command: $status, and what it printed in $out and $err.
run()
{
	"$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	status=$?
	out=$(tr -d '\0' <"$tmp/out")
	err=$(tr -d '\0' <"$tmp/err")
}

# judge NAME STATUS OUT ERR: what run() left behind. OUT and ERR are extended regular
# expressions, and match the whole where they are empty.
judge()
{
	local name=$1 why=()

	[ "$status" = "$2" ] || why+=("exit status $status, not $2")
	[[ $out =~ ${3:-^$} ]] || why+=("stdout does not match '$3': '$out'")
	[[ $err =~ ${4:-^$} ]] || why+=("stderr does not match '$4': '$err'")
	if [ ${#why[@]} -eq 0 ]; then
		pass "$name"
	else
		fail "$name" "$name" "${why[@]}"
	fi
}

# Prints all results as KTAP; the script's exit status.
finish()
{
	local i

	echo "KTAP version 1"
	echo "1..${#results[@]}"
	for ((i = 0; i < ${#results[@]}; i++)); do
		echo "${results[i]/ #/ $((i + 1))}"
	done
	echo "# Totals: pass:$((${#results[@]} - failed)) fail:$failed"
	[ "$failed" -eq 0 ]
}
