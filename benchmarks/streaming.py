"""Memory and speed of a run whose slices stream from the store, against one that holds them.

Makes a synthetic store with slices in the size of the heart task's, then runs two rounds of random sampling on it with
a small network, each way in a process of its own whose peak memory the operating system counts.

    python benchmarks/streaming.py --gigabytes 3 --memory-budget 500
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from alcore import DatasetListing, DatasetSpec, Options, Scan, ScanSource
from alcore.conversion.convert import Conversion, convert
from alcore.registry import Component, Found

SLICES, SIZE = 100, 320
BYTES_PER_SCAN = SLICES * SIZE * SIZE * 3  # an int16 image and a uint8 label


class Hearts:
    """Synthetic scans: a bright ellipsoid in noise, at another place in each."""

    scans: int

    def __init__(self, options: Options) -> None:
        self.noise = np.random.default_rng(0).normal(0, 30, (SLICES, SIZE, SIZE)).astype(np.int16)
        self.axes = np.ogrid[-1 : 1 : SLICES * 1j, -1 : 1 : SIZE * 1j, -1 : 1 : SIZE * 1j]

    def list_scans(self, source: Path | None) -> DatasetListing:
        """As many scans as ``Hearts.scans`` says; every 50th validates."""
        scans = [
            ScanSource(f"heart_{k:03d}", (), "validation" if k % 50 == 0 else "train", k) for k in range(self.scans)
        ]
        return DatasetListing(("background", "left atrium"), ("synthetic",), scans)

    def read_scan(self, scan: ScanSource) -> Scan:
        """The scan of that number."""
        centre = np.random.default_rng(scan.detail).uniform(-0.3, 0.3, 3)
        inside = sum(((axis - middle) / 0.4) ** 2 for axis, middle in zip(self.axes, centre, strict=True)) < 1
        image = np.roll(self.noise, scan.detail * 7, axis=1) + np.where(inside, 700, 450).astype(np.int16)
        return Scan(image[:, None], inside.astype(np.uint8), (1.37, 1.25, 1.25))


def write_store(path: Path, scans: int) -> None:
    """Write the store."""
    Hearts.scans = scans
    spec = DatasetSpec(
        name="hearts", summary="Synthetic.", target="__main__:Hearts", needs_source=False, synthetic=True
    )
    convert(Component(spec, Found("bench", "bench", "bench", "0")), Options(), None, path, Conversion())


def run(name: str, store: Path, out: Path, budget: float, slices: int) -> None:
    """Run two rounds and print the peak memory of the process and how fast slices went by."""
    values = {
        "--strategy": "random",
        "--dataset": store,
        "--protocol": "demo",
        "--rounds": 1,
        "--initial": slices,
        "--budget": slices,
        "--epochs": 1,
        "--memory-budget": budget,
        "--out": out,
    }
    arguments = [str(part) for pair in values.items() for part in pair]
    settings = ["--set", "model.features=2", "--set", "model.levels=1", "--device", "cpu", "--json"]
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "alseg", "run", *arguments, *settings], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit("the run failed")
    wall = time.perf_counter() - started
    rounds = [json.loads(line) for line in (out / "rounds.jsonl").read_text().splitlines()]
    seconds = {step: sum(entry["seconds"][step] for entry in rounds) for step in ("train", "validate", "evaluate")}
    trained = sum(entry["labelled"] for entry in rounds)
    print(
        f"{name:9s} peak memory {usage.ru_maxrss / 1024:6.0f} MiB, "
        f"{trained / seconds['train']:5.1f} slices/s in training, {wall:5.0f} s in all, "
        f"{seconds['validate'] + seconds['evaluate']:.0f} s of it in validation"
    )


def main() -> None:
    """Write the store, run both ways, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=3.0)
    parser.add_argument("--memory-budget", type=float, default=500.0, help="MiB")
    parser.add_argument("--slices", type=int, default=64, help="slices annotated in each round")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        store = folder / "hearts.h5"
        write_store(store, max(5, round(arguments.gigabytes * 1e9 / BYTES_PER_SCAN)))
        print(f"synthetic store of {store.stat().st_size / 1e9:.2f} GB")
        run("streaming", store, folder / "streaming", arguments.memory_budget, arguments.slices)
        run("resident", store, folder / "resident", 1e6, arguments.slices)


if __name__ == "__main__":
    main()
