"""How do the plots look?"""

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot, ticker

OURS, RIVAL, THIRD, INK, FAINT = "#0b7a75", "#c8553d", "#6c5b9e", "#222222", "#d9d9d9"

pyplot.rcParams.update({
    "figure.dpi": 160,
    "svg.hashsalt": "undersong",
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#888888",
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#ececec",
    "grid.linewidth": 0.8,
    "xtick.color": "#555555",
    "ytick.color": "#555555",
    "lines.linewidth": 1.8,
    "lines.markersize": 4,
})


def panels(rows, columns, width=3.6, height=2.9):
    """A figure and its axes `[rows][columns]`."""
    return pyplot.subplots(rows, columns, figsize=(width * columns, height * rows), squeeze=False)


def name(axes, x, y, text, color, **places):
    """Says beside a line what it is."""
    places = {"xytext": (5, 0), "va": "center"} | places
    axes.annotate(text, (x, y), textcoords="offset points", color=color, fontsize=8, **places)


def ends(axes, labels, lift=0, gap=11):
    """Says beside points what they are: (x, y, text, color) each, so much higher, none over another."""
    axes.figure.draw_without_rendering()
    per_pixel = 72 / axes.figure.dpi
    labels = sorted(labels, key=lambda label: label[1])
    points = [axes.transData.transform(label[:2])[1] * per_pixel for label in labels]
    places, below = [], float("-inf")
    for point in points:
        below = max(point + lift, below + gap)
        places.append(below)
    above = axes.transAxes.transform((0, 1))[1] * per_pixel
    for n in reversed(range(len(places))):
        places[n] = above = min(places[n], above)
        above -= gap
    for (x, y, text, color), point, place in zip(labels, points, places):
        name(axes, x, y, text, color, xytext=(5, place - point), annotation_clip=False)


def corner(axes, text, color, line):
    """Says in the upper left corner what a color is."""
    place = {"xytext": (4, -4 - 12 * line), "xycoords": "axes fraction", "textcoords": "offset points"}
    axes.annotate(text, (0, 1), va="top", color=color, fontsize=8, **place)


def matrix(shape):
    """A shape as a title."""
    users, items, pairs = shape.split("x")
    return f"{users} × {items}, {pairs} pairs"


def plain(axis):
    """Numbers of a logarithmic axis as people write them, at 1, 2 and 5."""
    axis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(ticker.FuncFormatter(lambda x, _: f"{x:,.10g}"))
    axis.set_minor_locator(ticker.NullLocator())


def save(figure, folder, title, file="plot.png"):
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
    figure.savefig(folder / file)
    pyplot.close(figure)
