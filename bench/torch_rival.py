"""What does PyTorch make of the same steps, and in what time?

    python torch_rival.py FOLDER --pooling padded --compile

takes the steps that `rehearsal` wrote into a folder, from the same beginning, and prints loss and seconds of each.
The network, the loss and the optimizers are those of models/src/two_tower, as a user of PyTorch would write them:
embeddings with sparse gradients and SparseAdam, AdamW for the layers, Adam for what draws attention.
Batches lie in memory as tensors before the clock starts: nothing that lays them out is counted.
"""

import argparse
import json
import pathlib
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional

NEVER = -1e30
OUTCOMES, AGES = 5, 12
# Outcomes that speak against a recording: skipped, disliked.
AGAINST = (2, 4)


class Tower(nn.Module):
    def __init__(self, arrays, name):
        super().__init__()
        self.first, self.norm, self.second = (
            linear(arrays, f"{name}_first"),
            nn.LayerNorm(len(arrays[f"{name}_norm_gain"])),
            linear(arrays, f"{name}_second"),
        )
        self.norm.weight.data = tensor(arrays[f"{name}_norm_gain"])
        self.norm.bias.data = tensor(arrays[f"{name}_norm_shift"])

    def forward(self, x):
        return functional.normalize(self.second(torch.relu(self.norm(self.first(x)))), dim=1)


def linear(arrays, name):
    weights = arrays[f"{name}_weights"]
    layer = nn.Linear(*weights.shape)
    layer.weight.data = tensor(weights.T.copy())
    layer.bias.data = tensor(arrays[f"{name}_bias"])
    return layer


def tensor(array):
    return torch.from_numpy(np.ascontiguousarray(array))


class Net(nn.Module):
    def __init__(self, arrays, params, pooling, is_compiled):
        super().__init__()
        self.ids = nn.Embedding.from_pretrained(tensor(arrays["ids"]), freeze=False, sparse=True)
        dim = params["dim"]
        self.direction, self.of_outcome, self.of_age = (
            nn.Parameter(part.clone()) for part in tensor(arrays["attention"]).split([dim, OUTCOMES, AGES])
        )
        self.items, self.listeners = Tower(arrays, "items"), Tower(arrays, "listeners")
        self.temperature, self.hard_weight = params["temperature"], params["hard_weight"]
        self.pool = getattr(self, pooling)
        # What has one shape in all steps is compiled; sparse gradients stay outside.
        self.judge = torch.compile(self.loss) if is_compiled else self.loss
        if is_compiled and pooling == "padded":
            self.attend = torch.compile(self.attend)

    def forward(self, batch):
        return self.judge(self.ids(batch["items"]), self.pool(batch), batch)

    def padded(self, batch):
        """Means of rows that are all as long as the longest history."""
        return self.attend(self.ids(batch["tokens"]), batch["outcomes"], batch["ages"], batch["logs"], batch["shares"])

    def attend(self, rows, outcomes, ages, logs, shares):
        pulls = logs + rows @ self.direction + self.of_outcome[outcomes] + self.of_age[ages]
        # Somebody without a history has no shares at all.
        attention = torch.softmax(pulls, dim=1) * (logs > NEVER)
        return (torch.cat([attention.unsqueeze(1), shares], dim=1) @ rows).flatten(1)

    def ragged(self, batch):
        """Means of rows one behind the other."""
        rows, of = self.ids(batch["tokens"]), batch["of"]
        attention = self.softmax(rows, batch)
        n = batch["n"]
        recent = rows.new_zeros(n, rows.shape[1]).index_add(0, of, attention.unsqueeze(1) * rows)
        means = rows.new_zeros(2 * n, rows.shape[1])
        means = means.index_add(0, 2 * of + batch["against"], batch["share"].unsqueeze(1) * rows)
        return torch.cat([recent, means.view(n, -1)], dim=1)

    def bags(self, batch):
        """Means by embedding bags, and once more the rows that draw attention."""
        rows = self.ids(batch["tokens"])
        attention = self.softmax(rows, batch)

        def bag(weights):
            starts = batch["starts"]
            return functional.embedding_bag(
                batch["tokens"], self.ids.weight, starts, mode="sum", sparse=True, per_sample_weights=weights
            )

        return torch.cat([bag(attention), bag(batch["liked_share"]), bag(batch["against_share"])], dim=1)

    def softmax(self, rows, batch):
        of, n = batch["of"], batch["n"]
        pulls = batch["logs"] + rows @ self.direction + self.of_outcome[batch["outcomes"]] + self.of_age[batch["ages"]]
        most = pulls.new_full((n,), NEVER).scatter_reduce(0, of, pulls.detach(), "amax")
        raised = torch.exp(pulls - most[of])
        return raised / pulls.new_zeros(n).index_add(0, of, raised)[of]

    def loss(self, item_rows, inputs, batch):
        items, listeners = self.items(item_rows), self.listeners(inputs)
        n = batch["offsets"].shape[0]
        plain = listeners @ items[:n].T / self.temperature
        liked = plain.diagonal()
        scores = torch.where(batch["own"], plain, plain + batch["offsets"]).masked_fill(batch["left_out"], NEVER)
        if batch["hard"] is not None:
            hard = (listeners * items[batch["hard"].clamp(min=0)]).sum(1) / self.temperature + np.log(self.hard_weight)
            scores = torch.cat([scores, torch.where(batch["hard"] >= 0, hard, NEVER).unsqueeze(1)], dim=1)
        return (torch.logsumexp(scores, dim=1) - liked).mean()


