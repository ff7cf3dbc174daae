"""What do the cells of a curve say?

A curve is a list of cells in the order of their efforts, each with its recall and its rate; an exact search has one,
without an effort.
A machine that others share may be half as fast a minute later. So each method is asked in turns with ours, and what
counts is how it compares with ours in the same turn: its rate over ours at the goal, the median of turns, times what
ours is in the median of all turns that were taken with that data.
"""

import math
import statistics

RECALLS = (0.90, 0.95, 0.99)
# At which methods are compared.
GOAL = 0.95


def rate(cells, recall):
    """Queries a second at that recall@100, by interpolation of logarithms between efforts; nothing if not reached.

    Where the first effort finds more, its rate is the answer."""
    if cells[0]["recall_100"] >= recall:
        return cells[0]["queries_per_second"]
    for less, more in zip(cells, cells[1:]):
        if less["recall_100"] < recall <= more["recall_100"]:
            share = (recall - less["recall_100"]) / (more["recall_100"] - less["recall_100"])
            low, high = math.log(less["queries_per_second"]), math.log(more["queries_per_second"])
            return math.exp(low + share * (high - low))
    return None


def reaching(cells, recall=GOAL):
    """The cell of the least effort that finds so much, or nothing."""
    return next((cell for cell in cells if cell["recall_100"] >= recall), None)


def is_ours(method):
    return method.startswith("undersong")


def is_exact(one):
    return one["cells"][0]["effort"] is None


def groups(numbers, part):
    """What was measured of each data set under each filter, in the order of the run, with steady cells."""
    found = {}
    for one in of(numbers, part):
        found.setdefault((one["data"], one["filter"]), []).append(one)
    return {key: steady(group) for key, group in found.items()}


def steady(group):
    """The same, each with cells that do not depend on how fast the machine was in its turns."""
    ours = statistics.median(speed for one in group for speed in one["beside"])
    return [one | {"cells": steady_cells(one["turns"], one["beside"], ours)} for one in group]


def steady_cells(turns, beside, ours):
    cells = []
    for same in zip(*turns):
        rate = ours * statistics.median(cell["queries_per_second"] / speed for cell, speed in zip(same, beside))
        cell = same[0] | {"queries_per_second": rate}
        for key in cell.keys() & {"allow_seconds", "alone_microseconds_median", "alone_microseconds_p99"}:
            cell[key] = statistics.median(cell[key] * speed for cell, speed in zip(same, beside)) / ours
        cells.append(cell)
    return cells


def of(numbers, part):
    return [one for one in numbers if one["part"] == part]


def best_rival(group, recall=GOAL):
    """Of the others the fastest at that recall, as its rate and itself; nothing if none reaches it."""
    rates = [(rate(one["cells"], recall), one) for one in group if not is_ours(one["method"])]
    return max(((speed, one) for speed, one in rates if speed), key=lambda pair: pair[0], default=None)
