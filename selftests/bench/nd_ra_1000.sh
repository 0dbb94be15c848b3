#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What an advertisement costs where 1,000 routers and 1,001 prefixes are known.
# shellcheck source=selftests/bench/nd.sh
. "$(dirname "$0")/nd.sh"

known=1000
bench_main
