"""How long do other libraries take to recommend to everybody, without what each has heard?

    python ann_batch.py implicit|faiss FOLDER --k 500 …

answers all listeners, or the first of them, in a process of its own and prints seconds, and how many of its rows are
those of the truth. implicit leaves out what was heard in its own `recommend`.
faiss cannot for each query: a block of listeners with histories of like length asks for as many rows more as its
longest history has, and drops what was heard; listeners are sorted by their histories, so that few ask for many.
"""

import argparse
import importlib
import json
import os
import pathlib
import time
from importlib.metadata import version

import numpy as np
from scipy.sparse import csr_matrix

from ann_rival import NO_ROW

# Listeners in a call of faiss, whose marks of what was heard then stay in a cache.
BLOCK = 256


def answer(run, library, folder, k, threads, rounds, truth, listeners):
    """Runs this file for the first listeners and returns what it prints."""
    command = [os.environ["ANN_PYTHON"], "ann_batch.py", library, folder, "--k", k, "--threads", threads]
    command += ["--rounds", rounds, "--truth", truth, "--listeners", listeners]
    # The threads of faiss are those of its BLAS; implicit's own fight with them.
    environment = {"OPENBLAS_NUM_THREADS": str(threads)} if library == "faiss" else {}
    output, _ = run.execute(command, **environment)
    return json.loads(output)


class Implicit:
    package, module = "implicit", "implicit.cpu.als"

    def __init__(self, als, rows, users, starts, heard, threads):
        self.model = als.AlternatingLeastSquares(factors=rows.shape[1], num_threads=threads)
        self.model.item_factors, self.model.user_factors = rows, users
        parts = (np.ones(len(heard), np.float32), heard.astype(np.int32), starts)
        self.heard = csr_matrix(parts, shape=(len(users), len(rows)))

    def recommend(self, k):
        everybody = np.arange(self.heard.shape[0])
        return self.model.recommend(everybody, self.heard, N=k, filter_already_liked_items=True)[0]


class Faiss:
    package, module = "faiss-cpu", "faiss"

    def __init__(self, faiss, rows, users, starts, heard, threads):
        faiss.omp_set_num_threads(threads)
        self.rows, self.users, self.starts, self.heard = rows, users, starts, heard
        self.index = faiss.IndexFlatIP(rows.shape[1])
        self.index.add(rows)

    def recommend(self, k):
        lengths = np.diff(self.starts)
        best = np.full((len(self.users), k), NO_ROW, dtype=np.uint32)
        is_heard = np.zeros((BLOCK, len(self.rows)), dtype=bool)
        order = np.argsort(lengths, kind="stable")
        for block in np.split(order, range(BLOCK, len(order), BLOCK)):
            most = min(k + int(lengths[block].max()), len(self.rows))
            _, found = self.index.search(self.users[block], most)
            places = np.repeat(np.arange(len(block)), lengths[block])
            heard = np.concatenate([self.heard[self.starts[u] : self.starts[u + 1]] for u in block])
            is_heard[places, heard] = True
            best[block] = first_new(found, is_heard, k)
            is_heard[places, heard] = False
        return best


def first_new(found, is_heard, k):
    """The first k of each row of `found` that are not heard."""
    is_new = ~is_heard[np.arange(len(found))[:, None], found]
    place = np.cumsum(is_new, axis=1) - 1
    rows, columns = np.nonzero(is_new & (place < k))
    first = np.full((len(found), k), NO_ROW, dtype=np.uint32)
    first[rows, place[rows, columns]] = found[rows, columns]
    return first


LIBRARIES = {"implicit": Implicit, "faiss": Faiss}


def same(found, truth):
    """The share of true rows that are found, in any order."""
    pairs = [
        (np.arange(len(rows), dtype=np.int64)[:, None] << 32 | rows.astype(np.int64))[rows != NO_ROW]
        for rows in (found, truth)
    ]
    return len(np.intersect1d(*pairs, assume_unique=True)) / len(pairs[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", choices=LIBRARIES)
    parser.add_argument("folder", type=pathlib.Path, help="rows.npy, users.npy, starts.npy, heard.npy")
    parser.add_argument("--truth", type=pathlib.Path, required=True)
    parser.add_argument("--listeners", type=int, required=True)
    parser.add_argument("--k", type=int, default=500)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    rows, users, starts, heard = (
        np.load(arguments.folder / f"{name}.npy") for name in ("rows", "users", "starts", "heard")
    )
    users, starts = users[: arguments.listeners], starts[: arguments.listeners + 1]
    kind = LIBRARIES[arguments.library]
    module = importlib.import_module(kind.module)
    since = time.perf_counter()
    library = kind(module, rows, users, starts, heard[: starts[-1]], arguments.threads)
    layout_seconds, seconds = time.perf_counter() - since, []
    for _ in range(arguments.rounds):
        since = time.perf_counter()
        found = library.recommend(arguments.k)
        seconds.append(time.perf_counter() - since)
    truth = np.load(arguments.truth, mmap_mode="r")[: len(users)]
    print(json.dumps({
        "library": f"{kind.package} {version(kind.package)}",
        "listeners": len(users),
        "layout_seconds": layout_seconds,
        "seconds": seconds,
        "same": same(found, truth),
    }))


if __name__ == "__main__":
    main()
