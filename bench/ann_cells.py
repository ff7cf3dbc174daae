"""What do the cells of a curve say?

A curve is a list of cells in the order of their efforts, each with its recall and its rate; an exact search has one,
without an effort.
"""

import math

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


def groups(numbers):
    """What was measured of each data set under each filter, in the order of the run."""
    found = {}
    for one in numbers:
        if one["part"] == "curves":
            found.setdefault((one["data"], one["filter"]), []).append(one)
    return found


def of(numbers, part):
    return [one for one in numbers if one["part"] == part]


def best_rival(group, recall=GOAL):
    """Of the others the fastest at that recall, as its rate and itself; nothing if none reaches it."""
    rates = [(rate(one["cells"], recall), one) for one in group if not is_ours(one["method"])]
    return max(((speed, one) for speed, one in rates if speed), key=lambda pair: pair[0], default=None)
