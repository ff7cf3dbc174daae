"""How fast do two towers learn, and a network that orders candidates, beside PyTorch on the same steps?

The same network begins with the same numbers and takes the same steps from the same batches: examples a second of each,
and how far apart their losses are. Ours is counted with what lays a batch out and without; PyTorch finds its batches
laid out. Rounds alternate; PyTorch is the best of several ways, compiled and not: three to take means of a history, two
to compare a liked candidate with the others of its list.
Then the time and memory of an epoch of two towers as the data grow.
"""

import argparse

import drawing
import product
import torch_steps
from keep import Run
from listening import Shape, shapes
from torch_steps import Training, of, speed


def ways(option, names):
    """Each way, compiled and not."""
    plain = {name: [f"--{option}", name] for name in names}
    compiled = {f"{name}, compiled": [*way, "--compile"] for name, way in plain.items()}
    return plain | compiled


def main():
    parser = argparse.ArgumentParser(prog="bench/run torch", description=__doc__.splitlines()[0])
    parser.add_argument("--shape", type=Shape.parse, default="20kx20kx1M")
    parser.add_argument("--growth", default="20kx20kx1M,200kx63kx10M,1Mx141kx50M", help="shapes of growing data; empty: none")
    parser.add_argument("--model", default="two-tower:by=id,validation=0", help="our model string; empty: none")
    parser.add_argument("--ranker", default="hybrid", help="our model string; empty: none")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--to", help="folder of the run")
    arguments = parser.parse_args()
    run = Run("torch", arguments.to)
    trainings = [
        Training("towers", arguments.model, "torch_rival.py", ways("pooling", ["padded", "ragged", "bags"]), ("--epoch",)),
        Training("ranker", arguments.ranker, "torch_ranker_rival.py", ways("pairs", ["padded", "listed"])),
    ]
    trainings = [training for training in trainings if training.model]
    for training in trainings:
        torch_steps.compare(run, training, arguments)
    for shape in shapes(arguments.growth) if arguments.growth else []:
        run.keep(grow(run, shape, arguments))
    draw(run, trainings)
    rows = [row for training in trainings for row in torch_steps.rows(run.numbers, training.name)]
    run.tell(torch_steps.TITLES, rows + growth_rows(run.numbers))


def grow(run, shape, arguments):
    """One epoch of so many pairs: seconds and the most memory, of a process of its own."""
    model = f"{arguments.model},epochs=1"
    fit = product.fit(run, shape, model, arguments.threads)
    seconds = sum(iteration["seconds"] for iteration in fit["iterations"])
    per_million = seconds / (fit["n_pairs"] / 1e6)
    print(f"{shape.text}: {per_million:.2f} s a million pairs", flush=True)
    return {
        "who": "growth",
        "shape": shape.text,
        "n_pairs": fit["n_pairs"],
        "seconds": seconds,
        "seconds_per_million": per_million,
        "peak_bytes_after_reading": fit["peak_memory_after_reading_bytes"],
        "fit": fit,
    }


def grown(numbers):
    return [one for one in numbers if one["who"] == "growth"]


def growth_rows(numbers):
    rows = []
    for one in grown(numbers):
        peak = one["peak_bytes_after_reading"]
        memory = f", {peak / 1e6:,.0f} MB after reading, {peak / one['n_pairs']:.0f} bytes a pair" if peak else ""
        seconds = f"{one['seconds_per_million']:.2f} s a million pairs"
        rows.append([f"ours, {one['shape']}: {seconds}{memory}", f"{one['n_pairs'] / one['seconds']:,.0f}", "", "", ""])
    return rows


def draw(run, trainings):
    """The losses one over the other, examples a second, and an epoch as the data grow."""
    growth = grown(run.numbers)
    figure, (axes,) = drawing.panels(1, len(trainings) + bool(growth), width=4.8, height=3.2)
    for training, panel in zip(trainings, axes):
        draw_losses(panel, run.numbers, training.name)
    if growth:
        draw_growth(axes[-1], growth)
    version = next(one["version"] for one in run.numbers if one["who"] == "torch")
    drawing.save(figure, run.folder, f"Two towers by id, and a network that orders candidates, beside PyTorch {version}")


def draw_losses(panel, numbers, name):
    ours = of(numbers, name, "ours")[0]
    torch = max(of(numbers, name, "torch"), key=speed)
    curves = [("ours", ours, drawing.OURS, 2.4), (f"PyTorch, {torch['way']}", torch, drawing.RIVAL, 1.0)]
    for line, (what, answer, color, width) in enumerate(curves):
        panel.plot([step["loss"] for step in answer["steps"]], color=color, linewidth=width)
        panel.annotate(
            f"{what}: {speed(answer):,.0f} examples a second", (1, 1), xytext=(-4, -4 - 12 * line), va="top", ha="right",
            xycoords="axes fraction", textcoords="offset points", color=color, fontsize=8,
        )
    panel.set_title(f"{name}: loss of the same steps")
    panel.set_xlabel("step")


def draw_growth(panel, growth):
    pairs = [one["n_pairs"] / 1e6 for one in growth]
    seconds = [one["seconds_per_million"] for one in growth]
    panel.plot(pairs, seconds, marker="o", color=drawing.OURS)
    for x, y, one in zip(pairs, seconds, growth):
        if one["peak_bytes_after_reading"]:
            held = f"{one['peak_bytes_after_reading'] / 1e9:.2f} GB"
            drawing.name(panel, x, y, held, "#777777", xytext=(0, 8), va="bottom", ha="center")
    panel.set_xscale("log")
    panel.margins(x=0.2)
    panel.set_ylim(0, 1.5 * max(seconds))
    drawing.plain(panel.xaxis)
    panel.set_title("seconds of an epoch a million pairs, and memory")
    panel.set_xlabel("million pairs")


if __name__ == "__main__":
    main()
