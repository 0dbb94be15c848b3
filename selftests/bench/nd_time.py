#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Nanoseconds a packet of a whole run of the generator, works that it starts included.

Usage: nd_time.py FILE COUNT LINE

To be run as SCHED_IDLE, in a kernel with one processor: whatever else can run is done
before the next line of this program.
"""
import os
import sys
import time

file = os.open(sys.argv[1], os.O_RDWR)
start = time.perf_counter_ns()
os.write(file, sys.argv[3].encode())
os.sched_yield()
end = time.perf_counter_ns()
if f"packets={sys.argv[2]}" not in os.read(file, 4096).decode().split():
    sys.exit("not every packet was injected")
print(round((end - start) / int(sys.argv[2])))
