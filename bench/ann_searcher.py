"""Who is asked for curves, ours and others alike?

A process that builds an index, tells of it in a line of JSON, and answers each line `{"truth", "allowed"}` by a curve;
it stays, so that several of them can be asked in turns.
"""

import json
import os
import sys
import tempfile

import ann_cells
import ann_data


class Searcher:
    def __init__(self, run, folder, method, threads, efforts):
        self.folder, self.method = folder, method
        command, environment = ours(folder, method, efforts), {}
        if not ann_cells.is_ours(method):
            command = [os.environ["ANN_PYTHON"], "ann_rival.py", method, folder]
            # The BLAS of faiss builds with it; searching has one thread.
            environment = {"OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
        self.errors = tempfile.TemporaryFile("w+")
        self.process = run.start([*command, "--threads", threads], self.errors, **environment)
        self.about = self.answer()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.communicate()

    def curve(self, filter_name):
        """One turn: the cells of one curve, each with what allowing its rows took."""
        allowed = ann_data.allowed(self.folder, filter_name)
        turn = {"truth": str(self.folder / f"truth-{filter_name}.npy"), "allowed": allowed and str(allowed)}
        self.process.stdin.write(json.dumps(turn) + "\n")
        self.process.stdin.flush()
        answer = self.answer()
        cost = {"allow_seconds": answer["allow_seconds"]} if allowed else {}
        return [cell | cost for cell in answer["cells"]]

    def answer(self):
        """The next line that is JSON: some libraries write to the standard output as they come and go."""
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        self.errors.seek(0)
        sys.exit(f"{self.method} ended with {self.process.wait()}:\n{self.errors.read()[-4000:]}")


def ours(folder, method, efforts):
    way = method.partition(":")[2] or "single"
    how = ["--exact"] if way == "exact" else ["--precision", way]
    if efforts and way != "exact":
        how += ["--efforts", efforts]
    return [os.environ["BENCH_BIN"] + "/neighbors", "curve", *ann_data.ours(folder, "none"), *how]
