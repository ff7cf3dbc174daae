"""What do other libraries find among the same rows, in what time and memory?

    python ann_rival.py hnswlib:m=32 FOLDER

builds one index, tells of it and answers lines as `neighbors curve` does.
Built with `--threads`, searched by one thread: all queries in one call, then some one a call.
The bytes of a row are what the process holds more after building than before, the rows it was given left out and what
was freed given back; where the library tells the size of its file, that stands beside.

The best by inner product are found in two ways: by product, or by distance among rows that one more coordinate has
made equally long (`space=l2`; Bachrach et al. 2014, the root of M² − ‖x‖²; queries get 0). Trials on 50,000 clustered
rows and the factors of 60,000 items, on a busy machine, chose what each does by default. HNSW by product is faster
with `m=32`, and finds more than with 16; filtered it is better by distance, as some rows are out of its reach by
product. Voyager is better by distance than by its own product, and so is Vamana. An inverted file is best where a row
goes to the list of the nearest centroid and a query to the lists of the largest products (`space=both`), as in ScaNN.
"""

import argparse
import ctypes
import gc
import importlib
import json
import pathlib
import resource
import statistics
import sys
import tempfile
import time
from importlib.metadata import version

import numpy as np

K = 100
# Queries that are asked alone.
ALONE = 200
# Stands where fewer rows exist than were asked for.
NO_ROW = 0xFFFFFFFF
# A curve ends where this much of the truth is found.
ENOUGH = 0.995
GRAPH_EFFORTS = [100, 120, 150, 200, 300, 500, 800, 1200, 2000, 4000]
LIST_EFFORTS = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024]


class Index:
    """One library's index of rows `[n × dim]`: built when made, narrowed by `allow`, asked by `search`."""

    package = module = None
    parameters = {}
    efforts = [None]
    takes_filter = False
    # So many queries are enough of a search that takes long.
    most_queries = None
    # Whether there is one more coordinate.
    is_long = False

    def allow(self, allowed):
        """Only these rows from here on; all for nothing."""

    def prepared(self, queries):
        return np.column_stack([queries, np.zeros(len(queries), np.float32)]) if self.is_long else queries

    def serialized_bytes(self):
        return None


class Graph(Index):
    """What all graphs share: links a row, candidates held while building, and the space they are built in."""

    parameters = {"m": 32, "ef": 200, "space": "ip"}
    efforts = GRAPH_EFFORTS

    def laid_out(self, rows, space):
        self.is_long = space == "l2"
        return lengthened(rows) if self.is_long else rows


def lengthened(rows):
    squares = np.einsum("nd,nd->n", rows, rows)
    return np.column_stack([rows, np.sqrt(np.maximum(squares.max() - squares, 0))])


class Hnswlib(Graph):
    """A filter is a Python function, asked of each row that is met."""

    package = module = "hnswlib"
    takes_filter = True

    def __init__(self, hnswlib, rows, threads, m, ef, space):
        rows = self.laid_out(rows, space)
        self.index = hnswlib.Index(space, rows.shape[1])
        self.index.init_index(len(rows), M=m, ef_construction=ef)
        self.index.add_items(rows, num_threads=threads)
        self.filter = {}

    def allow(self, allowed):
        self.filter, self.most_queries = {}, None
        if allowed is not None:
            is_allowed = np.zeros(self.index.get_current_count(), np.uint8)
            is_allowed[allowed] = 1
            self.filter, self.most_queries = {"filter": is_allowed.tobytes().__getitem__}, 50

    def search(self, queries, k, effort):
        self.index.set_ef(effort)
        try:
            return self.index.knn_query(queries, k, num_threads=1, **self.filter)[0]
        except RuntimeError:
            # It fails as a whole where one query finds fewer than k.
            if len(queries) == 1:
                return np.full((1, k), NO_ROW)
            return np.vstack([self.search(query[None], k, effort) for query in queries])

    def serialized_bytes(self):
        return self.index.index_file_size()


