#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Protecting packets of this node with AES-GCM.
# shellcheck source=selftests/bench/ipsec.sh
. "$(dirname "$0")/ipsec.sh"

setup() { setup_local; }
run_once() { measure "$g" "$1" "to=$inner_dst,9000" size=16; }
bench_main
