#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A TCP/IPv4 stream by IPv4, against ipip.
# shellcheck source=selftests/bench/tunnel_tcp.sh
kind=4in4 . "$(dirname "$0")/tunnel_tcp.sh"
