"""Mean shift with a flat kernel on large point sets. Comaniciu and Meer 2002; semantics of scikit-learn's MeanShift.

scikit-learn moves one seed at a time. Here all seeds move together, as two matrix products per step, and seeds that
have met go on as one. Up to ``sample`` points this is the algorithm itself; on more points the modes are sought among
a random sample and then settled on all points, so a cluster of which the sample holds fewer than two points is missed.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

OUTLIER = -1
"""Label of a point that is farther than the bandwidth from every mode."""

MAX_STEPS = 300
STOP = 1e-3
"""A seed has settled when it moves less than this share of the bandwidth."""

_PAIRS_PER_CHUNK = 1 << 23


def mean_shift(
    points: NDArray[np.float32], bandwidth: float, *, sample: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Label (n, d) points with the number of their cluster, 0 being the densest, or :data:`OUTLIER`.

    Args:
        points: (n, d) finite.
        bandwidth: radius of the kernel, above 0.
        sample: on more points than this the modes are sought among so many of them.
        rng: draws the sample.
    """
    everything = torch.from_numpy(points.astype(np.float64))
    if len(points) <= sample:
        modes, density = _settle(everything, everything, bandwidth)
    else:
        some = everything[torch.from_numpy(np.sort(rng.choice(len(points), size=sample, replace=False)))]
        modes, density = _settle(some, some, bandwidth)
        modes = _distinct(modes[density > 1], density[density > 1], bandwidth)
        modes, density = _settle(modes, everything, bandwidth)
    return _nearest(everything, _distinct(modes, density, bandwidth), bandwidth).numpy()


def _settle(seeds: Tensor, points: Tensor, bandwidth: float) -> tuple[Tensor, Tensor]:
    """Move seeds to the mean of the points within the bandwidth until they rest: modes, and points around each."""
    settled, density = [seeds[:0]], [torch.empty(0, dtype=seeds.dtype)]
    for step in range(MAX_STEPS + 1):
        seeds = _merge(seeds, bandwidth)
        if not len(seeds):
            break
        means, counts = _neighbour_means(seeds, points, bandwidth)
        rests = ((means - seeds).norm(dim=1) <= STOP * bandwidth) | (step == MAX_STEPS)
        settled.append(means[rests])
        density.append(counts[rests])
        seeds = means[~rests]
    return torch.cat(settled), torch.cat(density)


def _merge(seeds: Tensor, bandwidth: float) -> Tensor:
    """Keep one of the seeds that are at the same place but for rounding: they share all their steps to come."""
    cells = (seeds / (1e-9 * bandwidth)).round().numpy()
    return seeds[np.unique(cells, axis=0, return_index=True)[1]] if len(seeds) else seeds


def _neighbour_means(seeds: Tensor, points: Tensor, bandwidth: float) -> tuple[Tensor, Tensor]:
    totals = torch.zeros_like(seeds)
    counts = torch.zeros(len(seeds), dtype=seeds.dtype)
    step = max(1, _PAIRS_PER_CHUNK // len(seeds))
    for start in range(0, len(points), step):
        chunk = points[start : start + step]
        near = (_squared_distances(seeds, chunk) <= bandwidth**2).to(seeds.dtype)
        totals += near @ chunk
        counts += near.sum(dim=1)
    # A mean of scattered points can lie where no point is near: it stays where it is, as in scikit-learn.
    alone = counts == 0
    return torch.where(alone[:, None], seeds, totals / counts.clamp(min=1)[:, None]), counts


def _distinct(modes: Tensor, density: Tensor, bandwidth: float) -> Tensor:
    """Drop each mode that lies within the bandwidth of a denser one; densest first."""
    modes, density = modes[density > 0], density[density > 0]
    order = np.lexsort((*modes.numpy().T[::-1], density.numpy()))[::-1].copy()
    left, distinct = modes[order], []
    while len(left):
        distinct.append(left[0])
        left = left[(left - left[0]).norm(dim=1) > bandwidth]
    return torch.stack(distinct) if distinct else modes


def _nearest(points: Tensor, modes: Tensor, bandwidth: float) -> Tensor:
    labels = torch.full((len(points),), OUTLIER)
    if not len(modes):
        return labels
    step = max(1, _PAIRS_PER_CHUNK // len(modes))
    for start in range(0, len(points), step):
        squared, nearest = _squared_distances(points[start : start + step], modes).min(dim=1)
        nearest[squared > bandwidth**2] = OUTLIER
        labels[start : start + step] = nearest
    return labels


def _squared_distances(a: Tensor, b: Tensor) -> Tensor:
    return torch.addmm((b * b).sum(dim=1), a, b.T, alpha=-2).add_((a * a).sum(dim=1)[:, None])