class Usearch(Graph):
    package, module = "usearch", "usearch.index"

    def __init__(self, usearch, rows, threads, m, ef, space):
        rows = self.laid_out(rows, space)
        metric = "l2sq" if self.is_long else "ip"
        self.index = usearch.Index(ndim=rows.shape[1], metric=metric, dtype="f32", connectivity=m, expansion_add=ef)
        self.index.add(np.arange(len(rows)), rows, threads=threads)

    def search(self, queries, k, effort):
        self.index.expansion_search = effort
        return self.index.search(queries, k, threads=1).keys.reshape(len(queries), -1)

    def serialized_bytes(self):
        return self.index.serialized_length


class Voyager(Graph):
    package = module = "voyager"
    parameters = {"m": 32, "ef": 200, "space": "l2"}

    def __init__(self, voyager, rows, threads, m, ef, space):
        rows = self.laid_out(rows, space)
        kind = voyager.Space.Euclidean if self.is_long else voyager.Space.InnerProduct
        self.index = voyager.Index(kind, rows.shape[1], M=m, ef_construction=ef, max_elements=len(rows))
        self.index.add_items(rows, num_threads=threads)

    def search(self, queries, k, effort):
        return self.index.query(queries, k, num_threads=1, query_ef=effort)[0]

    def serialized_bytes(self):
        return len(self.index.as_bytes())


class Svs(Graph):
    """Vamana, whose `degree` is what `2m` is to HNSW; by distance its `alpha` is 1.2, by product 0.95."""

    package, module = "scalable-vs", "svs"
    parameters = {"degree": 32, "ef": 200, "space": "l2"}

    def __init__(self, svs, rows, threads, degree, ef, space):
        rows = self.laid_out(rows, space)
        metric, alpha = (svs.L2, 1.2) if self.is_long else (svs.MIP, 0.95)
        parameters = svs.VamanaBuildParameters(alpha=alpha, graph_max_degree=degree, window_size=ef)
        self.index = svs.Vamana.build(parameters, rows, metric, num_threads=threads)
        self.index.num_threads = 1

    def search(self, queries, k, effort):
        self.index.search_window_size = effort
        return self.index.search(queries, k)[0]


class Faiss(Index):
    """What all of faiss share: its threads, its filter, the size of its file."""

    package, module = "faiss-cpu", "faiss"
    takes_filter = True

    def begin(self, faiss, threads):
        self.faiss, self.selector = faiss, None
        faiss.omp_set_num_threads(threads)

    def end(self):
        self.faiss.omp_set_num_threads(1)

    def allow(self, allowed):
        self.selector = None
        if allowed is not None:
            is_allowed = np.zeros(self.index.ntotal, dtype=bool)
            is_allowed[allowed] = True
            self.selector = self.faiss.IDSelectorBitmap(np.packbits(is_allowed, bitorder="little"))

    def serialized_bytes(self):
        size = 0

        def count(part):
            nonlocal size
            size += len(part)

        self.faiss.write_index(self.index, self.faiss.PyCallbackIOWriter(count))
        return size


class FaissFlat(Faiss):
    """Every row, or every allowed row: exact."""

    def __init__(self, faiss, rows, threads):
        self.begin(faiss, threads)
        self.index = faiss.IndexFlatIP(rows.shape[1])
        self.index.add(rows)
        self.end()

    def allow(self, allowed):
        # A list of rows reads these alone, a bitmap asks of each.
        self.selector = None if allowed is None else self.faiss.IDSelectorArray(allowed.astype(np.int64))

    def search(self, queries, k, effort):
        return self.index.search(queries, k, params=self.faiss.SearchParameters(sel=self.selector))[1]


