#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# 64-byte UDP/IPv6 packets sent by IPv6, against ip6_tnl: output, input at the other
# end, and forwarding there.
# shellcheck source=selftests/bench/tunnel_udp.sh
kind=6in6 . "$(dirname "$0")/tunnel_udp.sh"
