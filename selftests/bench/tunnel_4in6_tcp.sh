#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A TCP/IPv4 stream by IPv6, against ip6_tnl.
# shellcheck source=selftests/bench/tunnel_tcp.sh
kind=4in6 . "$(dirname "$0")/tunnel_tcp.sh"
