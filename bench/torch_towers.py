"""How fast do two towers learn, beside PyTorch on the same steps?

The same network begins with the same numbers and takes the same steps from the same batches: examples a second of each,
and how far apart their losses are. Ours is counted with what lays a batch out and without; PyTorch finds its batches
laid out. Rounds alternate; PyTorch is the best of three ways to take means of a history, compiled and not.
Then the time and memory of an epoch as the data grow.
"""

import argparse
import json
import os
import pathlib
import statistics

import drawing
import product
from keep import Run, scratch
from listening import Shape, generated, shapes

WAYS = [(pooling, is_compiled) for pooling in ("padded", "ragged", "bags") for is_compiled in (False, True)]
# Steps in which caches and compilers warm up.
WARM_UP = 10
# Steps whose losses must agree: later ones differ by how roundings grow.
ALIKE = 20


def main():
    parser = argparse.ArgumentParser(prog="bench/run torch", description=__doc__.splitlines()[0])
    parser.add_argument("--shape", type=Shape.parse, default="20kx20kx1M")
    parser.add_argument("--growth", default="20kx20kx1M,200kx63kx10M,1Mx141kx50M", help="shapes of growing data; empty: none")
    parser.add_argument("--model", default="two-tower:by=id,validation=0", help="our model string")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--to", help="folder of the run")
    arguments = parser.parse_args()
    run = Run("torch", arguments.to)
    with scratch() as folder:
        measure(run, pathlib.Path(folder), arguments)
    for shape in shapes(arguments.growth) if arguments.growth else []:
        run.keep(grow(run, shape, arguments))
    draw(run)
    run.tell(*table(run.numbers))


def measure(run, folder, arguments):
    """Rounds of ours and of PyTorch; ways that lose the first round are not asked again."""
    ours = rehearse(run, folder, arguments, "--to", folder, "--epoch")
    (folder / "params.json").write_text(json.dumps(ours["params"]))
    run.keep({"who": "ours", "round": 0} | ours)
    ways = {way: rival(run, folder, way, arguments) for way in WAYS}
    for way, answer in ways.items():
        run.keep({"who": "torch", "way": named(way), "round": 0} | answer)
        print(f"PyTorch, {named(way)}: {speed(answer):,.0f} examples a second", flush=True)
    best = max(ways, key=lambda way: speed(ways[way]))
    for number in range(1, arguments.rounds):
        run.keep({"who": "ours", "round": number} | rehearse(run, folder, arguments, "--epoch"))
        run.keep({"who": "torch", "way": named(best), "round": number} | rival(run, folder, best, arguments))


def named(way):
    pooling, is_compiled = way
    return f"{pooling}, compiled" if is_compiled else pooling


def rehearse(run, folder, arguments, *more):
    train, _ = generated(arguments.shape)
    command = [os.environ["BENCH_BIN"] + "/rehearsal", "--triples", train, "--model", arguments.model]
    output, _ = run.execute([*command, "--steps", arguments.steps, *more], RAYON_NUM_THREADS=str(arguments.threads))
    answer = json.loads(output)
    print(f"ours: {speed(answer):,.0f} examples a second", flush=True)
    return answer


def rival(run, folder, way, arguments):
    pooling, is_compiled = way
    command = [os.environ["TORCH_PYTHON"], "torch_rival.py", folder, "--pooling", pooling, "--threads", arguments.threads]
    threads = str(arguments.threads)
    output, _ = run.execute(command + (["--compile"] if is_compiled else []), OMP_NUM_THREADS=threads, MKL_NUM_THREADS=threads)
    return json.loads(output)


def speed(answer, *parts):
    """Examples a second of the median step after the first ones, counting some parts of a step."""
    steps = answer["steps"][WARM_UP:] or answer["steps"]
    seconds = statistics.median(sum(step[part] for part in parts or ["learn"]) / step["examples"] for step in steps)
    return 1 / seconds


