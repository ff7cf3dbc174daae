"""How high do factors rank what was withheld?

The whole catalogue is ranked for each listener, without what the listener is known to have heard
(Krichene & Rendle 2020: among sampled items the order of models can reverse).
NDCG@k with gains of 1: Σ 1/log₂(rank + 1) of the withheld items among the first k, over the same sum of the best
possible list; the mean over a sample of listeners, with its standard error.
"""

import numpy as np

BATCH = 250


class Judge:
    """A sample of the listeners who have something withheld; the same for every model."""

    def __init__(self, listening, shape, n_listeners=5000, seed=1):
        self.heard = listening.matrix
        rows, columns = listening.withheld(shape)
        listeners = np.unique(rows)
        n_listeners = min(n_listeners, len(listeners))
        self.listeners = np.sort(np.random.default_rng(seed).choice(listeners, n_listeners, replace=False))
        order = np.argsort(rows, kind="stable")
        ends = np.searchsorted(rows[order], self.listeners, side="right")
        starts = np.searchsorted(rows[order], self.listeners, side="left")
        self.withheld = [columns[order[a:b]] for a, b in zip(starts, ends)]

    def popularity(self, k):
        """What the same list of popular items for everybody comes to: the least that a model must beat."""
        listeners = np.bincount(self.heard.indices, minlength=self.heard.shape[1])
        ones = np.ones((self.heard.shape[0], 1), dtype=np.float32)
        return self.ndcg(ones, listeners[:, None].astype(np.float32), k)

    def ndcg(self, users, items, k):
        """Mean and standard error."""
        batches = range(0, len(self.listeners), BATCH)
        each = np.concatenate([self.batch(users, items, k, first) for first in batches])
        return {"ndcg": each.mean(), "error": each.std() / np.sqrt(len(each)), "at": k}

    def batch(self, users, items, k, first):
        listeners = self.listeners[first : first + BATCH]
        withheld = self.withheld[first : first + BATCH]
        scores = users[listeners] @ items.T
        scores[self.heard[listeners].nonzero()] = -np.inf
        best = np.argpartition(scores, -k, axis=1)[:, -k:]
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
        ranked = np.take_along_axis(best, order, axis=1)
        hits = np.array([np.isin(row, truth) for row, truth in zip(ranked, withheld)])
        gains = 1 / np.log2(np.arange(2, k + 2))
        ideal = np.array([gains[: len(truth)].sum() for truth in withheld])
        return hits @ gains / ideal