class FaissHnsw(Faiss, Graph):
    def __init__(self, faiss, rows, threads, m, ef, space):
        self.begin(faiss, threads)
        rows = self.laid_out(rows, space)
        metric = faiss.METRIC_L2 if self.is_long else faiss.METRIC_INNER_PRODUCT
        self.index = faiss.IndexHNSWFlat(rows.shape[1], m, metric)
        self.index.hnsw.efConstruction = ef
        self.index.add(rows)
        self.end()

    def search(self, queries, k, effort):
        parameters = self.faiss.SearchParametersHNSW(efSearch=effort, sel=self.selector)
        return self.index.search(queries, k, params=parameters)[1]


class FaissIvf(Faiss):
    """Lists of rows as they are; `lists=0` are twice the root of the rows."""

    parameters = {"lists": 0, "space": "both"}
    efforts = LIST_EFFORTS

    def __init__(self, faiss, rows, threads, lists, space):
        self.build(faiss, rows, threads, lists, space, "Flat")

    def build(self, faiss, rows, threads, lists, space, code):
        self.begin(faiss, threads)
        lists = lists or default_lists(rows)
        self.index = faiss.index_factory(rows.shape[1], f"IVF{lists},{code}", faiss.METRIC_INNER_PRODUCT)
        ivf = faiss.extract_index_ivf(self.index)
        by_distance, by_product = faiss.IndexFlatL2(rows.shape[1]), faiss.IndexFlatIP(rows.shape[1])
        if space == "both":
            ivf.cp.spherical = False
            ivf.quantizer = by_distance
        self.index.train(rows)
        self.index.add(rows)
        if space == "both":
            by_product.add(by_distance.reconstruct_n(0, lists))
            ivf.quantizer = by_product
        # The index does not own what Python made.
        self.held = by_distance, by_product
        self.end()

    def search(self, queries, k, effort):
        parameters = self.faiss.SearchParametersIVF(nprobe=effort, sel=self.selector)
        return self.index.search(queries, k, params=self.scored(parameters))[1]

    def scored(self, parameters):
        return parameters


class FaissIvfPq(FaissIvf):
    """Lists of product quantization, 4 bits for `dims` dimensions; the best `rescored` × k by the rows themselves."""

    parameters = {"lists": 0, "space": "both", "dims": 1, "rescored": 10}

    def __init__(self, faiss, rows, threads, lists, space, dims, rescored):
        self.rescored = rescored
        self.build(faiss, rows, threads, lists, space, f"PQ{rows.shape[1] // dims}x4fs,RFlat")

    def scored(self, parameters):
        return self.faiss.IndexRefineSearchParameters(k_factor=self.rescored, base_index_params=parameters)


class Scann(Index):
    """Lists of anisotropic quantization, 4 bits for each two dimensions; the best `rescored` by the rows themselves.

    Centroids are weighed by `avq`, which a trial found better than without, and than lists that overlap (SOAR)."""

    package, module = "scann", "scann.scann_ops.py.scann_ops_pybind"
    parameters = {"lists": 0, "rescored": 400, "avq": 2.5}
    efforts = LIST_EFFORTS

    def __init__(self, scann, rows, threads, lists, rescored, avq):
        builder = scann.builder(rows, K, "dot_product").set_n_training_threads(threads)
        builder = builder.tree(lists or default_lists(rows), 10, training_sample_size=250_000, avq=avq)
        self.index = builder.score_ah(2, anisotropic_quantization_threshold=0.2).reorder(rescored).build()

    def search(self, queries, k, effort):
        if len(queries) == 1:
            return self.index.search(queries[0], final_num_neighbors=k, leaves_to_search=effort)[0][None]
        return self.index.search_batched(queries, final_num_neighbors=k, leaves_to_search=effort)[0]

    def serialized_bytes(self):
        with tempfile.TemporaryDirectory(dir="data", prefix="scratch-") as folder:
            self.index.serialize(folder)
            return sum(path.stat().st_size for path in pathlib.Path(folder).iterdir())


def default_lists(rows):
    return int(2 ** round(np.log2(2 * np.sqrt(len(rows)))))