def apart(ours, theirs, steps):
    """The largest relative difference of losses in the first steps."""
    pairs = list(zip(ours["steps"], theirs["steps"]))[:steps]
    return max(abs(a["loss"] - b["loss"]) / abs(b["loss"]) for a, b in pairs)


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


def of(numbers, who):
    return [one for one in numbers if one["who"] == who]


def table(numbers):
    titles = ["what", "examples a second", "of the fastest PyTorch", f"loss apart, first {ALIKE} steps", "loss apart, all"]
    ours, first = of(numbers, "ours"), of(numbers, "ours")[0]
    ways = {}
    for one in of(numbers, "torch"):
        ways.setdefault(one["way"], []).append(one)
    speeds = {way: statistics.median(map(speed, rounds)) for way, rounds in ways.items()}
    # The one that was asked in all rounds.
    best = max(ways, key=lambda way: len(ways[way]) * 1e9 + speeds[way])

    def row(what, number, more=("", "")):
        return [what, f"{number:,.0f}", f"{number / speeds[best]:.2f}", *more]

    rows = [row("ours, steps alone", statistics.median(map(speed, ours)))]
    rows.append(row("ours, batches laid out", statistics.median(speed(one, "lay", "learn") for one in ours)))
    rows.append(row("ours, an epoch", statistics.median(one["examples"] / one["epoch_seconds"] for one in ours)))
    for way, rounds in ways.items():
        differences = [f"{apart(first, rounds[0], steps):.1e}" for steps in (ALIKE, len(first["steps"]))]
        rows.append(row(f"PyTorch {rounds[0]['version']}, {way}", speeds[way], differences))
    for one in of(numbers, "growth"):
        peak = one["peak_bytes_after_reading"]
        memory = f", {peak / 1e6:,.0f} MB after reading, {peak / one['n_pairs']:.0f} bytes a pair" if peak else ""
        seconds = f"{one['seconds_per_million']:.2f} s a million pairs"
        rows.append([f"ours, {one['shape']}: {seconds}{memory}", f"{one['n_pairs'] / one['seconds']:,.0f}", "", "", ""])
    return titles, rows


def draw(run):
    """The losses one over the other, examples a second, and an epoch as the data grow."""
    growth = of(run.numbers, "growth")
    figure, (axes,) = drawing.panels(1, 2 if growth else 1, width=4.8, height=3.2)
    ours = of(run.numbers, "ours")[0]
    torch = max(of(run.numbers, "torch"), key=speed)
    curves = [("ours", ours, drawing.OURS, 2.4), (f"PyTorch, {torch['way']}", torch, drawing.RIVAL, 1.0)]
    for line, (what, answer, color, width) in enumerate(curves):
        axes[0].plot([step["loss"] for step in answer["steps"]], color=color, linewidth=width)
        axes[0].annotate(
            f"{what}: {speed(answer):,.0f} examples a second", (1, 1), xytext=(-4, -4 - 12 * line), va="top", ha="right",
            xycoords="axes fraction", textcoords="offset points", color=color, fontsize=8,
        )
    axes[0].set_title("loss of the same steps")
    axes[0].set_xlabel("step")
    if growth:
        pairs = [one["n_pairs"] / 1e6 for one in growth]
        seconds = [one["seconds_per_million"] for one in growth]
        axes[1].plot(pairs, seconds, marker="o", color=drawing.OURS)
        for x, y, one in zip(pairs, seconds, growth):
            if one["peak_bytes_after_reading"]:
                held = f"{one['peak_bytes_after_reading'] / 1e9:.2f} GB"
                drawing.name(axes[1], x, y, held, "#777777", xytext=(0, 8), va="bottom", ha="center")
        axes[1].set_xscale("log")
        axes[1].margins(x=0.2)
        axes[1].set_ylim(0, 1.5 * max(seconds))
        drawing.plain(axes[1].xaxis)
        axes[1].set_title("seconds of an epoch a million pairs, and memory")
        axes[1].set_xlabel("million pairs")
    drawing.save(figure, run.folder, f"Two towers by id beside PyTorch {torch['version']}")


if __name__ == "__main__":
    main()
