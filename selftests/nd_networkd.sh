#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: um
# nightly: 6.12
# quick: no
#
# A host that moves between two links, with systemd-networkd in the place of the kernel's
# own autoconfiguration. It does not drop addresses as the carrier goes, which would do
# a part of kame_nd's work.

# shellcheck source=selftests/lib_nd_daemon.sh
. "$(dirname "$0")/lib_nd_daemon.sh"
networkd=/lib/systemd/systemd-networkd
[ -x $networkd ] || skip_all "there is no systemd-networkd"
test_begin kame_nd

start_daemon() {
	mkdir -p /run/systemd/network /run/systemd/netif/links /run/systemd/netif/leases \
		/run/systemd/netif/lldp
	chown -R systemd-network: /run/systemd/netif
	printf '%s\n' "[Match]" "Name=eth0" "[Network]" "IPv6AcceptRA=yes" "DHCP=no" \
		"IgnoreCarrierLoss=yes" \
		"LinkLocalAddressing=ipv6" >/run/systemd/network/10-eth0.network
	in_host $networkd &
	disown $!
	sleep 1
	pgrep -x systemd-network
}
daemon_scenario systemd-networkd
