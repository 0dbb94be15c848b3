#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Draw what lookup_bench.sh measured: JSON lines in, SVG out.

Two panels, packets that are accepted and packets that are forwarded; nanoseconds a packet
against the number of the node's addresses, both on logarithmic axes.
"""
import json
import math
import sys

WIDTH, HEIGHT = 860, 430
PANEL_W, PANEL_H, TOP, LEFT, GAP = 300, 270, 84, 66, 40
# name of the field, label, colour (told apart by those who see no red or green), dashes
WAYS = (("list", "linear list", "#d55e00", ""), ("hash", "hash table", "#0072b2", "7 4"),
        ("fib", "routing table", "#000000", ""))
PANELS = (("accepted", "packets for this node"), ("forwarded", "packets for others"))


def power(exponent):
    """A power of ten as one writes it"""
    return f"{10 ** exponent:,}" if exponent < 4 else \
        f'10<tspan dy="-5" font-size="9">{exponent}</tspan>'


class Axes:
    """Where a value lies in a panel"""

    def __init__(self, rows):
        values = [row[way] for row in rows for way, *_ in WAYS]
        self.low = math.floor(math.log10(min(values)))
        self.high = math.ceil(math.log10(max(values)))
        self.most = math.ceil(math.log10(max(row["addresses"] for row in rows)))

    def x(self, left, addresses):
        """Of a number of addresses"""
        return left + PANEL_W * math.log10(addresses) / max(self.most, 1)

    def y(self, ns):
        """Of nanoseconds"""
        return TOP + PANEL_H * (self.high - math.log10(ns)) / (self.high - self.low)


def grid(axes, left, labelled):
    """The lines of a panel, and what is written at them"""
    for e in range(axes.low, axes.high + 1):
        y = axes.y(10.0 ** e)
        yield f'<line x1="{left}" y1="{y:.1f}" x2="{left + PANEL_W}" y2="{y:.1f}" class="grid"/>'
        if labelled:
            yield f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{power(e)}</text>'
    for e in range(axes.most + 1):
        x = axes.x(left, 10 ** e)
        yield f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{TOP + PANEL_H}" class="grid"/>'
        yield f'<text x="{x:.1f}" y="{TOP + PANEL_H + 18}" text-anchor="middle">{power(e)}</text>'
    yield f'<rect x="{left}" y="{TOP}" width="{PANEL_W}" height="{PANEL_H}" class="frame"/>'


def labels_apart(ends):
    """Heights for the labels at the ends of lines, at least a line of text apart"""
    placed = []
    for y, way in sorted(ends):
        placed.append((max(y, placed[-1][0] + 15 if placed else y), way))
    return {way: y for y, way in placed}


def panel(axes, rows, left, title, last):
    """One kind of packets"""
    yield from grid(axes, left, not last)
    yield f'<text x="{left + PANEL_W / 2}" y="{TOP - 10}" text-anchor="middle" class="b">{title}</text>'
    yield (f'<text x="{left + PANEL_W / 2}" y="{TOP + PANEL_H + 40}" text-anchor="middle">'
           "addresses of the node</text>")
    at = labels_apart([(axes.y(rows[-1][way]), way) for way, *_ in WAYS])
    for way, label, colour, dashes in WAYS:
        points = [(axes.x(left, row["addresses"]), axes.y(row[way])) for row in rows]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        yield (f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"'
               f' stroke-dasharray="{dashes or "none"}"/>')
        for x, y in points:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
        if last:
            yield (f'<text x="{left + PANEL_W + 10}" y="{at[way] + 4:.1f}" fill="{colour}" class="b">'
                   f"{label}</text>")


def picture(rows):
    """The whole of it"""
    axes = Axes(rows)
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
           f'width="{WIDTH}" height="{HEIGHT}">')
    yield ("<style>text { font: 12px sans-serif; } .b { font-weight: bold; } .t { font-size: 15px; }"
           " .grid { stroke: #ddd; } .frame { fill: none; stroke: #444; }</style>")
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
    yield (f'<text x="{LEFT}" y="28" class="b t">Is a packet for this node, and where does it go '
           "if not?</text>")
    yield f'<text x="{LEFT}" y="48">Nanoseconds a packet, Linux {rows[0]["release"]}</text>'
    for number, (kind, title) in enumerate(PANELS):
        chosen = sorted((row for row in rows if row["packets"] == kind),
                        key=lambda row: row["addresses"])
        left = LEFT + number * (PANEL_W + GAP)
        yield from panel(axes, chosen, left, title, number == len(PANELS) - 1)
    yield f'<text x="{LEFT}" y="{HEIGHT - 10}">{rows[0]["command"]}</text>'
    yield "</svg>"


def main():
    """JSON lines of lookup_bench are read, others passed over."""
    rows = [row for row in map(json.loads, sys.stdin) if row["name"] == "lookup_bench"]
    if not rows:
        sys.exit("there are no lines of lookup_bench")
    print("\n".join(picture(rows)))


main()
