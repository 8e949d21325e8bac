"""Reads scans from NumPy archives."""

import zipfile
from pathlib import Path

import numpy as np

from alcore import AlsegError, DatasetListing, Scan, ScanSource
from alseg_npz.plugin import NpzOptions

CLASSES = "classes.txt"


class Npz:
    """One ``.npz`` file per scan with ``image`` and ``label``, both (slices, height, width); every fifth validates."""

    def __init__(self, options: NpzOptions) -> None:
        self.options = options

    def list_scans(self, source: Path | None) -> DatasetListing:
        """List the files by name; nothing but ``classes.txt`` is read."""
        if source is None:
            raise AlsegError("the dataset 'npz' is read from a folder", hint="name it with --source")
        classes = source / CLASSES
        if not classes.is_file():
            raise AlsegError(f"{source} has no {CLASSES}", hint="write one class name per line, background first")
        scans = [
            ScanSource(id=path.stem, files=(path,), split="train" if number % 5 else "validation")
            for number, path in enumerate(sorted(source.glob("*.npz")))
        ]
        if not scans:
            raise AlsegError(f"{source} holds no .npz file")
        names = tuple(filter(None, classes.read_text(encoding="utf-8").splitlines()))
        return DatasetListing(class_names=names, channel_names=("intensity",), scans=scans)

    def read_scan(self, scan: ScanSource) -> Scan:
        """Read one file."""
        (path,) = scan.files
        try:
            with np.load(path) as arrays:
                image, label = arrays["image"], arrays["label"]
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise AlsegError(
                f"{path} is no scan: {error}", hint="it must hold the arrays 'image' and 'label'"
            ) from error
        if image.ndim != 3 or image.shape != label.shape:
            raise AlsegError(f"{path}: image {image.shape} and label {label.shape} must be 3D and of one shape")
        pixel = self.options.pixel_size
        return Scan(image[:, None], label.astype(np.uint8), spacing=(self.options.slice_thickness, pixel, pixel))
