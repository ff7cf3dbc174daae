"""How do a trainer of ours and PyTorch take turns on the same steps?

Ours takes the first steps of a training and writes down what it began with and every batch; PyTorch takes the same
steps in several ways. Those that lose the first round are not asked again; the other rounds alternate.
"""

import json
import os
import pathlib
import statistics
from dataclasses import dataclass

from keep import scratch
from listening import generated

# Steps in which caches and compilers warm up.
WARM_UP = 10
# Steps whose losses must agree: later ones differ by how roundings grow.
ALIKE = 20


@dataclass(frozen=True)
class Training:
    """What is compared: our model string, the script of the rival, and its ways by name."""

    name: str
    model: str
    script: str
    ways: dict
    # Arguments of ours beside the common ones.
    more: tuple = ()


def compare(run, training, arguments):
    """Rounds of ours and of PyTorch, all kept."""
    with scratch() as folder:
        folder = pathlib.Path(folder)
        ours = rehearse(run, training, arguments, "--to", folder)
        (folder / "params.json").write_text(json.dumps(ours["params"]))
        keep(run, training, {"who": "ours", "round": 0} | ours)
        answers = {way: rival(run, folder, training, way, arguments) for way in training.ways}
        for way, answer in answers.items():
            keep(run, training, {"who": "torch", "way": way, "round": 0} | answer)
        best = max(answers, key=lambda way: speed(answers[way]))
        for number in range(1, arguments.rounds):
            keep(run, training, {"who": "ours", "round": number} | rehearse(run, training, arguments))
            answer = rival(run, folder, training, best, arguments)
            keep(run, training, {"who": "torch", "way": best, "round": number} | answer)


def keep(run, training, answer):
    whose = f"PyTorch, {answer['way']}" if answer["who"] == "torch" else "ours"
    print(f"{training.name}, {whose}: {speed(answer):,.0f} examples a second", flush=True)
    run.keep({"training": training.name} | answer)


def rehearse(run, training, arguments, *more):
    train, _ = generated(arguments.shape)
    command = [os.environ["BENCH_BIN"] + "/rehearsal", "--triples", train, "--model", training.model]
    command += ["--steps", arguments.steps, *training.more, *more]
    output, _ = run.execute(command, RAYON_NUM_THREADS=str(arguments.threads))
    return json.loads(output)


def rival(run, folder, training, way, arguments):
    threads = str(arguments.threads)
    command = [os.environ["TORCH_PYTHON"], training.script, folder, *training.ways[way], "--threads", threads]
    output, _ = run.execute(command, OMP_NUM_THREADS=threads, MKL_NUM_THREADS=threads)
    return json.loads(output)


def speed(answer, *parts):
    """Examples a second of the median step after the first ones, counting some parts of a step."""
    steps = answer["steps"][WARM_UP:] or answer["steps"]
    seconds = statistics.median(sum(step[part] for part in parts or ["learn"]) / step["examples"] for step in steps)
    return 1 / seconds


def apart(ours, theirs, steps):
    """The largest relative difference of losses in the first steps."""
    pairs = list(zip(ours["steps"], theirs["steps"]))[:steps]
    return max(abs(a["loss"] - b["loss"]) / abs(b["loss"]) for a, b in pairs)


def of(numbers, name, who):
    return [one for one in numbers if one.get("training") == name and one["who"] == who]


TITLES = ["what", "examples a second", "of the fastest PyTorch", f"loss apart, first {ALIKE} steps", "loss apart, all"]


def rows(numbers, name):
    """A training in the table: medians over the rounds."""
    ours, ways = of(numbers, name, "ours"), {}
    for one in of(numbers, name, "torch"):
        ways.setdefault(one["way"], []).append(one)
    speeds = {way: statistics.median(map(speed, rounds)) for way, rounds in ways.items()}
    # The one that was asked in all rounds.
    best = max(ways, key=lambda way: (len(ways[way]), speeds[way]))

    def row(what, number, more=("", "")):
        return [f"{name}: {what}", f"{number:,.0f}", f"{number / speeds[best]:.2f}", *more]

    yield row("ours, steps alone", statistics.median(map(speed, ours)))
    yield row("ours, batches laid out", statistics.median(speed(one, "lay", "learn") for one in ours))
    if ours[0].get("epoch_seconds"):
        yield row("ours, an epoch", statistics.median(one["examples"] / one["epoch_seconds"] for one in ours))
    for way, rounds in ways.items():
        differences = [f"{apart(ours[0], rounds[0], steps):.1e}" for steps in (ALIKE, len(ours[0]["steps"]))]
        yield row(f"PyTorch {rounds[0]['version']}, {way}", speeds[way], differences)
