#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Input of a host with 1000 tunnels, against ip6_tnl.
# shellcheck source=selftests/bench/tunnel_rx.sh
tunnels=1000 . "$(dirname "$0")/tunnel_rx.sh"
