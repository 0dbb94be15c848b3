#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Draw what nd_ra_growth.sh measured: JSON lines in, SVG out.

What kame_nd spends on an advertisement, in times of what it spends where one router is
known, against the number of routers and prefixes that are known: the median, least and
most of the rounds, with the growth that is allowed.
"""
import json
import math
import sys

WIDTH, HEIGHT, LEFT, TOP = 620, 400, 80, 70
PLOT_W, PLOT_H = 500, 260
ALLOWED = 1.5

STYLE = """text { font: 12px sans-serif; fill: #222 } .grid { stroke: #ddd }
.cost { stroke: #0072b2; stroke-width: 2; fill: none } .point { fill: #0072b2 }
.spread { stroke: #0072b2 }
.allowed { stroke: #d55e00; stroke-dasharray: 6 4 } .frame { stroke: #888; fill: none }"""


def step_of(most):
    """A round step that makes four to ten lines"""
    step = 10 ** math.floor(math.log10(most))
    return next(s for s in (step / 5, step / 2, step, step * 2) if most / s <= 10)


def draw(rows):
    """The lines of the picture"""
    most = max([row["growth_max"] for row in rows] + [ALLOWED]) * 1.15
    decades = max(math.log10(rows[-1]["known"]), 1)

    def x(known):
        return LEFT + PLOT_W * math.log10(known) / decades

    def y(growth):
        return TOP + PLOT_H * (1 - max(growth, 0) / most)

    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
    yield f"<style>{STYLE}</style>"
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    yield (f'<text x="{LEFT}" y="30" font-size="15">What kame_nd spends on a router '
           "advertisement with one prefix</text>")
    yield (f'<text x="{LEFT}" y="50">times of {rows[0]["cost"]} nanoseconds, '
           f'on {rows[0]["release"]}</text>')
    step = step_of(most)
    for n in range(int(most / step) + 1):
        at = y(n * step)
        yield f'<line x1="{LEFT}" y1="{at:.1f}" x2="{LEFT + PLOT_W}" y2="{at:.1f}" class="grid"/>'
        yield f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{n * step:g}</text>'
    for row in rows:
        at = x(row["known"])
        yield (f'<text x="{at:.1f}" y="{TOP + PLOT_H + 18}" text-anchor="middle">'
               f'{row["known"]:,}</text>')
    yield f'<rect x="{LEFT}" y="{TOP}" width="{PLOT_W}" height="{PLOT_H}" class="frame"/>'
    yield (f'<text x="{LEFT + PLOT_W / 2}" y="{TOP + PLOT_H + 42}" text-anchor="middle">'
           "routers, and prefixes, that are known</text>")
    yield (f'<line x1="{LEFT}" y1="{y(ALLOWED):.1f}" x2="{LEFT + PLOT_W}" '
           f'y2="{y(ALLOWED):.1f}" class="allowed"/>')
    yield f'<text x="{LEFT + 8}" y="{y(ALLOWED) - 6:.1f}">{ALLOWED} times the first</text>'
    for row in rows:
        at = x(row["known"])
        yield (f'<line x1="{at:.1f}" y1="{y(row["growth_min"]):.1f}" x2="{at:.1f}" '
               f'y2="{y(row["growth_max"]):.1f}" class="spread"/>')
    points = [(x(row["known"]), y(row["growth"])) for row in rows]
    yield '<polyline class="cost" points="' + " ".join(f"{a:.1f},{b:.1f}" for a, b in points) + '"/>'
    for a, b in points:
        yield f'<circle cx="{a:.1f}" cy="{b:.1f}" r="4" class="point"/>'
    yield "</svg>"


print("\n".join(draw([json.loads(line) for line in sys.stdin])))
