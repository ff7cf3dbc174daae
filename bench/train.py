"""How long does it take from a table of listening to a snapshot that serves, step by step?

`undersong import --background` into an empty data folder, then `undersong train`; the steps of training are those of
its manifest, and what they do not cover of the command's wall clock is `other`.
"""

import argparse
import json
import os
import pathlib

import drawing
from keep import Run, scratch
from listening import generated, shapes

COLUMNS = "listener=user,item=item,count=value"


def main():
    parser = argparse.ArgumentParser(prog="bench/run train", description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", type=shapes, default="360kx290kx17M")
    parser.add_argument("--models", nargs="*", default=[], help="model strings; the product's defaults when empty")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--to", help="folder of the run")
    arguments = parser.parse_args()
    run = Run("train", arguments.to)
    for shape in arguments.shapes:
        run.keep(measure(run, shape, arguments))
        draw(run)
    run.tell(*table(run.numbers))


def measure(run, shape, arguments):
    table, _ = generated(shape)
    with scratch() as data:
        product = [os.environ["UNDERSONG"], "--data", data, "--threads", arguments.threads, "--json"]
        command = [*product, "import", "--background", "--format", "triples", "--columns", COLUMNS, table]
        imported, import_seconds = run.execute(command)
        print(f"{shape.text}: imported in {import_seconds:.1f} s", flush=True)
        models = [word for model in arguments.models for word in ("--model", model)]
        trained, train_seconds = run.execute([*product, "train", *models])
        bytes_of = {path.name: path.stat().st_size for path in pathlib.Path(data).iterdir() if path.is_file()}
    manifest = json.loads(trained)
    # Of a model's string its name is enough here.
    steps = {"import": import_seconds}
    steps |= {step.partition(":")[0]: seconds for step, seconds in manifest["seconds"].items()}
    steps["other"] = max(0.0, train_seconds - sum(manifest["seconds"].values()))
    print(f"{shape.text}: trained in {train_seconds:.1f} s", flush=True)
    return {
        "shape": shape.text,
        "steps": steps,
        "import_seconds": import_seconds,
        "train_seconds": train_seconds,
        "file_bytes": bytes_of,
        "import": json.loads(imported),
        "manifest": manifest,
    }


def table(numbers):
    rows = []
    for n in numbers:
        whole = n["import_seconds"] + n["train_seconds"]
        for step, seconds in n["steps"].items():
            rows.append([n["shape"], step, f"{seconds:.1f}", f"{100 * seconds / whole:.0f} %"])
        rows.append([n["shape"], "**in all**", f"**{whole:.1f}**", ""])
    return ["table", "step", "seconds", "share"], rows


def draw(run):
    """The steps, one under the other."""
    figure, axes = drawing.panels(len(run.numbers), 1, width=7, height=2.6)
    for (axes,), n in zip(axes, run.numbers):
        whole = sum(n["steps"].values())
        for row, seconds in enumerate(n["steps"].values()):
            axes.barh(row, seconds, color=drawing.OURS, height=0.6)
            drawing.name(axes, seconds, row, f"{seconds:.1f} s", drawing.INK)
        axes.set_yticks(range(len(n["steps"])), n["steps"])
        axes.invert_yaxis()
        axes.set_xlim(0, 1.15 * max(n["steps"].values()))
        axes.grid(axis="y", visible=False)
        axes.set_title(f"{drawing.matrix(n['shape'])}: {whole:.0f} s in all")
        axes.set_xlabel("seconds")
    drawing.save(figure, run.folder, "From a table to a snapshot")


if __name__ == "__main__":
    main()
