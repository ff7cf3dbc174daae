"""What does implicit 0.7.3 call the loss of given factors, and what do its exact half-steps make of them?

Writes a small matrix of confidences, factors of dimension 4, and implicit's own numbers for them as JSON:
the fixture with which the Rust tests check `implicit_loss=true`.
Every number is an exact f32 written with enough digits to be read back as the same f32.

    bench/.venv/bin/python bench/loss_fixture.py FILE
"""

import json
import sys

import implicit
import numpy as np
from implicit.cpu import _als
from scipy.sparse import csr_matrix

N_USERS, N_ITEMS, DIM, N_PAIRS = 12, 9, 4, 40
CASES = [(0.0, 1.0), (0.01, 1.0), (1.5, 1.0), (0.1, 2.0)]  # regularization, alpha


def slow_loss(confidences, users, items, regularization):
    """The formula of the docs, over every cell, in f64."""
    c = confidences.toarray().astype(np.float64)
    x, y = users.astype(np.float64), items.astype(np.float64)
    scores = x @ y.T
    squares = np.where(c > 0, c * (1 - scores) ** 2, scores**2).sum()
    squares += regularization * ((x**2).sum() + (y**2).sum())
    return squares / (c.sum() + c.size - confidences.nnz)


def half_steps(confidences, users, items, regularization):
    """Users against the given items, then items against the new users, by implicit's exact solver."""
    users, items = users.copy(), items.copy()
    _als.least_squares(confidences, users, items, regularization, num_threads=1)
    _als.least_squares(confidences.T.tocsr(), items, users, regularization, num_threads=1)
    return users, items


def main(path):
    rng = np.random.default_rng(3)
    cells = np.sort(rng.choice(N_USERS * N_ITEMS, N_PAIRS, replace=False))
    # Quarters are exact in f32 and in decimal; 1 is there too, where c - 1 vanishes.
    values = (1 + np.floor(rng.exponential(2.0, N_PAIRS) * 4) / 4).astype(np.float32)
    heard = csr_matrix((values, np.divmod(cells, N_ITEMS)), shape=(N_USERS, N_ITEMS))
    users = rng.normal(0, 0.5, (N_USERS, DIM)).astype(np.float32)
    items = rng.normal(0, 0.5, (N_ITEMS, DIM)).astype(np.float32)

    cases = []
    for regularization, alpha in CASES:
        confidences = (heard * np.float32(alpha)).tocsr()
        loss = _als.calculate_loss(confidences, users, items, regularization, num_threads=1)
        expected = slow_loss(confidences, users, items, regularization)
        assert abs(loss - expected) < 1e-6 * expected, (loss, expected)
        case = {"reg": regularization, "alpha": alpha, "loss": loss, "loss_in_f64": expected}
        if regularization > 0:
            solved = half_steps(confidences, users, items, regularization)
            case |= dict(zip(("users_after", "items_after"), (a.tolist() for a in solved)))
            case["loss_after"] = _als.calculate_loss(confidences, *solved, regularization, num_threads=1)
        cases.append(case)

    fixture = {
        "from": f"implicit {implicit.__version__}, numpy {np.__version__}",
        "n_users": N_USERS,
        "n_items": N_ITEMS,
        "dim": DIM,
        "triples": [
            [int(u), int(i), float(v)]
            for u, i, v in zip(*np.divmod(cells, N_ITEMS), values, strict=True)
        ],
        "user_factors": users.tolist(),
        "item_factors": items.tolist(),
        "cases": cases,
    }
    with open(path, "w") as file:
        json.dump(fixture, file, indent=1)


if __name__ == "__main__":
    main(sys.argv[1])
