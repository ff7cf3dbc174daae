"""How long does an iteration of implicit ALS take, and what loss do fifteen of them reach, here and in implicit?

Both minimize implicit's loss with the same regularization on the same matrix, values as confidences, on the same
number of threads; they take turns, each time in a process of its own.
The seconds of an iteration exclude reading, preparation and the loss; medians over all iterations of all rounds.
Both final losses are implicit's own function of the saved factors.
"""

import argparse
import itertools
import statistics

import drawing
import product
import rival
from keep import Run, scratch
from listening import Listening, numbers, shapes


def main():
    parser = argparse.ArgumentParser(prog="bench/run als", description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", type=shapes, default="100kx60kx5M,360kx290kx17M")
    parser.add_argument("--dims", type=numbers, default="64,128,256")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--iterations", type=int, default=15)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--reg", type=float, default=0.01)
    parser.add_argument("--options", default="", help="more of our model string, such as solver=cg,cg_steps=3")
    parser.add_argument("--to", help="folder of the run")
    arguments = parser.parse_args()
    run = Run("als", arguments.to)
    for shape in arguments.shapes:
        listening = Listening.of(shape)
        for dim in arguments.dims:
            run.keep(compare(run, shape, listening, dim, arguments))
            draw(run)
    run.tell(*table(run.numbers))


def compare(run, shape, listening, dim, arguments):
    """Rounds of ours and theirs, then both losses by their function."""
    threads, reg = arguments.threads, arguments.reg

    def fit_ours(iterations, folder=None):
        model = f"ials:dim={dim},iterations={iterations},implicit_loss=true,reg={reg}"
        model += f",{arguments.options}" if arguments.options else ""
        return product.fit(run, shape, model, threads, folder)

    rounds = []
    with scratch() as folder:
        for n in range(arguments.rounds):
            is_last = n + 1 == arguments.rounds
            ours = fit_ours(arguments.iterations, f"{folder}/ours" if is_last else None)
            save = {"folder": f"{folder}/rival", "loss": True} if is_last else {}
            theirs = rival.fit(run, "als", shape, dim, arguments.iterations, threads, reg=reg, **save)
            rounds.append({"ours": ours, "rival": theirs})
            print(
                f"{shape.text} dim {dim} round {n + 1}: {median([ours]):.3f} s an iteration, "
                f"implicit {median([theirs]):.3f} s",
                flush=True,
            )
        losses = {
            "ours": rival.loss(listening, *product.factors(f"{folder}/ours", listening), reg),
            "rival": rival.loss(listening, *rival.factors(f"{folder}/rival"), reg),
        }
    # Where fifteen iterations do not reach implicit's loss, twice as many say when it is reached.
    ours = rounds[-1]["ours"]
    if until(ours, losses["rival"]) is None:
        ours = fit_ours(2 * arguments.iterations)
    return {
        "shape": shape.text,
        "n_users": len(listening.users),
        "n_items": len(listening.items),
        "n_pairs": int(listening.matrix.nnz),
        "dim": dim,
        "reg": reg,
        "threads": threads,
        "seconds": {who: median([round[who] for round in rounds]) for who in ("ours", "rival")},
        "loss": losses,
        "seconds_to_rivals_loss": {
            "ours": until(ours, losses["rival"]),
            "rival": sum(iteration["seconds"] for iteration in rounds[-1]["rival"]["iterations"]),
        },
        "rounds": rounds,
    }


def median(fits):
    return statistics.median(i["seconds"] for fit in fits for i in fit["iterations"])


def until(fit, loss):
    """Seconds of iterations until the loss is that low, or nothing."""
    seconds = 0.0
    for iteration in fit["iterations"]:
        seconds += iteration["seconds"]
        if iteration["loss"] <= loss:
            return seconds
    return None


