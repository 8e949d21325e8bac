"""How fast scans are converted, against merely decompressing the same files by the fastest reader at hand.

Decompresses every file on one core (isal, zlib, and reading with SimpleITK), then converts, and repeats: a shared
machine's speed changes within minutes, so only the ratio within a pair means anything. The goal: conversion on two
cores within 1.3 times the decompression on one.

    python benchmarks/convert.py --size 512 --slices 100 --scans 20 --jobs 2      # generated, CT-like
    python benchmarks/convert.py --dataset hippocampus --source Task04_Hippocampus
"""

import argparse
import json
import os
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import SimpleITK as sitk  # noqa: N813
from isal import igzip
from scipy import ndimage

from alcore import DatasetSpec
from alcore.conversion.convert import Conversion, convert
from alcore.registry import Registry

READERS: dict[str, Callable[[Path], object]] = {
    "isal": lambda path: igzip.decompress(path.read_bytes()),
    "zlib": lambda path: zlib.decompress(path.read_bytes(), 31),
    "SimpleITK": lambda path: sitk.ReadImage(str(path)),
}


def write_folder(root: Path, scans: int, slices: int, size: int) -> None:
    """Write a folder of the heart task: smooth anatomy in air, with noise, int16."""
    rng = np.random.default_rng(0)
    entries = []
    smooth = ndimage.gaussian_filter(rng.normal(size=(slices, size, size)).astype(np.float32), (2, 8, 8))
    smooth = (smooth - smooth.min()) / np.ptp(smooth) * 1000
    rows, columns = np.ogrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    body = rows**2 + columns**2 < 0.7
    label = ((smooth > np.percentile(smooth, 97)) & body).astype(np.uint8)
    for number in range(scans):
        noisy = smooth + rng.normal(0, 20, smooth.shape).astype(np.float32)
        image = np.where(body, noisy, -1000).astype(np.int16)
        entry = {}
        for kind, voxels in (("image", image), ("label", label)):
            path = root / f"{kind}sTr" / f"scan_{number:03d}.nii.gz"
            path.parent.mkdir(exist_ok=True)
            sitk.WriteImage(sitk.GetImageFromArray(voxels), str(path), useCompression=True)
            entry[kind] = str(path.relative_to(root))
        entries.append(entry)
    described = {"modality": {"0": "CT"}, "labels": {"0": "background", "1": "organ"}, "training": entries}
    (root / "dataset.json").write_text(json.dumps(described))


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Wall seconds, and processor seconds of this process, which a busy machine stretches less."""
    started, before = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - before


def compare(root: Path, dataset: str, jobs: int, repeats: int, target: Path) -> None:
    """Measure and print."""
    files = [
        root / entry[kind]
        for entry in json.loads((root / "dataset.json").read_text())["training"]
        for kind in ("image", "label")
    ]
    megabytes = sum(path.stat().st_size for path in files) / 1e6
    component = Registry.installed().get(DatasetSpec, dataset)
    options, conversion = component.parse_options({}), Conversion(jobs=jobs, overwrite=True)

    def run() -> None:
        convert(component, options, root, target, conversion)

    run()  # imports, and fills the page cache
    print(f"{len(files)} files, {megabytes:.0f} MB compressed, {target.stat().st_size / 1e6:.0f} MB stored")
    print(f"wall seconds (and of processor time), {os.cpu_count()} cores, shared; {jobs} jobs")
    ratios: list[tuple[float, float]] = []
    for _ in range(repeats):
        times = {name: measured(lambda read=read: [read(path) for path in files]) for name, read in READERS.items()}
        converting = measured(run)
        reading = min(times.values(), key=lambda pair: pair[1])
        ratios.append((converting[0] / reading[0], converting[1] / reading[1]))
        shown = "  ".join(f"{name} {wall:.2f} ({cpu:.2f})" for name, (wall, cpu) in times.items())
        speed = megabytes / converting[0]
        print(f"{shown}  conversion {converting[0]:.2f} ({converting[1]:.2f}), {speed:.0f} MB/s, x {ratios[-1][0]:.2f}")
    wall, cpu = (statistics.median(column) for column in zip(*ratios, strict=True))
    print(f"conversion / fastest reader, median of {repeats}: wall {wall:.2f}, processor time {cpu:.2f}")


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scans", type=int, default=10)
    parser.add_argument("--slices", type=int, default=100)
    parser.add_argument("--size", type=int, default=320)
    parser.add_argument("--dataset", default="heart", help="a Decathlon task")
    parser.add_argument("--source", type=Path, help="its folder; one is generated where this is left out")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        root = arguments.source or folder
        if arguments.source is None:
            write_folder(folder, arguments.scans, arguments.slices, arguments.size)
        compare(root, arguments.dataset, arguments.jobs, arguments.repeats, folder / "store.h5")


if __name__ == "__main__":
    main()
