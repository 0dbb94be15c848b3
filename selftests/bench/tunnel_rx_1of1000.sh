#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Input of a host with 1000 tunnels, one of which gets all packets, against ip6_tnl:
# what the number of tunnels costs, without what the number of devices in use does.
# shellcheck source=selftests/bench/tunnel_rx.sh
tunnels=1000 used=1 . "$(dirname "$0")/tunnel_rx.sh"
