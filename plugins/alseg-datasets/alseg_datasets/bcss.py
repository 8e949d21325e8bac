"""Breast Cancer Semantic Segmentation: colour-normalised histology with masks of tissue regions.

Amgad et al., "Structured crowdsourcing enables convolutional segmentation of histology images", Bioinformatics 35,
2019. The codes of the masks are those of its ``meta/gtruth_codes.tsv``.
"""

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alcore import IGNORED, AlsegError, DatasetListing, Scan, ScanSource
from alseg_datasets.images import read_volume
from alseg_datasets.labels import class_numbers
from alseg_datasets.options import BcssOptions
from alseg_datasets.split_rule import SplitName
from alseg_datasets.transform import Labelling

IMAGES, MASKS = "rgbs_colorNormalized", "masks"

CLASS_NAMES = ("background", "tumour", "stroma", "inflammatory", "necrosis", "other")
_OTHER = CLASS_NAMES.index("other")
_GROUPS = {
    0: IGNORED,  # outside_roi: "don't care", not "other"
    1: 1,  # tumor
    19: 1,  # angioinvasion
    20: 1,  # dcis
    2: 2,  # stroma
    3: 3,  # lymphocytic_infiltrate
    10: 3,  # plasma_cells
    11: 3,  # other_immune_infiltrate
    4: 4,  # necrosis_or_debris
}
CLASS_OF_CODE = {code: _GROUPS.get(code, _OTHER) for code in range(22)}
"""Class number of each code, grouped as in the baseline of the dataset's authors."""

_INSTITUTE = re.compile(r"^TCGA-([A-Z0-9]{2})-")
_RESOLUTION = re.compile(r"_MPP-(\d+(?:\.\d+)?)")
_MICROMETRES = 1e-3


class Bcss:
    """BCSS as its authors' script or their shared folder lays it out; each image is a scan.

    The label has no background: every pixel within the region of interest is of one of five classes, and those outside
    are ignored. Background is what ``classes`` leaves out.
    """

    def __init__(self, options: BcssOptions) -> None:
        self.options = options

    def list_scans(self, source: Path | None) -> DatasetListing:
        """List the images, sorted by name.

        Raises:
            AlsegError: there are no images, one has no mask, or a file name begins with no TCGA code.
        """
        assert source is not None
        images = sorted(path for path in (source / IMAGES).glob("*.png") if not path.name.startswith("."))
        if not images:
            raise AlsegError(
                f"{source} is not BCSS: it has no images {IMAGES}/*.png",
                hint=f"name the folder that holds {IMAGES} and {MASKS}",
            )
        split = self._split(images)
        labelling = Labelling(CLASS_NAMES, self.options)
        return DatasetListing(
            class_names=labelling.class_names,
            channel_names=("red", "green", "blue"),
            scans=[
                ScanSource(path.stem, (path, _mask_of(path, source)), split[path.stem], _spacing(path), _patient(path))
                for path in images
            ],
            multi_label=labelling.multi_label,
        )

    def read_scan(self, scan: ScanSource) -> Scan:
        """Read one image with its mask.

        Raises:
            AlsegError: a file is missing, truncated or no image, the two differ in size, or a code is unknown.
        """
        image_path, mask_path = scan.files
        image, mask = read_volume(image_path).voxels, read_volume(mask_path).voxels
        if image.shape[:2] != (3, 1):
            raise AlsegError(f"{image_path} is no colour image: it has {image.shape[0]} channels, not 3")
        if mask.shape[:2] != (1, 1):
            raise AlsegError(f"{mask_path} has {mask.shape[0]} channels; a mask must have 1")
        if image.shape != (3, *mask.shape[1:]):
            sizes = " and ".join(f"{array.shape[3]}x{array.shape[2]}" for array in (image, mask))
            raise AlsegError(f"{image_path} and {mask_path} differ in size: {sizes} pixels")
        label = class_numbers(mask[0], CLASS_OF_CODE, mask_path)
        slices = image.swapaxes(0, 1)
        if self.options.tile is not None:
            slices, label = _tiles(slices, label, self.options.tile)
        spacing = float(scan.detail)
        return Scan(slices, Labelling(CLASS_NAMES, self.options).apply(label), (1.0, spacing, spacing))

    def _split(self, images: Sequence[Path]) -> dict[str, SplitName]:
        """Split by patient; validation takes the same share of each institute, institutes of one patient being one."""
        of_patient: dict[str, list[Path]] = defaultdict(list)
        for path in images:
            of_patient[_patient(path)].append(path)
        split = self._split_patients([paths[0] for paths in of_patient.values()])
        return {path.stem: split[paths[0].stem] for paths in of_patient.values() for path in paths}

    def _split_patients(self, images: Sequence[Path]) -> dict[str, SplitName]:
        """The split of one image of each patient."""
        institute = {path.stem: _institute(path) for path in images}
        known = Counter(institute.values())
        unknown = [code for code in self.options.test_institutes if code not in known]
        if unknown:
            raise AlsegError(
                f"option 'test_institutes': there is no image of the institute {unknown[0]}",
                hint=f"the institutes are: {', '.join(sorted(known))}",
            )
        split: dict[str, SplitName] = {
            name: "test" if code in self.options.test_institutes else "train" for name, code in institute.items()
        }
        strata: dict[str, list[str]] = defaultdict(list)
        for name, code in institute.items():
            if split[name] == "train":
                strata[code if known[code] > 1 else "alone"].append(name)
        for name in _drawn(list(strata.values()), self.options.validation, self.options.seed):
            split[name] = "validation"
        return split


