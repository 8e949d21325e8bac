"""Interpolate every full block of a slice store, in processes, and score what comes out."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alcore import AlsegError, Interpolator, LabelSpace, SliceStore
from alcore.registry import Registry
from alcore.specs import InterpolatorSpec
from alseg_bench.interpolation.published import PUBLISHED_OPTIONS
from alseg_bench.interpolation.quality import BlockScores, Job, Quality, summarise
from alseg_bench.interpolation.scores import dice_per_class, published_score

SMALLEST_BLOCK = 3


def measure_quality(
    path: Path,
    registry: Registry,
    interpolators: Iterable[str],
    block_sizes: Iterable[int],
    *,
    as_published: bool = False,
    processes: int = 1,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Quality]:
    """Measure interpolators on all full blocks of all scans of a store, block by block.

    Args:
        path: the slice store.
        registry: the installed components.
        interpolators: names of installed interpolators.
        block_sizes: slices per block, annotated ends included, each at least 3.
        as_published: score as the paper's code did, faults included, instead of correctly.
        processes: worker processes; interpolators may hold the GIL, so threads would not help.
        progress: told (scans done, scans in all).

    Returns:
        One quality per interpolator and block size, in their order.

    Raises:
        AlsegError: an interpolator does not exist, a block size is too small, the store cannot be read, or data with
            several labels per voxel is to be scored as published.
    """
    interpolators, block_sizes = tuple(interpolators), tuple(block_sizes)
    for name in interpolators:
        registry.get(InterpolatorSpec, name)
    if small := [size for size in block_sizes if size < SMALLEST_BLOCK]:
        raise AlsegError(
            f"a block of {small[0]} slices has none between its ends", hint=f"use {SMALLEST_BLOCK} or more slices"
        )
    with SliceStore.open(path) as store:
        n_scans, names = len(store.scans.ids), store.info.label_space.foreground_names
        if as_published and store.info.label_space.multi_label:
            raise AlsegError(
                f"{store.info.dataset} has several labels per voxel, which the published score does not know",
                hint="leave out --as-published",
            )
    jobs = tuple(Job(name, size, as_published) for name in interpolators for size in block_sizes)
    scans = []
    for result in _scores_of_scans(path, registry, jobs, n_scans, processes):
        scans.append(result)
        progress(len(scans), n_scans)
    return [summarise(job, [scan[k] for scan in scans], names) for k, job in enumerate(jobs)]


def _scores_of_scans(
    path: Path, registry: Registry, jobs: Sequence[Job], n_scans: int, processes: int
) -> Iterator[list[BlockScores]]:
    if processes == 1:
        yield from map(_ScanScorer(path, registry, jobs), range(n_scans))
        return
    try:
        with ProcessPoolExecutor(
            processes, mp_context=get_context("spawn"), initializer=_begin_worker, initargs=(path, jobs)
        ) as executor:
            yield from executor.map(_score_in_worker, range(n_scans), chunksize=4)
    except BrokenProcessPool as error:
        raise AlsegError(
            "a worker process was killed while it interpolated, most likely for want of memory",
            hint="use fewer processes: --jobs 1",
        ) from error


_of_this_worker: "_ScanScorer"


def _begin_worker(path: Path, jobs: Sequence[Job]) -> None:
    global _of_this_worker
    _of_this_worker = _ScanScorer(path, Registry.installed(), jobs)


def _score_in_worker(scan: int) -> list[BlockScores]:
    return _of_this_worker(scan)


class _ScanScorer:
    def __init__(self, path: Path, registry: Registry, jobs: Sequence[Job]) -> None:
        self._path = path
        self._jobs = [(job, _interpolator(registry, job.interpolator, job.as_published)) for job in jobs]

    def __call__(self, scan: int) -> list[BlockScores]:
        with SliceStore.open(self._path) as store:
            label = store.read_scan_label(scan)
            return [_score_scan(label, *job, store.info.label_space) for job in self._jobs]


def _interpolator(registry: Registry, name: str, as_published: bool) -> Interpolator:
    component = registry.get(InterpolatorSpec, name)
    options = component.parse_options(PUBLISHED_OPTIONS.get(name, {}) if as_published else {})
    interpolator: Interpolator = registry.build(component, options)
    # The first fill may import and prepare a lot, which is no cost of a block.
    interpolator.fill(np.ones((4, 4), np.uint8), np.ones((4, 4), np.uint8), 1)
    return interpolator


def _score_scan(label: NDArray[np.uint8], job: Job, interpolator: Interpolator, label_space: LabelSpace) -> BlockScores:
    classes = np.array(label_space.foreground)
    n_blocks = max(len(label) - job.block_size + 1, 0)
    dice = np.full((n_blocks, 1 if job.as_published else len(classes)), np.nan)
    failed, seconds = np.zeros(n_blocks, bool), np.zeros(n_blocks)
    for start in range(n_blocks):
        block = label[start : start + job.block_size]
        first, last = (block[-1], block[0]) if job.as_published else (block[0], block[-1])
        started = time.perf_counter()
        filled = interpolator.fill(first, last, job.block_size - 2)
        seconds[start] = time.perf_counter() - started
        if filled is None:
            failed[start] = True
        elif job.as_published:
            dice[start] = published_score(filled, block, len(classes) + 1)
        else:
            dice[start] = dice_per_class(filled, block[1:-1], classes, label_space.multi_label)
    return BlockScores(dice, failed, seconds)
