"""What a random slice costs: the store, other layouts of HDF5, a memory map, and the NIfTI file itself.

python benchmarks/store_read.py --slices 100 --reads 500
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import SimpleITK as sitk  # noqa: N813
from scipy import ndimage

SIZE = 320
LAYOUTS = {
    "contiguous": {},
    "slice chunk": {"chunks": (1, 1, SIZE, SIZE)},
    "slice chunk, fletcher32 (the store)": {"chunks": (1, 1, SIZE, SIZE), "fletcher32": True},
    "slice chunk, fletcher32, lzf": {"chunks": (1, 1, SIZE, SIZE), "fletcher32": True, "compression": "lzf"},
    "slice chunk, fletcher32, gzip 1": {
        "chunks": (1, 1, SIZE, SIZE),
        "fletcher32": True,
        "compression": "gzip",
        "compression_opts": 1,
        "shuffle": True,
    },
    "8 slices a chunk, fletcher32": {"chunks": (8, 1, SIZE, SIZE), "fletcher32": True},
}


def mri_like(slices: int) -> np.ndarray:
    """Smooth anatomy with noise, (slices, 1, SIZE, SIZE) int16."""
    rng = np.random.default_rng(0)
    smooth = ndimage.gaussian_filter(rng.normal(size=(slices, SIZE, SIZE)), (2, 8, 8))
    smooth = (smooth - smooth.min()) / np.ptp(smooth) * 1000
    return np.clip(smooth + rng.normal(0, 20, smooth.shape), 0, None).astype(np.int16)[:, None]


def microseconds(read: Callable[[int], object], slices: int, reads: int) -> float:
    """Median time of reading one random slice."""
    order = np.random.default_rng(1).integers(0, slices, reads).tolist()
    times = []
    for position in order:
        started = time.perf_counter()
        read(position)
        times.append(time.perf_counter() - started)
    return float(np.median(times) * 1e6)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slices", type=int, default=100)
    parser.add_argument("--reads", type=int, default=500)
    arguments = parser.parse_args()
    image = mri_like(arguments.slices)
    print(f"one random {SIZE} x {SIZE} int16 slice of {arguments.slices}, median of {arguments.reads} reads")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.save(folder / "image.npy", image)
        mapped = np.load(folder / "image.npy", mmap_mode="r")
        show(
            "memory map, copied", microseconds(lambda k: np.array(mapped[k]), arguments.slices, arguments.reads), image
        )
        for label, layout in LAYOUTS.items():
            path = folder / "layout.h5"
            with h5py.File(path, "w", libver="v110") as file:
                stored = file.create_dataset("image", data=image, **layout)
                size = stored.id.get_storage_size()
            with h5py.File(path, "r", rdcc_nbytes=0, locking=False) as file:
                dataset = file["image"]
                show(label, microseconds(dataset.__getitem__, arguments.slices, arguments.reads), image, size)
        path = folder / "image.nii.gz"
        sitk.WriteImage(sitk.GetImageFromArray(image[:, 0]), str(path), useCompression=True)
        whole = microseconds(lambda k: sitk.GetArrayFromImage(sitk.ReadImage(str(path)))[k], arguments.slices, 5)
        show("NIfTI, whole file", whole, image, path.stat().st_size)


def show(label: str, time_us: float, image: np.ndarray, size: int | None = None) -> None:
    """Print one row: what, microseconds, size against the bare voxels."""
    print(f"{label:38s} {time_us:10.0f} us   {(size or image.nbytes) / image.nbytes:5.2f} of the bare size")


if __name__ == "__main__":
    main()
