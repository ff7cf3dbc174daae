"""What do `undersong fit` and `undersong evaluate` make of the same matrix, and in what time?"""

import json
import os
import pathlib

import numpy as np

from listening import generated


def fit(run, shape, model, threads, folder=None):
    """Its answer, with `training_seconds` added: from the matrix in memory to the factors, losses left out."""
    train, _ = generated(shape)
    command = [os.environ["UNDERSONG"], "fit", "--triples", train, "--model", model]
    command += ["--threads", threads, "--json"]
    output, _ = run.execute(command + (["--save", folder] if folder else []))
    answer = json.loads(output)
    losses = sum(iteration["loss_seconds"] for iteration in answer["iterations"])
    return answer | {"training_seconds": answer["fit_seconds"] - losses}


def evaluate(run, shape, test, model, k, threads):
    """Its answer of one model, judged by that table."""
    train, _ = generated(shape)
    command = [os.environ["UNDERSONG"], "evaluate", "--train", train, "--test", test, "--model", model]
    command += ["--values", "confidence", "--k", k, "--threads", threads, "--json"]
    output, _ = run.execute(command)
    return json.loads(output)


def factors(folder, listening):
    """What it saved, in the order of rows of that matrix; biases of items stand beside a 1 of each user."""
    folder = pathlib.Path(folder)
    users = arranged(folder / "user_factors.npy", folder / "users.txt", listening.users)
    items = arranged(folder / "item_factors.npy", folder / "items.txt", listening.items)
    if (folder / "item_biases.npy").exists():
        biases = arranged(folder / "item_biases.npy", folder / "items.txt", listening.items)
        items = np.column_stack([items, biases])
        users = np.column_stack([users, np.ones(len(users), dtype=np.float32)])
    return users, items


def arranged(array, names, ids):
    """The rows of an array, reordered from its own list of ids to this one."""
    named = np.fromfile(names, dtype=np.int64, sep=" ")
    rows = np.load(array).astype(np.float32)
    arranged = np.zeros((len(ids), *rows.shape[1:]), dtype=np.float32)
    arranged[np.searchsorted(ids, named)] = rows
    return arranged