METHODS = {
    "faiss-flat": FaissFlat,
    "faiss-ivf": FaissIvf,
    "faiss-ivf-pq": FaissIvfPq,
    "faiss-hnsw": FaissHnsw,
    "hnswlib": Hnswlib,
    "usearch": Usearch,
    "voyager": Voyager,
    "svs": Svs,
    "scann": Scann,
}


def parse(method):
    """The class of a method such as `hnswlib:m=32`, and all its parameters."""
    name, _, words = method.partition(":")
    if name not in METHODS:
        raise argparse.ArgumentTypeError(f"one of {', '.join(METHODS)} expected, got {name}")
    parameters = dict(METHODS[name].parameters)
    for word in filter(None, words.split(",")):
        key, _, value = word.partition("=")
        if key not in parameters:
            raise argparse.ArgumentTypeError(f"{name} takes {', '.join(parameters) or 'nothing'}, got {key}")
        parameters[key] = type(parameters[key])(value)
    return METHODS[name], parameters


def built(method, folder, threads):
    """An index, and what is told of it."""
    kind, parameters = parse(method)
    library = importlib.import_module(kind.module)
    rows = np.load(folder / "rows.npy")
    before = resident_bytes()
    since = time.perf_counter()
    index = kind(library, rows, threads, **parameters)
    build_seconds = time.perf_counter() - since
    held, serialized = resident_bytes() - before, index.serialized_bytes()
    return index, {
        "library": f"{kind.package} {version(kind.package)}",
        "build_seconds": build_seconds,
        "bytes_per_row": held / len(rows),
        "serialized_bytes_per_row": serialized and serialized / len(rows),
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def curve(index, queries, truth):
    """Effort by effort, until enough is found or no more lists are there."""
    queries, truth = index.prepared(queries)[: index.most_queries], truth[: index.most_queries]
    cells = []
    for effort in index.efforts:
        cells.append({"effort": effort} | cell(index, queries, truth, effort))
        if cells[-1]["recall_100"] >= ENOUGH:
            break
    return cells


def cell(index, queries, truth, effort):
    cpu, since = time.process_time(), time.perf_counter()
    found = index.search(queries, K, effort)
    seconds = time.perf_counter() - since
    cores = (time.process_time() - cpu) / seconds
    alone = []
    for n in range(min(ALONE, len(queries))):
        begun = time.perf_counter()
        index.search(queries[n : n + 1], K, effort)
        alone.append(1e6 * (time.perf_counter() - begun))
    return {
        "recall_10": recall(found, truth, 10),
        "recall_100": recall(found, truth, 100),
        "queries_per_second": len(queries) / seconds,
        "alone_microseconds_median": statistics.median(alone),
        "alone_microseconds_p99": float(np.percentile(alone, 99)),
        "n_queries": len(queries),
        "cores": cores,
    }


def recall(found, truth, k):
    """The share of the true best k that are among the first k found; k is less where fewer rows exist."""
    hits = exist = 0
    for those, best in zip(found[:, :k].astype(np.int64), truth[:, :k].astype(np.int64)):
        best = best[best != NO_ROW]
        hits += len(np.intersect1d(those, best))
        exist += len(best)
    return hits / exist


def resident_bytes():
    """What this process holds, without what was freed."""
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    line = next(line for line in open("/proc/self/status") if line.startswith("VmRSS"))
    return 1024 * int(line.split()[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("method", help="such as hnswlib:m=32,space=ip")
    parser.add_argument("folder", type=pathlib.Path, help="with rows.npy and queries.npy")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    index, about = built(arguments.method, arguments.folder, arguments.threads)
    print("\n" + json.dumps(about), flush=True)
    queries = np.load(arguments.folder / "queries.npy")
    for line in sys.stdin:
        turn = json.loads(line)
        allowed = turn["allowed"] and np.load(turn["allowed"])
        since = time.perf_counter()
        index.allow(allowed)
        seconds = time.perf_counter() - since
        cells = curve(index, queries, np.load(turn["truth"]))
        print("\n" + json.dumps({"allow_seconds": seconds, "cells": cells}), flush=True)


if __name__ == "__main__":
    main()
