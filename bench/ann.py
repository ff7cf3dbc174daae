"""How fast are the best rows by inner product found here, exactly and nearly, beside other libraries?

`curves`: one thread's queries a second against the share of the true 100 best that is found, as the effort grows; the
time of building and the bytes of a row; with all rows and with few of them allowed. `batch`: the best 500 of everybody
without what each has heard, beside implicit and faiss. `limit`: the exact search beside what the machine does at best.
`growth`: the same numbers as the rows grow.
All hold rows as f32 but what says otherwise by its name; what scans codes scores its best by the rows themselves.
Each index is built with all threads and searched by one, in a process of its own, in turns with ours (`ann_cells.py`
says why); efforts grow until 0.995 is found.
"""

import argparse
import functools
import json
import os
import statistics
import sys

import ann_batch
import ann_cells
import ann_data
import ann_drawing
import ann_rival
import ann_searcher
from ann_cells import GOAL, RECALLS
from keep import Run
from listening import Shape

PARTS = ["curves", "batch", "limit", "growth"]
FILTERS = ",".join(ann_data.FILTERS)
# With which all others are asked in turns.
YARDSTICK = "undersong"
OURS = [YARDSTICK, "undersong:exact"]
PRECISIONS = ["undersong:half", "undersong:byte"]
SMALL = {
    "data": "clustered-200kx64",
    "factors": "100kx200kx5M",
    "growth": "100k,1M",
    "batch": "100kx200kx5M",
    "graph": "hnswlib",
}
FULL = SMALL | {
    "data": "clustered-1Mx64,clustered-1Mx128",
    "factors": "360kx290kx17M",
    "growth": "100k,1M,3M,10M",
}
# Of the small grid, and of all.
METHODS = {
    False: [*OURS, "faiss-flat", "faiss-ivf", "scann", "hnswlib", "hnswlib:space=l2", "svs"],
    True: [
        *OURS, *PRECISIONS, "faiss-flat", "faiss-ivf", "faiss-ivf:lists=4096", "faiss-ivf-pq", "scann",
        "scann:rescored=1000", "hnswlib:m=16", "hnswlib", "hnswlib:space=l2", "usearch", "voyager", "faiss-hnsw", "svs",
    ],
}
# A graph of more rows takes an hour and more.
MOST_OF_A_GRAPH = 3_000_000
# Who would take longer to recommend to all answers the first of them.
PATIENCE_SECONDS = 300
FIRST = 10_000
# The share of rows that must be ours; the rest are ties and rounding.
SAME = 0.999


def main():
    parser = argparse.ArgumentParser(prog="bench/run ann", description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="a million rows, every library: hours")
    parser.add_argument("--parts", type=words(a_part), default=",".join(PARTS))
    parser.add_argument("--data", type=words(ann_data.name), help="of the curves, such as clustered-1Mx64; empty: none")
    parser.add_argument("--factors", help="shape of listening whose factors are one more data set; empty: none")
    parser.add_argument("--filters", type=words(a_filter), default=FILTERS, help="on the first data set")
    parser.add_argument("--method", type=a_method, action="append", help="instead of those of the grid; several times")
    parser.add_argument("--efforts", default="", help="ours in the curves, ascending; empty: the program's own")
    parser.add_argument("--batch", type=Shape.parse, help="shape of listening")
    parser.add_argument("--k", type=int, default=500, help="rows of each listener in the batch")
    parser.add_argument("--growth", type=words(str), help="rows of growing data, of dimension 64")
    parser.add_argument("--graph", type=a_method, help="that grows beside ours")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5, help="turns of curves, answers of everybody")
    parser.add_argument("--resume", help="folder of a run, to measure what it has no numbers of")
    parser.add_argument("--to", help="folder of the run")
    grid = FULL if parser.parse_args().full else SMALL
    parser.set_defaults(**grid)
    arguments = parser.parse_args()
    arguments.method = arguments.method or METHODS[arguments.full]
    run = Run("ann", arguments.resume or arguments.to)
    if arguments.resume:
        run.resume()
    measures = {"curves": measure_curves, "batch": measure_batch, "limit": measure_limit, "growth": measure_growth}
    for part in arguments.parts:
        measures[part](run, arguments)
    ann_drawing.draw(run)
    run.tell(*tables(run.numbers))


