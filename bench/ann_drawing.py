"""How do the curves of nearest neighbors look?"""

import drawing
from ann_cells import GOAL, groups, is_exact, is_ours, of, rate

FILTERS = {"none": "all", "even1": "1 %, evenly", "even10": "10 %, evenly", "near": "1 %, near each other"}
COLORS = {
    "faiss-flat": "#8a8a8a",
    "faiss-ivf": drawing.RIVAL,
    "faiss-ivf-pq": "#e0956f",
    "faiss-hnsw": "#a23b5b",
    "scann": "#b8860b",
    "hnswlib": drawing.THIRD,
    "usearch": "#4a6fa5",
    "voyager": "#7a4b8f",
    "svs": "#5b8c3a",
}
COLUMNS = 3
# Less is of no use to anybody.
LEAST_RECALL = 0.6


def draw(run):
    if of(run.numbers, "curves"):
        draw_curves(run)
    if of(run.numbers, "growth"):
        draw_growth(run)


def look(method):
    """Color, width and dashes of a method's line."""
    if is_ours(method):
        style = {"undersong": "-", "undersong:half": "--", "undersong:byte": ":"}.get(method, "-.")
        return {"color": drawing.OURS, "linewidth": 2.8, "linestyle": style}
    return {"color": COLORS[method.partition(":")[0]], "linewidth": 1.2}


def draw_curves(run):
    """A panel for each data set and filter: the more found, the fewer queries a second."""
    panels = groups(run.numbers, "curves")
    n_rows = -(-len(panels) // COLUMNS)
    figure, axes = drawing.panels(n_rows, min(COLUMNS, len(panels)), width=5.2, height=3.8)
    for axes, (key, group) in zip(hidden(axes), panels.items()):
        axes.set_visible(True)
        draw_group(axes, *key, group)
    drawing.save(figure, run.folder, "The best 100 by inner product: what is found, and how fast, by one thread")


def hidden(axes):
    """All panels one after the other, none seen yet."""
    panels = [one for row in axes for one in row]
    for one in panels:
        one.set_visible(False)
    return panels


def draw_group(axes, data, filter_name, group):
    labels = []
    axes.set_yscale("log")
    # Room for the names at the right.
    axes.set_xlim(LEAST_RECALL, 1.22)
    axes.set_xticks([0.6, 0.7, 0.8, 0.9, 1.0])
    for one in group:
        seen = [cell for cell in one["cells"] if cell["recall_100"] >= LEAST_RECALL]
        if not seen:
            continue
        points = [(cell["recall_100"], cell["queries_per_second"]) for cell in seen]
        style = look(one["method"])
        axes.plot(*zip(*points), marker="D" if is_exact(one) else ".", **style)
        labels.append((*points[-1], one["method"], style["color"]))
    axes.axvline(GOAL, color=drawing.FAINT, linewidth=0.8)
    drawing.plain(axes.yaxis)
    axes.set_title(data if filter_name == "none" else f"{data}, allowed: {FILTERS[filter_name]}")
    axes.set_xlabel("recall@100")
    axes.set_ylabel("queries a second")
    drawing.ends(axes, labels)


def draw_growth(run):
    """Building, a query, and what a row takes, as the rows grow."""
    lines = {}
    for one in sum(groups(run.numbers, "growth").values(), []):
        lines.setdefault(one["method"], []).append(one)
    figure, (panels,) = drawing.panels(1, 3, width=4.4, height=3.4)
    shown = {
        "seconds to build": lambda one: one["build_seconds"],
        f"µs a query at {GOAL}": microseconds,
        "bytes a row": lambda one: one["bytes_per_row"],
    }
    for axes, (title, number) in zip(panels, shown.items()):
        axes.set_yscale("linear" if title == "bytes a row" else "log")
        draw_lines(axes, lines, number)
        axes.set_title(title)
    drawing.save(figure, run.folder, "Nearest neighbors as the rows grow, dimension 64", "growth.png")


def draw_lines(axes, lines, number):
    labels = []
    axes.set_xscale("log")
    for method, those in lines.items():
        points = [(one["n_rows"] / 1e6, number(one)) for one in those if number(one)]
        if points:
            points.sort()
            axes.plot(*zip(*points), marker="o", **look(method))
            labels.append((*points[-1], method, look(method)["color"]))
    left, right = axes.get_xlim()
    axes.set_xlim(left, right * (right / left) ** 0.7)
    axes.margins(y=0.15)
    drawing.plain(axes.xaxis)
    if axes.get_yscale() == "log":
        drawing.plain(axes.yaxis)
    else:
        axes.set_ylim(bottom=0)
    axes.set_xlabel("million rows")
    drawing.ends(axes, labels)


def microseconds(one):
    """Of a query when all are asked at once."""
    speed = rate(one["cells"], GOAL)
    return speed and 1e6 / speed
