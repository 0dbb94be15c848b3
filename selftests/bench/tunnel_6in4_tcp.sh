#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A TCP/IPv6 stream by IPv4, against sit.
# shellcheck source=selftests/bench/tunnel_tcp.sh
kind=6in4 . "$(dirname "$0")/tunnel_tcp.sh"