def words(kind):
    """Several of a kind between commas, as an argument."""
    return lambda text: [kind(word) for word in text.split(",") if word]


def a_part(text):
    return one_of(PARTS, text)


def a_filter(text):
    return one_of(list(ann_data.FILTERS), text)


def one_of(names, text):
    if text not in names:
        raise argparse.ArgumentTypeError(f"one of {', '.join(names)} expected, got {text}")
    return text


def a_method(text):
    """Ours, or a library with its parameters."""
    if ann_cells.is_ours(text):
        return one_of([*OURS, *PRECISIONS], text)
    ann_rival.parse(text)
    return text


def neighbors(run, *command):
    output, _ = run.execute([os.environ["BENCH_BIN"] + "/neighbors", *command])
    return json.loads(output)


def has(run, key):
    return next((one for one in run.numbers if key.items() <= one.items()), None)


def measure_curves(run, arguments):
    sets = arguments.data + ([ann_data.name(f"ials-{arguments.factors}")] if arguments.factors else [])
    for place, data in enumerate(sets):
        filters = arguments.filters if place == 0 else ["none"]
        keep_curves(run, "curves", data, arguments.method, filters, arguments)


def keep_curves(run, part, data, methods, filters, arguments):
    """Curves that the run has none of, of each method under each filter that it can take."""
    key = {"part": part, "data": data}
    wanted = {method: those for method in methods if (those := missing(run, key | {"method": method}, filters))}
    if not wanted:
        return
    folder = ann_data.made(run, data, arguments.threads)
    for filter_name in dict.fromkeys(sum(wanted.values(), [])):
        ann_data.truth(run, folder, filter_name, arguments.threads)
    key["n_rows"] = ann_data.n_rows(folder)
    with ann_searcher.Searcher(run, folder, YARDSTICK, arguments.threads, arguments.efforts) as ours:
        for method, those in wanted.items():
            if method == YARDSTICK:
                keep_turns(run, key, ours, ours, those, arguments)
                continue
            with ann_searcher.Searcher(run, folder, method, arguments.threads, arguments.efforts) as other:
                keep_turns(run, key, ours, other, those, arguments)


def missing(run, key, filters):
    if not ann_cells.is_ours(key["method"]) and not ann_rival.parse(key["method"])[0].takes_filter:
        filters = [name for name in filters if name == "none"]
    return [name for name in filters if not has(run, key | {"filter": name})]


def keep_turns(run, key, ours, other, filters, arguments):
    """Turn by turn a curve of ours and one of the other, which may be ours."""
    key = key | {"method": other.method}
    for filter_name in filters:
        turns, beside = [], []
        for _ in range(arguments.rounds):
            yardstick = ours.curve(filter_name)
            turns.append(yardstick if other is ours else other.curve(filter_name))
            beside.append(ann_cells.rate(yardstick, GOAL) or yardstick[-1]["queries_per_second"])
        run.keep(key | {"filter": filter_name} | other.about | {"beside": beside, "turns": turns})
        cells = ann_cells.steady_cells(turns, beside, 1.0)
        share = ann_cells.rate(cells, GOAL)
        told = f"{share:.2f} of our rate at {GOAL}" if share else f"{GOAL} not reached"
        seconds = other.about["build_seconds"]
        print(f"{key['data']}, {filter_name}, {other.method}: {seconds:.1f} s to build, {told}", flush=True)


def measure_growth(run, arguments):
    for size in arguments.growth:
        data = ann_data.name(f"clustered-{size}x64")
        folder = ann_data.made(run, data, arguments.threads)
        is_small = ann_data.n_rows(folder) <= MOST_OF_A_GRAPH
        methods = [*OURS, *([arguments.graph] if is_small else [])]
        for method in methods:
            key = {"part": "growth", "data": data, "method": method, "filter": "none"}
            measured = has(run, key | {"part": "curves"})
            if measured and not has(run, key):
                run.keep(measured | key)
        keep_curves(run, "growth", data, methods, ["none"], arguments)


