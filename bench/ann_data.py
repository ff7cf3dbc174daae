"""Which rows are searched, by which queries, and which rows may be found?

A folder of `data/ann` for each data set, made once: `rows.npy` `[n × dim]` and `queries.npy`, both f32; for each
filter `truth-FILTER.npy` and, where it allows only some rows, `allowed-FILTER.npy`.
`clustered-1Mx64` are a million drawn rows of dimension 64: clusters of power-law sizes around a few coarse directions,
norms a power law times a log-normal factor; queries are drawn around the clusters as rows are.
`ials-100kx200kx5M` are the factors of `undersong fit --model ials:dim=64` on generated listening of that shape: items
are rows, some listeners are queries; `users.npy`, `starts.npy` and `heard.npy` are all listeners and what each heard.
"""

import argparse
import json
import os
import pathlib
import re

import numpy as np

import product
from keep import scratch
from listening import FACTORS, Listening, Shape

DATA = pathlib.Path("data/ann")
K = 100
QUERIES = 1_000
# Rows drawn at a time, so that little is held beside them.
CHUNK = 100_000
# The share of rows that each filter allows.
FILTERS = {"none": None, "even1": 0.01, "even10": 0.1, "near": 0.01}


def name(text):
    """A data set's name, as an argument."""
    if re.fullmatch(r"clustered-[\d.]+[kM]?x\d+", text):
        return text
    kind, _, shape = text.partition("-")
    if kind != "ials":
        raise argparse.ArgumentTypeError(f"clustered-1Mx64 or ials-100kx200kx5M expected, got {text}")
    return f"ials-{Shape.parse(shape).text}"


def made(run, data, threads):
    """The folder of a data set, which is there when this returns."""
    folder = DATA / data
    if not folder.exists():
        print(f"making {data}", flush=True)
        partial = DATA / f"{data}.partial"
        partial.mkdir(parents=True, exist_ok=True)
        kind, _, shape = data.partition("-")
        if kind == "clustered":
            n, unit, dim = re.fullmatch(r"([\d.]+)([kM]?)x(\d+)", shape).groups()
            clustered(partial, round(float(n) * FACTORS[unit]), int(dim))
        else:
            factors(run, partial, Shape.parse(shape), threads)
        # The name appears when the folder is whole.
        partial.rename(folder)
    return folder


def n_rows(folder, array="rows"):
    return len(np.load(folder / f"{array}.npy", mmap_mode="r"))


def clustered(folder, n, dim, n_clusters=2_000, seed=1):
    random = np.random.default_rng(seed)
    coarse = random.standard_normal((40, dim), dtype=np.float32)
    near = random.standard_normal((n_clusters, dim), dtype=np.float32)
    centers = (coarse[random.integers(len(coarse), size=n_clusters)] + np.float32(0.7) * near) / np.float32(dim**0.5)
    chances = 1 / np.arange(1, n_clusters + 1)
    chances /= chances.sum()

    def around(m):
        centers_of = centers[random.choice(n_clusters, size=m, p=chances)]
        return centers_of + random.standard_normal((m, dim), dtype=np.float32) / np.float32(dim**0.5)

    rows = np.lib.format.open_memmap(folder / "rows.npy", "w+", np.float32, (n, dim))
    for first in range(0, n, CHUNK):
        m = min(CHUNK, n - first)
        ranks = random.integers(1, n + 1, size=m) / n
        norms = ranks**-0.25 * np.exp(0.2 * random.standard_normal(m))
        rows[first : first + m] = around(m) * norms.astype(np.float32)[:, None]
    rows.flush()
    np.save(folder / "queries.npy", around(QUERIES))


def factors(run, folder, shape, threads, seed=1):
    listening = Listening.of(shape)
    with scratch() as saved:
        product.fit(run, shape, "ials:dim=64", threads, f"{saved}/it")
        users, items = product.factors(f"{saved}/it", listening)
    random = np.random.default_rng(seed)
    asked = random.choice(len(users), size=min(QUERIES, len(users)), replace=False)
    np.save(folder / "rows.npy", np.ascontiguousarray(items))
    np.save(folder / "users.npy", np.ascontiguousarray(users))
    np.save(folder / "queries.npy", users[asked])
    np.save(folder / "starts.npy", listening.matrix.indptr.astype(np.int64))
    np.save(folder / "heard.npy", listening.matrix.indices.astype(np.uint32))


def allowed(folder, filter_name, seed=2):
    """The rows that a filter allows, ascending, in a file; nothing where it allows all."""
    if FILTERS[filter_name] is None:
        return None
    path = folder / f"allowed-{filter_name}.npy"
    if not path.exists():
        rows = np.load(folder / "rows.npy", mmap_mode="r")
        random, n = np.random.default_rng(seed), round(FILTERS[filter_name] * len(rows))
        if filter_name == "near":
            some = nearest(rows, random.integers(len(rows)), n)
        else:
            some = random.choice(len(rows), size=n, replace=False)
        np.save(path, np.sort(some).astype(np.uint32))
    return path


def nearest(rows, row, n):
    """The n rows at the least distance from that one."""
    squares = np.empty(len(rows), dtype=np.float32)
    for first in range(0, len(rows), CHUNK):
        apart = rows[first : first + CHUNK] - rows[row]
        squares[first : first + CHUNK] = np.einsum("nd,nd->n", apart, apart)
    return np.argpartition(squares, n)[:n]


def ours(folder, filter_name):
    """The words that tell our program what to search, and where."""
    words = ["--rows", folder / "rows.npy", "--queries", folder / "queries.npy"]
    path = allowed(folder, filter_name)
    return words + (["--allowed", path] if path else [])


def truth(run, folder, filter_name, threads):
    """The best rows of each query, exact, in a file."""
    path = folder / f"truth-{filter_name}.npy"
    if not path.exists():
        command = [os.environ["BENCH_BIN"] + "/neighbors", "truth", *ours(folder, filter_name), "--k", K]
        output, _ = run.execute([*command, "--to", path.with_suffix(".partial"), "--threads", threads])
        path.with_suffix(".partial").rename(path)
        print(f"{folder.name}, {filter_name}: the truth in {json.loads(output)['seconds']:.1f} s", flush=True)
    return path
