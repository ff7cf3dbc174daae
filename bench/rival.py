"""What does implicit make of the same matrix, and in what time?

    python rival.py als|bpr SHAPE --dim 64 --iterations 15 …

trains in a process of its own and prints numbers as `undersong fit --json` does.
The seconds of an iteration are those that implicit tells its callback; what the callback does is not in them.
Its data and its start are prepared by its own `fit`; the matrix has sorted rows, the best case for it.
"""

import argparse
import json
import pathlib
import resource
import sys
import time

import implicit
import numpy as np
from implicit.cpu import _als
from implicit.cpu.als import AlternatingLeastSquares
from implicit.cpu.bpr import BayesianPersonalizedRanking

from listening import Listening, Shape, numbers


def fit(run, kind, shape, dim, iterations, threads, folder=None, checkpoints=(), loss=False, **parameters):
    """Runs this file and returns what it prints."""
    command = [sys.executable, "rival.py", kind, shape.text, "--dim", dim]
    command += ["--iterations", iterations, "--threads", threads]
    for name, value in parameters.items():
        command += [f"--{name}", value]
    if folder:
        command += ["--save", folder]
    if checkpoints:
        command += ["--checkpoints", ",".join(map(str, checkpoints))]
    output, _ = run.execute(command + (["--loss"] if loss else []))
    return json.loads(output)


def factors(folder, iteration=None):
    """What it saved at the end, or after an iteration."""
    folder = pathlib.Path(folder) / ("end" if iteration is None else str(iteration))
    return np.load(folder / "user_factors.npy"), np.load(folder / "item_factors.npy")


def loss(listening, users, items, regularization):
    """implicit's own loss of any factors."""
    matrix = listening.matrix
    return _als.calculate_loss(matrix, users, items, regularization, num_threads=0)


def save(folder, model):
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "user_factors.npy", model.user_factors)
    np.save(folder / "item_factors.npy", model.item_factors)


def build(arguments):
    shared = {
        "factors": arguments.dim,
        "regularization": arguments.reg,
        "iterations": arguments.iterations,
        "num_threads": arguments.threads,
        "random_state": arguments.seed,
        "dtype": np.float32,
    }
    if arguments.kind == "bpr":
        return BayesianPersonalizedRanking(**shared, learning_rate=arguments.rate)
    return AlternatingLeastSquares(**shared, alpha=1.0, use_native=True, use_cg=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=["als", "bpr"])
    parser.add_argument("shape", type=Shape.parse)
    parser.add_argument("--dim", type=int, default=64)
    parser.add_argument("--iterations", type=int, default=15)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--reg", type=float, default=0.01)
    parser.add_argument("--rate", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--loss", action="store_true", help="of each iteration of ALS")
    parser.add_argument("--save", type=pathlib.Path)
    parser.add_argument("--checkpoints", type=numbers, default=[], help="iterations to save after")
    arguments = parser.parse_args()

    since = time.perf_counter()
    listening = Listening.of(arguments.shape)
    read_seconds = time.perf_counter() - since
    model = build(arguments)
    iterations, beside = [], 0.0

    def after(iteration, seconds, *_):
        nonlocal beside
        since = time.perf_counter()
        wants_loss = arguments.loss and arguments.kind == "als"
        factors = (model.user_factors, model.item_factors)
        value = loss(listening, *factors, arguments.reg) if wants_loss else None
        iterations.append({"seconds": seconds, "loss": value})
        if iteration + 1 in arguments.checkpoints:
            save(arguments.save / str(iteration + 1), model)
        beside += time.perf_counter() - since

    since = time.perf_counter()
    model.fit(listening.matrix, show_progress=False, callback=after)
    fit_seconds = time.perf_counter() - since
    if arguments.save:
        save(arguments.save / "end", model)
    answer = {
        "model": f"implicit {implicit.__version__} {arguments.kind}",
        "read_seconds": read_seconds,
        "iterations": iterations,
        "fit_seconds": fit_seconds,
        "training_seconds": fit_seconds - beside,
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
