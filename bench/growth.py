"""How do time and memory grow with the data?

Listening of mean history 50; listeners grow with the pairs, items with their square root.
Seconds of an iteration (median, without reading, preparation and loss) for each million pairs; and the most memory
held during the fit beside what must be held: the matrix and its transpose (a 4-byte column and a 4-byte value a pair,
an 8-byte start a row) and the factors (4 bytes a number).
"""

import argparse
import statistics

import drawing
import product
from keep import Run
from listening import shapes

SHAPES = "20kx20kx1M,100kx45kx5M,500kx100kx25M,2Mx200kx100M"


def main():
    parser = argparse.ArgumentParser(prog="bench/run growth", description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", type=shapes, default=SHAPES)
    parser.add_argument("--dim", type=int, default=64)
    parser.add_argument("--iterations", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--options", default="implicit_loss=true,reg=0.01", help="more of our model string")
    parser.add_argument("--to", help="folder of the run")
    arguments = parser.parse_args()
    run = Run("growth", arguments.to)
    for shape in arguments.shapes:
        run.keep(measure(run, shape, arguments))
        draw(run)
    run.tell(*table(run.numbers))


def measure(run, shape, arguments):
    model = f"ials:dim={arguments.dim},iterations={arguments.iterations},{arguments.options}"
    fit = product.fit(run, shape, model, arguments.threads)
    seconds = statistics.median(iteration["seconds"] for iteration in fit["iterations"])
    n_rows, n_pairs = fit["n_users"] + fit["n_items"], fit["n_pairs"]
    factors = 4 * arguments.dim * n_rows
    needed = 2 * 8 * n_pairs + 8 * (n_rows + 2) + factors
    per_million = seconds / (n_pairs / 1e6)
    print(f"{shape.text}: {seconds:.3f} s an iteration, {per_million:.4f} s a million pairs", flush=True)
    return {
        "shape": shape.text,
        "dim": arguments.dim,
        "n_users": fit["n_users"],
        "n_items": fit["n_items"],
        "n_pairs": n_pairs,
        "seconds": seconds,
        "seconds_per_million": per_million,
        "needed_bytes": needed,
        "factor_bytes": {"users": 4 * arguments.dim * fit["n_users"], "items": 4 * arguments.dim * fit["n_items"]},
        "peak_bytes_after_reading": fit["peak_memory_after_reading_bytes"],
        "fit": fit,
    }


def table(numbers):
    titles = ["matrix", "pairs", "s an iteration", "s a million pairs", "user factors, MB", "item factors, MB"]
    titles += ["matrix, transpose, factors, MB", "peak after reading, MB", "times"]
    rows = []
    for n in numbers:
        peak, needed, factors = n["peak_bytes_after_reading"], n["needed_bytes"], n["factor_bytes"]
        row = [n["shape"], f"{n['n_pairs']:,}", f"{n['seconds']:.3f}", f"**{n['seconds_per_million']:.4f}**"]
        row += [f"{factors['users'] / 1e6:,.0f}", f"{factors['items'] / 1e6:,.0f}", f"{needed / 1e6:,.0f}"]
        rows.append(row + ([f"{peak / 1e6:,.0f}", f"**{peak / needed:.2f}**"] if peak else ["", ""]))
    return titles, rows


def draw(run):
    """Seconds a million pairs, and memory in multiples of what is needed, as the pairs grow."""
    figure, ((time, memory),) = drawing.panels(1, 2, width=4.4, height=3.2)
    pairs = [n["n_pairs"] / 1e6 for n in run.numbers]
    seconds = [n["seconds_per_million"] for n in run.numbers]
    time.plot(pairs, seconds, marker="o", color=drawing.OURS)
    for x, y, n in zip(pairs, seconds, run.numbers):
        tables = "\n".join(f"{what} {size / 1e6:,.0f} MB" for what, size in n["factor_bytes"].items())
        drawing.name(time, x, y, tables, "#777777", xytext=(0, 8), va="bottom", ha="center")
    time.set_title(f"seconds, dimension {run.numbers[0]['dim']}; beside: size of the factors")
    time.set_ylabel("seconds an iteration and million pairs")
    time.set_ylim(0, 1.5 * max(seconds))
    known = [(n["n_pairs"] / 1e6, n) for n in run.numbers if n["peak_bytes_after_reading"]]
    shares = [n["peak_bytes_after_reading"] / n["needed_bytes"] for _, n in known]
    memory.plot([x for x, _ in known], shares, marker="o", color=drawing.OURS)
    for (x, n), y in zip(known, shares):
        held = f"{n['peak_bytes_after_reading'] / 1e9:.2f} GB"
        drawing.name(memory, x, y, held, "#777777", xytext=(0, 6), va="bottom", ha="center")
    memory.axhline(1.6, color=drawing.RIVAL, linewidth=0.8, linestyle=":")
    drawing.name(memory, pairs[0], 1.6, "limit 1.6", drawing.RIVAL, xytext=(0, 2), va="bottom")
    memory.set_title("memory")
    memory.set_ylabel("peak / (matrix + transpose + factors)")
    memory.set_ylim(0, 1.3 * max([1.6, *shares]))
    for axes in (time, memory):
        axes.set_xscale("log")
        axes.margins(x=0.15)
        axes.set_xlabel("million pairs")
        drawing.plain(axes.xaxis)
    drawing.save(figure, run.folder, "Growth: mean history 50, items as the square root of the pairs")


if __name__ == "__main__":
    main()
