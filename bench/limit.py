"""How fast are the inner loops of ALS beside what this machine does at best, with each instruction set?

Peaks: multiply and add on registers alone; a large buffer read in order; rows of a table read in the order in which
histories name them, and in any order. Loops: conjugate gradient over gathered rows, rows turned by a matrix, the Gram
matrix. See `src/peaks.rs` and `src/loops.rs` for what is counted.
Gathered rows come from a table that a large cache may hold, and popular rows come often, so that the rate of a loop
in bytes stands beside that of the same rows in the same order, not beside that of the memory.
"""

import argparse
import json
import os

import drawing
from keep import Run
from listening import Shape, numbers

LOOPS = {
    ("conjugate gradient", "half"): "conjugate gradient, half",
    ("conjugate gradient", "single"): "conjugate gradient, single",
    ("rotation", "single"): "rotation",
    ("gram", "single"): "Gram matrix",
}
BYTES = {"half": 2, "single": 4}


def main():
    parser = argparse.ArgumentParser(prog="bench/run limit", description=__doc__.splitlines()[0])
    parser.add_argument("--shape", type=Shape.parse, default="360kx290kx17M")
    parser.add_argument("--dims", type=numbers, default="64,128,256")
    parser.add_argument("--reads", type=int, default=2_000_000, help="rows read in a run")
    parser.add_argument("--buffer", type=int, default=1 << 30, help="bytes read in order")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--to", help="folder of the run")
    arguments = parser.parse_args()
    run = Run("limit", arguments.to)
    shape = arguments.shape
    command = [f"{os.environ['BENCH_BIN']}/limit", "--threads", arguments.threads, "--users", shape.users]
    command += ["--items", shape.items, "--pairs", shape.pairs, "--reads", arguments.reads]
    command += ["--buffer", arguments.buffer, "--dims", ",".join(map(str, arguments.dims))]
    output, _ = run.execute(command)
    run.keep({"shape": shape.text, "threads": arguments.threads} | json.loads(output))
    draw(run)
    run.tell(*table(run.numbers))


class Rates:
    """What was measured with all threads."""

    def __init__(self, numbers):
        (n,) = numbers
        self.threads = n["threads"]
        of_all = lambda rates: [rate for rate in rates if rate["threads"] == self.threads]
        self.arithmetic = {rate["isa"]: rate["gflops"] for rate in of_all(n["arithmetic"])}
        self.sequential = of_all(n["sequential"])[0]["gbytes"]
        self.gathered = {(g["order"], g["row_bytes"]): g["gbytes"] for g in of_all(n["gathered"])}
        self.loops = of_all(n["loops"])
        self.dims = list(dict.fromkeys(loop["dim"] for loop in self.loops))


def table(numbers):
    rates = Rates(numbers)
    titles = ["instructions", "dim", "loop", "GFLOP/s", "peak", "share", "GB/s", "same rows alone", "share"]
    rows = []
    for loop in rates.loops:
        peak = rates.arithmetic[loop["isa"]]
        row = [loop["isa"], loop["dim"], LOOPS[loop["loop"], loop["precision"]]]
        row += [f"{loop['gflops']:.1f}", f"{peak:.1f}", f"{100 * loop['gflops'] / peak:.0f} %"]
        alone = rates.gathered.get(("histories", loop["dim"] * BYTES[loop["precision"]]))
        row.append(f"{loop['gbytes']:.1f}")
        if loop["loop"] == "conjugate gradient" and alone:
            row += [f"{alone:.1f}", f"{100 * loop['gbytes'] / alone:.0f} %"]
        else:
            row += ["", ""]
        rows.append(row)
    for (order, row_bytes), rate in rates.gathered.items():
        rows.append(["peak", "", f"rows of {row_bytes} bytes, order: {order}", "", "", "", f"{rate:.1f}", "", ""])
    rows.append(["peak", "", "memory in order", "", "", "", f"{rates.sequential:.1f}", "", ""])
    return titles, rows


def draw(run):
    """A column for each dimension: arithmetic above, memory below."""
    rates = Rates(run.numbers)
    figure, (above, below) = drawing.panels(2, len(rates.dims), width=4.4)
    for arithmetic, memory, dim in zip(above, below, rates.dims):
        draw_arithmetic(arithmetic, rates, dim)
        draw_memory(memory, rates, dim)
    title = f"Inner loops of ALS beside the limits of the machine, {rates.threads} threads"
    drawing.save(figure, run.folder, title)


def draw_arithmetic(axes, rates, dim):
    colors = (drawing.OURS, "#58a6a2", drawing.THIRD, drawing.RIVAL)
    for place, (isa, peak) in enumerate(rates.arithmetic.items()):
        axes.bar(place, peak, 0.9, color="#f0f0f0", edgecolor=drawing.FAINT)
        above = {"xytext": (0, 2), "va": "bottom", "ha": "center"}
        drawing.name(axes, place, peak, f"peak {peak:.0f}", "#777777", **above)
        for n, (key, color) in enumerate(zip(LOOPS, colors)):
            rate = [r for r in rates.loops if (r["loop"], r["precision"]) == key and (r["isa"], r["dim"]) == (isa, dim)]
            if rate:
                x, y = place + 0.2 * (n - 1.5), rate[0]["gflops"]
                axes.bar(x, y, 0.18, color=color)
                drawing.name(axes, x, y, f"{y:.0f}", color, **above)
    for line, (says, color) in enumerate(zip(LOOPS.values(), colors)):
        drawing.corner(axes, says, color, line)
    axes.set_xticks(range(len(rates.arithmetic)), rates.arithmetic)
    # Room for the names in the corner.
    axes.set_ylim(0, 1.5 * max(rates.arithmetic.values()))
    axes.grid(axis="x", visible=False)
    axes.set_title(f"dimension {dim}")
    axes.set_ylabel("GFLOP/s")


def draw_memory(axes, rates, dim):
    colors = {"half": drawing.OURS, "single": "#58a6a2"}
    loops = [r for r in rates.loops if r["loop"] == "conjugate gradient" and r["dim"] == dim]
    for loop in loops:
        place = list(rates.arithmetic).index(loop["isa"])
        x = place + (-0.2 if loop["precision"] == "half" else 0.2)
        color = colors[loop["precision"]]
        axes.bar(x, loop["gbytes"], 0.38, color=color)
        label = f"{loop['gbytes']:.1f}"
        drawing.name(axes, x, loop["gbytes"], label, color, xytext=(0, 1), va="bottom", ha="center")
    limits = [(rates.sequential, "memory in order")]
    for precision, size in BYTES.items():
        if ("histories", size * dim) in rates.gathered:
            limits.append((rates.gathered["histories", size * dim], f"the same rows alone, {precision}"))
    for limit, _ in limits:
        axes.axhline(limit, color="#999999", linewidth=0.9, linestyle=":")
    axes.set_xlim(-0.5, len(rates.arithmetic) - 0.5)
    axes.set_xticks(range(len(rates.arithmetic)), rates.arithmetic)
    axes.set_ylim(0, 1.15 * max([limit for limit, _ in limits] + [loop["gbytes"] for loop in loops]))
    axes.grid(axis="x", visible=False)
    drawing.ends(axes, [(-0.5, limit, f"{says} {limit:.1f}", "#777777") for limit, says in limits], lift=6)
    axes.set_ylabel("GB/s, rows of conjugate gradient")


if __name__ == "__main__":
    main()
