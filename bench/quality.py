"""After how many seconds of training does a listener's list reach a given quality?

ALS here with implicit's loss, ALS here with its own, SGD here, ALS and BPR of implicit; each judged after several
numbers of iterations by NDCG@20 on what was withheld from all.
Seconds are of training from the matrix in memory to the factors, preparation included, losses and reading not.
Ours begins anew for each number of iterations; implicit's are judged as they pass.
The quality to reach is a share of implicit's ALS at its best.
"""

import argparse

import drawing
import product
import rival
from keep import Run, scratch
from listening import Listening, numbers, shapes
from ranking import Judge

K = 20


def main():
    parser = argparse.ArgumentParser(prog="bench/run quality", description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", type=shapes, default="100kx60kx5M")
    parser.add_argument("--dim", type=int, default=64)
    parser.add_argument("--iterations", type=numbers, default="1,2,3,5,8,15", help="of ALS, judged after each")
    parser.add_argument("--epochs", type=numbers, default="2,5,10,20,40", help="of SGD, judged after each")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--reg", type=float, default=0.01, help="implicit's, and ours with its loss")
    parser.add_argument("--rate", type=float, default=0.05, help="implicit's, of BPR")
    parser.add_argument("--als", default="", help="our own ALS, such as reg=0.003,unobserved_weight=0.1")
    parser.add_argument("--sgd", default="", help="our SGD, such as loss=warp")
    parser.add_argument("--share", type=float, default=0.98, help="of implicit's best, to be reached")
    parser.add_argument("--listeners", type=int, default=5000, help="whose lists are judged")
    parser.add_argument("--to", help="folder of the run")
    arguments = parser.parse_args()
    run = Run("quality", arguments.to)
    for shape in arguments.shapes:
        listening = Listening.of(shape)
        course = Course(run, shape, listening, Judge(listening, shape, arguments.listeners), arguments)
        curves = {}
        for name, points in course.all():
            curves[name] = points
            told = ", ".join(f"{p['ndcg']:.4f} after {p['seconds']:.1f} s" for p in points)
            print(f"{shape.text} {name}: {told}", flush=True)
        target = arguments.share * max(point["ndcg"] for point in curves["implicit ALS"])
        reached = {name: until(points, target) for name, points in curves.items()}
        run.keep({
            "shape": shape.text,
            "dim": arguments.dim,
            "threads": arguments.threads,
            "target": target,
            "seconds_to_target": reached,
            "popularity": course.judge.popularity(K),
            "curves": curves,
        })
        draw(run)
    run.tell(*table(run.numbers, arguments.share))


class Course:
    """One matrix, and what every model makes of it."""

    def __init__(self, run, shape, listening, judge, arguments):
        self.run, self.shape, self.listening = run, shape, listening
        self.judge, self.arguments = judge, arguments

    def all(self):
        """Name after name, the quality of each model as its training went on."""
        a = self.arguments
        same = f"ials:dim={a.dim},implicit_loss=true,reg={a.reg},iterations="
        yield "implicit ALS", self.rival("als", a.iterations, reg=a.reg)
        yield "ALS, implicit's loss", [self.ours(f"{same}{n}") for n in a.iterations]
        yield "ALS", [self.ours(f"ials:dim={a.dim},iterations={n}", a.als) for n in a.iterations]
        yield "implicit BPR", self.rival("bpr", a.epochs, reg=a.reg, rate=a.rate)
        yield "SGD", [self.ours(f"bpr:dim={a.dim},epochs={n}", a.sgd) for n in a.epochs]

    def ours(self, model, options=""):
        model += f",{options}" if options else ""
        with scratch() as folder:
            fit = product.fit(self.run, self.shape, model, self.arguments.threads, f"{folder}/it")
            quality = self.judge.ndcg(*product.factors(f"{folder}/it", self.listening), K)
        return quality | {"seconds": fit["training_seconds"], "iterations": len(fit["iterations"])}

    def rival(self, kind, checkpoints, **parameters):
        a, last, points = self.arguments, max(checkpoints), []
        with scratch() as folder:
            parameters |= {"folder": folder, "checkpoints": checkpoints}
            fit = rival.fit(self.run, kind, self.shape, a.dim, last, a.threads, **parameters)
            each = [iteration["seconds"] for iteration in fit["iterations"]]
            preparation = fit["training_seconds"] - sum(each)
            for n in checkpoints:
                quality = self.judge.ndcg(*rival.factors(folder, n), K)
                points.append(quality | {"seconds": preparation + sum(each[:n]), "iterations": n})
        return points


def until(points, target):
    """The seconds of the first point that is good enough, or nothing."""
    return next((point["seconds"] for point in points if point["ndcg"] >= target), None)


def table(numbers, share):
    titles = ["matrix", "dim", "", f"best NDCG@{K}", "± standard error", f"s to {share:g} of implicit's ALS"]
    rows = []
    for n in numbers:
        flat = n["popularity"]
        rows.append([n["shape"], "", "popularity", f"{flat['ndcg']:.4f}", f"{flat['error']:.4f}", ""])
        for name, points in n["curves"].items():
            best = max(points, key=lambda point: point["ndcg"])
            seconds = n["seconds_to_target"][name]
            row = [n["shape"], n["dim"], name, f"{best['ndcg']:.4f}", f"{best['error']:.4f}"]
            rows.append(row + ["not reached" if seconds is None else f"{seconds:.1f}"])
    return titles, rows


def draw(run):
    """Quality as seconds pass."""
    figure, axes = drawing.panels(1, len(run.numbers), width=5.6, height=3.6)
    looks = {
        "ALS, implicit's loss": (drawing.OURS, "-"),
        "ALS": (drawing.OURS, "--"),
        "SGD": (drawing.THIRD, "-"),
        "implicit ALS": (drawing.RIVAL, "-"),
        "implicit BPR": (drawing.RIVAL, "--"),
    }
    for axes, n in zip(axes[0], run.numbers):
        curves = n["curves"].items()
        axes.axhline(n["popularity"]["ndcg"], color="#999999", linewidth=0.9, linestyle=":")
        for name, points in curves:
            color, style = looks[name]
            seconds, ndcg = [p["seconds"] for p in points], [p["ndcg"] for p in points]
            axes.plot(seconds, ndcg, marker="o", color=color, linestyle=style)
        axes.axhline(n["target"], color=drawing.RIVAL, linewidth=0.8, linestyle=":")
        axes.set_xscale("log")
        drawing.plain(axes.xaxis)
        # Room for the names at the right.
        axes.set_xlim(right=4 * axes.get_xlim()[1])
        axes.set_ylim(0, 1.1 * axes.get_ylim()[1])
        last = [(points[-1]["seconds"], points[-1]["ndcg"], name, looks[name][0]) for name, points in curves]
        drawing.ends(axes, last)
        drawing.name(axes, axes.get_xlim()[0], n["popularity"]["ndcg"], "popularity", "#777777", va="bottom")
        axes.set_title(f"{drawing.matrix(n['shape'])}, dimension {n['dim']}")
        axes.set_xlabel("seconds of training")
        axes.set_ylabel(f"NDCG@{K} on what was withheld")
    drawing.save(figure, run.folder, "Quality as training goes on")


if __name__ == "__main__":
    main()
