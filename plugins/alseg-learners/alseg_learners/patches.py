"""Patches of annotated scans as batches for training."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from alcore import IGNORED, AnnotatedSlices, Indices
from alseg_learners.foreground import ForegroundVoxels
from alseg_learners.images import Batch
from alseg_learners.labelled import LabelledVoxels, Voxel
from alseg_learners.patch_size import PatchSize


@dataclass(frozen=True)
class Patch:
    """A box of one scan that lies inside it; (start, stop) along slices, rows and columns."""

    scan: int
    bounds: tuple[tuple[int, int], ...]


class PatchSampler:
    """Draws where patches lie. The last ``foreground_share`` of a batch (rounded) are centred on foreground.

    So does nnU-Net, which forces a third (Isensee et al. 2021, supplementary note 2): a class is drawn among those in
    the scan, then one of its voxels to centre on, and the patch is shifted back into the scan. All other patches, and
    those of scans without foreground, lie anywhere; where some slices of a scan have no label, anywhere about a slice
    that has one, and where that one has labels in part, anywhere about a voxel that has one.

    Args:
        sizes: (slices, rows, columns) of each scan.
        labelled: where labels are.
        patch_size: the size of patches; where a scan is smaller, the patch spans all of it.
        foreground: where the foreground is.
        foreground_share: see above.
        rng: what to draw by.
    """

    def __init__(
        self,
        sizes: Sequence[tuple[int, int, int]],
        labelled: LabelledVoxels,
        patch_size: PatchSize,
        foreground: ForegroundVoxels,
        foreground_share: float,
        rng: np.random.Generator,
    ) -> None:
        self._sizes = sizes
        self._labelled = labelled
        self._patch_size = patch_size
        self._foreground = foreground
        self._share = foreground_share
        self.rng = rng

    def batch(self, scans: Indices) -> list[Patch]:
        """Draw a patch of each of these scans, all of which have a labelled slice."""
        anywhere = round(len(scans) * (1 - self._share))
        return [self._draw(int(scan), forced=place >= anywhere) for place, scan in enumerate(scans)]

    def _draw(self, scan: int, *, forced: bool) -> Patch:
        voxel = self._foreground.draw(scan, self.rng) if forced else None
        about: Voxel = (None, None, None) if voxel is not None else self._labelled.draw(scan, self.rng)
        bounds = []
        for axis, (length, wanted) in enumerate(zip(self._sizes[scan], self._patch_size, strict=True)):
            first, last = 0, max(0, length - wanted)
            if voxel is not None:
                first = last = min(max(0, int(voxel[axis]) - wanted // 2), last)
            elif (within := about[axis]) is not None:
                first, last = max(first, within - wanted + 1), min(last, within)
            start = first if voxel is not None else int(self.rng.integers(first, last, endpoint=True))
            bounds.append((start, min(length, start + wanted)))
        return Patch(scan, tuple(bounds))


class PatchImages:
    """Patches of the scans with a labelled slice; ``rows`` are patches to be drawn, so many of each scan.

    Args:
        data: the annotated slices.
        sampler: draws where patches lie.
        patch_size: the size of patches; scans that are smaller are padded at the end, images with 0, labels with
            :data:`alcore.IGNORED`.
        patches_per_scan: patches per scan and pass.
    """

    def __init__(
        self, data: AnnotatedSlices, sampler: PatchSampler, patch_size: PatchSize, patches_per_scan: int
    ) -> None:
        self._data = data
        self._sampler = sampler
        self._patch_size = patch_size
        self._scans: Indices = np.unique(data.table.scan[data.rows]).astype(np.int64)
        self._first_row = np.searchsorted(data.table.scan, np.arange(len(data.table.scan_ids)))
        self._is_labelled = np.zeros(len(data.table), bool)
        self._is_labelled[data.rows] = True
        self.rows: Indices = np.arange(len(self._scans) * patches_per_scan)

    def __len__(self) -> int:
        return len(self.rows)

    def batches(self, batches_of_rows: Sequence[Indices]) -> Iterator[Batch]:
        """Draw and yield a batch for each entry: images (n, channels, d, h, w), targets (n, [classes,] d, h, w)."""
        drawn = [self._sampler.batch(self._scans[rows % len(self._scans)]) for rows in batches_of_rows]
        slices = [self._slices_of(patch) for patches in drawn for patch in patches]
        images, labels = self._data.images.batches(slices), self._data.labels(slices)
        weights = map(self._weight, slices)
        for patches in drawn:
            image = torch.stack([self._placed(next(images), patch, 0) for patch in patches])
            target = torch.stack([self._placed(next(labels).to(image.device), patch, IGNORED) for patch in patches])
            extent = torch.tensor([[stop - start for start, stop in patch.bounds] for patch in patches])
            weight = torch.tensor([next(weights) for _ in patches], device=image.device)
            yield Batch(image, target, weight, extent)

    def state(self) -> dict[str, Any]:
        """What has been drawn so far, for :meth:`restore`."""
        return dict(self._sampler.rng.bit_generator.state)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on drawing where ``state`` was taken."""
        self._sampler.rng.bit_generator.state = dict(state)

    def _slices_of(self, patch: Patch) -> Indices:
        first, (start, stop) = self._first_row[patch.scan], patch.bounds[0]
        return np.arange(first + start, first + stop)

    def _weight(self, rows: Indices) -> float:
        """The mean weight of a patch's labelled slices: a loss weighs images, not voxels."""
        return float(self._data.weight(rows[self._is_labelled[rows]]).mean())

    def _placed(self, slices: Tensor, patch: Patch, padding: int) -> Tensor:
        """Cut (d, [leading,] height, width) to the patch and bring it to its size, (leading, *patch_size)."""
        _, (top, bottom), (left, right) = patch.bounds
        volume = as_volume(slices[..., top:bottom, left:right])
        missing = [wanted - got for wanted, got in zip(self._patch_size, volume.shape[-3:], strict=True)]
        pads = [pad for length in reversed(missing) for pad in (0, length)]
        return torch.nn.functional.pad(volume, pads, value=padding) if any(missing) else volume


def as_volume(slices: Tensor) -> Tensor:
    """Slices of images (d, channels, h, w) or labels (d, [classes,] h, w) as a volume ([channels,] d, h, w)."""
    return slices.movedim(0, -3)