def _drawn(strata: Sequence[Sequence[str]], share: float, seed: int) -> list[str]:
    """Draw ``share`` of all names, from each stratum its part: rounded down, the rest by largest remainder."""
    total = min(max(round(share * sum(map(len, strata))), 1), sum(map(len, strata)) - 1)
    quotas = [share * len(names) for names in strata]
    counts = [math.floor(quota) for quota in quotas]
    by_remainder = sorted(range(len(strata)), key=lambda number: (counts[number] - quotas[number], strata[number][0]))
    for number in by_remainder[: max(total - sum(counts), 0)]:
        counts[number] += 1

    def rank(name: str) -> bytes:
        return hashlib.sha256(f"{seed}:{name}".encode()).digest()

    return [name for names, count in zip(strata, counts, strict=True) for name in sorted(names, key=rank)[:count]]


def _institute(path: Path) -> str:
    match = _INSTITUTE.match(path.name)
    if match is None:
        raise AlsegError(f"{path}: the name tells no institute; it does not begin with TCGA-XX-")
    return match[1]


def _patient(path: Path) -> str:
    """The patient's code, TCGA-XX-XXXX, from a file name such as TCGA-A1-A0SK-DX1_xmin45749.png."""
    return "-".join(re.split(r"[-_.]", path.stem)[:3])


def _spacing(path: Path) -> float:
    """Millimetres between pixels, from the micrometres in the name; 1 where it says none."""
    match = _RESOLUTION.search(path.stem)
    return float(match[1]) * _MICROMETRES if match and float(match[1]) > 0 else 1.0


def _mask_of(image: Path, source: Path) -> Path:
    mask = source / MASKS / image.name
    if not mask.is_file():
        raise AlsegError(f"the image {image} has no mask: {mask} is missing")
    return mask


def _tiles(
    image: NDArray[np.generic], label: NDArray[np.uint8], most: int
) -> tuple[NDArray[np.generic], NDArray[np.uint8]]:
    """Cut (1, 3, height, width) and (1, height, width) into equal tiles, row by row; those all outside are left out.

    Where a side is no multiple, the last tile repeats the image's border, which is ignored.
    """
    height, width = label.shape[1:]
    rows, columns = math.ceil(height / most), math.ceil(width / most)
    tile_height, tile_width = math.ceil(height / rows), math.ceil(width / columns)
    missing = ((0, rows * tile_height - height), (0, columns * tile_width - width))
    image = np.pad(image[0], ((0, 0), *missing), mode="edge")
    label = np.pad(label[0], missing, constant_values=IGNORED)
    images = image.reshape(3, rows, tile_height, columns, tile_width).transpose(1, 3, 0, 2, 4)
    labels = label.reshape(rows, tile_height, columns, tile_width).swapaxes(1, 2)
    images = images.reshape(-1, 3, tile_height, tile_width)
    labels = labels.reshape(-1, tile_height, tile_width)
    inside = (labels != IGNORED).any(axis=(1, 2))
    return (images[inside], labels[inside]) if inside.any() else (images, labels)