def batches(folder, params, pooling):
    """Every step as tensors."""
    arrays = {path.stem.removeprefix("step_"): np.load(path) for path in folder.glob("step_*.npy")}
    for place, (first, last) in enumerate(zip(arrays["places"], arrays["places"][1:])):
        examples, tokens, items, offsets, left_out = (slice(*pair) for pair in zip(first, last))
        lengths = arrays["lengths"][examples].astype(np.int64)
        told = {name: arrays[name][tokens] for name in ("tokens", "outcomes", "ages", "weights")}
        n = len(lengths)
        hard = arrays["hard"][examples]
        pairs = tensor(arrays["left_out"][left_out].astype(np.int64))
        n_columns = offsets.stop - offsets.start
        excluded = torch.zeros(n, n_columns, dtype=torch.bool)
        excluded[pairs[:, 0], pairs[:, 1]] = True
        batch = {
            "n": n,
            "items": tensor(arrays["items"][items].astype(np.int64)),
            "offsets": tensor(arrays["offsets"][offsets]),
            "own": torch.eye(n, n_columns, dtype=torch.bool),
            "left_out": excluded,
            "hard": tensor(hard) if (hard >= 0).any() else None,
        }
        yield batch | history(lengths, told, params["history"], pooling)


def history(lengths, told, longest, pooling):
    of = np.repeat(np.arange(len(lengths)), lengths)
    against = np.isin(told["outcomes"], AGAINST)
    weights = told["weights"]
    sums = np.zeros((2, len(lengths)), dtype=np.float32)
    np.add.at(sums, (against.astype(int), of), weights)
    share = (weights / sums[against.astype(int), of]).astype(np.float32)
    parts = {
        "tokens": told["tokens"].astype(np.int64),
        "outcomes": told["outcomes"].astype(np.int64),
        "ages": told["ages"].astype(np.int64),
        "logs": np.log(weights),
    }
    if pooling != "padded":
        parts |= {"of": of, "against": against.astype(np.int64), "share": share}
        parts |= {"liked_share": share * ~against, "against_share": share * against}
        parts["starts"] = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        return {name: tensor(part) for name, part in parts.items()}
    places = (of, np.arange(len(of)) - np.repeat(np.cumsum(lengths) - lengths, lengths))
    rows = {}
    for name, part in parts.items():
        empty = NEVER if name == "logs" else 0
        rows[name] = np.full((len(lengths), longest), empty, dtype=part.dtype)
        rows[name][places] = part
    shares = np.zeros((len(lengths), 2, longest), dtype=np.float32)
    shares[of, against.astype(int), places[1]] = share
    return {name: tensor(part) for name, part in (rows | {"shares": shares}).items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--pooling", choices=["padded", "ragged", "bags"], default="padded")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    params = json.loads((arguments.folder / "params.json").read_text())
    arrays = {path.stem: np.load(path) for path in arguments.folder.glob("*.npy")}
    net = Net(arrays, params, arguments.pooling, arguments.compile)
    rate = params["learning_rate"]
    layers = [*net.items.parameters(), *net.listeners.parameters()]
    optimizers = [
        torch.optim.SparseAdam([net.ids.weight], lr=rate),
        torch.optim.AdamW(layers, lr=rate, weight_decay=params["weight_decay"], fused=True),
        torch.optim.Adam([net.direction, net.of_outcome, net.of_age], lr=rate, fused=True),
    ]
    steps = []
    # One step after the other: all of them laid out would be larger than memory.
    for batch in batches(arguments.folder, params, arguments.pooling):
        since = time.perf_counter()
        for optimizer in optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss = net(batch)
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        value = loss.item()
        steps.append({"examples": batch["n"], "learn": time.perf_counter() - since, "loss": value})
    print(json.dumps({"version": torch.__version__, "steps": steps}))


if __name__ == "__main__":
    main()