def measure_limit(run, arguments):
    data = arguments.data[0] if arguments.data else f"ials-{arguments.factors}"
    key = {"part": "limit", "data": data}
    if not has(run, key):
        folder = ann_data.made(run, data, arguments.threads)
        threads = ",".join(map(str, sorted({1, arguments.threads})))
        run.keep(key | neighbors(run, "limit", *ann_data.ours(folder, "none"), "--threads", threads))


def measure_batch(run, arguments):
    data = ann_data.name(f"ials-{arguments.batch.text}")
    folder = ann_data.made(run, data, arguments.threads)
    # Our exact rows, which the others are compared with.
    truth = folder / f"best-{arguments.k}.npy"
    key = {"part": "batch", "data": data, "k": arguments.k}
    if not has(run, key | {"method": "undersong"}):
        keep_our_batch(run, key, folder, truth, arguments)
    for library in ann_batch.LIBRARIES:
        if not has(run, key | {"method": library}):
            keep_rival_batch(run, key, library, folder, truth, arguments)


def keep_our_batch(run, key, folder, truth, arguments):
    command = ["--rows", folder / "rows.npy", "--queries", folder / "users.npy", "--to", truth]
    command += ["--excluded-starts", folder / "starts.npy", "--excluded-rows", folder / "heard.npy"]
    command += ["--k", arguments.k, "--recall", GOAL, "--threads", arguments.threads, "--rounds", arguments.rounds]
    answer = neighbors(run, "batch", *command)
    sizes = {"listeners": ann_data.n_rows(folder, "users"), "n_rows": ann_data.n_rows(folder)}
    run.keep(key | {"method": "undersong"} | sizes | answer)
    exact, approximate = (statistics.median(answer[way]["seconds"]) for way in ("exact", "approximate"))
    print(f"batch: exact in {exact:.1f} s, approximate in {approximate:.1f} s", flush=True)


def keep_rival_batch(run, key, library, folder, truth, arguments):
    """All listeners, or the first where a trial says that all would take too long."""
    everybody = ann_data.n_rows(folder, "users")
    ask = functools.partial(ann_batch.answer, run, library, folder, arguments.k, arguments.threads)
    trial = min(1_000, everybody)
    seconds = ask(1, truth, trial)["seconds"][0] * arguments.rounds * everybody / trial
    listeners = everybody if seconds < PATIENCE_SECONDS else min(FIRST, everybody)
    answer = ask(arguments.rounds, truth, listeners)
    if answer["same"] < SAME:
        sys.exit(f"{library}: {SAME:.1%} of the rows expected to be ours, got {answer['same']:.3%}")
    run.keep(key | {"method": library} | answer)
    print(f"batch: {library} in {statistics.median(answer['seconds']):.1f} s, {listeners:,} listeners", flush=True)


def tables(numbers):
    """Titles and rows of each part that was measured, one after the other."""
    told = {"curves": curves_table, "batch": batch_table, "limit": limit_table, "growth": growth_table}
    return [both for name, table in told.items() if ann_cells.of(numbers, name) for both in table(numbers)]


def curves_table(numbers):
    titles = ["data", "allowed", "method", "build, s", "bytes a row", *(f"q/s at {recall:.2f}" for recall in RECALLS)]
    titles += [f"alone, µs at {GOAL}", "p99, µs", "allowing, ms", "times the best other"]
    rows = []
    for (data, filter_name), group in ann_cells.groups(numbers, "curves").items():
        best = ann_cells.best_rival(group)
        for one in group:
            rates = [ann_cells.rate(one["cells"], recall) for recall in RECALLS]
            row = [data, ann_drawing.FILTERS[filter_name], one["method"], f"{one['build_seconds']:.1f}"]
            row += [f"{one['bytes_per_row']:,.0f}", *(f"{rate:,.0f}" if rate else "–" for rate in rates)]
            rows.append(row + alone(one) + [allowing(one), times(one, best)])
    return titles, rows


