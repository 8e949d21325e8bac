"""How fast a Decathlon folder is converted, against merely reading the same files.

Writes a heart-like folder (320 x 320 int16 slices, smooth anatomy with noise), reads every file with SimpleITK on one
core, then converts the folder. The goal: conversion on two cores within 1.3 times that reading time.

    python benchmarks/convert.py --scans 10 --slices 100 --jobs 2
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import SimpleITK as sitk  # noqa: N813
from scipy import ndimage

from alcore.registry import Registry
from alcore.store.convert import Conversion, convert


def write_folder(root: Path, scans: int, slices: int) -> int:
    """Write a folder of the heart task; returns the bytes of its files."""
    rng = np.random.default_rng(0)
    entries = []
    smooth = ndimage.gaussian_filter(rng.normal(size=(slices, 320, 320)), (2, 8, 8))
    smooth = (smooth - smooth.min()) / np.ptp(smooth) * 1000
    label = (smooth > np.percentile(smooth, 97)).astype(np.uint8)
    for number in range(scans):
        image = np.clip(smooth + rng.normal(0, 20, smooth.shape), 0, None).astype(np.int16)
        entry = {}
        for kind, voxels in (("image", image), ("label", label)):
            path = root / f"{kind}sTr" / f"la_{number:03d}.nii.gz"
            path.parent.mkdir(exist_ok=True)
            sitk.WriteImage(sitk.GetImageFromArray(voxels), str(path), useCompression=True)
            entry[kind] = str(path.relative_to(root))
        entries.append(entry)
    described = {"modality": {"0": "MRI"}, "labels": {"0": "background", "1": "left atrium"}, "training": entries}
    (root / "dataset.json").write_text(json.dumps(described))
    return sum(path.stat().st_size for path in root.rglob("*.nii.gz"))


def read_all(root: Path) -> None:
    """Read every file, on one core, and do nothing with it."""
    for path in sorted(root.rglob("*.nii.gz")):
        sitk.ReadImage(str(path))


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Wall seconds, and processor seconds of this process and its children, which a busy machine stretches less."""
    started, before = time.perf_counter(), os.times()
    work()
    after = os.times()
    return time.perf_counter() - started, sum(after[:4]) - sum(before[:4])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scans", type=int, default=10)
    parser.add_argument("--slices", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        n_bytes = write_folder(root, arguments.scans, arguments.slices)
        read_all(root)  # fills the page cache
        reading = measured(lambda: read_all(root))
        component = Registry.installed().get("dataset", "heart")
        options, conversion = component.parse_options({}), Conversion(jobs=arguments.jobs)
        converting = measured(lambda: convert(component, options, root, root / "heart.h5", conversion))
        stored = (root / "heart.h5").stat().st_size
    print(f"input: {arguments.scans} scans, {n_bytes / 1e6:.0f} MB compressed, {stored / 1e6:.0f} MB stored")
    for label, (wall, cpu) in (("reading on one core", reading), (f"converting, {arguments.jobs} jobs", converting)):
        print(f"{label:22s} {wall:6.2f} s, {n_bytes / 1e6 / wall:6.1f} MB/s, {cpu:6.2f} s of processor time")
    print(f"conversion / reading: wall {converting[0] / reading[0]:.2f}, processor {converting[1] / reading[1]:.2f}")


if __name__ == "__main__":
    main()
