"""How many epochs of BPR fit in a second, and how well do equal epochs rank, here and in implicit?

An epoch is as many sampled pairs as the matrix has, in both; the same dimension and number of threads, processes
taking turns. Epochs a second: median over all epochs of all rounds, without reading and preparation.
NDCG@10 by one function on the saved factors, for what was withheld from both.
implicit's quality hangs on its learning rate, so that several are tried; its default is 0.01.
"""

import argparse
import statistics

import drawing
import product
import rival
from keep import Run, scratch
from listening import Listening, numbers, shapes
from ranking import Judge


def main():
    parser = argparse.ArgumentParser(prog="bench/run bpr", description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", type=shapes, default="100kx60kx5M")
    parser.add_argument("--dims", type=numbers, default="64,128")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rates", default="0.01,0.05", help="implicit's learning rates")
    parser.add_argument("--reg", type=float, default=0.01, help="implicit's regularization")
    parser.add_argument("--options", default="", help="more of our model string, such as loss=warp")
    parser.add_argument("--listeners", type=int, default=5000, help="whose lists are judged")
    parser.add_argument("--to", help="folder of the run")
    arguments = parser.parse_args()
    run = Run("bpr", arguments.to)
    for shape in arguments.shapes:
        listening = Listening.of(shape)
        judge = Judge(listening, shape, arguments.listeners)
        for dim in arguments.dims:
            run.keep(compare(run, shape, listening, judge, dim, arguments))
            draw(run)
    run.tell(*table(run.numbers))


def compare(run, shape, listening, judge, dim, arguments):
    """Rounds of ours and of theirs at each rate, then the quality of the last round."""
    model = f"bpr:dim={dim},epochs={arguments.epochs}"
    model += f",{arguments.options}" if arguments.options else ""
    rates = [float(rate) for rate in arguments.rates.split(",")]
    names = ["undersong"] + [f"implicit, rate {rate:g}" for rate in rates]
    fits, quality = {name: [] for name in names}, {}
    with scratch() as folder:
        for n in range(arguments.rounds):
            is_last = n + 1 == arguments.rounds
            place = {name: f"{folder}/{k}" if is_last else None for k, name in enumerate(names)}
            ours = product.fit(run, shape, model, arguments.threads, place["undersong"])
            fits["undersong"].append(ours)
            for name, rate in zip(names[1:], rates):
                theirs = {"rate": rate, "reg": arguments.reg, "folder": place[name]}
                theirs = rival.fit(run, "bpr", shape, dim, arguments.epochs, arguments.threads, **theirs)
                fits[name].append(theirs)
            speeds = ", ".join(f"{name} {rate_of([fits[name][-1]]):.2f}" for name in names)
            print(f"{shape.text} dim {dim} round {n + 1}, epochs a second: {speeds}", flush=True)
        for name in names:
            is_ours = name == "undersong"
            factors = product.factors(place[name], listening) if is_ours else rival.factors(place[name])
            quality[name] = judge.ndcg(*factors, 10)
    return {
        "shape": shape.text,
        "dim": dim,
        "epochs": arguments.epochs,
        "threads": arguments.threads,
        "epochs_per_second": {name: rate_of(fits[name]) for name in names},
        "quality": quality,
        "popularity": judge.popularity(10),
        "rounds": fits,
    }


def rate_of(fits):
    return 1 / statistics.median(i["seconds"] for fit in fits for i in fit["iterations"])


def table(numbers):
    titles = ["matrix", "dim", "epochs", "", "epochs a second", "ours is faster", "NDCG@10", "± standard error"]
    rows = []
    for n in numbers:
        flat = n["popularity"]
        row = [n["shape"], "", "", "popularity", "", "", f"{flat['ndcg']:.4f}", f"{flat['error']:.4f}"]
        rows.append(row)
        for name, rate in n["epochs_per_second"].items():
            quality = n["quality"][name]
            times = n["epochs_per_second"]["undersong"] / rate
            row = [n["shape"], n["dim"], n["epochs"], name, f"{rate:.2f}", f"**{times:.2f}** times"]
            rows.append(row + [f"{quality['ndcg']:.4f}", f"{quality['error']:.4f}"])
            if name == "undersong":
                rows[-1][5] = ""
    return titles, rows


def draw(run):
    """For each matrix and dimension: quality, with two standard errors, against epochs a second."""
    figure, axes = drawing.panels(1, len(run.numbers))
    for axes, n in zip(axes[0], run.numbers):
        labels = []
        for name, rate in n["epochs_per_second"].items():
            color = drawing.OURS if name == "undersong" else drawing.RIVAL
            ndcg, error = n["quality"][name]["ndcg"], n["quality"][name]["error"]
            axes.errorbar(rate, ndcg, 2 * error, color=color, marker="o", capsize=3)
            labels.append((rate, ndcg, name, color))
        flat = n["popularity"]["ndcg"]
        axes.axhline(flat, color="#999999", linewidth=0.9, linestyle=":")
        axes.set_xlim(0, 1.7 * max(n["epochs_per_second"].values()))
        axes.set_ylim(bottom=0)
        labels.append((0, flat, "popularity", "#777777"))
        drawing.ends(axes, labels, lift=6)
        axes.set_title(f"{drawing.matrix(n['shape'])}, dimension {n['dim']}")
        axes.set_xlabel("epochs a second")
        axes.set_ylabel(f"NDCG@10 after {n['epochs']} epochs")
    drawing.save(figure, run.folder, "BPR, undersong and implicit 0.7.3")


if __name__ == "__main__":
    main()
