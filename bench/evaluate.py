"""How long does judging take, here and in implicit, and do both find the same?

The same factors on both sides, of our ALS; every listener has about a fifth of the history withheld, and is ranked the
whole catalogue without what was learned from.
Ours: the judging of `undersong evaluate`, all its metrics, without reading, fitting and intervals; the command fits
the factors anew each time, to the same bits. Theirs: `ranking_metrics_at_k`, four metrics.
They take turns, each time in a process of its own; medians over the rounds.
What must agree: ndcg; map, which here is truncated_map; precision, which there is all hits / Σ min(k, withheld), so
that ours is turned into that. What cannot: auc, which there takes all places after the first k for even.
"""

import argparse
import dataclasses
import statistics

import numpy as np
from scipy.sparse import csr_matrix, save_npz

import drawing
import product
import rival_judge
from keep import Run, scratch
from listening import Listening, numbers, shapes

# Sums in another order can exchange items of nearly the same score.
TOLERANCE = 1e-4


def main():
    parser = argparse.ArgumentParser(prog="bench/run evaluate", description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", type=shapes, default="30kx41kx810k")
    parser.add_argument("--dims", type=numbers, default="128")
    parser.add_argument("--k", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--to", help="folder of the run")
    arguments = parser.parse_args()
    run = Run("evaluate", arguments.to)
    for shape in arguments.shapes:
        shape = dataclasses.replace(shape, withheld_every=1)
        listening = Listening.of(shape)
        for dim in arguments.dims:
            run.keep(compare(run, shape, listening, dim, arguments))
            draw(run)
    run.tell(*table(run.numbers))


def compare(run, shape, listening, dim, arguments):
    """Rounds of ours and theirs on the same factors."""
    k, threads = arguments.k, arguments.threads
    model = f"ials:dim={dim}"
    with scratch() as folder:
        product.fit(run, shape, model, threads, f"{folder}/ours")
        users, items = product.factors(f"{folder}/ours", listening)
        np.save(f"{folder}/user_factors.npy", users)
        np.save(f"{folder}/item_factors.npy", items)
        save_npz(f"{folder}/train.npz", listening.matrix)
        rows, columns = listening.withheld(shape)
        test = csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=listening.matrix.shape)
        save_npz(f"{folder}/test.npz", test)
        # Only what both can find: implicit has no column for an item that nobody learned from.
        pairs = np.column_stack([listening.users[rows], listening.items[columns], np.ones_like(rows)])
        np.savetxt(f"{folder}/test.tsv", pairs, fmt="%d", delimiter="\t", header="user\titem\tvalue", comments="")
        rounds = []
        for n in range(arguments.rounds):
            ours = product.evaluate(run, shape, f"{folder}/test.tsv", model, k, threads)
            theirs = rival_judge.judge(run, folder, k, threads)
            rounds.append({"ours": ours, "rival": theirs})
            print(
                f"{shape.text} dim {dim} round {n + 1}: {ours['models'][0]['evaluate_seconds']:.2f} s, "
                f"implicit {theirs['seconds']:.2f} s",
                flush=True,
            )
    withheld = np.diff(test.indptr)
    return {
        "shape": shape.text,
        "dim": dim,
        "k": k,
        "threads": threads,
        "n_asked": int((withheld > 0).sum()),
        "n_items": len(listening.items),
        "n_withheld": int(test.nnz),
        "seconds": {
            "ours": statistics.median(round["ours"]["models"][0]["evaluate_seconds"] for round in rounds),
            "rival": statistics.median(round["rival"]["seconds"] for round in rounds),
        },
        "n_metrics": {
            "ours": len(rounds[-1]["ours"]["models"][0]["metrics"]),
            "rival": len(rounds[-1]["rival"]["metrics"]),
        },
        "metrics": agreement(rounds[-1], k, withheld[withheld > 0]),
        "rounds": rounds,
    }


def agreement(round, k, withheld):
    """Both values of each metric that implicit has, in its definition, and whether they must agree."""
    found = {name: metric["value"] for name, metric in round["ours"]["models"][0]["metrics"].items()}
    ours = {
        "ndcg": found[f"ndcg@{k}"],
        "map": found[f"truncated_map@{k}"],
        "precision": found[f"precision@{k}"] * k * len(withheld) / np.minimum(withheld, k).sum(),
        "auc": found["auc"],
    }
    theirs = round["rival"]["metrics"]
    for name in ("ndcg", "map", "precision"):
        if abs(ours[name] - theirs[name]) > TOLERANCE:
            raise SystemExit(f"{name}: {theirs[name]} by implicit, {ours[name]} here")
    return {name: {"ours": ours[name], "rival": theirs[name]} for name in ours}


def table(numbers):
    titles = ["matrix", "dim", "k", "listeners", "s", "metrics", "implicit", "metrics", "times faster"]
    metrics = [name for name in numbers[0]["metrics"]]
    titles += [title for name in metrics for title in (name, "implicit")]
    rows = []
    for n in numbers:
        seconds, counts = n["seconds"], n["n_metrics"]
        row = [n["shape"], n["dim"], n["k"], f"{n['n_asked']:,}"]
        row += [f"{seconds['ours']:.2f}", counts["ours"], f"{seconds['rival']:.2f}", counts["rival"]]
        row.append(f"**{seconds['rival'] / seconds['ours']:.2f}**")
        row += [f"{n['metrics'][name][who]:.5f}" for name in metrics for who in ("ours", "rival")]
        rows.append(row)
    return titles, rows


def draw(run):
    """Seconds of every round."""
    figure, axes = drawing.panels(1, len(run.numbers), width=4.4)
    for axes, n in zip(axes[0], run.numbers):
        sides = (
            ("undersong", drawing.OURS, "ours", [r["ours"]["models"][0]["evaluate_seconds"] for r in n["rounds"]]),
            ("implicit", drawing.RIVAL, "rival", [r["rival"]["seconds"] for r in n["rounds"]]),
        )
        for place, (says, color, who, seconds) in enumerate(sides):
            median = n["seconds"][who]
            axes.bar(place, median, 0.6, color=color)
            axes.plot([place] * len(seconds), seconds, "o", color=drawing.INK, markersize=3)
            label = f"{says}, {n['n_metrics'][who]} metrics\n{median:.2f} s"
            above = {"xytext": (0, 4), "va": "bottom", "ha": "center"}
            drawing.name(axes, place, max(seconds), label, color, **above)
        axes.set_xticks([])
        axes.set_xlim(-0.6, 1.6)
        axes.set_ylim(0, 1.3 * max(max(seconds) for *_, seconds in sides))
        axes.grid(axis="x", visible=False)
        axes.set_title(f"{n['n_asked']:,} listeners × {n['n_items']:,} items, dimension {n['dim']}")
        axes.set_ylabel(f"seconds, lists of {n['k']}")
    drawing.save(figure, run.folder, "Judging the same factors, every item ranked")


if __name__ == "__main__":
    main()
