#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# 64-byte UDP/IPv4 packets sent by IPv4, against ipip: output, input at the other
# end, and forwarding there.
# shellcheck source=selftests/bench/tunnel_udp.sh
kind=4in4 . "$(dirname "$0")/tunnel_udp.sh"
