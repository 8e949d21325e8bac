"""What alseg expects of the class behind each kind of spec.

These are protocols: an implementation need not inherit from them. ``alcore.testing`` checks them in earnest.
Every class is built as ``Class(options, ...)`` with the keyword arguments that its ``__init__`` here shows.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from alcore.jobs import Job, JobOutcome
from alcore.query import Fill, Indices, Query, Selection
from alcore.scans import DatasetListing, Scan, ScanSource

if TYPE_CHECKING:
    from torch import Tensor


class Dataset(Protocol):
    """Lists and reads scans. Built as ``Class(options)``; must be picklable, since worker processes read."""

    def list_scans(self, source: Path | None) -> DatasetListing:
        """Say what ``source`` contains without reading images; ``source`` is None for an embedded dataset.

        Raises:
            AlsegError: ``source`` is not this dataset.
        """
        ...

    def read_scan(self, scan: ScanSource) -> Scan:
        """Read one scan.

        Raises:
            AlsegError: a file is missing, truncated or does not fit its label; the file is named.
        """
        ...


class Model(Protocol):
    """A ``torch.nn.Module`` built as ``Class(options, in_channels=..., out_channels=..., dim=...)``."""

    feature_layer: str
    """Name of the submodule whose output is the feature map; empty where there is none."""

    def __call__(self, images: "Tensor") -> "Tensor":
        """Map (n, in_channels, *spatial) of any spatial size to logits (n, out_channels, *spatial), one per class."""
        ...


class Loss(Protocol):
    """A ``torch.nn.Module`` built as ``Class(options, label_space=...)``, a :class:`alcore.LabelSpace`."""

    def __call__(self, logits: "Tensor", target: "Tensor", weight: "Tensor") -> "Tensor":
        """Return the scalar loss.

        Args:
            logits: (n, classes, *spatial).
            target: single-label (n, *spatial) with class numbers, multi-label (n, classes, *spatial) with 0 and 1;
                any integer type. Voxels of value :data:`alcore.IGNORED` count nowhere.
            weight: (n,) weight of each slice (1 for true labels, less for pseudo-labels): scales its contribution
                without entering the number of voxels that the loss is averaged over.
        """
        ...


class Strategy(Protocol):
    """Chooses slices. Built anew for each round as ``Class(options, **components)``, so it keeps no state."""

    def select(self, query: Query) -> Selection:
        """Choose up to ``query.budget`` of ``query.candidates``."""
        ...


@runtime_checkable
class ScoringStrategy(Protocol):
    """A strategy that can also say how much it wants each slice."""

    def select(self, query: Query) -> Selection:
        """Choose up to ``query.budget`` of ``query.candidates``."""
        ...

    def score_slices(self, query: Query, indices: Indices) -> NDArray[np.float64]:
        """Return (len(indices),) scores; higher is wanted more."""
        ...


@runtime_checkable
class FillsBlocks(Protocol):
    """A strategy that answers with blocks, and can say how it fills them apart from any query, for a replay."""

    def select(self, query: Query) -> Selection:
        """Choose up to ``query.budget`` of ``query.candidates``."""
        ...

    def fill_of(self, round: int, rounds: int) -> Fill | None:
        """How blocks are filled in ``round`` of ``rounds``, as the selections of that round carry it."""
        ...


@dataclass(frozen=True)
class ConfusionCounts:
    """Voxel counts per scan and foreground class, each (scans, classes) int64."""

    true_positive: NDArray[np.int64]
    false_positive: NDArray[np.int64]
    false_negative: NDArray[np.int64]
    true_negative: NDArray[np.int64]


class CountMetric(Protocol):
    """A metric with ``needs="counts"``. Built as ``Class(options)``."""

    def from_counts(self, counts: ConfusionCounts) -> NDArray[np.float64]:
        """Return (scans, foreground classes); NaN where it is not defined."""
        ...


class VolumeMetric(Protocol):
    """A metric with ``needs="volume"``. Built as ``Class(options)``."""

    def from_volume(
        self, prediction: NDArray[np.bool_], truth: NDArray[np.bool_], spacing: tuple[float, float, float]
    ) -> NDArray[np.float64]:
        """Return (foreground classes,) for one scan; NaN where it is not defined.

        Args:
            prediction: (foreground classes, slices, height, width); False where nothing is annotated.
            truth: the same shape; False there, too.
            spacing: millimetres along (slices, rows, columns).
        """
        ...


class ProbabilityMetric(Protocol):
    """A metric with ``needs="probabilities"``. Built as ``Class(options)``."""

    def from_probabilities(
        self, probabilities: NDArray[np.float32], truth: NDArray[np.bool_], counted: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """Return (foreground classes,) for one scan; NaN where it is not defined.

        Args:
            probabilities: (foreground classes, slices, height, width), in [0, 1].
            truth: the same shape.
            counted: the same shape; False where the class is not annotated, which in single-label data is the same
                for all classes. Such voxels count nowhere, not in the number of voxels either.
        """
        ...


class Tracker(Protocol):
    """Records a run elsewhere: a subclass of :class:`alcore.Moments`, built as ``Class(options, directory=...)``.

    ``directory`` is a folder of the tracker's own inside the run directory.
    """

    def __init__(self, options: Any, *, directory: Path) -> None: ...


class Launcher(Protocol):
    """Runs the jobs of a benchmark. Built as ``Class(options)``."""

    def launch(self, jobs: Sequence[Job]) -> Generator[JobOutcome, None, None]:
        """Run every job by :func:`alcore.run_job` and yield its outcome as it ends, in any order, each exactly once.

        A job that fails, or whose process dies, is an outcome with an error and does not stop the others. Closing
        the generator stops the jobs that still run. Progress is read from the jobs' run directories, not from here.
        """
        ...
