"""What is learned from?

Generated listening of a given shape, written once by `generate` and read back as a sparse matrix.
A shape is written as it is: `360kx290kx17M` are 360,000 listeners, 290,000 items and about 17 million pairs.
"""

import argparse
import os
import pathlib
import re
import subprocess
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

DATA = pathlib.Path("data")
FACTORS = {"": 1, "k": 1_000, "M": 1_000_000}


@dataclass(frozen=True)
class Shape:
    text: str
    users: int
    items: int
    pairs: int
    # One listener in so many has something withheld.
    withheld_every: int = 20

    @staticmethod
    def parse(text):
        found = re.fullmatch("x".join([r"([\d.]+)([kM]?)"] * 3), text)
        if not found:
            raise argparse.ArgumentTypeError(f"a shape such as 100kx60kx5M expected, got {text}")
        words = found.groups()
        sizes = [round(float(n) * FACTORS[unit]) for n, unit in zip(words[::2], words[1::2])]
        return Shape(text, *sizes)

    @property
    def folder(self):
        every = "" if self.withheld_every == 20 else f"-withheld-{self.withheld_every}"
        return DATA / (self.text + every)


def generated(shape):
    """The files to learn from and to judge by, made when they are not there: `train.tsv`, `held-out.tsv`."""
    train, held_out = shape.folder / "train.tsv", shape.folder / "held-out.tsv"
    if not train.exists():
        shape.folder.mkdir(parents=True, exist_ok=True)
        print(f"generating {shape.text}", flush=True)
        partial = train.with_suffix(".partial")
        command = [f"{os.environ['BENCH_BIN']}/generate", "--users", shape.users, "--items", shape.items]
        command += ["--pairs", shape.pairs, "--train", partial, "--held-out", held_out]
        command += ["--withheld-every", shape.withheld_every]
        subprocess.run([str(word) for word in command], check=True)
        # The name appears when the file is whole.
        partial.rename(train)
    return train, held_out


@dataclass(frozen=True)
class Listening:
    """`matrix` `[n_users × n_items]` of f32 counts with sorted rows; the ids of its rows and columns, ascending."""

    matrix: csr_matrix
    users: np.ndarray
    items: np.ndarray

    @staticmethod
    def of(shape):
        """The pairs to learn from; read from text once, from a copy in binary afterwards."""
        train, _ = generated(shape)
        copy = train.with_suffix(".npz")
        if not copy.exists():
            users, items, values = triples(train)
            user_ids, rows = np.unique(users, return_inverse=True)
            item_ids, columns = np.unique(items, return_inverse=True)
            matrix = csr_matrix((values.astype(np.float32), (rows, columns)))
            matrix.sort_indices()
            arrays = {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr}
            partial = copy.with_suffix(".partial.npz")
            np.savez(partial, users=user_ids, items=item_ids, **arrays)
            partial.rename(copy)
        with np.load(copy) as arrays:
            parts = (arrays["data"], arrays["indices"], arrays["indptr"])
            users, items = arrays["users"], arrays["items"]
        return Listening(csr_matrix(parts, shape=(len(users), len(items))), users, items)

    def withheld(self, shape):
        """What was kept from whoever learned: rows and columns of this matrix; what nobody else heard is left out."""
        _, path = generated(shape)
        users, items, _ = triples(path)
        is_known = np.isin(users, self.users) & np.isin(items, self.items)
        rows = np.searchsorted(self.users, users[is_known])
        return rows, np.searchsorted(self.items, items[is_known])


def triples(path):
    """The three columns of a table of whole numbers with a header line."""
    with open(path, "rb") as file:
        file.readline()
        return np.fromfile(file, dtype=np.int32, sep=" ").reshape(-1, 3).T


def shapes(text):
    """Several shapes, as an argument."""
    return [Shape.parse(word) for word in text.split(",")]


def numbers(text):
    """Several whole numbers, as an argument."""
    return [int(word) for word in text.split(",")]
