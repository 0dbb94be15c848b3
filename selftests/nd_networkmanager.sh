#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um
# nightly: 6.12
# quick: no
#
# A host that moves between two links, with NetworkManager in the place of the kernel's
# own autoconfiguration.

# shellcheck source=selftests/lib_nd_daemon.sh
. "$(dirname "$0")/lib_nd_daemon.sh"
for daemon in dbus-daemon NetworkManager; do
	command -v $daemon >/dev/null || skip_all "there is no $daemon"
done
test_begin kame_nd

cleanup() { [ -z "${dbus:-}" ] || kill "$dbus"; }
start_daemon() {
	local connections=/run/NetworkManager/system-connections

	mkdir -p /run/dbus $connections
	printf '%s\n' "[main]" "plugins=keyfile" "dns=none" "rc-manager=unmanaged" "no-auto-default=*" \
		"[logging]" "level=INFO" "[device]" "match-device=*" \
		"carrier-wait-timeout=60000" >/run/NetworkManager.conf
	printf '%s\n' "[connection]" "id=eth0" "type=ethernet" "interface-name=eth0" "[ipv4]" \
		"method=disabled" "[ipv6]" "method=auto" "addr-gen-mode=eui64" >$connections/eth0.nmconnection
	chmod 600 $connections/eth0.nmconnection
	dbus=$(dbus-daemon --system --fork --nopidfile --print-pid) || return
	in_host NetworkManager --no-daemon --config=/run/NetworkManager.conf &
	disown $!
	busywait 10000 pgrep -x NetworkManager
}
daemon_scenario NetworkManager