def table(numbers):
    titles = ["matrix", "dim", "s an iteration", "implicit", "times faster", "loss", "implicit", "above"]
    titles += ["s to implicit's loss", "implicit", "times faster"]
    rows = []
    for n in numbers:
        seconds, loss, to_loss = n["seconds"], n["loss"], n["seconds_to_rivals_loss"]
        reached = to_loss["ours"]
        rows.append([
            n["shape"],
            n["dim"],
            f"{seconds['ours']:.3f}",
            f"{seconds['rival']:.3f}",
            f"**{seconds['rival'] / seconds['ours']:.2f}**",
            f"{loss['ours']:.6f}",
            f"{loss['rival']:.6f}",
            f"{100 * (loss['ours'] / loss['rival'] - 1):+.3f} %",
            "not reached" if reached is None else f"{reached:.2f}",
            f"{to_loss['rival']:.2f}",
            "" if reached is None else f"**{to_loss['rival'] / reached:.2f}**",
        ])
    return titles, rows


def draw(run):
    """For each matrix: seconds an iteration by dimension, and the loss of each dimension as seconds pass."""
    matrices = list(dict.fromkeys(n["shape"] for n in run.numbers))
    dims = list(dict.fromkeys(n["dim"] for n in run.numbers))
    figure, axes = drawing.panels(len(matrices), 1 + len(dims))
    for row, matrix in zip(axes, matrices):
        of_matrix = [n for n in run.numbers if n["shape"] == matrix]
        draw_seconds(row[0], of_matrix)
        row[0].set_title(f"{drawing.matrix(matrix)}")
        for axes in row[1:]:
            axes.set_visible(False)
        for n in of_matrix:
            axes = row[1 + dims.index(n["dim"])]
            axes.set_visible(True)
            draw_losses(axes, n)
            axes.set_title(f"dimension {n['dim']}")
    drawing.save(figure, run.folder, "Implicit ALS, undersong and implicit 0.7.3: seconds an iteration, loss as they pass")


def draw_seconds(axes, numbers):
    for place, n in enumerate(numbers):
        ours, theirs = n["seconds"]["ours"], n["seconds"]["rival"]
        above = {"xytext": (0, 2), "va": "bottom", "ha": "center"}
        axes.bar(place - 0.2, ours, 0.38, color=drawing.OURS)
        axes.bar(place + 0.2, theirs, 0.38, color=drawing.RIVAL)
        drawing.name(axes, place - 0.2, ours, f"{ours:.2f}\n{theirs / ours:.1f}×", drawing.OURS, **above)
        drawing.name(axes, place + 0.2, theirs, f"{theirs:.2f}", drawing.RIVAL, **above)
    drawing.corner(axes, "undersong", drawing.OURS, 0)
    drawing.corner(axes, "implicit", drawing.RIVAL, 1)
    axes.set_xticks(range(len(numbers)), [n["dim"] for n in numbers])
    axes.set_xlim(-0.6, len(numbers) - 0.4)
    axes.set_ylim(0, 1.2 * max(n["seconds"]["rival"] for n in numbers))
    axes.set_xlabel("dimension")
    axes.set_ylabel("seconds an iteration")
    axes.grid(axis="x", visible=False)


def draw_losses(axes, n):
    """A share above implicit's last loss, so that all dimensions have one scale."""
    last = n["loss"]["rival"]
    for who, color, says in (("ours", drawing.OURS, "undersong"), ("rival", drawing.RIVAL, "implicit")):
        iterations = n["rounds"][-1][who]["iterations"]
        seconds = list(itertools.accumulate(iteration["seconds"] for iteration in iterations))
        losses = [100 * (iteration["loss"] / last - 1) for iteration in iterations]
        axes.plot(seconds, losses, marker=".", color=color)
        drawing.name(axes, seconds[0], losses[0], says, color, xytext=(5, 2), va="bottom")
    axes.axhline(0, color=drawing.RIVAL, linewidth=0.8, linestyle=":")
    axes.set_xscale("log")
    axes.set_yscale("symlog", linthresh=0.1, linscale=0.5)
    drawing.plain(axes.xaxis)
    axes.yaxis.set_major_formatter(lambda x, _: f"{x:g}")
    axes.margins(y=0.12)
    axes.set_xlabel("seconds")
    axes.set_ylabel("loss above implicit's last, %")


if __name__ == "__main__":
    main()
