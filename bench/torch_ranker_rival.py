"""What does PyTorch make of the same steps of a network that orders candidates, and in what time?

    python torch_ranker_rival.py FOLDER --pairs padded --compile

takes the steps that `rehearsal` wrote into a folder, from the same beginning, and prints loss and seconds of each.
The network, the loss and the optimizer are those of models/src/hybrid, as a user of PyTorch would write them: two dense
layers, pairs of a liked candidate and another of its list, AdamW of all numbers at once.
Batches lie in memory as tensors before the clock starts: pairs and what each counts are not counted.
"""

import argparse
import json
import pathlib
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional


class Net(nn.Module):
    def __init__(self, arrays, judge, is_compiled):
        super().__init__()
        self.hidden, self.heads = linear(arrays, "hidden"), linear(arrays, "heads")
        self.judge = getattr(self, judge)
        # Padded steps are all of one shape; where pairs are listed, every step has another.
        self.loss = torch.compile(self.whole, dynamic=judge == "listed") if is_compiled else self.whole

    def forward(self, batch):
        return self.loss(*batch)

    def whole(self, inputs, labels, shares, *pairs):
        z = self.heads(torch.relu(self.hidden(inputs)))
        rest = z[..., 1:]
        # ln(1 + e^−z) where it came true, ln(1 + e^z) where not.
        plain = (shares * (functional.softplus(rest) - labels * rest)).sum()
        return self.judge(z[..., 0], *pairs) + plain

    def padded(self, z, liked, shares):
        """Liked candidates against all of their list, as many a list as there are at most."""
        gaps = z.gather(1, liked).unsqueeze(2) - z.unsqueeze(1)
        return (shares * functional.softplus(-gaps)).sum()

    def listed(self, z, better, worse, shares):
        """Pairs one behind the other."""
        return (shares * functional.softplus(z[worse] - z[better])).sum()


def linear(arrays, name):
    weights = arrays[f"{name}_weights"]
    layer = nn.Linear(*weights.shape)
    layer.weight.data = torch.from_numpy(weights.T.copy())
    layer.bias.data = torch.from_numpy(arrays[f"{name}_bias"])
    return layer


def steps_of(folder, head_weights):
    """Every step as lists of candidates: inputs, labels and weights of each."""
    arrays = {path.stem.removeprefix("step_"): np.load(path) for path in folder.glob("step_*.npy")}
    ends = np.cumsum(arrays["lengths"])
    last = np.cumsum(arrays["n_lists"])
    for first, end in zip(last - arrays["n_lists"], last):
        lists = []
        for place in range(first, end):
            rows = slice(ends[place] - arrays["lengths"][place], ends[place])
            labels, weights = arrays["labels"][:, rows], arrays["weights"][:, rows]
            # What each counts in the mean of its list, of the lists, and among the heads.
            sums = np.maximum(weights.sum(1, keepdims=True), 1e-30) * (end - first)
            shares = weights * np.float32(head_weights)[:, None] / sums
            liked, others = np.flatnonzero(labels[0] > 0), np.flatnonzero(labels[0] == 0)
            pairs = np.outer(weights[0, liked], weights[0, others])
            pairs /= pairs.sum() * (end - first)
            lists.append((arrays["inputs"][rows], labels[1:].T, shares[1:].T, liked, others, pairs))
        yield lists


def listed(lists):
    inputs, labels, shares, *_ = (np.concatenate(parts) for parts in list(zip(*lists))[:3])
    starts = np.cumsum([0] + [len(one[0]) for one in lists])
    better = [np.repeat(start + liked, len(others)) for start, (*_, liked, others, _) in zip(starts, lists)]
    worse = [np.tile(start + others, len(liked)) for start, (*_, liked, others, _) in zip(starts, lists)]
    pairs = np.concatenate([pairs.ravel() for *_, pairs in lists])
    return tensors(inputs, labels, shares, np.concatenate(better), np.concatenate(worse), pairs)


def padded(lists, n_lists, n, n_liked):
    width = lists[0][0].shape[1]
    inputs = np.zeros((n_lists, n, width), np.float32)
    labels, shares = np.zeros((2, n_lists, n, 2), np.float32)
    liked, pairs = np.zeros((n_lists, n_liked), np.int64), np.zeros((n_lists, n_liked, n), np.float32)
    for place, (x, told, counts, better, others, of_pairs) in enumerate(lists):
        inputs[place, : len(x)], labels[place, : len(x)], shares[place, : len(x)] = x, told, counts
        liked[place, : len(better)] = better
        pairs[place, np.arange(len(better))[:, None], others] = of_pairs
    return tensors(inputs, labels, shares, liked, pairs)


def tensors(*arrays):
    return [torch.from_numpy(np.ascontiguousarray(array)) for array in arrays]


def batches(folder, head_weights, how):
    """Every step as tensors, with how many candidates it has."""
    steps = list(steps_of(folder, head_weights))
    lists = [one for step in steps for one in step]
    sizes = (max(map(len, steps)), max(len(one[0]) for one in lists), max(len(one[3]) for one in lists))
    for step in steps:
        yield sum(len(one[0]) for one in step), listed(step) if how == "listed" else padded(step, *sizes)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--pairs", choices=["padded", "listed"], default="padded")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    params = json.loads((arguments.folder / "params.json").read_text())
    arrays = {path.stem: np.load(path) for path in arguments.folder.glob("h*.npy")}
    net = Net(arrays, arguments.pairs, arguments.compile)
    rate, decay = params["learning_rate"], params["weight_decay"]
    optimizer = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=decay, fused=True)
    steps = []
    for n, batch in batches(arguments.folder, params["head_weights"], arguments.pairs):
        since = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = net(batch)
        loss.backward()
        optimizer.step()
        value = loss.item()
        steps.append({"examples": n, "learn": time.perf_counter() - since, "loss": value})
    print(json.dumps({"version": torch.__version__, "steps": steps}))


if __name__ == "__main__":
    main()
