"""What a query for patches costs beside the model: means over boxes, and the choice of patches that are apart.

The means of all candidates of one scan are held against torch's average pooling, the fastest way that is known
to compute the same numbers on a processor; the choice is timed on a pool of ten million candidates.

python benchmarks/patch_query.py
"""

import time
from collections.abc import Callable

import numpy as np
import torch

from alcore import LabelSpace, Units
from alcore.pool.boxes import box_values
from alcore.query import KnownLabels, Query
from alcore.testing import synthetic_predictor

SCAN, PATCH = (100, 128, 128), (20, 20, 20)
TIMES = 5


def best_of(run: Callable[[], object]) -> float:
    """The shortest of a few times, in seconds."""
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)
    volume = np.random.default_rng(0).random(SCAN)
    for stride in ((10, 10, 10), (1, 1, 1)):
        units = Units.patches(np.array([SCAN]), PATCH, stride)
        ours = best_of(lambda units=units: box_values(volume, units.lower, units.upper, "mean"))
        tensor = torch.from_numpy(volume)[None, None]
        pooled = torch.nn.functional.avg_pool3d(tensor, PATCH, stride).flatten().numpy()
        theirs = best_of(lambda stride=stride, t=tensor: torch.nn.functional.avg_pool3d(t, PATCH, stride))
        on_grid = (units.lower % np.array(stride) == 0).all(axis=1)
        error = np.abs(box_values(volume, units.lower, units.upper, "mean")[on_grid] - pooled).max()
        print(
            f"means over {len(units):,} patches of {PATCH}, one scan of {SCAN}, stride {stride[0]}: {ours:.3f} s; "
            f"average pooling {theirs:.3f} s; ratio {ours / theirs:.2f}; largest difference {error:.1e}"
        )
    pool = Units.patches(np.array([SCAN] * 11), PATCH, (1, 1, 1))
    space = LabelSpace.numbered(2)
    query = Query(
        units=pool,
        status=np.zeros(len(pool), np.uint8),
        spacing=np.ones((11, 3)),
        overlap=0.0,
        most_per_scan=0,
        budget=60,
        round=1,
        rounds=5,
        label_space=space,
        rng=np.random.default_rng(0),
        predictor=synthetic_predictor([1]),
        known=KnownLabels({}, space),
    )
    order = np.argsort(-np.random.default_rng(0).random(len(pool)), kind="stable")
    seconds = best_of(lambda: query.apart(order, 60))
    print(f"60 patches that are apart, of {len(pool):,} candidates in 11 scans: {seconds:.2f} s")


if __name__ == "__main__":
    main()
