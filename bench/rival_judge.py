"""How good does implicit find these factors, and in what time?

    python rival_judge.py FOLDER --k 20 --threads 2

reads `user_factors.npy`, `item_factors.npy`, `train.npz` and `test.npz` from the folder, judges in a process of its
own and prints numbers. The seconds are those of `ranking_metrics_at_k` alone.
"""

import argparse
import json
import pathlib
import resource
import sys
import time

import implicit
import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from implicit.evaluation import ranking_metrics_at_k
from scipy.sparse import load_npz


def judge(run, folder, k, threads):
    """Runs this file and returns what it prints."""
    output, _ = run.execute([sys.executable, "rival_judge.py", folder, "--k", k, "--threads", threads])
    return json.loads(output)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--k", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()

    folder = arguments.folder
    users, items = (np.load(folder / f"{side}_factors.npy") for side in ("user", "item"))
    train, test = load_npz(folder / "train.npz"), load_npz(folder / "test.npz")
    # `recommend` ranks with the threads of the model, whatever the argument below says.
    model = AlternatingLeastSquares(factors=users.shape[1], num_threads=arguments.threads)
    model.user_factors, model.item_factors = users, items

    since = time.perf_counter()
    metrics = ranking_metrics_at_k(
        model, train, test, K=arguments.k, show_progress=False, num_threads=arguments.threads
    )
    seconds = time.perf_counter() - since
    answer = {
        "judge": f"implicit {implicit.__version__}",
        "seconds": seconds,
        "metrics": metrics,
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