def alone(one):
    """What one query a call takes, at the least effort that reaches the goal."""
    cell = ann_cells.reaching(one["cells"])
    return [f"{cell[f'alone_microseconds_{what}']:,.0f}" for what in ("median", "p99")] if cell else ["–", "–"]


def allowing(one):
    """What it takes to say which rows are allowed, once for all queries; runs of before do not say."""
    if one["filter"] == "none":
        return ""
    seconds = one["cells"][0].get("allow_seconds")
    return "–" if seconds is None else f"{1e3 * seconds:,.1f}"


def times(one, best):
    speed = ann_cells.rate(one["cells"], GOAL)
    if not ann_cells.is_ours(one["method"]) or not speed or not best:
        return ""
    return f"**{speed / best[0]:.2f}** ({best[1]['method']})"


def batch_table(numbers):
    titles = ["data", "k", "method", "recall", "layout or build, s", "answers, s", "listeners a second"]
    titles += ["times implicit", "times faiss", "rows as ours"]
    rows = []
    for key in dict.fromkeys((one["data"], one["k"]) for one in ann_cells.of(numbers, "batch")):
        ways = {way["method"]: way for way in batch_ways(numbers, *key)}
        for way in ways.values():
            ratios = [ways[name]["whole"] / way["whole"] if name in ways else None for name in ("implicit", "faiss")]
            ratios = [f"**{ratio:.2f}**" if ratio and way["is_ours"] else "" for ratio in ratios]
            row = [*key, way["method"] + way["note"], f"{way['recall']:.3f}", f"{way['before']:.2f}"]
            row += [f"{way['seconds']:.2f}", f"{way['listeners'] / way['seconds']:,.0f}", *ratios]
            rows.append(row + ["" if way["is_ours"] else f"{way['recall']:.3%}"])
    return titles, rows


def batch_ways(numbers, data, k):
    """Each way of answering everybody, its seconds as if it had answered all; `whole` has what comes before."""
    those = [one for one in ann_cells.of(numbers, "batch") if (one["data"], one["k"]) == (data, k)]
    ours = next(one for one in those if one["method"] == "undersong")
    for way, before in (("exact", "layout_seconds"), ("approximate", "build_seconds")):
        yield batch_way(f"undersong, {way}", ours[way], ours[way][before], ours["listeners"], ours["listeners"])
    for one in those:
        if one is not ours:
            yield batch_way(one["method"], one, one["layout_seconds"], one["listeners"], ours["listeners"])


def batch_way(name, answer, before, answered, everybody):
    seconds = statistics.median(answer["seconds"]) * everybody / answered
    return {
        "method": name,
        "note": f", scaled from {answered:,}" if answered < everybody else "",
        "is_ours": ann_cells.is_ours(name),
        "recall": answer.get("recall", answer.get("same", 1)),
        "before": before,
        "seconds": seconds,
        "whole": before + seconds,
        "listeners": everybody,
    }


def limit_table(numbers):
    titles = ["data", "instructions", "threads", "batch, Gop/s", "peak", "share", "alone, GB/s", "peak", "share"]
    rows = []
    for one in ann_cells.of(numbers, "limit"):
        for cell in one["cells"]:
            row = [one["data"], one["isa"], cell["threads"]]
            for rate, peak in (("batch_gops", "peak_gops"), ("alone_gbytes", "peak_gbytes")):
                row += [f"{cell[rate]:.1f}", f"{cell[peak]:.1f}", f"{100 * cell[rate] / cell[peak]:.0f} %"]
            rows.append(row)
    return titles, rows


def growth_table(numbers):
    titles = ["rows", "method", "build, s", f"µs a query at {GOAL}", "recall@100 at most", "bytes a row"]
    rows = []
    for one in sum(ann_cells.groups(numbers, "growth").values(), []):
        speed = ann_cells.rate(one["cells"], GOAL)
        row = [f"{one['n_rows']:,}", one["method"], f"{one['build_seconds']:.1f}"]
        row += [f"{1e6 / speed:,.1f}" if speed else "–", f"{one['cells'][-1]['recall_100']:.3f}"]
        rows.append([*row, f"{one['bytes_per_row']:,.0f}"])
    return titles, rows


if __name__ == "__main__":
    main()
