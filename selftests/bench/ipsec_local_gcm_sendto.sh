#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The same as ipsec_local_gcm, from a socket that is not connected: it names the destination with
# each packet, as servers do.
# shellcheck source=selftests/bench/ipsec.sh
. "$(dirname "$0")/ipsec.sh"

setup() { setup_local; }
run_once() { measure "$g" "$1" "sendto=$inner_dst,9000" size=16; }
bench_main
