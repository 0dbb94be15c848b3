#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What an advertisement costs where one router and two prefixes are known.
# shellcheck source=selftests/bench/nd.sh
. "$(dirname "$0")/nd.sh"

known=1
bench_main
